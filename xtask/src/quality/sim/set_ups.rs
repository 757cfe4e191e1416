//! Set-ups in which one thing is asked.

use fourfold::evaluate::Quality;
use fourfold_sim::Simulation;
use fourfold_sim::synthetic::{
    self, FRAME_MS, Lie, broken_relations, faulty_among, no_step, repeats, short_history, small_shifts,
    step_up,
};

use super::Figure;
use super::watched::{Watched, mean, span, watch};
use crate::quality::run_all::in_parallel;
use crate::run::Outcome;

/// Rows of tolerance of the volumes.
const WINDOW: usize = 100;
/// Frames of twelve hours and of one.
const HALF_A_DAY: usize = 144;
const AN_HOUR: usize = 12;

pub(super) fn figures(seeds: &[u64]) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for (streams, least, target) in [(20, 0.95, ">= 0.95"), (100, 0.9, ">= 0.90")] {
        let [view, score] = each(
            seeds,
            |seed| broken_relations(seed, streams),
            |simulation, watched| {
                let area = |by: &[f64]| quality(simulation, by).auc_roc.unwrap_or(0.0);
                [area(&watched.relations), area(&watched.decades)]
            },
        )?;
        let name = format!("3 of {streams} streams replaced by their past: AUC-ROC");
        figures.push(Figure::at_least(format!("{name}, dependence"), view, least, target));
        figures.push(Figure::at_least(format!("{name}, score"), score, 0.0, ""));
    }
    // One seed: five hundred streams take their time.
    let [named] =
        each(&seeds[..1], |seed| faulty_among(seed, 500, 40), |sim, watched| [blamed(sim, watched)])?;
    figures.push(Figure::at_least("one faulty among 500 streams: named first", named, 0.95, ">= 0.95"));
    let [area, alarmed] = each(seeds, repeats, |simulation, watched| {
        [quality(simulation, &watched.decades).auc_pr.unwrap_or(0.0), noticed(simulation, watched)]
    })?;
    figures.push(Figure::at_least("sixteen repeats of a dip: AUC-PR, score", area, 0.0, ""));
    figures.push(Figure::at_least("sixteen repeats of a dip: alarmed", alarmed, 0.9, ">= 0.90"));
    for lie in Lie::ALL {
        let lied = |seed| synthetic::lying(&repeats(seed), 3, 1900, lie);
        let [alarmed] = each(seeds, lied, |simulation, watched| [noticed(simulation, watched)])?;
        let name = format!("the same while another stream lies ({lie:?}): alarmed");
        figures.push(Figure::at_least(name, alarmed, 0.8, ">= 0.80"));
    }
    let [area] = each(seeds, short_history, |simulation, watched| {
        [quality(simulation, &watched.oddness).auc_pr.unwrap_or(0.0)]
    })?;
    figures.push(Figure::at_least("three rows among a hundred: AUC-PR, oddness", area, 0.0, ""));
    let [volume] = each(seeds, small_shifts, |simulation, watched| {
        [quality(simulation, &watched.oddness).vus_pr.unwrap_or(0.0)]
    })?;
    figures.push(Figure::at_least(
        "shifts of 0.75 sd: VUS-PR, oddness (0.15 is chance)",
        volume,
        0.5,
        ">= 0.50",
    ));
    figures.extend(step(seeds)?);
    Ok(figures)
}

/// What a lasting step raises beyond what the same streams raise without it.
fn step(seeds: &[u64]) -> Outcome<[Figure; 2]> {
    let runs = in_parallel(seeds, |&seed| -> Outcome<[f64; 2]> {
        let simulation = step_up(seed);
        let (first, watched) = (first_event(&simulation), watch(&simulation, None)?);
        let alarms = |watched: &Watched| {
            let half_a_day = &watched.alarms[first..first + HALF_A_DAY];
            half_a_day.iter().filter(|alarm| **alarm).count()
        };
        let is_one = alarms(&watched) == alarms(&watch(&no_step(seed), None)?) + 1;
        Ok([f64::from(u8::from(is_one)), minutes_to_calm(&watched.in_episode[first..])])
    });
    let runs = runs.into_iter().collect::<Outcome<Vec<_>>>()?;
    let [one, minutes] = [0, 1].map(|place| mean(runs.iter().map(|run| run[place])));
    let name = "a step of 35 %: minutes that belong to the episode";
    Ok([
        Figure::at_least("a step of 35 %: exactly one alarm more than without", one, 1.0, "1"),
        Figure::at_most(name, minutes, f64::INFINITY, ""),
    ])
}

/// The frame in which the first event begins.
fn first_event(simulation: &Simulation) -> usize {
    simulation.events.first().map_or(0, |event| span(simulation, event, 0).0)
}

/// The means over the seeds of what a run shows.
fn each<const SHOWN: usize>(
    seeds: &[u64],
    make: impl Fn(u64) -> Simulation + Sync,
    show: impl Fn(&Simulation, &Watched) -> [f64; SHOWN] + Sync,
) -> Outcome<[f64; SHOWN]> {
    let shown = in_parallel(seeds, |&seed| -> Outcome<[f64; SHOWN]> {
        let simulation = make(seed);
        Ok(show(&simulation, &watch(&simulation, None)?))
    });
    let shown = shown.into_iter().collect::<Outcome<Vec<_>>>()?;
    Ok(std::array::from_fn(|place| mean(shown.iter().map(|run| run[place]))))
}

/// From a while before the first event on; the rows before only teach.
fn quality(simulation: &Simulation, by: &[f64]) -> Quality {
    let first = first_event(simulation);
    let from = first - first.min(500);
    Quality::of(&by[from..], &simulation.labels()[from..], WINDOW)
}

/// The share of events whose own stream was blamed.
fn blamed(simulation: &Simulation, watched: &Watched) -> f64 {
    mean(simulation.events.iter().map(|event| {
        let stream = watched.blamed_in(span(simulation, event, 0));
        f64::from(u8::from(stream.is_some_and(|stream| event.roots.contains(&stream))))
    }))
}

/// The share of events with an alarm.
fn noticed(simulation: &Simulation, watched: &Watched) -> f64 {
    mean(simulation.events.iter().map(|event| {
        let (first, last) = span(simulation, event, 0);
        f64::from(u8::from(watched.alarms[first..=last].contains(&true)))
    }))
}

/// Minutes before the first hour without a frame in an episode: how long the question is put off whether this is normal.
fn minutes_to_calm(in_episode: &[bool]) -> f64 {
    let calm = in_episode.windows(AN_HOUR).position(|hour| !hour.contains(&true));
    (calm.unwrap_or(in_episode.len()) as i64 * FRAME_MS / 60_000) as f64
}
