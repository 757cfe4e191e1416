//! Which number of a verdict is evaluated, given its score and whether it raised an alarm.

use crate::math::log10;

/// The two outputs of the engine, for two needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// High all through an anomaly: for ranking rows.
    Score,
    /// High once, at the alarm: for waking people.
    Alarm,
}

impl Output {
    /// One number per frame, the higher the more abnormal. It is the chance's negative logarithm in base ten, since a
    /// threshold near 1 on the score itself would leave few digits to tell one alarm from another.
    pub fn of(self, score: f64, alarm: bool) -> f64 {
        let surprise = -log10((1.0 - score).max(f64::MIN_POSITIVE));
        match self {
            Self::Alarm if !alarm => 0.0,
            _ => surprise,
        }
    }

    /// What to say for a row that no frame could be made of, after one that was: a rank persists, an alarm does not.
    pub fn held(self, before: f64) -> f64 {
        match self {
            Self::Score => before,
            Self::Alarm => 0.0,
        }
    }
}
