//! What was noticed of the events in one run, and at what price.

use fourfold::evaluate::events::{by_alarm, within_budget};
use fourfold_sim::{DAY_MS, EventKind, Simulation};

use super::watched::{Watched, mean, span, watch};
use crate::run::Outcome;

/// The end of an event may be what is noticed: so many frames after it still count.
const GRACE_FRAMES: usize = 6;

/// One run with events.
pub(super) struct Run {
    pub(super) recall: f64,
    pub(super) false_alarms_a_day: f64,
    /// Recall with the threshold that gives one false alarm a day.
    pub(super) recall_at_one: f64,
    pub(super) by_kind: Vec<(EventKind, bool)>,
    /// Share of the noticed events whose root was blamed.
    pub(super) roots: f64,
}

pub(super) fn run(simulation: &Simulation, preset: &str, quiet_days: usize) -> Outcome<Run> {
    let watched = watch(simulation, Some(preset))?;
    let day_frames = (DAY_MS / (simulation.times_ms[1] - simulation.times_ms[0])) as usize;
    let from = quiet_days * day_frames;
    let days = (simulation.frames() - from) as f64 / day_frames as f64;
    let spans: Vec<(usize, usize)> =
        simulation.events.iter().map(|event| span(simulation, event, GRACE_FRAMES)).collect();
    // The quiet days are for learning: what is said there counts for nothing.
    let alarms = watched.alarms.iter().enumerate().map(|(frame, &alarm)| alarm && frame >= from);
    let found = by_alarm(alarms, &spans);
    let ranks: Vec<f64> = watched.decades[from..].to_vec();
    let later: Vec<(usize, usize)> = spans.iter().map(|&(first, last)| (first - from, last - from)).collect();
    let at_one = within_budget(&ranks, &later, days as usize);
    let is_found = |&(first, last): &(usize, usize)| watched.alarms[first..=last].contains(&true);
    let by_kind: Vec<(EventKind, bool)> =
        simulation.events.iter().zip(&spans).map(|(event, span)| (event.kind, is_found(span))).collect();
    Ok(Run {
        recall: found.recall().unwrap_or(1.0),
        false_alarms_a_day: found.false_alarms as f64 / days,
        recall_at_one: at_one.recall().unwrap_or(1.0),
        by_kind,
        roots: blamed_roots(simulation, &watched, &spans),
    })
}

fn blamed_roots(simulation: &Simulation, watched: &Watched, spans: &[(usize, usize)]) -> f64 {
    let noticed = (simulation.events.iter().zip(spans))
        .filter(|(_, (first, last))| watched.alarms[*first..=*last].contains(&true));
    mean(noticed.map(|(event, &span)| {
        let is_root = watched.blamed_in(span).is_some_and(|stream| event.roots.contains(&stream));
        f64::from(u8::from(is_root))
    }))
}
