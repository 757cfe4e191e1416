//! Tier 1: each stream by itself.

mod detector;
mod forecast;
mod residual;

pub use detector::Reason;
pub(crate) use detector::{Detector, Finding};

use alloc::vec::Vec;

use crate::schema::Schema;
use crate::snapshot::state;
use residual::Residual;

/// What tier 1 says of one stream in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StreamVerdict {
    /// How unusual the value is, in [0, 1]; `None` where there is no value or nothing to compare it with.
    pub score: Option<f64>,
    /// What made the score.
    pub reason: Option<Reason>,
    /// Whether there was a value at all.
    pub present: bool,
}

/// The detectors of every stream.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    residuals: Vec<Residual>,
}
state!(Streams { residuals });

impl Streams {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self { residuals: schema.streams().iter().map(Residual::new).collect() }
    }

    pub(crate) fn judge(&self, values: &[Option<f64>], verdicts: &mut [StreamVerdict]) {
        for ((detector, value), verdict) in self.residuals.iter().zip(values).zip(verdicts) {
            let finding = value.and_then(|x| detector.judge(x));
            *verdict = StreamVerdict {
                score: finding.map(|found| found.score),
                reason: finding.map(|found| found.reason),
                present: value.is_some(),
            };
        }
    }

    pub(crate) fn learn(&mut self, values: &[Option<f64>]) {
        for (detector, value) in self.residuals.iter_mut().zip(values) {
            if let Some(x) = value {
                detector.learn(*x);
            }
        }
    }
}
