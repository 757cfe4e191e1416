//! Who may do what, and how often. Nothing here knows the platform.
//!
//! A key is shown when it is made; only its digest is kept. The registry of a tenant owns its keys and one bucket
//! of requests for each. The front takes a handful of requests out of the bucket at a time and spends them by itself,
//! so the registry is asked about once a second for a busy key, and not for every request.

mod bucket;
mod grants;
mod key;
mod repeat;
mod scope;

pub(crate) use bucket::{Bucket, Limit};
pub(crate) use grants::{Allowance, Grants, Leased, Spending};
pub(crate) use key::{Digest, Key, digest, is_tenant, random_hex, signed};
pub(crate) use repeat::{REPEAT_MS, Repeat, check_repeat};
pub(crate) use scope::{Scope, Scopes};
