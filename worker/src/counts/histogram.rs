//! How long something took, in a fixed set of buckets.

use serde::{Deserialize, Serialize};

/// Upper ends in milliseconds; beyond the last is one bucket more. From one frame in memory to the deadline.
pub(super) const ENDS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000];

/// Counts by duration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Histogram {
    /// One per bucket, not summed up.
    buckets: [u64; ENDS_MS.len() + 1],
    sum_ms: u64,
}

impl Histogram {
    /// One more.
    pub(crate) fn add(&mut self, ms: u64) {
        let place = ENDS_MS.partition_point(|end_ms| *end_ms < ms);
        if let Some(bucket) = self.buckets.get_mut(place) {
            *bucket += 1;
        }
        self.sum_ms += ms;
    }

    /// All of another's.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (bucket, more) in self.buckets.iter_mut().zip(other.buckets) {
            *bucket += more;
        }
        self.sum_ms += other.sum_ms;
    }

    /// How many.
    pub(super) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// How long together.
    pub(super) fn sum_s(&self) -> f64 {
        self.sum_ms as f64 / 1000.0
    }

    /// Up to each end in seconds, how many.
    pub(super) fn up_to(&self) -> impl Iterator<Item = (f64, u64)> {
        let mut sum = 0;
        ENDS_MS.iter().zip(self.buckets).map(move |(end_ms, count)| {
            sum += count;
            (*end_ms as f64 / 1000.0, sum)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_belongs_to_its_bucket() {
        let mut histogram = Histogram::default();
        for ms in [0, 1, 2, 3, 20_000, 20_001] {
            histogram.add(ms);
        }
        let up_to: Vec<_> = histogram.up_to().collect();
        assert_eq!(up_to[..3], [(0.001, 2), (0.002, 3), (0.005, 4)]);
        assert_eq!(up_to[11], (20.0, 5));
        assert_eq!((histogram.count(), histogram.sum_s()), (6, 40.007));
    }
}
