//! Change of spread: the stream has become noisier, or quieter, than it is.

use super::chance;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Tally, pace, times};
use crate::stream::{Detector, Finding, Reason, Row};

/// Rows over which the present spread is taken.
const NOW_ROWS: f64 = 24.0;
/// Rows over which the usual spread is learned.
const MEMORY_ROWS: f64 = 2048.0;
/// Ratios below this come and go in any noise.
const QUIET: f64 = 1.5;
/// A ratio is cut here: below it a quiet stream is a flat one, which has its own watch.
const RATIO_MAX: f64 = 64.0;

/// Mean size of the step from one value to the next, now and usually.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    rows: u64,
    last: f64,
    now: f64,
    usual: f64,
    ratios: Tally,
}
state!(Spread { rows, last, now, usual, ratios });

/// The present spread, how far it is from the usual one, and the chance of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    step: f64,
    now: f64,
    measure: f64,
    chance: Option<f64>,
}

impl Detector for Spread {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { rows: 0, last: 0.0, now: 0.0, usual: 0.0, ratios: Tally::new() }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let x = row.usual.taught;
        let step = if self.rows > 0 { (x - self.last).abs() } else { 0.0 };
        // One jump is no spread: it counts as a large step.
        let most = 8.0 * self.usual;
        let step = if self.rows > 24 && self.usual > 0.0 && step > most { most } else { step };
        let now = self.now + pace(self.rows, NOW_ROWS) * (step - self.now);
        let [small, large] = if now < self.usual { [now, self.usual] } else { [self.usual, now] };
        let measure = if large <= 0.0 {
            0.0
        } else if small * RATIO_MAX < large {
            RATIO_MAX * (1.0 / QUIET)
        } else {
            times(large, small * QUIET)
        };
        Sight { step, now, measure, chance: chance(&self.ratios, measure) }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Spread })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        if self.rows as f64 >= NOW_ROWS {
            self.ratios.learn(sight.measure);
        }
        self.now = sight.now;
        self.usual += pace(self.rows, MEMORY_ROWS) * (sight.step - self.usual);
        self.last = row.usual.taught;
        self.rows = self.rows.saturating_add(1);
    }
}
