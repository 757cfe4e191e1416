//! Seeded numbers without a pattern, kept in the state so that a snapshot goes on with the same ones. SplitMix64: ten
//! lines, where a crate would bring traits, and its own idea of what may change between versions.

use crate::snapshot::state;

/// The generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rng {
    at: u64,
}
state!(Rng { at });

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { at: seed }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.at = self.at.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.at;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `end`, which is above 0. The bias is below 2^-32 for the small ends in use here.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (((self.next() >> 32) * end as u64) >> 32) as usize
    }

    /// In [0, 1).
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        // The first outputs of SplitMix64 for the seed 1234567, as in Java's and Rosetta Code's published vectors.
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn stays_in_range() {
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| rng.below(7) < 7 && (0.0..1.0).contains(&rng.share())));
    }
}
