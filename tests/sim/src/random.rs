//! Chance from a seed. Every lane and every index has a generator of its own, so that a change at one place leaves
//! the draws of all others as they were.

use core::f64::consts::TAU;

/// SplitMix64: small, and good enough for what only has to look natural.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        Self::at(seed, 0, 0)
    }

    /// The generator of one place: `lane` is a stream or a purpose, `index` a frame or a day.
    pub fn at(seed: u64, lane: u64, index: u64) -> Self {
        let mut random = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        for part in [lane, index] {
            random.0 = random.bits() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        random
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Even over (0, 1).
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Even between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A whole number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Normal with mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        radius * libm::cos(TAU * self.uniform())
    }

    /// A factor around 1: the exponential of a normal with this standard deviation.
    pub fn factor(&mut self, deviation: f64) -> f64 {
        libm::exp(deviation * self.normal())
    }

    /// Exponential with mean 1.
    pub fn waiting(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Heavy-tailed, symmetric: Student's t with 4 degrees of freedom.
    pub fn heavy(&mut self) -> f64 {
        let spread = 0.5 * (self.waiting() + self.waiting());
        self.normal() / spread.sqrt()
    }

    /// How many of something that happens `mean` times on average.
    pub fn count(&mut self, mean: f64) -> f64 {
        if mean > 40.0 {
            return libm::floor((mean + mean.sqrt() * self.normal()).max(0.0) + 0.5);
        }
        // As many exponential waits as fit.
        let (mut count, mut waited) = (0.0, self.waiting());
        while waited < mean {
            count += 1.0;
            waited += self.waiting();
        }
        count
    }

    /// Puts a list in random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            list.swap(place, self.below(place + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_moments_they_claim() {
        let mut random = Random::new(1);
        let mut moments = |draw: fn(&mut Random) -> f64| {
            let drawn: Vec<f64> = (0..40_000).map(|_| draw(&mut random)).collect();
            let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
            let variance = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / drawn.len() as f64;
            (mean, variance)
        };
        let near = |(mean, variance): (f64, f64), expected: (f64, f64)| {
            assert!((mean - expected.0).abs() < 0.05 * (1.0 + expected.0), "mean {mean}, not {}", expected.0);
            assert!((variance / expected.1 - 1.0).abs() < 0.12, "variance {variance}, not {}", expected.1);
        };
        near(moments(Random::uniform), (0.5, 1.0 / 12.0));
        near(moments(Random::normal), (0.0, 1.0));
        near(moments(Random::waiting), (1.0, 1.0));
        near(moments(|random| random.count(3.5)), (3.5, 3.5));
        near(moments(|random| random.count(90.0)), (90.0, 90.0));
    }

    #[test]
    fn places_are_independent() {
        let first = |seed, lane, index| Random::at(seed, lane, index).bits();
        assert_eq!(first(1, 2, 3), first(1, 2, 3));
        let others = [first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(1, 3, 2)];
        assert!(others.iter().all(|&other| other != first(1, 2, 3)));
    }
}
