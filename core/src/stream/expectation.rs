//! Not as forecast: a value that the stream's own past did not let expect.
//!
//! The forecaster learns what the guard lets through, so that an extreme does not bend the next forecast. Its errors
//! are measured by their own usual size, not by the spread that it claims: a model may be too sure of itself.

use super::forecast::{Auto, Said};
use super::{Detector, Finding, Reason, Row};
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Tally, pace, times};

/// Rows over which the usual error is learned.
const MEMORY_ROWS: f64 = 2048.0;
/// Errors below this, in usual ones, are nothing.
const QUIET: f64 = 3.0;
/// An error counts as no larger than this many usual ones when the usual one is learned.
const LIMIT: f64 = 8.0;
/// Errors this small beside the level are the model's own noise.
const CONSTANT: f64 = 1e-4;
/// Rows before the first answer.
const COLD_ROWS: u64 = 50;

/// The forecaster that suits the stream, and how far off it usually is.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    forecaster: Auto,
    rows: u64,
    usual: f64,
    errors: Tally,
}
state!(Expectation { forecaster, rows, usual, errors });

/// The error of the forecast, and the chance of that; nothing where there was none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    said: Said,
    error: Option<f64>,
    measure: f64,
    chance: Option<f64>,
}

impl Expectation {
    /// The model that answers, its late mean error, and that of the one that it is held against.
    pub(crate) fn in_use(&self) -> (&'static str, Option<[f64; 2]>) {
        self.forecaster.in_use()
    }
}

impl Detector for Expectation {
    type Sight = Sight;

    fn new(stream: &Stream) -> Self {
        Self { forecaster: Auto::new(stream.kind), rows: 0, usual: 0.0, errors: Tally::new() }
    }

    #[inline(always)]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let said = self.forecaster.ask(row.now.at);
        let error = self.forecaster.answer(&said).map(|mean| (row.x - mean).abs());
        let Some(error) = error.filter(|error| error.is_finite()) else {
            return Sight { said, error: None, measure: 0.0, chance: None };
        };
        // No model hits a constant exactly.
        let floor = 0.01 * row.usual.spread + CONSTANT * row.usual.level.abs();
        let measure = times(error, (self.usual + floor) * QUIET);
        let chance = if self.rows >= COLD_ROWS { self.errors.chance(measure) } else { None };
        Sight { said, error: Some(error), measure, chance }
    }

    #[inline(never)]
    fn judge_into(&self, row: &Row<'_>, sight: &mut Sight) {
        *sight = self.judge(row);
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.chance.map(|chance| Finding { chance, reason: Reason::Forecast })
    }

    #[inline]
    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        self.forecaster.learn_said(row.now.at, row.usual.taught, &sight.said);
        let Some(error) = sight.error else { return };
        let most = LIMIT * (self.usual + 0.1 * row.usual.spread);
        let error = if self.rows > 20 && error > most { most } else { error };
        self.usual += pace(self.rows, MEMORY_ROWS) * (error - self.usual);
        self.errors.learn(sight.measure);
        self.rows = self.rows.saturating_add(1);
    }
}
