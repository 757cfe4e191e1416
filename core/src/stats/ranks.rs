//! From oddness to chance, without spoiling the order of moments.
//!
//! A tail that learns every opinion at once calls an anomaly more usual the longer it lasts, and ranks its end below
//! its beginning. Here opinions are counted in blocks, and between two blocks the map from oddness to chance stands
//! still, so it costs one look into a table. Blocks grow with age, and with them the memory: what was odd because the
//! watching had just begun is soon forgotten, what was odd last month is not.
//!
//! A *patient* table believes a block only when the next one is full, and never lets one more than double the share of
//! the odd: ranks keep their order through long anomalies. A *present* one believes at once and in small blocks: its
//! chances are true shares of what happens nowadays.
//!
//! The last hundredth is not counted but drawn: beyond it chances fall by a power of the oddness, which is estimated
//! from what lies there. So even what was never seen keeps its order.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::{exp, ln_brief};
use crate::snapshot::state;

/// Bins per unit of the logarithm: six percent wide.
const PER_UNIT: f32 = 16.0;
/// Oddness from e^-16 to e^16.
const BINS: usize = 512;
const MIDDLE: f32 = 256.0;
/// Opinions in a block: few enough for 16 bits.
const BLOCK_MIN: u32 = 64;
const BLOCK_MAX: u32 = 4096;
/// What is kept of the old when a block is believed.
const KEPT: f64 = 0.9;
/// A patient table believes so many times the usual share of odd opinions from one block, from the next one four times
/// as many, and so on: what lasts is believed in the end.
const GROWTH_FIRST: f64 = 2.0;
const GROWTH_NEXT: f64 = 4.0;
/// The share of opinions beyond which chances are drawn.
const TAIL_SHARE: f64 = 0.01;
/// What the power is taken to be before anything is known, and for how many opinions that counts.
const POWER_PRIOR: f64 = 4.0;
const PRIOR_COUNT: f64 = 20.0;

/// The ranks of a view's opinions.
#[derive(Clone, Debug)]
pub(crate) struct Ranks {
    /// How many believed opinions lie above the lower edge of each bin, and a last zero.
    above: Vec<f64>,
    /// The block that waits to be believed, and the one that fills.
    waiting: Vec<u16>,
    filling: Vec<u16>,
    filled: u32,
    seen: u32,
    growth: f64,
    /// Where the drawn tail begins, in bins; its share, and the power of its fall per bin.
    tail_from: f64,
    tail_share: f64,
    tail_fall: f64,
    /// A block is one in so many of all opinions that were seen.
    age_per_block: u32,
    is_patient: bool,
}
state!(Ranks { above, waiting, filling, filled, seen, growth, tail_from, tail_share, tail_fall; age_per_block, is_patient });

impl Ranks {
    /// Ranks that keep their order through long anomalies.
    pub(crate) fn patient() -> Self {
        Self::new(4, true)
    }

    /// Ranks whose chances are true shares of what happens nowadays.
    pub(crate) fn present() -> Self {
        Self::new(50, false)
    }

    fn new(age_per_block: u32, is_patient: bool) -> Self {
        Self {
            above: vec![0.0; BINS + 1],
            waiting: if is_patient { vec![0; BINS] } else { Vec::new() },
            filling: vec![0; BINS],
            filled: 0,
            seen: 0,
            growth: GROWTH_FIRST,
            tail_from: 0.0,
            tail_share: 1.0,
            tail_fall: 0.0,
            age_per_block,
            is_patient,
        }
    }

    /// The chance of something at least this odd: above 0, at most 1; one half while nothing is known.
    pub(crate) fn chance(&self, oddness: f64) -> f64 {
        let total = self.above[0];
        if total == 0.0 {
            return 0.5;
        }
        let place = place(oddness);
        let chance = if place >= self.tail_from {
            self.tail_share * exp(-(place - self.tail_from) * self.tail_fall)
        } else {
            let (bin, into) = (place as usize, place - (place as usize) as f64);
            let above = self.above[bin] + into * (self.above[bin + 1] - self.above[bin]);
            (above + 0.5) / (total + 1.0)
        };
        if chance > f64::MIN_POSITIVE { chance.min(1.0) } else { f64::MIN_POSITIVE }
    }

    pub(crate) fn learn(&mut self, oddness: f64) {
        let bin = &mut self.filling[place(oddness) as usize];
        *bin = bin.saturating_add(1);
        self.filled = self.filled.saturating_add(1);
        self.seen = self.seen.saturating_add(1);
        if self.filled >= (self.seen / self.age_per_block).clamp(BLOCK_MIN, BLOCK_MAX) {
            self.turn();
        }
    }

