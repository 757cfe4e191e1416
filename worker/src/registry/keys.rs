//! Keys as the registry keeps them, and a bucket for each that is in use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::KeyJson;
use crate::access::{Bucket, Digest, Leased, Limit, Scopes};
use crate::front::DoorFault;
use crate::refusal::Refusal;

/// The longest name of a key.
const NAME_BYTES_MAX: usize = 64;

/// What a new key shall be.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyDraft {
    /// For people.
    name: String,
    /// What it may do.
    scopes: Scopes,
    /// How often.
    #[serde(default)]
    limit: Option<Limit>,
    /// Until when, in milliseconds since 1970.
    #[serde(default)]
    expires: Option<u64>,
}

/// A key as it is kept.
#[derive(Debug)]
pub(super) struct KeyRow {
    pub(super) digest: Digest,
    pub(super) json: KeyJson,
}

impl KeyDraft {
    /// The key that it asks for.
    pub(super) fn accept(self, id: String, now_ms: u64) -> Result<KeyJson, Refusal> {
        let Self { name, scopes, limit, expires } = self;
        let limit = limit.unwrap_or(Limit::USUAL);
        let rule = if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            "`name` is 1 to 64 bytes of text"
        } else if scopes.is_empty() {
            "`scopes` names one of read, write and admin at least"
        } else if !limit.is_sound() {
            "`limit.per_s` is 0.01 to 100000 and `limit.burst` is 1 to 1000000"
        } else if expires.is_some_and(|at_ms| at_ms <= now_ms) {
            "`expires` is in the past: it takes milliseconds since 1970"
        } else {
            return Ok(KeyJson { id, name, scopes: scopes.tidy(), limit, made: now_ms, expires });
        };
        Err(DoorFault::BadDraft { rule }.into())
    }
}

impl KeyRow {
    /// Whether a digest is that of this key, and the key still counts.
    pub(super) fn is_right(&self, digest: &str, now_ms: u64) -> bool {
        Digest::from_hex(digest).is_some_and(|digest| digest == self.digest)
            && self.json.expires.is_none_or(|at_ms| now_ms < at_ms)
    }
}

/// The buckets of the keys in use. They live in memory: after a rest every bucket would be full anyway.
#[derive(Debug, Default)]
pub(super) struct Buckets(BTreeMap<String, Bucket>);

impl Buckets {
    /// A second's worth of requests, and never more than half of what there is: other fronts may want some.
    pub(super) fn lease(&mut self, id: &str, key: &KeyJson, unused: u32, now_ms: u64) -> Leased {
        let limit = key.limit;
        let bucket = self.0.entry(id.to_owned()).or_insert_with(|| Bucket::new(limit, now_ms));
        let most = (limit.per_s.ceil() as u32).min(bucket.left() / 2).max(1);
        let (granted, wait_ms) = match bucket.take(limit, most, unused, now_ms) {
            Ok(granted) => (granted, 0),
            Err(wait_ms) => (0, wait_ms),
        };
        Leased { scopes: key.scopes.clone(), limit, granted, left: bucket.left(), wait_ms }
    }

    /// Forgets a key that was deleted.
    pub(super) fn forget(&mut self, id: &str) {
        self.0.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_refused_with_a_reason() {
        let accept = |text: &str| serde_json::from_str::<KeyDraft>(text).unwrap().accept("1".into(), 1000);
        let usual = accept(r#"{"name":"gate","scopes":["write","read","write"]}"#).unwrap();
        assert_eq!(usual.limit, Limit::USUAL);
        assert_eq!(serde_json::to_value(&usual.scopes).unwrap(), serde_json::json!(["read", "write"]));
        for (draft, place) in [
            (r#"{"name":"","scopes":["read"]}"#, "name"),
            (r#"{"name":"a\u0000b","scopes":["read"]}"#, "name"),
            (r#"{"name":"a","scopes":[]}"#, "scopes"),
            (r#"{"name":"a","scopes":["read"],"limit":{"per_s":0,"burst":1}}"#, "limit"),
            (r#"{"name":"a","scopes":["read"],"expires":1000}"#, "expires"),
        ] {
            let Err(Refusal::Door(DoorFault::BadDraft { rule })) = accept(draft) else {
                panic!("{draft} was taken")
            };
            assert!(rule.contains(place), "{rule}");
        }
    }

    #[test]
    fn a_lease_leaves_some_for_others() {
        let key = serde_json::from_str::<KeyDraft>(
            r#"{"name":"a","scopes":["read"],"limit":{"per_s":50,"burst":20}}"#,
        );
        let key = key.unwrap().accept("1".into(), 1).unwrap();
        let mut buckets = Buckets::default();
        let mut total = 0;
        for _ in 0..40 {
            let leased = buckets.lease("1", &key, 0, 1);
            total += leased.granted;
            assert_eq!(leased.granted == 0, leased.wait_ms > 0);
        }
        assert_eq!(total, 20);
        buckets.forget("1");
        assert_eq!(buckets.lease("1", &key, 0, 1).granted, 10);
    }

    #[test]
    fn only_the_right_secret_in_its_time_counts() {
        let draft =
            serde_json::from_str::<KeyDraft>(r#"{"name":"a","scopes":["read"],"expires":2000}"#).unwrap();
        let digest = crate::access::digest("x");
        let row = KeyRow { digest: digest.clone(), json: draft.accept("1".into(), 1000).unwrap() };
        assert!(row.is_right(&digest.hex(), 1999));
        assert!(!row.is_right(&digest.hex(), 2000));
        assert!(!row.is_right(&crate::access::digest("y").hex(), 1999));
        assert!(!row.is_right("", 1999));
    }
}
