//! Prints a simulated world as a table: `cargo run -p fourfold-sim --example world_csv -- PRESET SEED`. The planted
//! events follow as lines that begin with `#`.
#![allow(clippy::print_stdout, reason = "a command line speaks on standard output")]

use fourfold_sim::{Scene, World};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let preset = arguments.next().unwrap_or_default();
    let seed = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let scene = Scene::ALL.into_iter().find(|scene| scene.preset() == preset).unwrap_or(Scene::Service);
    let simulation = World::with_events(scene, seed).simulate();
    print!("{}", simulation.to_csv());
    for event in &simulation.events {
        let roots: Vec<&str> = event.roots.iter().map(|&root| simulation.streams[root].as_str()).collect();
        println!("# {},{},{},{}", event.start_ms, event.end_ms, event.kind.word(), roots.join(" "));
    }
}
