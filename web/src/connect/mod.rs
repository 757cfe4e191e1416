//! Sending what the device measures to a Worker: off until a person connects one by hand.
//!
//! The page's policy allows no connection but to where it came from. A policy can be made stricter while a page lives,
//! never looser, so there is a second page, `connect.html`, with the same content and a policy that allows others. It is
//! opened by a tap below a sentence that says what it means. Once the address is known, and before anything is sent, that
//! page narrows its own policy to this one address.

mod form;
mod send;

pub(crate) use form::{Connect, may_connect};
