//! Level shift: values that lean to one side, too little each to be odd, add up (two-sided CUSUM).

use super::chance;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::Tally;
use crate::stream::{Detector, Finding, Reason, Row};

/// Sums below this, in usual deviations, come and go in any noise.
const QUIET: f64 = 6.0;

/// How far the sums have gone so far. The sums themselves are the guard's.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    sums: Tally,
}
state!(Level { sums });

/// The sum, and its chance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    measure: f64,
    chance: Option<f64>,
}

impl Detector for Level {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { sums: Tally::new() }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let measure = row.usual.lean * (1.0 / QUIET);
        Sight { measure, chance: chance(&self.sums, measure) }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Level })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        if row.usual.is_settled {
            self.sums.learn(sight.measure);
        }
    }
}
