//! A small tail: how often was a measure of oddness at least this large?
//!
//! Coarser than [`Tail`](super::Tail) and fifteen times smaller. It tells apart only what is above 1, so that a measure
//! which is scaled to stay below costs one addition.

use crate::math::exp2;
use crate::snapshot::state;

/// Bins per doubling.
const PER_OCTAVE: u32 = 4;
/// One for everything below 1, then from 1 to 2^15.75.
const BINS: usize = 64;
/// At so many values all counts are halved: between half of this and this many are remembered.
const VALUES_MAX: u32 = 16_384;
/// Beyond the largest value seen, a doubling is this many octaves less likely.
const TAIL_POWER: f64 = 4.0;
/// After this many values the tail has half of its power.
const TAIL_VALUES: f64 = 200.0;

/// The number of each bin.
static NUMBERS: [u16; BINS] = {
    let mut numbers = [0; BINS];
    let mut bin = 0;
    while bin < BINS {
        numbers[bin] = bin as u16;
        bin += 1;
    }
    numbers
};

/// Counts of a measure on a logarithmic scale.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    counts: [u16; BINS],
    total: u32,
}
state!(Tally { counts, total } where |tally| tally.is_sound());

impl Tally {
    pub(crate) fn new() -> Self {
        Self { counts: [0; BINS], total: 0 }
    }

    fn is_sound(&self) -> bool {
        self.total == self.counts.iter().map(|count| u32::from(*count)).sum::<u32>()
            && self.total <= VALUES_MAX
    }

    /// The chance of at least this much; `None` for what is below 1.
    #[inline]
    pub(crate) fn chance(&self, oddness: f64) -> Option<f64> {
        (oddness >= 1.0).then(|| self.tail(oddness as f32))
    }

    /// [`Self::chance`]; for what is below 1 the middle of what it can be.
    #[inline]
    pub(crate) fn chance_or_middle(&self, oddness: f64) -> f64 {
        self.chance(oddness).unwrap_or_else(|| {
            let below = f64::from(self.counts[0]) + 0.5;
            1.0 - 0.5 * below / (f64::from(self.total) + 1.0)
        })
    }

    #[inline]
    pub(crate) fn learn(&mut self, oddness: f64) {
        self.counts[bin_of(oddness as f32)] += 1;
        self.total += 1;
        if self.total >= VALUES_MAX {
            self.halve();
        }
    }

    /// How many values it has seen, as far as it remembers.
    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    fn tail(&self, oddness: f32) -> f64 {
        let bin = bin_of(oddness);
        let above = self.above(bin as u16);
        // Values share their bin evenly.
        let seen = f64::from(above) + f64::from(self.counts[bin]) * f64::from(1.0 - share_of(oddness));
        let values = f64::from(self.total);
        let chance = (seen + 0.5) / (values + 1.0);
        if seen > 0.0 {
            return chance;
        }
        let highest = self.counts.iter().rposition(|&count| count > 0).unwrap_or(0);
        let octaves = bin.saturating_sub(highest) as f64 / f64::from(PER_OCTAVE);
        chance * exp2(-TAIL_POWER * octaves * values / (values + TAIL_VALUES))
    }

    /// The sum of the bins above one. Over all bins, so that it is a handful of wide additions; all counts together
    /// have room in 16 bits.
    #[inline]
    fn above(&self, bin: u16) -> u16 {
        let counts = self.counts.iter().zip(&NUMBERS);
        counts.fold(0, |sum: u16, (count, number)| sum.wrapping_add(if *number > bin { *count } else { 0 }))
    }

    #[cold]
    fn halve(&mut self) {
        self.counts.iter_mut().for_each(|count| *count /= 2);
        self.total = self.counts.iter().map(|count| u32::from(*count)).sum();
    }
}

/// How many times a size is in an oddness, where it is there at all: what is below 1 is not told apart, so most rows need
/// no division.
#[inline]
pub(crate) fn times(oddness: f64, size: f64) -> f64 {
    if oddness < size { 0.0 } else { oddness / size }
}

/// Exponent and two bits of the mantissa: quarters of an octave, evenly cut.
#[inline]
fn bin_of(oddness: f32) -> usize {
    if oddness >= 1.0 {
        let quarters = (oddness.to_bits() >> 21) - (127 << 2);
        (quarters as usize + 1).min(BINS - 1)
    } else {
        0
    }
}

/// How far into its bin a number above 1 lies.
fn share_of(oddness: f32) -> f32 {
    (oddness.to_bits() & ((1 << 21) - 1)) as f32 / (1 << 21) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_above() {
        let mut tally = Tally::new();
        (1..=1000).for_each(|n| tally.learn(f64::from(n) / 10.0));
        assert_eq!(tally.chance(0.9), None);
        let chance = tally.chance(80.0).expect("above 1");
        assert!((chance - 0.2).abs() < 0.04, "{chance}");
        let [near, far] = [200.0, 2000.0].map(|oddness| tally.chance(oddness).expect("above 1"));
        assert!(0.0 < far && far < near && near < 0.001, "{far} {near}");
    }

    #[test]
    fn remembers_a_bounded_number() {
        let mut tally = Tally::new();
        (0..100_000).for_each(|_| tally.learn(0.5));
        (0..20_000).for_each(|_| tally.learn(8.0));
        assert!(tally.total() <= VALUES_MAX);
        assert!(tally.chance(8.0).expect("above 1") > 0.3);
        assert!(tally.is_sound());
    }

    #[test]
    fn anything_has_a_bin() {
        assert_eq!([0.0, f32::NAN, -1.0, 0.99].map(bin_of), [0; 4]);
        assert_eq!([1.0, 1.25, 2.0, f32::INFINITY].map(bin_of), [1, 2, 5, 63]);
    }
}
