//! A score of 0.99 is reached by one normal frame in a hundred, or it does not mean what it says.

use fourfold_sim::{DAY_MS, Lifelog, Scene, Simulation, World};

use super::Figure;
use super::watched::{Watched, mean, watch};
use crate::quality::run_all::in_parallel;
use crate::run::Outcome;

const SHARES: [f64; 3] = [0.05, 0.01, 0.001];
/// How far a share may be off, as a factor.
const OFF_MAX: f64 = 1.5;
/// False alarms that one may be woken by, and frames that may be called abnormal.
const ALARMS_A_DAY_MAX: f64 = 1.0;
const EPISODE_SHARE_MAX: f64 = 0.005;

/// What a clean run showed once the engine had settled.
struct Clean {
    shares: [f64; 3],
    alarms_a_day: f64,
    episode_share: f64,
}

pub(super) fn figures(seeds: &[u64]) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for scene in [None].into_iter().chain(Scene::ALL.map(Some)) {
        let preset = scene.map_or("lifelog", Scene::preset);
        let runs = in_parallel(seeds, |&seed| -> Outcome<Clean> {
            let (simulation, settled_days) = match scene {
                None => (Lifelog::clean(seed).simulate(), Lifelog::clean(seed).quiet_days),
                Some(scene) => (World::clean(scene, seed).simulate(), World::clean(scene, seed).quiet_days),
            };
            Ok(clean(&simulation, &watch(&simulation, Some(preset))?, settled_days))
        });
        let runs: Vec<Clean> = runs.into_iter().collect::<Outcome<_>>()?;
        for (place, asked) in SHARES.into_iter().enumerate() {
            let found = mean(runs.iter().map(|run| run.shares[place]));
            let is_met = (asked / OFF_MAX..=asked * OFF_MAX).contains(&found);
            let name = format!("{preset}: share of clean frames with score >= {}", 1.0 - asked);
            let target = ["0.0333 to 0.075", "0.00667 to 0.015", "0.00067 to 0.0015"][place];
            figures.push(Figure { name, value: format!("{found:.5}"), target, is_met });
        }
        let episodes = mean(runs.iter().map(|run| run.episode_share));
        let name = format!("{preset}: share of clean frames in an episode");
        figures.push(Figure::at_most(name, episodes, EPISODE_SHARE_MAX, "<= 0.005"));
        let alarms = mean(runs.iter().map(|run| run.alarms_a_day));
        let name = format!("{preset}: false alarms a day");
        let (most, target) = if scene.is_none() { (ALARMS_A_DAY_MAX, "<= 1") } else { (f64::INFINITY, "") };
        figures.push(Figure::at_most(name, alarms, most, target));
    }
    Ok(figures)
}

fn clean(simulation: &Simulation, watched: &Watched, settled_days: usize) -> Clean {
    let begin_ms = simulation.times_ms[0] + settled_days as i64 * DAY_MS;
    let settled = simulation.times_ms.partition_point(|&at_ms| at_ms < begin_ms);
    let frames = (simulation.frames() - settled) as f64;
    let frame_ms = simulation.times_ms[1] - simulation.times_ms[0];
    let days = frames * frame_ms as f64 / DAY_MS as f64;
    let share = |flags: &dyn Fn(usize) -> bool| {
        (settled..simulation.frames()).filter(|&frame| flags(frame)).count() as f64 / frames
    };
    Clean {
        shares: SHARES.map(|asked| share(&|frame| watched.scores[frame] >= 1.0 - asked)),
        alarms_a_day: share(&|frame| watched.alarms[frame]) * frames / days,
        episode_share: share(&|frame| watched.in_episode[frame]),
    }
}
