//! One value of one stream far off, and nothing else: that stream is to be named, and no neighbour.

use fourfold::cause::Ask;
use fourfold::{Engine, Frame, SchemaDraft};
use fourfold_sim::{Lifelog, Random, Scene, Simulation, World};

use super::{Answer, Figure, explain, failed, shares};
use crate::quality::run_all::in_parallel;
use crate::quality::sim::watched::mean;
use crate::run::Outcome;

/// Spikes per simulation, all in its second half, and the least frames between two.
const SPIKES: usize = 12;
const APART_FRAMES: usize = 250;
/// How far off, in standard deviations of the stream.
const LEAST: f64 = 6.0;
const MOST: f64 = 20.0;

/// One spike that raised an alarm.
struct Noticed {
    answer: Answer,
    /// Whether the episode is that stream's.
    is_named_by_episode: bool,
}

pub(super) fn measure(seeds: &[u64], figures: &mut Vec<Figure>) -> Outcome {
    for (name, preset) in [("lifelog", "lifelog"), ("iot", "iot"), ("service", "service")] {
        let runs = in_parallel(seeds, |&seed| {
            let simulation = match preset {
                "iot" => World::clean(Scene::Iot, seed).simulate(),
                "service" => World::clean(Scene::Service, seed).simulate(),
                _ => Lifelog { days: 28, ..Lifelog::clean(seed) }.simulate(),
            };
            notice(simulation, preset, seed)
        });
        let noticed: Vec<Noticed> =
            runs.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect();
        let [first, _] = shares(noticed.iter().map(|noticed| &noticed.answer));
        let label = format!("{name}, spikes of one stream, noticed ({}): first", noticed.len());
        figures.push(Figure::at_least(label, first, 0.95, ">= 0.95"));
        let named = mean(noticed.iter().map(|noticed| f64::from(u8::from(noticed.is_named_by_episode))));
        figures.push(Figure::at_least("    the episode is that stream's", named, 0.95, ">= 0.95"));
    }
    Ok(())
}

fn notice(mut simulation: Simulation, preset: &str, seed: u64) -> Outcome<Vec<Noticed>> {
    let spikes = plant(&mut simulation, seed);
    let schema = SchemaDraft::preset(preset).and_then(SchemaDraft::validate).map_err(failed)?;
    let (mut engine, mut noticed) = (Engine::new(schema), Vec::new());
    for frame in 0..simulation.frames() {
        let at_ms = simulation.times_ms[frame];
        let is_alarm = engine.observe(Frame { at_ms, values: simulation.row(frame) }).map_err(failed)?.alarm;
        let Some(&(_, spiked)) = spikes.iter().find(|(at, _)| *at == frame && is_alarm) else { continue };
        let explanation = explain(&engine, Ask::default())?;
        noticed.push(Noticed {
            answer: Answer::judge(
                "spike",
                &explanation,
                |stream| stream,
                |stream| stream,
                |stream| stream == spiked,
            ),
            is_named_by_episode: engine
                .episodes()
                .next_back()
                .is_some_and(|last| last.stream == Some(spiked)),
        });
    }
    Ok(noticed)
}

/// Plants spikes; says in which frame and stream each is.
fn plant(simulation: &mut Simulation, seed: u64) -> Vec<(usize, usize)> {
    let (frames, width) = (simulation.frames(), simulation.streams.len());
    let spreads: Vec<f64> = (0..width).map(|stream| super::abstain::spread(simulation, stream)).collect();
    let mut random = Random::at(seed, 71, 0);
    let step = (frames / 2 / SPIKES).max(APART_FRAMES);
    let mut spikes = Vec::new();
    for start in (frames / 2..frames.saturating_sub(step)).step_by(step) {
        let frame = start + random.below(step / 4);
        let there: Vec<usize> = (0..width)
            .filter(|&stream| simulation.values[frame * width + stream].is_finite() && spreads[stream] > 0.0)
            .collect();
        if there.is_empty() {
            continue;
        }
        let stream = there[random.below(there.len())];
        let size = random.between(LEAST, MOST) * if random.chance(0.3) { -1.0 } else { 1.0 };
        simulation.values[frame * width + stream] += size * spreads[stream];
        spikes.push((frame, stream));
    }
    spikes
}
