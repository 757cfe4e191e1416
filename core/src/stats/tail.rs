//! How unusual is this much? A tail probability from what was seen before.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::{exp2, floor, log2};
use crate::snapshot::state;

/// Bins per doubling. Nine percent wide: finer than any use of the probability.
const PER_OCTAVE: f64 = 8.0;
/// Oddness from 2^-16 to 2^16.
const BINS: usize = 256;
/// The bin that begins at 1.
const BIN_OF_ONE: f64 = 128.0;
/// Beyond the largest value seen, a doubling is this many times less likely: the tail of a Student t with 4 degrees
/// of freedom, heavier than most streams have, so that what was never seen is not called impossible.
const TAIL_POWER: f64 = 4.0;
/// After this many values the tail has half of its power.
const TAIL_VALUES: f64 = 200.0;
/// Weights grow towards the present (old ones shrink in comparison); at this size all are scaled back.
const WEIGHT_MAX: f64 = 1e12;

/// A histogram of non-negative oddness on a logarithmic scale, forgetting over `memory` values.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    bins: Vec<f64>,
    total: f64,
    /// The weight of the next value.
    weight: f64,
    growth: f64,
}
state!(Tail { bins, total, weight; growth });

impl Tail {
    pub(crate) fn new(memory: f64) -> Self {
        Self { bins: vec![0.0; BINS], total: 0.0, weight: 1.0, growth: 1.0 / (1.0 - 1.0 / memory) }
    }

    /// The chance of something at least this odd: above 0, at most 1, one half when nothing is known.
    pub(crate) fn chance(&self, oddness: f64) -> f64 {
        let (bin, share) = place(oddness);
        let above: f64 = self.bins[bin + 1..].iter().sum();
        let seen = above + self.bins[bin] * (1.0 - share);
        let chance = (seen + 0.5 * self.weight) / (self.total + self.weight);
        if seen > 0.0 { chance } else { chance * self.beyond(bin) }
    }

    pub(crate) fn learn(&mut self, oddness: f64) {
        let (bin, _) = place(oddness);
        self.bins[bin] += self.weight;
        self.total += self.weight;
        self.weight *= self.growth;
        if self.weight > WEIGHT_MAX {
            let shrink = 1.0 / self.weight;
            self.bins.iter_mut().for_each(|bin| *bin *= shrink);
            self.total *= shrink;
            self.weight = 1.0;
        }
    }

    /// How much less likely `bin` is than the highest one that was ever reached. A few values know little of their
    /// tail, so the power grows with them.
    fn beyond(&self, bin: usize) -> f64 {
        let Some(highest) = self.bins.iter().rposition(|&weight| weight > 0.0) else { return 1.0 };
        let octaves = bin.saturating_sub(highest) as f64 / PER_OCTAVE;
        let values = self.total / self.weight;
        exp2(-TAIL_POWER * octaves * values / (values + TAIL_VALUES))
    }
}

/// The bin of an oddness, and how far into the bin it lies.
fn place(oddness: f64) -> (usize, f64) {
    let position = log2(oddness) * PER_OCTAVE + BIN_OF_ONE;
    if position.is_nan() || position < 0.0 {
        (0, 0.0)
    } else if position >= BINS as f64 {
        (BINS - 1, 1.0)
    } else {
        let bin = floor(position);
        (bin as usize, position - bin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_nothing_then_counts() {
        let mut tail = Tail::new(1e9);
        assert_eq!(tail.chance(1.0), 0.5);
        for n in 1..=1000 {
            tail.learn(f64::from(n));
        }
        // 100 of 1000 values are above 900; a bin is nine percent wide.
        assert!((tail.chance(900.0) - 0.1).abs() < 0.02, "{}", tail.chance(900.0));
        assert!(tail.chance(4000.0) < tail.chance(2000.0));
        assert!(tail.chance(f64::INFINITY) > 0.0);
        assert!(tail.chance(0.0) > 0.999);
    }

    #[test]
    fn forgets() {
        let mut tail = Tail::new(50.0);
        (0..200).for_each(|_| tail.learn(8.0));
        (0..500).for_each(|_| tail.learn(1.0));
        assert!(tail.chance(7.0) < 0.02, "{}", tail.chance(7.0));
    }

    #[test]
    fn scaling_back_keeps_the_shares() {
        let mut tail = Tail::new(3.0);
        let mut before = 0.0;
        for n in 0..1000 {
            if tail.weight * tail.growth > WEIGHT_MAX {
                before = tail.chance(2.0);
            }
            tail.learn(f64::from(n % 2 + 1));
            if before > 0.0 && tail.weight == 1.0 {
                // One value further on, the share has moved by at most its own weight.
                assert!((tail.chance(2.0) - before).abs() <= 1.0 / 3.0);
                return;
            }
        }
        panic!("the weights never grew enough to be scaled back");
    }
}
