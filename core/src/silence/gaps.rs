//! How long it usually takes until the next sign of life: a histogram of lengths on a logarithmic scale, and the
//! chance that a length is reached.
//!
//! The chance is the product of the hazards of the bins below: in each bin, the share of what got that far and ended
//! there. A bin that nothing ever reached has the hazard of a power law, whose exponent is read off the longest
//! lengths that were seen.

use crate::math::{exp2, greater, ln};

/// Bins per doubling of the length.
pub(super) const BINS_PER_OCTAVE: i32 = 4;
const LN_2: f64 = core::f64::consts::LN_2;

/// The mantissas at which a quarter of an octave begins: the bits of 2^(1/4), 2^(1/2), 2^(3/4) after the point.
const QUARTERS: [u64; 3] = [0x3_06FE_0A31_B715, 0x6_A09E_667F_3BCD, 0xA_E89F_995A_D3AD];

/// The bin of a length in units of the smallest one; lengths below it share the first bin.
pub(super) fn bin_of(length: f64, bins: usize) -> usize {
    // Read from the bits rather than from a logarithm: exact on every target, and it runs at every event.
    let bits = greater(length, 1.0).to_bits();
    let octave = (bits >> 52) as usize - 1023;
    let mantissa = bits & ((1 << 52) - 1);
    let quarter = QUARTERS.iter().filter(|&&from| mantissa >= from).count();
    (octave * BINS_PER_OCTAVE as usize + quarter).min(bins - 1)
}

/// The binary logarithm to a tenth: a straight line between powers of two.
pub(super) fn log2_rough(length: f64) -> f64 {
    let bits = greater(length, f64::MIN_POSITIVE).to_bits();
    // Through signed numbers: unsigned ones take a detour on most machines.
    (bits.cast_signed() - 1.0_f64.to_bits().cast_signed()) as f64 * (1.0 / (1_u64 << 52) as f64)
}

/// Where a bin begins, or a place inside it.
fn edge(bin: f64) -> f64 {
    exp2(bin / f64::from(BINS_PER_OCTAVE))
}

/// The tail of a histogram of lengths.
pub(super) struct Tail<'a> {
    weights: &'a [f32],
    mass: f64,
    /// The first bin above 98 % of the mass.
    shoulder: usize,
}

impl<'a> Tail<'a> {
    pub(super) fn of(weights: &'a [f32]) -> Self {
        // Most bins are empty, and a sum has to wait for each of its terms.
        let occupied = weights.iter().filter(|&&weight| weight > 0.0);
        let mass: f64 = occupied.map(|&weight| f64::from(weight)).sum();
        let (mut above, mut shoulder) = (0.0, 0);
        for (bin, &weight) in weights.iter().enumerate().rev().filter(|(_, weight)| **weight > 0.0) {
            above += f64::from(weight);
            if above > f64::max(0.02 * mass, 3.0) {
                shoulder = bin;
                break;
            }
        }
        Self { weights, mass, shoulder }
    }

    pub(super) fn mass(&self) -> f64 {
        self.mass
    }

    /// Where the last 2 % begin.
    pub(super) fn shoulder(&self) -> f64 {
        edge(self.shoulder as f64)
    }

    /// The middle of all lengths; `None` where there is none.
    pub(super) fn median(&self) -> Option<f64> {
        let mut below = 0.0;
        for (bin, &weight) in self.weights.iter().enumerate() {
            let weight = f64::from(weight);
            if weight > 0.0 && below + weight >= 0.5 * self.mass {
                return Some(edge(bin as f64 + (0.5 * self.mass - below) / weight));
            }
            below += weight;
        }
        None
    }

    /// The hazard of a bin that nothing reached: Hill's estimate of the power law above the shoulder, drawn towards
    /// `steepness_most` where little was seen.
    fn hazard_beyond(&self, steepness_most: f64, prior: f64) -> f64 {
        let (mut count, mut excess) = (0.0, 0.0);
        for (bin, &weight) in self.weights.iter().enumerate().skip(self.shoulder) {
            if weight == 0.0 {
                continue;
            }
            let octaves = ((bin - self.shoulder) as f64 + 0.25) / f64::from(BINS_PER_OCTAVE);
            count += f64::from(weight);
            excess += f64::from(weight) * octaves * LN_2;
        }
        let steepness = ((count + 2.0) / (excess + 2.0 / prior)).clamp(1.0, steepness_most);
        1.0 - exp2(-steepness / f64::from(BINS_PER_OCTAVE))
    }

