//! A simulation as the engine saw it.

use fourfold::evaluate::Output;
use fourfold::verdict::View;
use fourfold::{Engine, Frame, SchemaDraft, Verdict};
use fourfold_sim::{Event, Simulation};

use crate::run::{Failure, Outcome};

/// What the engine said, frame by frame.
#[derive(Default)]
pub(super) struct Watched {
    /// The verdicts' scores, in [0, 1].
    pub(super) scores: Vec<f64>,
    /// The same in decades, which tells scores near 1 apart.
    pub(super) decades: Vec<f64>,
    /// What frames are ranked by.
    pub(super) oddness: Vec<f64>,
    /// What the view on dependence says, as a ranking.
    pub(super) relations: Vec<f64>,
    pub(super) alarms: Vec<bool>,
    /// Whether an episode was going on.
    pub(super) in_episode: Vec<bool>,
    /// The stream that the frame is blamed on.
    pub(super) blamed: Vec<Option<usize>>,
}

/// Runs an engine that knows the preset, or nothing but the streams' names.
pub(super) fn watch(simulation: &Simulation, preset: Option<&str>) -> Outcome<Watched> {
    let draft = match preset {
        Some(preset) => SchemaDraft::preset(preset),
        None => Ok(SchemaDraft::of_streams(simulation.streams.iter().map(String::as_str))),
    };
    let failed = |error: fourfold::Error| Failure(error.to_string());
    let mut engine = Engine::new(draft.and_then(SchemaDraft::validate).map_err(failed)?);
    let mut watched = Watched::default();
    for frame in 0..simulation.frames() {
        let at_ms = simulation.times_ms[frame];
        let verdict = engine.observe(Frame { at_ms, values: simulation.row(frame) }).map_err(failed)?;
        watched.scores.push(verdict.score);
        watched.decades.push(Output::Score.of(verdict));
        watched.oddness.push(Output::Rank.of(verdict));
        watched.relations.push(verdict.views[View::Dependence as usize].score.unwrap_or(0.0));
        watched.alarms.push(verdict.alarm);
        watched.in_episode.push(verdict.episode.is_some());
        watched.blamed.push(blamed(verdict));
    }
    Ok(watched)
}

/// The most unusual stream; of equals the first.
fn blamed(verdict: &Verdict) -> Option<usize> {
    let scored =
        verdict.streams.iter().enumerate().filter_map(|(place, stream)| Some((place, stream.score?)));
    let highest = scored.fold(None, |best: Option<(usize, f64)>, next| match best {
        Some(best) if best.1 >= next.1 => Some(best),
        _ => Some(next),
    });
    highest.map(|(place, _)| place)
}

/// An event's first and last frame; `grace` frames more, in which the return to normal may be what is noticed.
pub(super) fn span(simulation: &Simulation, event: &Event, grace: usize) -> (usize, usize) {
    let first = simulation.times_ms.partition_point(|&at_ms| at_ms < event.start_ms);
    let end = simulation.times_ms.partition_point(|&at_ms| at_ms <= event.end_ms);
    (first, (end + grace).min(simulation.frames()) - 1)
}

impl Watched {
    /// The stream blamed where an event scored highest.
    pub(super) fn blamed_in(&self, (first, last): (usize, usize)) -> Option<usize> {
        let highest =
            (first..=last).max_by(|&a, &b| self.decades[a].total_cmp(&self.decades[b]).then(b.cmp(&a)))?;
        self.blamed[highest]
    }
}

pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (count, sum) = values.into_iter().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}
