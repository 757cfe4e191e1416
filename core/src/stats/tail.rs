//! How unusual is this much? A tail probability from what was seen before.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::{exp2, lesser};
use crate::snapshot::state;

/// Bins per doubling. Nine percent wide: finer than any use of the probability.
const PER_OCTAVE: f64 = 8.0;
/// Oddness from 2^-16 to 2^16.
const BINS: usize = 256;
/// Bins are also summed in blocks of so many, so that a sum over all bins above one touches at most two blocks' worth.
const BLOCK: usize = 16;
/// The squares of these.
const SQUARED_MIN: f64 = 1.0 / 4_294_967_296.0;
const SQUARED_MAX: f64 = 4_294_967_296.0;
/// Bits of a number that say how far it is between two powers of two, and those of them that say how far it is into its
/// bin: a doubling of the square is four bins.
const MANTISSA_BITS: u32 = 52;
const MANTISSA: u64 = (1 << MANTISSA_BITS) - 1;
const BIN_SHIFT: u32 = MANTISSA_BITS - 2;
/// Beyond the largest value seen, a doubling is this many times less likely: the tail of a Student t with 4 degrees
/// of freedom, heavier than most streams have, so that what was never seen is not called impossible.
const TAIL_POWER: f64 = 4.0;
/// After this many values the tail has half of its power.
const TAIL_VALUES: f64 = 200.0;
/// The share of the past above what is common.
pub(crate) const COMMON_ABOVE: f64 = 0.25;
/// Weights grow towards the present (old ones shrink in comparison); at this size all are scaled back. With a memory
/// of 8192 values that is once in 226,000, and costs about what a value costs.
const WEIGHT_MAX: f64 = 1e12;

/// A histogram of non-negative oddness on a logarithmic scale, forgetting over `memory` values. Single precision is
/// enough for the bins: each holds some thousand values at most, which are about as heavy as the next.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    bins: Vec<f32>,
    /// The sum of each block of bins.
    blocks: [f32; BINS / BLOCK],
    total: f64,
    /// The weight of the next value.
    weight: f64,
    /// The highest bin that was ever reached.
    highest: usize,
    /// The bin above which a quarter of the past lies, as of the last look: most values are below it, and need no sum.
    common_below: u8,
    growth: f64,
}
state!(Tail { bins, blocks, total, weight, highest, common_below; growth } where |tail| tail.highest < BINS);

/// Where an oddness lies in every [`Tail`]: its bin, and how far into the bin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    bin: u8,
    share: f64,
}

impl Place {
    #[cfg(test)]
    pub(crate) fn of(oddness: f64) -> Self {
        Self::of_squared(oddness * oddness)
    }

    /// The place of the square root of an oddness. The bits of a number are a logarithm with straight lines between powers
    /// of two, so no logarithm is taken: bins are cut evenly within an octave of the square.
    #[inline]
    pub(crate) fn of_squared(squared: f64) -> Self {
        if squared >= SQUARED_MAX {
            Self { bin: u8::MAX, share: 1.0 }
        } else if squared >= SQUARED_MIN {
            let bits = squared.to_bits();
            let bin = (bits - SQUARED_MIN.to_bits()) >> BIN_SHIFT;
            let into_bin = (bits << (MANTISSA_BITS - BIN_SHIFT)) & MANTISSA;
            Self { bin: bin as u8, share: f64::from_bits(1.0_f64.to_bits() | into_bin) - 1.0 }
        } else {
            Self::default()
        }
    }
}

impl Tail {
    pub(crate) fn new(memory: f64) -> Self {
        Self {
            bins: vec![0.0; BINS],
            blocks: [0.0; BINS / BLOCK],
            total: 0.0,
            weight: 1.0,
            highest: 0,
            common_below: 0,
            growth: 1.0 / (1.0 - 1.0 / memory),
        }
    }

    /// The chance of something at least this odd: above 0, at most 1, one half when nothing is known.
    #[cfg(test)]
    pub(crate) fn chance(&self, oddness: f64) -> f64 {
        self.chances_at(Place::of(oddness))[0]
    }

    /// [`Self::chance`] of a place, and the share of the past above it, the next value counting as half. The two
    /// differ where nothing was ever seen: the share does not go on.
    #[inline]
    pub(crate) fn chances_at(&self, place: Place) -> [f64; 2] {
        let seen = self.seen_above(place);
        let share = (seen + 0.5 * self.weight) / (self.total + self.weight);
        [if seen > 0.0 { share } else { share * self.beyond(place) }, share]
    }