    /// A block is believed. The first one is believed at once, since there is no other.
    fn turn(&mut self) {
        if self.is_patient && self.above[0] > 0.0 {
            core::mem::swap(&mut self.waiting, &mut self.filling);
        }
        self.believe_filling();
        self.filled = 0;
        self.draw_tail();
    }

    fn believe_filling(&mut self) {
        if self.is_patient && self.above[0] > 0.0 {
            self.drop_the_oddest();
        }
        let mut added = 0.0;
        for bin in (0..BINS).rev() {
            added += f64::from(self.filling[bin]);
            self.above[bin] = KEPT * self.above[bin] + added;
        }
        self.filling.fill(0);
    }

    /// Of a block with too many odd opinions only the least odd ones are believed.
    fn drop_the_oddest(&mut self) {
        let all: u32 = self.filling.iter().map(|count| u32::from(*count)).sum();
        let allowed = self.growth * TAIL_SHARE * f64::from(all);
        let mut allowed = (allowed as u16).saturating_add(1);
        let mut has_dropped = false;
        for count in self.filling.iter_mut().skip(self.tail_from as usize + 1) {
            has_dropped |= *count > allowed;
            *count = (*count).min(allowed);
            allowed -= *count;
        }
        self.growth =
            if has_dropped { (self.growth * GROWTH_NEXT).min(1.0 / TAIL_SHARE) } else { GROWTH_FIRST };
    }

    /// Finds where the last hundredth begins and how fast it falls (Hill's estimator, on bins).
    fn draw_tail(&mut self) {
        let total = self.above[0];
        if total == 0.0 {
            return;
        }
        let need = (TAIL_SHARE * total).max(0.5);
        let bin = self.above.iter().rposition(|&above| above >= need).unwrap_or(0).min(BINS - 1);
        let inside = self.above[bin] - self.above[bin + 1];
        let into = if inside > 0.0 { (self.above[bin] - need) / inside } else { 0.0 };
        self.tail_from = bin as f64 + into.clamp(0.0, 1.0);
        self.tail_share = (need + 0.5) / (total + 1.0);
        // How far the opinions beyond lie from there, all together, in bins.
        let rest = (1.0 - into) * 0.5 * (need + self.above[bin + 1]);
        let beyond: f64 =
            rest + self.above[bin + 1..].windows(2).map(|pair| 0.5 * (pair[0] + pair[1])).sum::<f64>();
        let prior = PRIOR_COUNT * f64::from(PER_UNIT) / POWER_PRIOR;
        self.tail_fall = (need + PRIOR_COUNT) / (beyond + prior);
    }
}

/// Where an oddness lies among the bins.
fn place(oddness: f64) -> f64 {
    let log = ln_brief(oddness.clamp(1e-7, 1e7) as f32);
    f64::from((log * PER_UNIT + MIDDLE).max(0.0).min(BINS as f32 - 0.001))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Sums of twelve uniform numbers, made positive and wide: close to log-normal.
    fn draws(seed: u64) -> impl Iterator<Item = f64> {
        let mut rng = Rng::new(seed);
        core::iter::repeat_with(move || exp((0..12).map(|_| f64::from(rng.unit()) - 0.5).sum::<f64>()))
    }

    #[test]
    fn chances_are_true_shares() {
        let mut ranks = Ranks::patient();
        draws(1).take(20_000).for_each(|odd| ranks.learn(odd));
        for asked in [0.3, 0.05, 0.01, 0.001] {
            let share = draws(2).take(100_000).filter(|&odd| ranks.chance(odd) <= asked).count() as f64 / 1e5;
            assert!(share / asked < 1.5 && asked / share < 1.5, "asked {asked}, got {share}");
        }
    }

    #[test]
    fn order_is_kept_beyond_all_that_was_seen() {
        let mut ranks = Ranks::patient();
        assert_eq!(ranks.chance(3.0), 0.5);
        draws(3).take(5000).for_each(|odd| ranks.learn(odd));
        let chances: Vec<f64> = (0..2000_i32).map(|n| ranks.chance(0.01 * f64::from(n))).collect();
        assert!(chances.windows(2).all(|pair| pair[0] >= pair[1]));
        assert!(ranks.chance(20.0) > ranks.chance(20.1) && ranks.chance(f64::INFINITY) > 0.0);
    }

    #[test]
    fn what_lasts_does_not_become_usual_at_once() {
        let mut ranks = Ranks::patient();
        draws(4).take(20_000).for_each(|odd| ranks.learn(odd));
        let first = ranks.chance(30.0);
        (0..1000).for_each(|_| ranks.learn(30.0));
        // The blocks that were full before are believed now, those of the new kind are not.
        assert!((ranks.chance(30.0) / first - 1.0).abs() < 0.5);
        (0..100_000).for_each(|_| ranks.learn(30.0));
        assert!(ranks.chance(30.0) > 0.3);
    }
}
