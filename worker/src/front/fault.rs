//! What is refused at the door, before a system is asked: each with its status, its title and its word.

use crate::access::Scope;

/// Why a caller may not come in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoorFault {
    /// Nobody bound an admin secret, or one that is no secret.
    #[error("this deployment has no admin secret: {remedy}")]
    NotConfigured {
        /// What its owner can do.
        remedy: &'static str,
    },
    /// The caller showed nothing.
    #[error("this path takes a key: send `Authorization: Bearer <key>`")]
    NoKey,
    /// The caller showed something that is no key, or is none any more.
    #[error("this key is unknown, deleted or expired: ask whoever runs this deployment for another")]
    BadKey,
    /// The key has other rights.
    #[error("this takes a key with the right `{}`, which this key has not", scope.word())]
    NotAllowed {
        /// The right that is missing.
        scope: Scope,
    },
    /// The key's bucket is empty.
    #[error("this key may send {per_s} requests a second in the long run: send the next one in {wait_ms} ms")]
    TooOften {
        /// Its rate.
        per_s: f64,
        /// Until the bucket has one again.
        wait_ms: u64,
    },
    /// The page that asks is not listed.
    #[error("this page may not ask here: the deployment lists those that may in `CORS_ORIGINS`")]
    BadOrigin,
    /// The name of a tenant is outside the alphabet.
    #[error("a tenant is 1 to 32 lower-case letters, digits or `-`")]
    BadTenant,
    /// Nobody made this key.
    #[error("there is no such key")]
    UnknownKey,
    /// One key more would be too many.
    #[error("a tenant has at most {cap} keys: delete some")]
    TooManyKeys {
        /// The most.
        cap: u32,
    },
    /// The key was made, and its text can not be made again.
    #[error(
        "the key {id} was made by this request before, and the deployment has another admin secret since: delete it, and make one with another `Idempotency-Key`"
    )]
    KeyLost {
        /// Its id.
        id: String,
    },
    /// What was asked for breaks a rule.
    #[error("{rule}")]
    BadDraft {
        /// The rule.
        rule: &'static str,
    },
    /// The body is packed in a way that is not read here.
    #[error("a body is sent as it is, or with `Content-Encoding: gzip`")]
    UnknownEncoding,
    /// The body is no gzip.
    #[error("the body says that it is gzip, and is not, or breaks off")]
    BadGzip,
}

impl DoorFault {
    /// Status, title and stable word.
    pub(crate) fn problem(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadTenant => (400, "The tenant can not be used", "tenant.bad-name"),
            Self::BadGzip => (400, "The body can not be unpacked", "body.bad-gzip"),
            Self::NoKey => (401, "A key is needed", "access.no-key"),
            Self::BadKey => (401, "The key does not count", "access.bad-key"),
            Self::BadOrigin => (403, "The page may not ask", "access.bad-origin"),
            Self::NotAllowed { .. } => (403, "The key has not the right", "access.not-allowed"),
            Self::UnknownKey => (404, "No such key", "key.unknown"),
            Self::KeyLost { .. } => (409, "The key can not be shown again", "key.lost"),
            Self::TooManyKeys { .. } => (409, "Too many keys", "key.too-many"),
            Self::UnknownEncoding => (415, "The body is packed in another way", "body.unknown-encoding"),
            Self::BadDraft { .. } => (422, "The wish breaks a rule", "draft.bad"),
            Self::TooOften { .. } => (429, "Too many requests", "access.too-often"),
            Self::NotConfigured { .. } => (503, "No admin secret", "access.not-configured"),
        }
    }

    /// Seconds after which the same request is answered; `None` where time does not help.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooOften { wait_ms, .. } => Some(wait_ms.div_ceil(1000).max(1)),
            _ => None,
        }
    }
}
