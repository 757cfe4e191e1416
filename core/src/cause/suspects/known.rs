//! How sure the first suspect is.

use super::look::Look;
use super::{Scene, Suspect};

/// How far the first stands out from all.
pub(super) fn known(_scene: &Scene<'_>, _looks: &[Look], suspects: &[Suspect]) -> f64 {
    let all: f64 = suspects.iter().map(|suspect| suspect.weight * suspect.weight).sum();
    let first = suspects.first().map_or(0.0, |first| first.weight * first.weight);
    if all > 0.0 { first / all } else { 0.0 }
}
