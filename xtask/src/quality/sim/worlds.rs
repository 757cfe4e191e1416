//! The same questions for the other presets.

use fourfold_sim::{Scene, World};

use super::Figure;
use super::lifelog::by_kind;
use super::recall::{Run, run};
use super::watched::mean;
use crate::quality::run_all::in_parallel;
use crate::run::Outcome;

pub(super) fn figures(seeds: &[u64]) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut kinds = Vec::new();
    for scene in Scene::ALL {
        let preset = scene.preset();
        let runs = in_parallel(seeds, |&seed| {
            let world = World::with_events(scene, seed);
            run(&world.simulate(), preset, world.quiet_days)
        });
        let runs: Vec<Run> = runs.into_iter().collect::<Outcome<_>>()?;
        let of = |pick: fn(&Run) -> f64| mean(runs.iter().map(pick));
        let mut line = |what: &str, value: f64| {
            figures.push(Figure::at_least(format!("{preset}: {what}"), value, 0.0, ""));
        };
        line("events noticed, as alarmed", of(|run| run.recall));
        line("false alarms a day beside events", of(|run| run.false_alarms_a_day));
        line("events noticed, score at 1 false alarm a day", of(|run| run.recall_at_one));
        line("root blamed, of events noticed", of(|run| run.roots));
        kinds.extend(runs.into_iter().flat_map(|run| run.by_kind));
    }
    figures.extend(by_kind(kinds.iter()));
    Ok(figures)
}
