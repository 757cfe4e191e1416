//! A calm moment amid odd ones is odd itself: what ranks moments does not fall back at once.
//!
//! Between two odd frames of one trouble there often is one that would pass by itself. The geometric mean of the last few
//! moments stays high there, and lets go soon: a single odd moment, however odd, lifts its followers by a little only.

use crate::math::exp;
use crate::snapshot::state;
use crate::stats::approx::ln;

/// Frames over which oddness lingers.
const FRAMES: f64 = 5.0;
/// Oddness has no logarithm at nothing at all.
const LEAST: f64 = 1e-6;

/// The mean of the logarithm of what the last frames were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linger {
    log: f64,
}
state!(Linger { log });

impl Linger {
    pub(crate) fn new() -> Self {
        Self { log: ln(LEAST) }
    }

    /// How odd a moment is among those before it; never less than by itself.
    pub(crate) fn judge(&self, oddness: f64) -> f64 {
        exp(self.with(oddness)).max(oddness)
    }

    pub(crate) fn learn(&mut self, oddness: f64) {
        self.log = self.with(oddness);
    }

    fn with(&self, oddness: f64) -> f64 {
        self.log + (ln(oddness.max(LEAST)) - self.log) / FRAMES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(oddness: &[f64]) -> Linger {
        let mut linger = Linger::new();
        (0..100).for_each(|_| linger.learn(1.0));
        oddness.iter().for_each(|&odd| linger.learn(odd));
        linger
    }

    #[test]
    fn a_calm_moment_within_trouble_is_odd() {
        let amid = after(&[8.0; 12]).judge(1.0);
        assert!(amid > 4.0 && amid < 8.0, "{amid}");
        assert!(after(&[]).judge(1.0) < 1.001);
    }

    #[test]
    fn one_odd_moment_is_soon_over() {
        assert!((after(&[]).judge(100.0) - 100.0).abs() < 1e-9, "by itself it is as odd as ever");
        let next = after(&[100.0]).judge(1.0);
        assert!(next > 1.0 && next < 2.5, "{next}");
    }
}
