//! Flat line: the same value for longer than this stream repeats itself. A stuck sensor.
//!
//! Runs of equal values are counted when they end, zeros apart from others, so that a stream which is often zero or
//! which has few steps may rest as long as it is used to. Who was hardly ever zero is judged by its other runs: a dead
//! sensor often reads as nothing.

use crate::math::greater;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::Tally;
use crate::stream::{Detector, Finding, Reason, Row};

/// Runs that must have ended before a long one is odd.
const RUNS_MIN: u32 = 20;
/// Shorter repeats are never news.
const RUN_MIN: u32 = 4;

/// The run that lasts, and how long runs were.
#[derive(Clone, Debug)]
pub(crate) struct Flat {
    value: f64,
    run: u32,
    /// Lengths of finished runs: of zeros, of other values.
    lengths: [Tally; 2],
}
state!(Flat { value, run, lengths });

/// The length of the run with this value, and the chance of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    run: u32,
    chance: Option<f64>,
}

impl Flat {
    /// The chance of a run; one finished run of this length is needed to say how long they are.
    fn chance(&self, value: f64, run: f64) -> Option<f64> {
        let [zeros, others] = &self.lengths;
        if value == 0.0 && zeros.total() >= RUNS_MIN {
            return zeros.chance(run);
        }
        if others.total() < RUNS_MIN {
            return None;
        }
        let by_others = others.chance(run);
        if value == 0.0 && zeros.total() > 0 {
            return Some(greater(by_others?, zeros.chance(run)?));
        }
        by_others
    }
}

impl Detector for Flat {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { value: 0.0, run: 0, lengths: [Tally::new(), Tally::new()] }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let run = if row.x == self.value { self.run.saturating_add(1) } else { 1 };
        // The run is one trial, not many.
        let chance = if run >= RUN_MIN { self.chance(row.x, f64::from(run)) } else { None };
        Sight { run, chance }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Flat })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        if sight.run == 1 && self.run > 0 {
            let place = usize::from(self.value != 0.0);
            self.lengths[place].learn(f64::from(self.run));
        }
        self.value = row.x;
        self.run = sight.run;
    }
}
