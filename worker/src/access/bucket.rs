//! A bucket of requests: it fills at a steady rate up to a brim, and every request takes one out.

use serde::{Deserialize, Serialize};

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Limit {
    /// Requests a second in the long run.
    pub(crate) per_s: f64,
    /// Requests at once.
    pub(crate) burst: u32,
}

impl Limit {
    /// Where nobody said: a hundred systems that send once a second, or a page that asks eagerly.
    pub(crate) const USUAL: Self = Self { per_s: 100.0, burst: 200 };

    /// Whether a bucket with this limit makes sense.
    pub(crate) fn is_sound(self) -> bool {
        (0.01..=100_000.0).contains(&self.per_s) && (1..=1_000_000).contains(&self.burst)
    }

    /// Milliseconds in which so many requests flow in.
    pub(crate) fn ms_for(self, requests: f64) -> u64 {
        (requests.max(0.0) / self.per_s * 1000.0).ceil() as u64
    }
}

/// How full it is, and since when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    filled: f64,
    at_ms: u64,
}

impl Bucket {
    /// A full one.
    pub(crate) fn new(limit: Limit, now_ms: u64) -> Self {
        Self { filled: f64::from(limit.burst), at_ms: now_ms }
    }

    /// Requests that it has.
    pub(crate) fn left(&self) -> u32 {
        self.filled as u32
    }

    /// Takes up to `most` out and says how many; `Err` says in how many milliseconds there is one. What an earlier
    /// taker did not use comes back first.
    pub(crate) fn take(&mut self, limit: Limit, most: u32, unused: u32, now_ms: u64) -> Result<u32, u64> {
        // A clock that went back fills nothing.
        let passed_ms = now_ms.saturating_sub(self.at_ms);
        self.at_ms = self.at_ms.max(now_ms);
        let filled = self.filled + f64::from(unused) + passed_ms as f64 / 1000.0 * limit.per_s;
        self.filled = filled.min(f64::from(limit.burst));
        if self.filled < 1.0 {
            return Err(limit.ms_for(1.0 - self.filled).max(1));
        }
        let taken = self.left().min(most.max(1));
        self.filled -= f64::from(taken);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { per_s: 2.0, burst: 4 };

    #[test]
    fn who_waits_as_told_is_served() {
        let mut bucket = Bucket::new(LIMIT, 0);
        assert_eq!((0..4).map(|_| bucket.take(LIMIT, 1, 0, 0)).collect::<Vec<_>>(), [Ok(1); 4]);
        let mut now_ms = 0;
        for _ in 0..20 {
            let wait_ms = bucket.take(LIMIT, 1, 0, now_ms).unwrap_err();
            assert!((1..=500).contains(&wait_ms), "{wait_ms}");
            assert!(bucket.take(LIMIT, 1, 0, now_ms + wait_ms - 1).is_err());
            now_ms += wait_ms;
            assert_eq!(bucket.take(LIMIT, 1, 0, now_ms), Ok(1));
        }
        assert_eq!(now_ms, 10_000);
    }

    #[test]
    fn it_never_runs_over() {
        let mut bucket = Bucket::new(LIMIT, 0);
        assert_eq!(bucket.take(LIMIT, 99, 0, 1_000_000), Ok(4));
        assert_eq!(bucket.take(LIMIT, 99, 99, 1_000_000), Ok(4));
        assert!(bucket.take(LIMIT, 1, 0, 0).is_err(), "the clock went back");
    }

    #[test]
    fn odd_limits_are_seen() {
        for (per_s, burst) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1.0, 0)] {
            assert!(!Limit { per_s, burst }.is_sound(), "{per_s} {burst}");
        }
        assert!(LIMIT.is_sound() && Limit::USUAL.is_sound());
    }
}
