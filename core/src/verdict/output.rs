//! Which number of a verdict is evaluated.

use super::Verdict;
use crate::math::log10;

/// The outputs of the engine, for three needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// High all through an anomaly: for ranking rows.
    Rank,
    /// A chance: for saying how unusual a row is.
    Score,
    /// High once, at the alarm: for waking people.
    Alarm,
}

impl Output {
    /// One number per frame, the higher the more abnormal. A score is told as the chance's negative logarithm in base ten,
    /// since a threshold near 1 on the score itself would leave few digits to tell one frame from another.
    pub fn of(self, verdict: &Verdict) -> f64 {
        match self {
            Self::Rank => verdict.oddness,
            Self::Score => -log10((1.0 - verdict.score).max(f64::MIN_POSITIVE)),
            Self::Alarm if verdict.alarm => verdict.news,
            Self::Alarm => 0.0,
        }
    }

    /// What to say for a row that no frame could be made of, after one that was: a rank persists, an alarm does not.
    pub fn held(self, before: f64) -> f64 {
        match self {
            Self::Rank | Self::Score => before,
            Self::Alarm => 0.0,
        }
    }
}
