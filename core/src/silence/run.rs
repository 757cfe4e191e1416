//! How long a value usually stays the same, so that a stuck sensor is told from a quiet one, and a true zero from both.

use crate::snapshot::state;

use super::gaps::{BINS_PER_OCTAVE, Tail, bin_of};

/// Runs of up to 2^12 readings; longer ones share the last bin.
const BINS: usize = 12 * BINS_PER_OCTAVE as usize;
/// One false verdict in twenty weeks of readings every five minutes.
const LEVEL: f64 = 0.05 / 2016.0;
const STEEPNESS: f64 = 3.0;
const PRIOR: f64 = 3.0;
/// Runs of a kind before anything is said of it.
const RUNS_LEAST: f64 = 40.0;
/// Shorter runs are never news.
const RUN_LEAST: u32 = 4;
/// Readings beyond the limit for which being stuck is news.
const NEWLY_STUCK: u32 = 300;
/// Ended runs after which the limits are worked out anew: at first, and once many runs are known, which one more hardly
/// moves.
const REFRESH_RUNS: [u32; 2] = [64, 512];
/// What is left of a run's weight when the histogram is halved at this mass.
const MASS_MOST: f64 = 8192.0;

/// Kinds of runs: of zeros, and of other values.
const OTHERS: usize = 0;
const ZEROS: usize = 1;

/// The run of equal values that a stream is in, and the lengths of those that it was in.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    value: f64,
    length: u32,
    /// Lengths of runs of each kind.
    lengths: [[f32; BINS]; 2],
    limits: [u32; 2],
    since_refresh: u32,
    refresh_after: u32,
    /// Runs beyond the limit in a row: the third is a habit.
    odd: u32,
}
state!(Runs { value, length, lengths, limits, since_refresh, refresh_after, odd } where |runs| {
    runs.lengths.iter().flatten().all(|weight| weight.is_finite() && *weight >= 0.0)
});

impl Runs {
    pub(super) fn new() -> Self {
        Self {
            value: f64::NAN,
            length: 0,
            lengths: [[0.0; BINS]; 2],
            limits: [u32::MAX; 2],
            since_refresh: 0,
            refresh_after: REFRESH_RUNS[0],
            odd: 0,
        }
    }

    fn kind(&self) -> usize {
        if self.value == 0.0 { ZEROS } else { OTHERS }
    }

    /// Whether the value has stayed the same for longer than it ever does.
    pub(super) fn is_stuck(&self) -> bool {
        self.length >= RUN_LEAST && self.length > self.limits[self.kind()]
    }

    /// Whether that has begun lately.
    pub(super) fn is_newly_stuck(&self) -> bool {
        self.is_stuck() && self.length <= self.limits[self.kind()].saturating_add(NEWLY_STUCK)
    }

    /// Whether the value is zero, for as long as it often is.
    pub(super) fn is_true_zero(&self) -> bool {
        self.value == 0.0 && self.length >= RUN_LEAST && !self.is_stuck()
    }

    pub(super) fn learn(&mut self, value: f64) {
        if value == self.value {
            self.length = self.length.saturating_add(1);
            return;
        }
        if self.length > 0 {
            self.end_run();
        }
        self.value = value;
        self.length = 1;
    }

    fn end_run(&mut self) {
        let kind = self.kind();
        let is_long = u64::from(self.length) * 2 > u64::from(self.limits[kind]);
        let mut weight = 1.0;
        if self.is_stuck() {
            self.odd = self.odd.saturating_add(1);
            weight = if self.odd < 3 { 0.0 } else { 3.0 };
        }
        self.lengths[kind][bin_of(f64::from(self.length), BINS)] += weight;
        self.since_refresh = self.since_refresh.saturating_add(1);
        if is_long || self.since_refresh >= self.refresh_after {
            if !is_long {
                self.refresh_after = self.refresh_after.saturating_mul(2).min(REFRESH_RUNS[1]);
            }
            self.since_refresh = 0;
            self.refresh();
        }
    }