    /// [`Self::chances_at`] of what is rare; `None` for what is common, as of the last look.
    #[inline]
    pub(crate) fn rare_chances_at(&self, place: Place) -> Option<[f64; 2]> {
        (place.bin >= self.common_below).then(|| self.chances_at(place))
    }

    /// Looks where the common values end.
    #[cold]
    pub(crate) fn look(&mut self) {
        let mut above = 0.0;
        let is_above = |bin: &usize| {
            above += f64::from(self.bins[*bin]);
            above <= COMMON_ABOVE * self.total
        };
        self.common_below = (0..BINS).rev().take_while(is_above).last().unwrap_or(0) as u8;
    }

    #[cfg(test)]
    pub(crate) fn learn(&mut self, oddness: f64) {
        self.learn_at(Place::of(oddness));
    }

    /// Counts a value at a place.
    #[inline]
    pub(crate) fn learn_at(&mut self, place: Place) {
        let bin = usize::from(place.bin);
        self.bins[bin] += self.weight as f32;
        self.blocks[bin / BLOCK] += self.weight as f32;
        self.total += self.weight;
        self.highest = self.highest.max(bin);
        self.weight *= self.growth;
        if self.weight > WEIGHT_MAX {
            self.scale_back();
        }
    }

    #[cold]
    fn scale_back(&mut self) {
        let shrink = (1.0 / self.weight) as f32;
        self.bins.iter_mut().for_each(|bin| *bin *= shrink);
        for (sum, block) in self.blocks.iter_mut().zip(self.bins.chunks_exact(BLOCK)) {
            *sum = block.iter().sum();
        }
        self.total = self.blocks.iter().map(|sum| f64::from(*sum)).sum();
        self.weight = 1.0;
    }

    /// The weight of all values above a place. Values share their own bin evenly.
    #[inline]
    fn seen_above(&self, place: Place) -> f64 {
        let bin = usize::from(place.bin);
        let start = bin / BLOCK * BLOCK;
        let above = match self.bins[start..].first_chunk() {
            Some(block) => sum_after(block, bin - start),
            None => 0.0,
        };
        let own = f64::from(self.bins[bin]) * (1.0 - place.share);
        // Rounding must not make more of the past than there is.
        lesser(f64::from(sum_after(&self.blocks, bin / BLOCK) + above) + own, self.total)
    }

    /// How much less likely `place` is than the highest one that was ever reached. A few values know little of their
    /// tail, so the power grows with them.
    #[cold]
    fn beyond(&self, place: Place) -> f64 {
        if self.total <= 0.0 {
            return 1.0;
        }
        let octaves = usize::from(place.bin).saturating_sub(self.highest) as f64 / PER_OCTAVE;
        let values = self.total / self.weight;
        exp2(-TAIL_POWER * octaves * values / (values + TAIL_VALUES))
    }
}

/// Sixteen nothings, then sixteen ones: a window of it picks what comes after a place.
static AFTER: [f32; 2 * BLOCK] = {
    let mut weights = [0.0; 2 * BLOCK];
    let mut at = BLOCK;
    while at < 2 * BLOCK {
        weights[at] = 1.0;
        at += 1;
    }
    weights
};

/// The sum of what comes after `place`, in four lanes.
#[inline]
fn sum_after(values: &[f32; BLOCK], place: usize) -> f32 {
    let Some(weights) = AFTER[BLOCK - 1 - place % BLOCK..].first_chunk::<BLOCK>() else { return 0.0 };
    let mut lanes = [0.0; 4];
    for (values, weights) in values.as_chunks::<4>().0.iter().zip(weights.as_chunks::<4>().0) {
        let products: [f32; 4] = core::array::from_fn(|lane| values[lane] * weights[lane]);
        lanes = core::array::from_fn(|lane| lanes[lane] + products[lane]);
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
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
    fn the_blocks_add_up_to_the_bins() {
        let mut tail = Tail::new(60.0);
        for n in 0..5000_u32 {
            tail.learn(f64::from(n.wrapping_mul(2_654_435_761) >> 12) * 1e-3);
            let place = Place::of(f64::from(n % 900));
            let bin = usize::from(place.bin);
            let plain: f64 = tail.bins[bin + 1..].iter().map(|bin| f64::from(*bin)).sum::<f64>()
                + f64::from(tail.bins[bin]) * (1.0 - place.share);
            assert!((tail.seen_above(place) - plain).abs() <= 1e-5 * tail.total);
        }
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
