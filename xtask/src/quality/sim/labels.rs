//! "This was expected", said three times of one kind of episode: are its repeats silent, and is nothing else?

use fourfold::{Engine, Frame, Label, SchemaDraft};
use fourfold_sim::synthetic::two_kinds;
use fourfold_sim::{EventKind, Simulation};

use super::Figure;
use super::watched::{mean, span};
use crate::quality::run_all::in_parallel;
use crate::run::{Failure, Outcome};

const LABELS: usize = 3;
/// Repeats that must fall silent, and events of the other kind that may be lost.
const CUT_MIN: f64 = 0.8;
const LOST_MAX: f64 = 0.02;

/// Alarms on the repeats of the first kind and on the other kind, after the labels were given.
struct Alarmed {
    repeats: f64,
    others: f64,
}

pub(super) fn figures(seeds: &[u64]) -> Outcome<Vec<Figure>> {
    let runs = in_parallel(seeds, |&seed| -> Outcome<[Alarmed; 2]> {
        let simulation = two_kinds(seed);
        Ok([run(&simulation, 0)?, run(&simulation, LABELS)?])
    });
    let runs: Vec<[Alarmed; 2]> = runs.into_iter().collect::<Outcome<_>>()?;
    let of = |which: usize, pick: fn(&Alarmed) -> f64| mean(runs.iter().map(|run| pick(&run[which])));
    let (repeats, others) = (of(0, |run| run.repeats), of(0, |run| run.others));
    let cut = 1.0 - of(1, |run| run.repeats) / repeats;
    let lost = others - of(1, |run| run.others);
    Ok(vec![
        Figure::at_least("repeats of a kind alarmed, no labels", repeats, 0.0, ""),
        Figure::at_least("the same after three times \"expected\": share cut", cut, CUT_MIN, ">= 0.80"),
        Figure::at_most("events of another kind lost by that", lost, LOST_MAX, "<= 0.02"),
    ])
}

/// Calls the first `labels` alarmed dips expected as they come, and counts alarms on the events after the third.
fn run(simulation: &Simulation, labels: usize) -> Outcome<Alarmed> {
    let failed = |error: fourfold::Error| Failure(error.to_string());
    let draft = SchemaDraft::of_streams(simulation.streams.iter().map(String::as_str));
    let mut engine = Engine::new(draft.validate().map_err(failed)?);
    let mut alarms = vec![false; simulation.frames()];
    let dips = |kind: EventKind| simulation.events.iter().filter(move |event| event.kind == kind);
    let ends: Vec<(usize, usize)> = dips(EventKind::Spike).map(|event| span(simulation, event, 0)).collect();
    let mut given = 0;
    for frame in 0..simulation.frames() {
        let at_ms = simulation.times_ms[frame];
        let verdict = engine.observe(Frame { at_ms, values: simulation.row(frame) }).map_err(failed)?;
        alarms[frame] = verdict.alarm;
        let is_over = ends.iter().any(|&(first, last)| frame == last && alarms[first..=last].contains(&true));
        if given < labels && is_over {
            let newest = engine.episodes().next_back().map(|episode| episode.id);
            if let Some(id) = newest {
                engine.label(id, Label::Expected).map_err(failed)?;
                given += 1;
            }
        }
    }
    let share = |kind: EventKind| {
        mean(dips(kind).skip(LABELS).map(|event| {
            let (first, last) = span(simulation, event, 0);
            f64::from(u8::from(alarms[first..=last].contains(&true)))
        }))
    };
    Ok(Alarmed { repeats: share(EventKind::Spike), others: share(EventKind::LevelStep) })
}
