//! How good is a detector? Its scores against labels, in the measures that people compare by.
//!
//! [`ranking`] and [`volume`] ask whether abnormal rows score above normal ones; [`nab`] and [`events`] ask whether an
//! alarm was raised in time, and how often for nothing. Nothing here is used by the engine itself.
//!
//! ```
//! use fourfold::evaluate::Quality;
//!
//! let labels = [false, false, true, true, false, false];
//! let quality = Quality::of(&[0.1, 0.4, 0.9, 0.8, 0.7, 0.2], &labels, 2);
//! assert_eq!((quality.auc_roc, quality.auc_pr), (Some(1.0), Some(1.0)));
//! ```
//!
//! A score that is not a number ranks below all others. Where a measure has no meaning (no abnormal row, or nothing
//! else), the answer is `None`.

pub mod events;
pub mod nab;
pub mod ranking;
pub mod volume;

#[cfg(test)]
mod agreement;

use alloc::vec::Vec;

/// The measures of a ranking, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct Quality {
    /// See [`ranking::auc_roc`].
    pub auc_roc: Option<f64>,
    /// See [`ranking::auc_pr`].
    pub auc_pr: Option<f64>,
    /// See [`volume::Volume`].
    pub vus_roc: Option<f64>,
    /// See [`volume::Volume`].
    pub vus_pr: Option<f64>,
    /// The best F1 of all thresholds.
    pub best_f1: Option<f64>,
}

impl Quality {
    /// All measures. `window` is the widest tolerance around an anomaly, in rows, of the volumes; 100 is usual.
    pub fn of(scores: &[f64], labels: &[bool], window: usize) -> Self {
        let volume = volume::Volume::of(scores, labels, window);
        Self {
            auc_roc: ranking::auc_roc(scores, labels),
            auc_pr: ranking::auc_pr(scores, labels),
            vus_roc: volume.map(|volume| volume.roc),
            vus_pr: volume.map(|volume| volume.pr),
            best_f1: ranking::best_f1(scores, labels),
        }
    }
}

/// Scores that can be put in order.
fn comparable(scores: &[f64]) -> Vec<f64> {
    // Adding zero makes minus zero zero: the two are one score.
    scores.iter().map(|&score| if score.is_nan() { f64::NEG_INFINITY } else { score + 0.0 }).collect()
}

/// Rows, the highest score first; equal ones in the order of time.
fn descending(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order
}

/// Runs of abnormal rows, first and last.
pub fn segments(labels: &[bool]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for row in labels.iter().enumerate().filter_map(|(row, &label)| label.then_some(row)) {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => found.push((row, row)),
        }
    }
    found
}
