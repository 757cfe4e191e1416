//! How two streams go together when one is moved against the other, for those of whom an explanation says that one leads.

use fourfold::Schema;
use fourfold::cause::{Explanation, Found, lags};

use super::Curve;

/// Steps that a curve compares: those that the engine compares as well.
pub const CURVE_STEPS: usize = 288;

/// A curve for each lead that is told. `course` gives a stream's newest values, by its place.
pub fn curves_of(
    why: &Explanation,
    schema: &Schema,
    step_ms: f64,
    course: impl Fn(usize) -> Option<Vec<f32>>,
) -> Vec<Curve> {
    let name = |place: usize| schema.streams().get(place).map(|stream| stream.name.clone());
    let told = why.evidence.iter().filter_map(|evidence| {
        let Found::Lead { first, then, .. } = evidence.found else { return None };
        let points = lags(&course(then)?, &course(first)?);
        let points = points.into_iter().map(|(lag, r)| (lag as f64 * step_ms, r)).collect();
        Some(Curve { first: name(first)?, then: name(then)?, points })
    });
    told.collect()
}
