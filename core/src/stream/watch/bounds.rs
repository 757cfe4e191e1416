//! Out of bounds: a value that the schema calls impossible.

use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::Tally;
use crate::stream::{Detector, Finding, Reason, Row};

/// The measure of an impossible value; a possible one has 0.
const IMPOSSIBLE: f64 = 1.0;
/// Impossible values are believed to be this rare until the stream has shown more rows than that.
const ROWS_BELIEVED: f64 = 10_000.0;

/// The bounds, and how often they were broken: a schema can be wrong.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    broken: Tally,
    bounds: Option<[f64; 2]>,
}
state!(Bounds { broken; bounds });

/// Whether the value is impossible, and the chance of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    measure: f64,
    chance: Option<f64>,
}

impl Detector for Bounds {
    type Sight = Sight;

    fn new(stream: &Stream) -> Self {
        Self { broken: Tally::new(), bounds: stream.bounds }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let is_broken = self.bounds.is_some_and(|[low, high]| row.x < low || row.x > high);
        let measure = if is_broken { IMPOSSIBLE } else { 0.0 };
        // A share of the past, pulled towards the belief: n rows and one impossible value in so many.
        let chance = self.broken.chance(measure).map(|share| {
            let rows = f64::from(self.broken.total());
            (share * rows + 0.5) / (rows + ROWS_BELIEVED)
        });
        Sight { measure, chance }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Bounds })
    }

    #[inline]
    fn learn(&mut self, _: &Row<'_>, sight: &Sight) {
        if self.bounds.is_some() {
            self.broken.learn(sight.measure);
        }
    }
}
