//! Where nobody can tell, that is what is to be said: everything is hit at once, or where it began is not measured.

use fourfold::cause::{Ask, Mode};
use fourfold::{Engine, Frame, SchemaDraft};
use fourfold_sim::services::{Fault, Services};
use fourfold_sim::{Lifelog, Simulation};

use super::services::PACES;
use super::{Answer, Figure, UNSURE, explain, failed};
use crate::quality::run_all::in_parallel;
use crate::quality::sim::watched::{mean, span};
use crate::run::Outcome;

/// A shock to everybody: so many frames apart, for so many frames, by so many standard deviations.
const SHOCK_EVERY: usize = 400;
const SHOCK_FRAMES: usize = 9;
const SHOCK: f64 = 5.0;
/// Frames before the first, for an engine to learn.
const CALM_FRAMES: usize = 14 * 288 + 150;

pub(super) fn answers(seeds: &[u64], figures: &mut Vec<Figure>) -> Outcome<Vec<Answer>> {
    let mut all = Vec::new();
    type Ways = [(&'static str, fn(u64) -> Outcome<Vec<Answer>>); 4];
    let ways: Ways = [
        ("services, everybody is hit", crowd),
        ("services, the root is not measured", services_without_root),
        ("lifelog, everything is hit", shock),
        ("lifelog, the root is not measured", lifelog_without_root),
    ];
    for (name, way) in ways {
        let runs = in_parallel(seeds, |&seed| way(seed));
        let answers: Vec<Answer> =
            runs.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect();
        let unsure = mean(answers.iter().map(|answer| f64::from(u8::from(answer.known < UNSURE))));
        let name = format!("{name} ({}): cannot tell", answers.len());
        figures.push(Figure::at_least(name, unsure, 0.8, ">= 0.80"));
        all.extend(answers);
    }
    Ok(all)
}

/// Nothing in a case without an answer is right.
fn unanswerable(family: &str, answer: Answer) -> Answer {
    Answer { family: family.into(), place: None, ..answer }
}

/// Twice as many users, at once.
fn crowd(seed: u64) -> Outcome<Vec<Answer>> {
    let mut all = Vec::new();
    for (_, frame_s, fault_frames) in PACES {
        let case = Services { seed: 100 * seed + 50, fault: None, frame_s, fault_frames }.simulate();
        let asked = super::services::ask(&case, frame_s)?;
        all.extend(asked.map(|answer| unanswerable("services shock", answer)));
    }
    Ok(all)
}

fn services_without_root(seed: u64) -> Outcome<Vec<Answer>> {
    let mut all = Vec::new();
    for (_, frame_s, fault_frames) in PACES {
        let fault = Fault::ALL[seed as usize % Fault::ALL.len()];
        let case = Services { seed: 100 * seed + 60, fault: Some(fault), frame_s, fault_frames }.simulate();
        let asked = super::services::ask(&case.without_root(), frame_s)?;
        all.extend(asked.map(|answer| unanswerable("services removed", answer)));
    }
    Ok(all)
}

fn shock(seed: u64) -> Outcome<Vec<Answer>> {
    let mut simulation = Lifelog::clean(seed).simulate();
    let width = simulation.streams.len();
    let spreads: Vec<f64> = (0..width).map(|stream| spread(&simulation, stream)).collect();
    let starts: Vec<usize> = (CALM_FRAMES..simulation.frames() - SHOCK_FRAMES).step_by(SHOCK_EVERY).collect();
    for &start in &starts {
        for row in simulation.values[start * width..(start + SHOCK_FRAMES) * width].chunks_exact_mut(width) {
            row.iter_mut().zip(&spreads).for_each(|(value, spread)| *value += SHOCK * spread);
        }
    }
    let asked_at: Vec<usize> = starts.iter().map(|start| start + SHOCK_FRAMES - 1).collect();
    ask_at(&simulation, &asked_at, "lifelog shock")
}

/// Every event by itself: the streams that it began with are gone from the first frame on.
fn lifelog_without_root(seed: u64) -> Outcome<Vec<Answer>> {
    let whole = Lifelog::with_events(seed).simulate();
    let mut all = Vec::new();
    for event in whole.events.iter().filter(|event| event.touched.len() > event.roots.len()) {
        let left = whole.without(&event.roots);
        let (_, last) = span(&whole, event, 0);
        all.extend(ask_at(&left, &[last], "lifelog removed")?);
    }
    Ok(all)
}

fn ask_at(simulation: &Simulation, frames: &[usize], family: &str) -> Outcome<Vec<Answer>> {
    let schema = SchemaDraft::preset("lifelog").and_then(SchemaDraft::validate).map_err(failed)?;
    let (mut engine, mut all) = (Engine::new(schema), Vec::new());
    let last = frames.iter().copied().max().unwrap_or(0);
    for frame in 0..=last {
        let at_ms = simulation.times_ms[frame];
        engine.observe(Frame { at_ms, values: simulation.row(frame) }).map_err(failed)?;
        if frames.contains(&frame) {
            let ask = Ask { mode: Mode::Thorough, ..Ask::default() };
            let answer =
                Answer::judge(family, &explain(&engine, ask)?, |stream| stream, |stream| stream, |_| false);
            all.push(unanswerable(family, answer));
        }
    }
    Ok(all)
}

pub(super) fn spread(simulation: &Simulation, stream: usize) -> f64 {
    let values: Vec<f64> = simulation.column(stream).filter(|value| value.is_finite()).collect();
    let level = mean(values.iter().copied());
    mean(values.iter().map(|x| (x - level) * (x - level))).sqrt()
}
