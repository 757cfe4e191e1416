//! Are the planted events of a phone owner's days noticed, and at what price?

use std::collections::BTreeMap;

use fourfold::evaluate::events::{by_alarm, within_budget};
use fourfold_sim::lifelog::{DAY_FRAMES, STREAMS};
use fourfold_sim::{EventKind, Lifelog, Random, Simulation};

use super::Figure;
use super::watched::{Watched, mean, span, watch};
use crate::quality::run_all::in_parallel;
use crate::run::Outcome;

/// The end of an event may be what is noticed: half an hour after it still counts.
const GRACE_FRAMES: usize = 6;

/// One run with events.
struct Run {
    recall: f64,
    false_alarms_a_day: f64,
    /// Recall with the threshold that gives one false alarm a day.
    recall_at_one: f64,
    by_kind: Vec<(EventKind, bool)>,
    /// Share of the noticed events whose root was blamed.
    roots: f64,
}

pub(super) fn figures(seeds: &[u64]) -> Outcome<Vec<Figure>> {
    let runs = in_parallel(seeds, |&seed| -> Outcome<[Run; 2]> {
        let lifelog = Lifelog::with_events(seed);
        let simulation = lifelog.simulate();
        let mut places: Vec<usize> = (0..STREAMS.len()).collect();
        Random::new(seed).shuffle(&mut places);
        let half = simulation.without(&places[..STREAMS.len() / 2]);
        Ok([run(&simulation, lifelog.quiet_days)?, run(&half, lifelog.quiet_days)?])
    });
    let runs: Vec<[Run; 2]> = runs.into_iter().collect::<Outcome<_>>()?;
    let of = |which: usize, pick: fn(&Run) -> f64| mean(runs.iter().map(|run| pick(&run[which])));
    let mut figures = vec![
        Figure::at_least("lifelog: events noticed, as alarmed", of(0, |run| run.recall), 0.8, ">= 0.80"),
        Figure::at_most(
            "lifelog: false alarms a day beside events",
            of(0, |run| run.false_alarms_a_day),
            1.0,
            "<= 1",
        ),
        Figure::at_least(
            "lifelog: events noticed, score at 1 false alarm a day",
            of(0, |run| run.recall_at_one),
            0.8,
            ">= 0.80",
        ),
        Figure::at_least("lifelog: root blamed, of events noticed", of(0, |run| run.roots), 0.0, ""),
        Figure::at_least(
            "lifelog, half of the streams: as alarmed",
            of(1, |run| run.recall),
            0.75,
            ">= 0.75",
        ),
        Figure::at_least(
            "lifelog, half of the streams: score at 1 a day",
            of(1, |run| run.recall_at_one),
            0.75,
            ">= 0.75",
        ),
    ];
    let mut kinds: BTreeMap<EventKind, Vec<bool>> = BTreeMap::new();
    for (kind, is_found) in runs.iter().flat_map(|run| &run[0].by_kind) {
        kinds.entry(*kind).or_default().push(*is_found);
    }
    for (kind, found) in kinds {
        let recall = mean(found.iter().map(|&found| f64::from(u8::from(found))));
        let (least, target) = match kind {
            EventKind::NoPhoneUse | EventKind::RacingHeart => (0.8, ">= 0.80"),
            _ => (0.0, ""),
        };
        figures.push(Figure::at_least(format!("  {} ({})", kind.word(), found.len()), recall, least, target));
    }
    Ok(figures)
}

fn run(simulation: &Simulation, quiet_days: usize) -> Outcome<Run> {
    let watched = watch(simulation, Some("lifelog"))?;
    let from = quiet_days * DAY_FRAMES;
    let days = (simulation.frames() - from) as f64 / DAY_FRAMES as f64;
    let spans: Vec<(usize, usize)> =
        simulation.events.iter().map(|event| span(simulation, event, GRACE_FRAMES)).collect();
    // The quiet days are for learning: what is said there counts for nothing.
    let alarms = watched.alarms.iter().enumerate().map(|(frame, &alarm)| alarm && frame >= from);
    let found = by_alarm(alarms, &spans);
    let ranks: Vec<f64> = watched.ranks[from..].to_vec();
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