    /// Walks the bins with the chance of reaching each and of passing it, until `stop` says that it has seen enough.
    fn walk(&self, steepness_most: f64, prior: f64, mut stop: impl FnMut(usize, f64, f64) -> bool) {
        let beyond = self.hazard_beyond(steepness_most, prior);
        let (mut left, mut reach) = (self.mass, 1.0);
        for (bin, &weight) in self.weights.iter().enumerate() {
            let weight = f64::from(weight);
            let hazard = ((weight + 0.5 * beyond) / (left + 0.5)).clamp(0.0, 1.0);
            left = greater(left - weight, 0.0);
            let pass = reach * (1.0 - hazard);
            if stop(bin, reach, pass) {
                return;
            }
            reach = pass;
        }
    }

    /// The length that is reached with this chance.
    pub(super) fn quantile(&self, chance: f64, steepness_most: f64, prior: f64) -> f64 {
        let mut length = edge(self.weights.len() as f64);
        self.walk(steepness_most, prior, |bin, reach, pass| {
            if pass >= chance {
                return false;
            }
            // Lengths that were seen are not cut in the middle of their bin.
            let is_occupied = self.weights[bin] > 0.5;
            let part = ln(chance / reach) / ln(pass.max(1e-30) / reach);
            length = edge(bin as f64 + if is_occupied { 1.0 } else { part.clamp(0.0, 1.0) });
            true
        });
        length
    }

    /// The chance that a length is reached.
    pub(super) fn chance(&self, length: f64, steepness_most: f64, prior: f64) -> f64 {
        let place = f64::from(BINS_PER_OCTAVE) * crate::math::log2(length.max(1.0));
        let mut chance = 1.0;
        self.walk(steepness_most, prior, |bin, reach, pass| {
            let part = (place - bin as f64).clamp(0.0, 1.0);
            chance = reach * exp2(part * crate::math::log2(pass.max(1e-30) / reach.max(1e-30)));
            place < (bin + 1) as f64
        });
        chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_quarters_of_an_octave() {
        for (length, bin) in
            [(0.0, 0), (1.0, 0), (1.18, 0), (1.19, 1), (1.42, 2), (1.69, 3), (2.0, 4), (1e30, 99)]
        {
            assert_eq!(bin_of(length, 100), bin, "{length}");
        }
        for bin in 0..100 {
            assert_eq!(bin_of(edge(f64::from(bin)) * 1.000_001, 100), bin as usize);
        }
    }

    #[test]
    fn a_rough_logarithm_is_within_a_tenth() {
        for step in 1..1000 {
            let x = f64::from(step) * 0.37;
            assert!((log2_rough(x) - crate::math::log2(x)).abs() < 0.1, "{x}");
        }
    }

    #[test]
    fn the_chance_of_the_quantile_is_the_chance_asked_for() {
        let mut weights = [0.0_f32; 104];
        for k in 0..2000 {
            // An exponential law with mean 100.
            weights[bin_of(-100.0 * ln((f64::from(k) + 0.5) / 2000.0), 104)] += 1.0;
        }
        let tail = Tail::of(&weights);
        for chance in [0.3, 0.1, 0.01] {
            let length = tail.quantile(chance, 3.0, 3.0);
            let truth = exp2(-length / (100.0 * LN_2));
            assert!(truth > 0.5 * chance && truth < 1.01 * chance, "{chance}: {length} has {truth}");
        }
        assert!((tail.median().expect("not empty") - 69.3).abs() < 3.0);
        assert!(tail.chance(1e6, 3.0, 3.0) < 1e-9);
    }

    #[test]
    fn an_empty_histogram_has_no_median_and_finite_tails() {
        let weights = [0.0_f32; 8];
        let tail = Tail::of(&weights);
        assert_eq!(tail.median(), None);
        assert!(tail.quantile(1e-9, 6.0, 3.0).is_finite());
        assert!(tail.chance(f64::MAX, 6.0, 3.0) >= 0.0);
    }
}
