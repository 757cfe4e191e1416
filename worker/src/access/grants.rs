//! What one instance of the front knows of keys: rights, and requests that it took out of their buckets to spend.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Digest, Key, Limit, Scopes};

/// How long the front believes what it was told. A key that is deleted works this long at most.
const LEASE_MS: u64 = 5_000;
/// Keys that are remembered: more than this many different ones within a few seconds are asked for again.
const KEYS_MAX: usize = 1_024;

/// What the registry says of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Leased {
    /// Its rights.
    pub(crate) scopes: Scopes,
    /// Its bucket.
    pub(crate) limit: Limit,
    /// Requests that may be spent; none where `wait_ms` says when to come again.
    pub(crate) granted: u32,
    /// Requests that stayed in the bucket.
    pub(crate) left: u32,
    /// Milliseconds until there is a request in the bucket again.
    pub(crate) wait_ms: u64,
}

/// What a caller may still do, as the headers tell it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Allowance {
    /// The bucket.
    pub(crate) limit: Limit,
    /// Requests that are left.
    pub(crate) left: u32,
}

/// What became of a request for one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spending {
    /// It is allowed.
    Spent(Scopes, Allowance),
    /// The bucket is empty for so long.
    Empty(Allowance, u64),
    /// The registry must be asked; so many requests were not used.
    Ask(u32),
}

#[derive(Debug)]
struct Held {
    digest: Digest,
    leased: Leased,
    until_ms: u64,
    empty_until_ms: u64,
}

/// By tenant and id.
#[derive(Debug, Default)]
pub(crate) struct Grants(BTreeMap<(String, String), Held>);

impl Grants {
    /// An empty one.
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Spends one request of a key.
    pub(crate) fn spend(&mut self, key: &Key, now_ms: u64) -> Spending {
        let Some(held) = self.0.get_mut(&place(key)) else { return Spending::Ask(0) };
        if held.digest != key.digest {
            return Spending::Ask(0);
        }
        let Leased { ref scopes, limit, left, .. } = held.leased;
        if now_ms < held.empty_until_ms {
            return Spending::Empty(Allowance { limit, left: 0 }, held.empty_until_ms - now_ms);
        }
        if now_ms < held.until_ms && held.leased.granted > 0 {
            held.leased.granted -= 1;
            return Spending::Spent(scopes.clone(), Allowance { limit, left: held.leased.granted + left });
        }
        Spending::Ask(std::mem::take(&mut held.leased.granted))
    }

    /// Takes note of what the registry said.
    pub(crate) fn learn(&mut self, key: &Key, mut leased: Leased, now_ms: u64) {
        if self.0.len() >= KEYS_MAX {
            self.0.retain(|_, held| now_ms < held.until_ms);
        }
        if self.0.len() >= KEYS_MAX {
            self.0.clear();
        }
        let (until_ms, empty_until_ms) = (now_ms + LEASE_MS, now_ms + leased.wait_ms);
        // Two requests may have asked at once: both grants count.
        leased.granted += self.0.get(&place(key)).map_or(0, |held| held.leased.granted);
        self.0.insert(place(key), Held { digest: key.digest.clone(), leased, until_ms, empty_until_ms });
    }

    /// Forgets a key that was deleted.
    pub(crate) fn drop_key(&mut self, tenant: &str, id: &str) {
        self.0.remove(&(tenant.to_owned(), id.to_owned()));
    }

    /// Forgets a key that the registry does not know; a wrong secret makes nobody else's key forgotten.
    pub(crate) fn forget(&mut self, key: &Key) {
        if self.0.get(&place(key)).is_some_and(|held| held.digest == key.digest) {
            self.0.remove(&place(key));
        }
    }
}

fn place(key: &Key) -> (String, String) {
    (key.tenant.clone(), key.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Bucket;

    const LIMIT: Limit = Limit { per_s: 10.0, burst: 20 };

    fn leased(granted: u32, left: u32, wait_ms: u64) -> Leased {
        Leased { scopes: Scopes::all(), limit: LIMIT, granted, left, wait_ms }
    }

    #[test]
    fn what_was_granted_is_spent_and_then_asked_for() {
        let (key, _) = Key::make("main").unwrap();
        let mut grants = Grants::new();
        assert_eq!(grants.spend(&key, 0), Spending::Ask(0));
        grants.learn(&key, leased(2, 7, 0), 0);
        let spent = |left| Spending::Spent(Scopes::all(), Allowance { limit: LIMIT, left });
        assert_eq!(grants.spend(&key, 1), spent(8));
        assert_eq!(grants.spend(&key, 1), spent(7));
        assert_eq!(grants.spend(&key, 1), Spending::Ask(0));
        grants.learn(&key, leased(3, 0, 0), 0);
        assert_eq!(grants.spend(&key, LEASE_MS), Spending::Ask(3), "too old, and nothing is lost");
    }

    #[test]
    fn another_secret_is_never_believed() {
        let (key, text) = Key::make("main").unwrap();
        let mut grants = Grants::new();
        grants.learn(&key, leased(5, 0, 0), 0);
        let last = if text.ends_with('0') { "1" } else { "0" };
        let forged = Key::read(&format!("{}{last}", &text[..text.len() - 1])).unwrap();
        assert_eq!(forged.id, key.id);
        assert_eq!(grants.spend(&forged, 1), Spending::Ask(0));
        grants.forget(&forged);
        assert!(matches!(grants.spend(&key, 1), Spending::Spent(..)));
        grants.forget(&key);
        assert_eq!(grants.spend(&key, 1), Spending::Ask(0));
    }

    #[test]
    fn an_empty_bucket_is_not_asked_again_before_its_time() {
        let (key, _) = Key::make("main").unwrap();
        let mut grants = Grants::new();
        grants.learn(&key, leased(0, 0, 300), 1000);
        assert_eq!(grants.spend(&key, 1299), Spending::Empty(Allowance { limit: LIMIT, left: 0 }, 1));
        assert_eq!(grants.spend(&key, 1300), Spending::Ask(0));
    }

    /// Many fronts, one bucket: together they never exceed it.
    #[test]
    fn leases_do_not_exceed_the_limit() {
        let (key, _) = Key::make("main").unwrap();
        let mut fronts: Vec<_> = (0..7).map(|_| Grants::new()).collect();
        let mut bucket = Bucket::new(LIMIT, 0);
        let mut served = 0;
        for now_ms in 0..60_000 {
            let front = &mut fronts[now_ms as usize % 7];
            if let Spending::Ask(unused) = front.spend(&key, now_ms) {
                let (granted, wait_ms) = bucket
                    .take(LIMIT, 4, unused, now_ms)
                    .map_or_else(|wait| (0, wait), |granted| (granted, 0));
                front.learn(&key, leased(granted, bucket.left(), wait_ms), now_ms);
            } else {
                continue;
            }
            served += u32::from(matches!(front.spend(&key, now_ms), Spending::Spent(..)));
        }
        assert!((500..=620).contains(&served), "{served}");
    }
}
