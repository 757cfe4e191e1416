//! Few streams with a daily rhythm, and one kind of trouble.

use super::{empty, label, noise};
use crate::random::Random;
use crate::simulation::{EventKind, Simulation};

/// Frames of a day.
const DAY: f64 = 288.0;

/// Streams with a daily rhythm and noise of their own.
fn daily(seed: u64, streams: usize, frames: usize) -> Simulation {
    let mut simulation = empty(streams, frames);
    for stream in 0..streams {
        let mut random = Random::at(seed, 1, stream as u64);
        let (base, phase) = (random.between(40.0, 120.0), random.between(0.0, core::f64::consts::TAU));
        let own = noise(seed, 1000 + stream as u64, frames, 0.4);
        for (frame, own) in own.into_iter().enumerate() {
            let wave = libm::sin(core::f64::consts::TAU * frame as f64 / DAY + phase);
            simulation.values[frame * streams + stream] = base * (1.0 + 0.15 * wave + 0.02 * own);
        }
    }
    simulation
}

/// Changes one stream for some frames and labels them.
fn disturb(
    simulation: &mut Simulation,
    kind: EventKind,
    (first, last): (usize, usize),
    streams: &[usize],
    change: impl Fn(f64) -> f64,
) {
    let width = simulation.streams.len();
    for frame in first..=last {
        for &stream in streams {
            let value = &mut simulation.values[frame * width + stream];
            *value = change(*value);
        }
    }
    label(simulation, kind, first, last, streams.to_vec());
}

/// The same dip of one stream among five, sixteen times, a day or two apart: what was seen before is still wrong.
pub fn repeats(seed: u64) -> Simulation {
    let mut simulation = daily(seed, 5, 10_000);
    for time in 0..16 {
        let first = 2000 + time * 480 + Random::at(seed, 2, time as u64).below(60);
        disturb(&mut simulation, EventKind::Spike, (first, first + 5), &[1], |value| 0.6 * value);
    }
    simulation
}

/// Two kinds of trouble in turn, sixteen times each: the same dip of one stream, which somebody may call expected, and
/// the same rise of another, which must go on being noticed.
pub fn two_kinds(seed: u64) -> Simulation {
    let mut simulation = daily(seed, 5, 18_000);
    for time in 0..32 {
        let first = 2000 + time * 480 + Random::at(seed, 2, time as u64).below(60);
        let span = (first, first + 5);
        if time % 2 == 0 {
            disturb(&mut simulation, EventKind::Spike, span, &[1], |value| 0.6 * value);
        } else {
            disturb(&mut simulation, EventKind::LevelStep, span, &[3], |value| 1.5 * value);
        }
    }
    simulation
}

/// A hundred rows in all, and at row eighty three rows in which two of five streams jump by a fifth.
pub fn short_history(seed: u64) -> Simulation {
    let mut simulation = daily(seed, 5, 100);
    disturb(&mut simulation, EventKind::Spike, (80, 82), &[0, 3], |value| 1.2 * value);
    simulation
}

/// Half of ten streams a percent and a half higher (three quarters of their noise) for three hundred frames, four times.
pub fn small_shifts(seed: u64) -> Simulation {
    let mut simulation = daily(seed, 10, 8000);
    for time in 0..4 {
        let first = 3000 + time * 1200;
        disturb(&mut simulation, EventKind::LevelStep, (first, first + 299), &[0, 2, 4, 6, 8], |value| {
            value * 1.015
        });
    }
    simulation
}

/// After three thousand frames one of thirty streams is 35 % higher, and stays so for the other thousand.
pub fn step_up(seed: u64) -> Simulation {
    let mut simulation = no_step(seed);
    let stream = Random::at(seed, 2, 0).below(30);
    disturb(&mut simulation, EventKind::LevelStep, (3000, 3999), &[stream], |value| value * 1.35);
    simulation
}

/// The same streams without the step.
pub fn no_step(seed: u64) -> Simulation {
    daily(seed, 30, 4000)
}
