//! What makes two requests one: an `Idempotency-Key`, and what it came with.

use serde::{Deserialize, Serialize};

use super::digest;
use crate::fault::Fault;

/// A key is known for a day.
pub(crate) const REPEAT_MS: i64 = 86_400_000;

/// A key that came with a request that the registry does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Repeat {
    /// The key.
    pub(crate) key: String,
    /// Of the request, with who asked.
    pub(crate) digest: String,
}

impl Repeat {
    /// The key of a request, if it is one.
    pub(crate) fn of(key: String, by: &str, body: &[u8]) -> Result<Self, Fault> {
        check_repeat(&key)?;
        let digest = digest([by.as_bytes(), b"\n", body].concat()).hex();
        Ok(Self { key, digest })
    }
}

/// Whether a text can be a key.
pub(crate) fn check_repeat(key: &str) -> Result<(), Fault> {
    let is_key = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if is_key { Ok(()) } else { Err(Fault::BadKey) }
}
