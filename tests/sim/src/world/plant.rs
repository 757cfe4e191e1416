//! What goes wrong in the other presets, in units of each stream's own spread.

use super::World;
use crate::random::Random;
use crate::simulation::{DAY_MS, Event, EventKind, Simulation};

/// The kinds that these presets know.
pub(super) const KINDS: [EventKind; 7] = [
    EventKind::Spike,
    EventKind::LevelStep,
    EventKind::SensorDrift,
    EventKind::BrokenRelation,
    EventKind::Outage,
    EventKind::SensorSilent,
    EventKind::SensorStuck,
];

/// Two a day, between eight and twelve and between sixteen and twenty o'clock.
const HOURS: [(f64, f64); 2] = [(8.0, 12.0), (16.0, 20.0)];

pub(super) fn plant(world: &World, simulation: &mut Simulation) {
    if world.kinds.is_empty() {
        return;
    }
    let day_frames = (DAY_MS / world.scene.frame_ms()) as usize;
    let spreads: Vec<f64> = (0..simulation.streams.len()).map(|stream| spread(simulation, stream)).collect();
    let mut kinds = world.kinds.iter().copied().cycle();
    for day in world.quiet_days..world.days {
        for (slot, (from, to)) in HOURS.into_iter().enumerate() {
            let mut random = Random::at(world.seed, 3, (day * HOURS.len() + slot) as u64);
            let Some(kind) = kinds.next() else { return };
            let hours = match kind {
                EventKind::Spike => 0.0,
                EventKind::SensorDrift => 3.0,
                _ => random.between(0.75, 2.0),
            };
            let first = day * day_frames + (random.between(from, to) / 24.0 * day_frames as f64) as usize;
            let last = first + (hours / 24.0 * day_frames as f64) as usize;
            let event = change(world, simulation, kind, (first, last), &spreads, &mut random);
            simulation.events.push(event);
        }
    }
}

fn change(
    world: &World,
    simulation: &mut Simulation,
    kind: EventKind,
    (first, last): (usize, usize),
    spreads: &[f64],
    random: &mut Random,
) -> Event {
    let width = simulation.streams.len();
    // Streams that always speak: an event that nobody measures is none.
    let constant: Vec<usize> = (0..width).filter(|&stream| spreads[stream] > 0.0).collect();
    let roots = match kind {
        EventKind::Outage => (0..width).collect(),
        EventKind::BrokenRelation => vec![world.scene.effect()],
        _ => vec![constant[random.below(constant.len())]],
    };
    let week_frames = (7 * DAY_MS / world.scene.frame_ms()) as usize;
    for &stream in &roots {
        let held = simulation.values[(first - 1) * width + stream];
        for frame in first..=last {
            let share = (frame - first + 1) as f64 / (last - first + 1) as f64;
            // Its own past at another hour: every value is usual, and none fits the other streams.
            let other = simulation.values[(frame - week_frames / 14) * width + stream];
            let value = &mut simulation.values[frame * width + stream];
            *value = match kind {
                EventKind::Spike => *value + 9.0 * spreads[stream],
                EventKind::LevelStep => *value + 4.0 * spreads[stream],
                EventKind::SensorDrift => *value + 6.0 * spreads[stream] * share,
                EventKind::BrokenRelation => other,
                EventKind::SensorStuck => held,
                _ => f64::NAN,
            };
        }
    }
    let (start_ms, end_ms) = (simulation.times_ms[first], simulation.times_ms[last]);
    Event { kind, start_ms, end_ms, touched: roots.clone(), roots }
}

/// Half of the distance between the 16 % and the 84 % point: the standard deviation of a normal. 0 for a stream that
/// is mostly silent.
fn spread(simulation: &Simulation, stream: usize) -> f64 {
    let mut values: Vec<f64> = simulation.column(stream).filter(|value| value.is_finite()).collect();
    if values.len() * 2 < simulation.frames() {
        return 0.0;
    }
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64) as usize];
    0.5 * (at(0.84) - at(0.16))
}
