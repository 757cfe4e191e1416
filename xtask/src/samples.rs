//! The samples that the web app ships: one per preset, simulated, with the planted events as a column of labels.

use std::fmt::Write as _;
use std::fs;

use fourfold_sim::{EventKind, Lifelog, Scene, Simulation, World};

use crate::options::Options;
use crate::paths;
use crate::run::{Outcome, command, run};

/// What goes wrong in each world, twice a day, after so many quiet days of all.
const WORLDS: [(Scene, usize, usize, &[EventKind]); 4] = [
    (
        Scene::Service,
        4,
        6,
        &[EventKind::Spike, EventKind::LevelStep, EventKind::Outage, EventKind::BrokenRelation],
    ),
    (
        Scene::Iot,
        4,
        6,
        &[EventKind::SensorStuck, EventKind::SensorDrift, EventKind::Spike, EventKind::SensorSilent],
    ),
    (Scene::Transactions, 9, 12, &[EventKind::LevelStep, EventKind::Spike, EventKind::Outage]),
    (
        Scene::Network,
        3,
        5,
        &[EventKind::Spike, EventKind::LevelStep, EventKind::Outage, EventKind::SensorStuck],
    ),
];
/// The phone owner's days, and how many of them are quiet.
const LIFE_DAYS: usize = 20;
const LIFE_QUIET_DAYS: usize = 14;
const SEED: u64 = 7;
/// Enough for the eye and the engine; more would be noise that does not pack.
const DIGITS: usize = 3;

/// `cargo xtask samples`: writes `www/samples`.
pub(crate) fn samples(arguments: &[String]) -> Outcome {
    Options::parse(arguments, &[], &[])?;
    let folder = paths::root().join("www/samples");
    fs::create_dir_all(&folder)?;
    let life =
        Lifelog { days: LIFE_DAYS, quiet_days: LIFE_QUIET_DAYS, ..Lifelog::with_events(SEED) }.simulate();
    let worlds = WORLDS.map(|(scene, quiet_days, days, kinds)| {
        let world = World { scene, seed: SEED, days, quiet_days, kinds: kinds.to_vec() };
        (scene.preset(), world.simulate())
    });
    for (name, simulation) in [("lifelog", life)].into_iter().chain(worlds) {
        let file = folder.join(format!("{name}.csv"));
        fs::write(&file, table(&simulation))?;
        for event in &simulation.events {
            let roots: Vec<&str> =
                event.roots.iter().map(|&root| simulation.streams[root].as_str()).collect();
            println!("{name}: {} at {}, {}", event.kind.word(), stamp(event.start_ms), roots.join(" "));
        }
        // Node packs it: it is there anyway, and no crate is needed for it.
        let pack = "const fs = require('fs'), file = process.argv[1]; \
                    fs.writeFileSync(file + '.gz', require('zlib').gzipSync(fs.readFileSync(file), { level: 9 })); \
                    fs.unlinkSync(file);";
        run(command("node", ["-e", pack]).arg(&file))?;
    }
    Ok(())
}

/// Time, streams, and whether an event is going on.
fn table(simulation: &Simulation) -> String {
    let mut text = format!("time,{},label\n", simulation.streams.join(","));
    for ((frame, at_ms), is_labelled) in simulation.times_ms.iter().enumerate().zip(simulation.labels()) {
        text += &stamp(*at_ms);
        for value in simulation.row(frame) {
            text.push(',');
            if value.is_finite() {
                let _ = write!(text, "{}", rounded(*value));
            }
        }
        let _ = writeln!(text, ",{}", u8::from(is_labelled));
    }
    text
}

fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

/// Date and clock in January 2024, where all simulations begin.
fn stamp(at_ms: i64) -> String {
    const START_MS: i64 = 1_704_067_200_000;
    let minutes = (at_ms - START_MS) / 60_000;
    format!("2024-01-{:02}T{:02}:{:02}Z", minutes / 1440 + 1, minutes / 60 % 24, minutes % 60)
}
