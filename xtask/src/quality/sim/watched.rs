//! A simulation as the engine saw it.

use fourfold::verdict::Output;
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
    /// The stream that carries the frame, and how strongly.
    pub(super) blamed: Vec<Option<(usize, f64)>>,
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

/// The stream that carries the moment; of equals the first.
fn blamed(verdict: &Verdict) -> Option<(usize, f64)> {
    let streams = verdict.streams.iter().enumerate().filter(|(_, stream)| stream.blame > 0.0);
    streams.fold(None, |most: Option<(usize, f64)>, (place, stream)| match most {
        Some(most) if most.1 >= stream.blame => Some(most),
        _ => Some((place, stream.blame)),
    })
}

/// An event's first and last frame; `grace` frames more, in which the return to normal may be what is noticed.
pub(in crate::quality) fn span(simulation: &Simulation, event: &Event, grace: usize) -> (usize, usize) {
    let first = simulation.times_ms.partition_point(|&at_ms| at_ms < event.start_ms);
    let end = simulation.times_ms.partition_point(|&at_ms| at_ms <= event.end_ms);
    (first, (end + grace).min(simulation.frames()) - 1)
}

impl Watched {
    /// The stream that was blamed most during an event.
    pub(super) fn blamed_in(&self, (first, last): (usize, usize)) -> Option<usize> {
        let blamed = self.blamed[first..=last].iter().flatten();
        blamed.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(stream, _)| *stream)
    }
}

pub(in crate::quality) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (count, sum) = values.into_iter().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count
}
