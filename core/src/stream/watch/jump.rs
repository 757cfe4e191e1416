//! Impossible jump: a step from one value to the next that is larger than the stream makes.

use super::chance;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Tally, pace, times};
use crate::stream::{Detector, Finding, Reason, Row};

/// Rows over which the usual step is learned.
const MEMORY_ROWS: f64 = 4096.0;
/// Steps below this, in usual ones, come and go.
const QUIET: f64 = 3.0;
/// A step counts as no larger than this many usual ones when the usual one is learned.
const LIMIT: f64 = 10.0;

/// The last value and the mean size of steps.
#[derive(Clone, Debug)]
pub(crate) struct Jump {
    rows: u64,
    last: f64,
    usual: f64,
    steps: Tally,
}
state!(Jump { rows, last, usual, steps });

/// The step to this value, and the chance of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    step: f64,
    measure: f64,
    chance: Option<f64>,
}

impl Detector for Jump {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { rows: 0, last: 0.0, usual: 0.0, steps: Tally::new() }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let step = if self.rows > 0 { (row.x - self.last).abs() } else { 0.0 };
        // A hundredth of the spread: a stream of rare steps must not have a usual step of nothing.
        let measure = times(step, (self.usual + 0.01 * row.usual.spread) * QUIET);
        Sight { step, measure, chance: chance(&self.steps, measure) }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Jump })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        if self.rows > 0 {
            self.steps.learn(sight.measure);
            let most = LIMIT * (self.usual + 0.1 * row.usual.spread);
            let step = if self.rows > 20 && sight.step > most { most } else { sight.step };
            self.usual += pace(self.rows - 1, MEMORY_ROWS) * (step - self.usual);
        }
        self.last = row.x;
        self.rows = self.rows.saturating_add(1);
    }
}
