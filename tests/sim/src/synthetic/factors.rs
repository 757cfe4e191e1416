//! Many streams that a few hidden factors move: what is wrong shows only in how they move together, or in one alone.

use super::{empty, label, noise};
use crate::random::Random;
use crate::simulation::{EventKind, Simulation};

/// The streams' own noise beside the factors, whose part has a standard deviation around 1.
const OWN_NOISE: f64 = 0.25;

/// Streams on hidden factors, each with its own unit and offset.
fn on_factors(seed: u64, streams: usize, factors: usize, frames: usize) -> Simulation {
    let mut simulation = empty(streams, frames);
    let hidden: Vec<Vec<f64>> =
        (0..factors).map(|factor| noise(seed, 10 + factor as u64, frames, 0.95)).collect();
    for stream in 0..streams {
        let mut random = Random::at(seed, 1, stream as u64);
        let angle = random.between(0.0, core::f64::consts::TAU);
        let (scale, offset) = (random.factor(1.5), 10.0 * random.normal());
        // Every stream follows two factors; with more than two, its own pair.
        let pair = [stream % factors, (stream + 1) % factors];
        let own = noise(seed, 1000 + stream as u64, frames, 0.3);
        for frame in 0..frames {
            let moved = libm::cos(angle) * hidden[pair[0]][frame] + libm::sin(angle) * hidden[pair[1]][frame];
            simulation.values[frame * streams + stream] = offset + scale * (moved + OWN_NOISE * own[frame]);
        }
    }
    simulation
}

/// Streams on two factors. After three thousand frames, ten times for a hundred frames, three of them are replaced by
/// their own past of fifteen hundred frames before: every margin stays what it was, the relation is gone.
pub fn broken_relations(seed: u64, streams: usize) -> Simulation {
    let (quiet, times, length, gap, back) = (3000, 10, 100, 300, 1500);
    let mut simulation = on_factors(seed, streams, 2, quiet + times * gap);
    let past = simulation.values.clone();
    for time in 0..times {
        let first = quiet + time * gap + 100;
        let mut places: Vec<usize> = (0..streams).collect();
        Random::at(seed, 2, time as u64).shuffle(&mut places);
        places.truncate(3);
        for frame in first..first + length {
            for &stream in &places {
                simulation.values[frame * streams + stream] = past[(frame - back) * streams + stream];
            }
        }
        label(&mut simulation, EventKind::BrokenRelation, first, first + length - 1, places);
    }
    simulation
}

/// Streams on eight factors. After fifteen hundred frames, `times` times for twenty frames, a single one goes wrong: it
/// steps up, sticks, jitters or is cut from its factors, in turn.
pub fn faulty_among(seed: u64, streams: usize, times: usize) -> Simulation {
    let (quiet, length, gap) = (1500, 20, 60);
    let mut simulation = on_factors(seed, streams, 8, quiet + times * gap);
    let past = simulation.values.clone();
    for time in 0..times {
        let mut random = Random::at(seed, 3, time as u64);
        let (stream, first) = (random.below(streams), quiet + time * gap + 20);
        let column: Vec<f64> = (0..quiet).map(|frame| past[frame * streams + stream]).collect();
        let mean = column.iter().sum::<f64>() / quiet as f64;
        let spread = (column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / quiet as f64).sqrt();
        let kind =
            [EventKind::LevelStep, EventKind::SensorStuck, EventKind::Spike, EventKind::BrokenRelation]
                [time % 4];
        for frame in first..first + length {
            let value = &mut simulation.values[frame * streams + stream];
            *value = match kind {
                EventKind::LevelStep => *value + 6.0 * spread,
                EventKind::SensorStuck => past[(first - 1) * streams + stream],
                EventKind::Spike => *value + 5.0 * spread * random.normal(),
                _ => past[(frame - 1000) * streams + stream],
            };
        }
        label(&mut simulation, kind, first, first + length - 1, vec![stream]);
    }
    simulation
}
