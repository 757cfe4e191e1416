//! What takes hostile input, one target per door of the engine.

pub(crate) mod ingest;
pub(crate) mod observe;
pub(crate) mod open;
pub(crate) mod schema;

use fourfold::{Engine, Frame, Verdict};
use fourfold_sim::Random;

use crate::bend;

/// Every number in a verdict that has a range.
fn assert_in_range(verdict: &Verdict) {
    let streams = verdict.streams.iter().filter_map(|stream| stream.score);
    let views = verdict.views.iter().flat_map(|view| [view.score.unwrap_or(0.0), view.weight]);
    for number in streams.chain(views).chain([verdict.score, verdict.confidence]) {
        assert!((0.0..=1.0).contains(&number), "{number} in {verdict:?}");
    }
    assert!(verdict.news >= 0.0, "{} in {verdict:?}", verdict.news);
}

/// Some frames, ticks and labels. What is refused leaves no trace.
fn live(random: &mut Random, engine: &mut Engine, steps: usize) {
    let width = engine.schema().streams().len();
    for _ in 0..steps {
        let last_ms = engine.last_frame_ms().unwrap_or(0);
        let at_ms = match random.below(12) {
            0 => bend::whole(random),
            1 => last_ms,
            _ => last_ms.saturating_add(1 + random.below(600_000) as i64),
        };
        // Sealing is dear: not every refusal is looked at this closely.
        let before = random.chance(0.05).then(|| engine.seal());
        let is_refused = match random.below(16) {
            0 => engine.tick(at_ms, assert_in_range).is_err(),
            1 => {
                let rows = random.below(5);
                let times: Vec<i64> = (0..rows as i64).map(|row| at_ms.saturating_add(row)).collect();
                let count = rows * width + usize::from(random.chance(0.2));
                let values: Vec<f64> = (0..count).map(|_| bend::number(random)).collect();
                engine.observe_batch(&times, &values, |_, verdict| assert_in_range(verdict)).is_err()
            }
            2 => say_something(random, engine),
            _ => {
                let count = if random.chance(0.02) { random.below(9) } else { width };
                let values: Vec<f64> = (0..count).map(|_| bend::number(random)).collect();
                engine.observe(Frame { at_ms, values: &values }).map(assert_in_range).is_err()
            }
        };
        if let Some(before) = before.filter(|_| is_refused) {
            assert!(engine.seal() == before, "what was refused left a trace");
        }
    }
}

/// A label for an episode that may be there, or the newest label back.
fn say_something(random: &mut Random, engine: &mut Engine) -> bool {
    use fourfold::Label;
    let known: Vec<u64> = engine.episodes().map(|episode| episode.id).collect();
    let id = if known.is_empty() || random.chance(0.2) { random.bits() } else { *bend::pick(random, &known) };
    match random.below(3) {
        0 => engine.label(id, Label::Expected).is_err(),
        1 => engine.label(id, Label::Real).is_err(),
        _ => engine.undo().is_err(),
    }
}

/// An engine is its sealed bytes.
fn assert_opens_again(engine: &Engine) {
    let bytes = engine.seal();
    match Engine::open(&bytes) {
        Ok(again) => assert!(again.seal() == bytes, "opened again it is another"),
        Err(error) => panic!("its own bytes were refused: {error}"),
    }
}
