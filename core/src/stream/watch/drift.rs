//! Slow drift: a middle level that leaves the long one behind, further than it usually does.

use super::chance;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Tally, pace, times};
use crate::stream::{Detector, Finding, Reason, Row};

/// Rows of the middle and of the long level.
const LEVEL_ROWS: [f64; 2] = [64.0, 768.0];
/// Rows over which their usual distance is learned.
const MEMORY_ROWS: f64 = 8192.0;
/// Distances below this, in usual ones, come and go.
const QUIET: f64 = 2.0;
/// Rows before the levels are told apart.
const WARM_ROWS: u64 = 128;

/// Two levels, and how far they usually are from each other.
#[derive(Clone, Debug)]
pub(crate) struct Drift {
    rows: u64,
    levels: [f64; 2],
    usual: f64,
    distances: Tally,
}
state!(Drift { rows, levels, usual, distances });

/// The levels with this value in them, their distance, and the chance of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    levels: [f64; 2],
    distance: f64,
    measure: f64,
    chance: Option<f64>,
}

impl Detector for Drift {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { rows: 0, levels: [0.0; 2], usual: 0.0, distances: Tally::new() }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        // A lasting change that the guard has taken for normal is no drift.
        let mut levels = if row.usual.is_renewed { [row.usual.level; 2] } else { self.levels };
        for (level, rows) in levels.iter_mut().zip(LEVEL_ROWS) {
            *level += pace(self.rows, rows) * (row.usual.taught - *level);
        }
        let distance = (levels[0] - levels[1]).abs();
        // Levels closer than a tenth of the stream's spread are the same.
        let floor = 0.1 * row.usual.spread;
        let measure = times(distance, (self.usual + floor) * QUIET);
        let chance = if self.rows >= WARM_ROWS { chance(&self.distances, measure) } else { None };
        Sight { levels, distance, measure, chance }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Drift })
    }

    #[inline]
    fn learn(&mut self, _: &Row<'_>, sight: &Sight) {
        self.levels = sight.levels;
        if self.rows >= WARM_ROWS {
            self.usual += pace(self.rows - WARM_ROWS, MEMORY_ROWS) * (sight.distance - self.usual);
            self.distances.learn(sight.measure);
        }
        self.rows = self.rows.saturating_add(1);
    }
}
