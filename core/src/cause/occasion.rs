//! When an explanation is worth its time.

use crate::verdict::{Verdict, View};

/// A frame that one in a hundred normal ones equals calls for an explanation.
const CHANCE: f64 = 0.01;
/// Views of all streams together that find less than this see nothing.
const CALM_SCORE: f64 = 0.5;

/// Why an explanation is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// All in all the frame is unusual.
    Score,
    /// One stream is very unusual by itself.
    Stream,
    /// One stream is unusual by itself, and all of them together look as always.
    Conflict,
}

/// Whether a verdict calls for an explanation, and why. [`Engine::explain`](crate::Engine::explain) explains any frame:
/// this says which are worth it.
///
/// ```
/// use fourfold::cause::{Ask, occasion};
/// use fourfold::{Engine, Frame, SchemaDraft};
///
/// let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate()?);
/// let mut explained = Vec::new();
/// for minute in 0..600_i64 {
///     let a = if minute >= 590 { 90.0 } else { (minute % 7) as f64 };
///     let values = [a, (minute % 5) as f64];
///     let verdict = engine.observe(Frame { at_ms: 60_000 * minute, values: &values })?;
///     if verdict.alarm && occasion(verdict).is_some() {
///         explained.push((minute, engine.explain(Ask::default())?.suspects[0].stream));
///     }
/// }
/// assert_eq!(explained, [(590, 0)]);
/// # Ok::<(), fourfold::Error>(())
/// ```
pub fn occasion(verdict: &Verdict) -> Option<Occasion> {
    let scores = verdict.streams.iter().filter_map(|stream| stream.score);
    let (most, count) =
        scores.fold((0.0, 0.0), |(most, count): (f64, f64), score| (most.max(score), count + 1.0));
    let together = View::ALL.iter().zip(&verdict.views).filter(|(view, _)| **view != View::Streams);
    let are_calm = together.filter_map(|(_, said)| said.score).all(|score| score < CALM_SCORE);
    match () {
        () if verdict.alarm || verdict.score >= 1.0 - CHANCE => Some(Occasion::Score),
        // The most unusual of many streams is unusual in every frame.
        () if most >= 1.0 - CHANCE / f64::max(count, 1.0) => Some(Occasion::Stream),
        () if most >= 1.0 - CHANCE && are_calm => Some(Occasion::Conflict),
        () => None,
    }
}

/// Whether a verdict calls for an explanation.
pub fn is_worth_explaining(verdict: &Verdict) -> bool {
    occasion(verdict).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    fn verdict(score: f64, stream: f64, together: f64) -> Verdict {
        let schema = SchemaDraft::of_streams(["a", "b", "c", "d"]).validate().expect("valid");
        let mut verdict = Verdict::blank(&schema);
        verdict.score = score;
        verdict.streams.iter_mut().for_each(|stream| stream.score = Some(0.2));
        verdict.streams[2].score = Some(stream);
        verdict.views.iter_mut().for_each(|view| view.score = Some(together));
        verdict
    }

    #[test]
    fn high_scores_and_conflicts_are_worth_it() {
        assert_eq!(occasion(&verdict(0.99, 0.5, 0.5)), Some(Occasion::Score));
        assert_eq!(occasion(&verdict(0.9, 0.9975, 0.9)), Some(Occasion::Stream));
        assert_eq!(occasion(&verdict(0.9, 0.992, 0.3)), Some(Occasion::Conflict));
        assert_eq!(occasion(&verdict(0.9, 0.992, 0.6)), None);
        assert!(!is_worth_explaining(&verdict(0.5, 0.98, 0.1)));
        assert!(is_worth_explaining(&Verdict { alarm: true, ..verdict(0.5, 0.5, 0.5) }));
    }
}
