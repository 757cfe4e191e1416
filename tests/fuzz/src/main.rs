//! Hostile input for the engine. See README.md.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks on standard output")]
#![allow(clippy::disallowed_methods, reason = "the rules on time are the engine's; here runs are timed")]

mod bend;
mod limit;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fourfold_sim::Random;

/// All targets together, where nobody says otherwise.
const SECONDS: f64 = 20.0;

/// Something that takes hostile input. It panics where a promise is broken.
struct Target {
    name: &'static str,
    /// Plays one input; whether the engine took it.
    play: fn(&mut Random) -> bool,
}

const TARGETS: [Target; 4] = [
    Target { name: "schema", play: targets::schema::play },
    Target { name: "ingest", play: targets::ingest::play },
    Target { name: "open", play: targets::open::play },
    Target { name: "observe", play: targets::observe::play },
];

/// What was asked.
struct Asked {
    seconds: f64,
    /// One input only.
    seed: Option<u64>,
    /// Where to begin: a run that is to find something new begins elsewhere than the last.
    first: u64,
    targets: Vec<&'static Target>,
}

fn asked(arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked { seconds: SECONDS, seed: None, first: 1, targets: Vec::new() };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or_else(|| format!("{argument} needs a number"));
        match argument.as_str() {
            "--seconds" => asked.seconds = number()?.parse().map_err(|_| "--seconds needs a number")?,
            "--seed" => asked.seed = Some(number()?.parse().map_err(|_| "--seed needs a whole number")?),
            "--anew" => asked.first = by_the_clock(),
            name => match TARGETS.iter().find(|target| target.name == name) {
                Some(target) => asked.targets.push(target),
                None => {
                    return Err(format!("there is no target {name}, but schema, ingest, open and observe"));
                }
            },
        }
    }
    if asked.targets.is_empty() {
        asked.targets = TARGETS.iter().collect();
    }
    Ok(asked)
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::FAILURE;
        }
    };
    let share = Duration::from_secs_f64(asked.seconds / asked.targets.len() as f64);
    let passed = asked.targets.iter().filter(|target| run(target, share, &asked)).count();
    let failed = asked.targets.len() - passed;
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn by_the_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64 >> 10)
}

/// Plays inputs until the time is up or one breaks a promise.
fn run(target: &Target, time: Duration, asked: &Asked) -> bool {
    let first = asked.seed.unwrap_or(asked.first);
    let began = Instant::now();
    let (mut inputs, mut taken) = (0, 0);
    while inputs == 0 || asked.seed.is_none() && began.elapsed() < time {
        let seed = first.wrapping_add(inputs);
        limit::playing(target.name, seed);
        let result = catch_unwind(AssertUnwindSafe(|| (target.play)(&mut Random::new(seed))));
        let Ok(is_taken) = result else {
            println!("{:8} broken: cargo xtask fuzz --seed {seed} {}", target.name, target.name);
            return false;
        };
        inputs += 1;
        taken += u64::from(is_taken);
    }
    println!(
        "{:8} {inputs:8} inputs, {taken} of them taken, {:.1} s",
        target.name,
        began.elapsed().as_secs_f64()
    );
    true
}
