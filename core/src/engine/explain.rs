//! Why: what may have caused the trouble around a frame. Asking changes nothing.

use alloc::vec::Vec;

use super::{Engine, Error};
use crate::cause::{
    Ask, AskFault, Case, Explanation, History, Mode, Origin, Pattern, Scene, end, onset, rank,
};
use crate::schema::{Change, Step};
use crate::verdict::Episode;

/// Labelled episodes that the trouble is compared with, and the strength with which a stream is part of one.
const LABELLED_MOST: usize = 16;
const CARRIES: f64 = 0.2;
/// What comes later than the opening of a labelled episode may come so many times as late the next time.
const PATIENCE: i64 = 2;

impl Engine {
    /// Says why a frame is as it is: any frame that is still remembered, the newest thousand or so. Nothing changes by
    /// it, and no verdict waits for it: ask when [`occasion`](crate::cause::occasion) says so, or whenever you like.
    pub fn explain(&self, ask: Ask) -> Result<Explanation, Error> {
        let learned = self.newest();
        let history = &learned.history;
        let streams = self.schema.streams();
        if let Some(stream) = ask.target.filter(|&target| target >= streams.len()) {
            return Err(AskFault::UnknownStream { stream, streams: streams.len() }.into());
        }
        let row = row_of(history, ask.at_ms)?;
        let at_ms = ask.at_ms.unwrap_or(i64::MAX);
        let is_in = |episode: &&Episode| {
            episode.opened_ms <= at_ms && episode.closed_ms.is_none_or(|closed_ms| at_ms <= closed_ms)
        };
        let episode = self.episodes().rev().find(is_in);
        let onset = onset(history, row);
        let end = if ask.mode == Mode::Thorough { end(history, row) } else { row };
        let scene = Scene { history, onset, end, target: ask.target, links: self.schema.links(), streams };
        let case = Case {
            schema: &self.schema,
            history,
            network: &self.state.network,
            scene,
            row,
            mode: ask.mode,
            ranking: rank(&scene),
            episode,
            learned: self.labelled(),
        };
        Ok(case.explain())
    }

    /// What the episodes that people labelled looked like, as patterns: the newest first.
    fn labelled(&self) -> Vec<Pattern> {
        let labelled = self.episodes().rev().filter(|episode| episode.label.is_some());
        labelled.take(LABELLED_MOST).map(|episode| pattern_of(episode, self.schema.frame_ms())).collect()
    }
}

/// Who carried the opening, all at once; then who joined them until the peak.
fn pattern_of(episode: &Episode, frame_ms: i64) -> Pattern {
    let peak_ms = episode.peak_ms.saturating_sub(episode.opened_ms).max(frame_ms).saturating_mul(PATIENCE);
    let carries = |part: &(usize, f64)| part.1.abs() >= CARRIES;
    let step = |(stream, strength): (usize, f64), within_ms| {
        let change = if strength < 0.0 { Change::Down } else { Change::Up };
        Step { stream, change, within_ms: Some(within_ms) }
    };
    let opening = episode.opening.parts().filter(carries);
    let mut steps: Vec<Step> = opening.map(|part| step(part, PATIENCE * frame_ms)).collect();
    let at_once = steps.len();
    for part in episode.peak.parts().filter(carries) {
        if steps.iter().all(|known| known.stream != part.0) {
            steps.push(step(part, peak_ms));
        }
    }
    Pattern { origin: Origin::Episode(episode.id), steps, at_once }
}

fn row_of(history: &History, at_ms: Option<i64>) -> Result<usize, AskFault> {
    let newest = history.len().checked_sub(1).ok_or(AskFault::NoFrames)?;
    let Some(at_ms) = at_ms else { return Ok(newest) };
    history.row_at(at_ms).ok_or(AskFault::Forgotten { at_ms, oldest_ms: history.at_ms(0) })
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::{Frame, SchemaDraft};

    #[test]
    fn who_moved_is_named_with_the_time_and_asking_changes_nothing() {
        let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate().expect("valid"));
        assert!(matches!(engine.explain(Ask::default()), Err(Error::Ask(AskFault::NoFrames))));
        for minute in 0..600_i64 {
            let shift = if minute >= 590 { 40.0 } else { 0.0 };
            let values = [(minute % 7) as f64, (minute % 5) as f64 - shift];
            engine.observe(Frame { at_ms: 60_000 * minute, values: &values }).expect("a good frame");
        }
        let before = engine.seal();
        let explanation = engine.explain(Ask::default()).expect("a frame");
        assert_eq!(explanation.suspects[0].stream, 1);
        assert!(explanation.suspects[0].is_low && explanation.known > 0.5, "{explanation:?}");
        assert_eq!(explanation.onset_ms, 60_000 * 590);
        let ask = Ask { at_ms: Some(-1), ..Ask::default() };
        assert!(matches!(engine.explain(ask), Err(Error::Ask(AskFault::Forgotten { oldest_ms: 0, .. }))));
        let ask = Ask { target: Some(2), ..Ask::default() };
        assert!(matches!(engine.explain(ask), Err(Error::Ask(AskFault::UnknownStream { .. }))));
        assert_eq!(engine.seal(), before);
    }

    #[test]
    fn no_input_is_too_odd_to_be_asked_about() {
        let odd = [f64::NAN, f64::INFINITY, 1e308, -1e150, 1e-310, 0.0, 1e149, 7.0];
        for names in [&["a"][..], &["a|x", "a|y", "b|x", "b|y"], &["a.b", "a.c", "d"]] {
            let mut engine =
                Engine::new(SchemaDraft::of_streams(names.iter().copied()).validate().expect("valid"));
            for frame in 0..40_usize {
                let values: Vec<f64> =
                    (0..names.len()).map(|stream| odd[(frame * 5 + stream * 3) % 8]).collect();
                engine.observe(Frame { at_ms: 1000 * frame as i64, values: &values }).expect("in order");
                for target in [None, Some(0)] {
                    for mode in [Mode::Fast, Mode::Thorough] {
                        let at_ms = Some(700 * frame as i64);
                        let said = engine.explain(Ask { at_ms, target, mode }).expect("remembered");
                        assert!((0.0..=1.0).contains(&said.known));
                        assert!(said.suspects.len() == names.len());
                        assert!(said.suspects.iter().all(|suspect| suspect.weight.is_finite()), "{said:?}");
                    }
                }
            }
        }
    }
}