    fn refresh(&mut self) {
        for kind in [OTHERS, ZEROS] {
            self.limits[kind] = limit(&self.lengths[kind]).unwrap_or(self.limits[kind]);
        }
        if Tail::of(&self.lengths[ZEROS]).mass() < RUNS_LEAST {
            // Who was hardly ever zero is judged by all its runs: a dead sensor often reads as nothing.
            let all = core::array::from_fn(|bin| self.lengths[OTHERS][bin] + self.lengths[ZEROS][bin]);
            self.limits[ZEROS] = limit(&all).unwrap_or(u32::MAX);
        }
        for lengths in &mut self.lengths {
            if Tail::of(lengths).mass() > MASS_MOST {
                lengths.iter_mut().for_each(|weight| *weight *= 0.5);
            }
        }
    }
}

/// The longest run that is no news; `None` where too few are known.
fn limit(lengths: &[f32; BINS]) -> Option<u32> {
    let tail = Tail::of(lengths);
    if tail.mass() < RUNS_LEAST {
        return None;
    }
    // The longest run that was seen twice over is never news either: runs of a slow wave come in families.
    let longest = lengths.iter().rposition(|&weight| weight >= 0.5).unwrap_or_default();
    let twice = crate::math::exp2((longest as f64 + 1.0) / f64::from(BINS_PER_OCTAVE) + 1.0);
    Some(tail.quantile(LEVEL, STEEPNESS, PRIOR).max(twice) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and repeat now and then.
    fn reading(k: u32) -> f64 {
        f64::from((k.wrapping_mul(2_654_435_761) >> 16) % 20) + 1.0
    }

    #[test]
    fn a_value_that_stays_is_stuck_and_one_that_often_stays_is_not() {
        let mut noisy = Runs::new();
        (0..2000).for_each(|k| noisy.learn(reading(k)));
        assert!(!noisy.is_stuck());
        (0..30).for_each(|_| noisy.learn(7.0));
        assert!(noisy.is_stuck());
        noisy.learn(8.0);
        assert!(!noisy.is_stuck());

        let mut constant = Runs::new();
        (0..5000).for_each(|_| constant.learn(1.0));
        assert!(!constant.is_stuck());
    }

    #[test]
    fn a_zero_that_never_was_is_stuck() {
        let mut noisy = Runs::new();
        (0..2000).for_each(|k| noisy.learn(reading(k)));
        (0..30).for_each(|_| noisy.learn(0.0));
        assert!(noisy.is_stuck() && noisy.is_newly_stuck() && !noisy.is_true_zero());
        (0..400).for_each(|_| noisy.learn(0.0));
        assert!(noisy.is_stuck() && !noisy.is_newly_stuck());
    }

    #[test]
    fn what_is_switched_off_again_and_again_is_not_stuck_for_ever() {
        let mut machine = Runs::new();
        let mut stuck = [false; 8];
        (0..2000).for_each(|k| machine.learn(reading(k)));
        for (day, stuck) in (0_u32..).zip(&mut stuck) {
            (0..400).for_each(|k| machine.learn(reading(2000 + 400 * day + k)));
            for _ in 0..60 {
                machine.learn(0.0);
                *stuck |= machine.is_stuck();
            }
        }
        assert_eq!(stuck, [true, true, true, false, false, false, false, false]);
    }

    #[test]
    fn a_usual_zero_is_true() {
        let mut counts = Runs::new();
        for k in 0..4000_u32 {
            let burst = k % 40 < 10;
            counts.learn(if burst { reading(k) } else { 0.0 });
        }
        assert!(counts.is_true_zero() && !counts.is_stuck());
        (0..2000).for_each(|_| counts.learn(0.0));
        assert!(counts.is_stuck() && !counts.is_true_zero());
    }
}
