//! Running residual: how far a value, and the last few, lie from where the stream usually is.
//!
//! It knows no kinds of events, so it marks the hundredth like the first. Its reference is the guard's: extremes do
//! not move it, and a lasting new level silences it within an hour of data.

use super::{Detector, Finding, Reason, Row};
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Place, Tail, pace};

/// Rows over which the last few values are averaged. Its spread is a fraction of that of one value.
const FEW_ROWS: f64 = 6.0;
/// Rows over which usual sizes and ranks are learned.
const MEMORY_ROWS: f64 = 8192.0;

/// The usual size of the residual of one value and of the last few.
#[derive(Clone, Debug)]
pub(crate) struct Residual {
    rows: u64,
    few: f64,
    sizes: [f64; 2],
    tail: Tail,
}
state!(Residual { rows, few, sizes, tail });

/// Residuals in units of the guard's spread, and their rank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    few: f64,
    residuals: [f64; 2],
    place: Place,
    chance: Option<f64>,
}

impl Detector for Residual {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self { rows: 0, few: 0.0, sizes: [0.0; 2], tail: Tail::new(MEMORY_ROWS) }
    }

    #[inline]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let residual = (row.x - row.usual.level) / row.usual.spread;
        let residual = if residual.abs() < 1e9 { residual } else { 1e9 };
        let few = self.few + (residual - self.few) / FEW_ROWS;
        let residuals = [residual.abs(), few.abs()];
        let mut sum = 0.0;
        for (residual, size) in residuals.into_iter().zip(self.sizes) {
            let times = residual / (size + 0.01);
            sum += times * times;
        }
        let place = Place::of_squared(sum);
        let chance = row.usual.is_settled.then(|| self.tail.chances_at(place)[0]);
        Sight { few, residuals, place, chance }
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Residual })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        self.few = sight.few;
        if !row.usual.is_settled {
            return;
        }
        let pace = pace(self.rows, MEMORY_ROWS);
        for (size, residual) in self.sizes.iter_mut().zip(sight.residuals) {
            // An extreme counts as a large one.
            let residual = if residual < 10.0 { residual } else { 10.0 };
            *size += pace * (residual - *size);
        }
        self.tail.learn_at(sight.place);
        self.rows += 1;
    }
}
