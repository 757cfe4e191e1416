//! Seeded randomness, kept in state: a sealed engine that is opened again draws the numbers it would have drawn.

use crate::snapshot::state;

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed is good, no multiplication wider than 64 bits.
#[derive(Clone, Debug)]
pub(crate) struct Rng {
    word: u64,
}
state!(Rng { word });

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { word: seed }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.word = self.word.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.word ^ (self.word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `count`, which is at least 1. The bias of taking the high part is below 2^-32 here.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (((self.bits() >> 32) * count as u64) >> 32) as usize
    }

    /// A number in [0, 1).
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / 16_777_216.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_published_sequence() {
        // The first outputs of SplitMix64 for seed 1234567, as in its reference implementation.
        let mut rng = Rng::new(1_234_567);
        assert_eq!(
            [rng.bits(), rng.bits(), rng.bits()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn every_number_below_is_drawn() {
        let mut rng = Rng::new(1);
        let mut drawn = [0_u32; 5];
        (0..5000).for_each(|_| drawn[rng.below(5)] += 1);
        assert!(drawn.iter().all(|&times| times > 900), "{drawn:?}");
        assert!((0..1000).all(|_| (0.0..1.0).contains(&rng.unit())));
    }
}
