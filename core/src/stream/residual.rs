//! Running residual: how far a value, and the last few, lie from where the stream usually is.
//!
//! It knows no kinds of events, so it marks the hundredth like the first. Its reference is the guard's: extremes do
//! not move it, and a lasting new level silences it within an hour of data.

use super::{Detector, Finding, Reason, Row};
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Tally, pace};

/// Rows over which the last few values are averaged. Its spread is a fraction of that of one value.
const FEW_ROWS: f64 = 6.0;
/// The smallest usual residual, in spreads: below it, a stream is constant.
const SIZE_MIN: f64 = 0.01;
/// Rows over which usual sizes and ranks are learned.
const MEMORY_ROWS: f64 = 8192.0;

/// Sums of squared residuals below this, in usual sizes, are nothing: three quarters of all rows.
const QUIET: f64 = 4.0;
/// A large residual, in spreads.
const LARGE: f64 = 10.0;
/// Rows before the first answer.
const COLD_ROWS: u64 = 30;

/// The usual size of the residual of one value and of the last few.
#[derive(Clone, Debug)]
pub(crate) struct Residual {
    rows: u64,
    few: f64,
    sizes: [f64; 2],
    sums: Tally,
}
state!(Residual { rows, few, sizes, sums });

/// Residuals in units of the guard's spread, and their rank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    few: f64,
    residuals: [f64; 2],
    measure: f64,
    chance: Option<f64>,
}

impl Detector for Residual {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { rows: 0, few: 0.0, sizes: [0.0; 2], sums: Tally::new() }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let residual = (row.x - row.usual.level) / row.usual.spread;
        // One extreme must not outlast the few: there it counts as a large one.
        let few = self.few + (residual.clamp(-LARGE, LARGE) - self.few) * (1.0 / FEW_ROWS);
        let residuals = [residual.abs(), few.abs()];
        let [one, few_size] = self.sizes.map(|size| size + SIZE_MIN);
        // Both divisions in one.
        let sum_of = |a: f64, b: f64| a * a + b * b;
        let per_both = 1.0 / (one * few_size);
        let sum = sum_of(residuals[0] * few_size * per_both, residuals[1] * one * per_both);
        let measure = sum * (1.0 / QUIET);
        let chance = if self.rows >= COLD_ROWS { self.sums.chance(measure) } else { None };
        Sight { few, residuals, measure, chance }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Residual })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        if !row.usual.is_settled {
            return;
        }
        self.few = sight.few;
        let pace = pace(self.rows, MEMORY_ROWS);
        for (size, residual) in self.sizes.iter_mut().zip(sight.residuals) {
            // An extreme counts as a large one.
            let residual = if residual < LARGE { residual } else { LARGE };
            *size += pace * (residual - *size);
        }
        self.sums.learn(sight.measure);
        self.rows = self.rows.saturating_add(1);
    }
}
