//! Set-ups in which exactly one thing is asked of a detector.

mod factors;
mod shapes;

pub use factors::{broken_relations, faulty_among};
pub use shapes::{no_step, repeats, short_history, small_shifts, step_up, two_kinds};

use crate::random::Random;
use crate::simulation::{Event, EventKind, Simulation};

/// Five minutes between frames.
pub const FRAME_MS: i64 = 300_000;
const START_MS: i64 = 1_704_067_200_000;

/// A lie that a stream can tell from some frame on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// It says zero.
    Constant,
    /// It says nothing.
    Missing,
    /// It says what it last said.
    Stale,
}

impl Lie {
    /// Every lie.
    pub const ALL: [Self; 3] = [Self::Constant, Self::Missing, Self::Stale];
}

/// The same, with one stream lying from a frame on; not labelled, since the question is what becomes of the rest.
pub fn lying(simulation: &Simulation, stream: usize, from_frame: usize, lie: Lie) -> Simulation {
    let mut lied = simulation.clone();
    let width = lied.streams.len();
    let last = lied.values[from_frame.saturating_sub(1) * width + stream];
    for row in lied.values.chunks_exact_mut(width).skip(from_frame) {
        row[stream] = match lie {
            Lie::Constant => 0.0,
            Lie::Missing => f64::NAN,
            Lie::Stale => last,
        };
    }
    lied
}

fn empty(streams: usize, frames: usize) -> Simulation {
    Simulation {
        streams: (0..streams).map(|stream| format!("v{stream}")).collect(),
        times_ms: (0..frames as i64).map(|frame| START_MS + FRAME_MS * frame).collect(),
        values: vec![0.0; streams * frames],
        events: Vec::new(),
    }
}

fn label(simulation: &mut Simulation, kind: EventKind, first: usize, last: usize, roots: Vec<usize>) {
    let (start_ms, end_ms) = (simulation.times_ms[first], simulation.times_ms[last]);
    simulation.events.push(Event { kind, start_ms, end_ms, touched: roots.clone(), roots });
}

/// Noise with a little memory, standard deviation 1.
fn noise(seed: u64, lane: u64, frames: usize, memory: f64) -> Vec<f64> {
    let mut at = 0.0;
    let keep = (1.0 - memory * memory).sqrt();
    let next = |frame: usize| {
        at = memory * at + keep * Random::at(seed, lane, frame as u64).normal();
        at
    };
    (0..frames).map(next).collect()
}
