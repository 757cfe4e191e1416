//! Prints a simulated lifelog as a table: `cargo run -p fourfold-sim --example lifelog_csv -- SEED DAYS [clean]`. The
//! planted events follow as lines that begin with `#`.
#![allow(clippy::print_stdout, reason = "a command line speaks on standard output")]

use fourfold_sim::Lifelog;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u64| {
        arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let mut lifelog = Lifelog::with_events(number(0, 1));
    lifelog.days = number(1, 42) as usize;
    if arguments.iter().any(|argument| argument == "clean") {
        lifelog.kinds.clear();
    }
    let simulation = lifelog.simulate();
    print!("{}", simulation.to_csv());
    for event in &simulation.events {
        let roots: Vec<&str> = event.roots.iter().map(|&root| simulation.streams[root].as_str()).collect();
        println!("# {},{},{},{}", event.start_ms, event.end_ms, event.kind.word(), roots.join(" "));
    }
}
