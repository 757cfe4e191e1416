//! `cargo xtask bench --river`: River on the same task and the same numbers as the npm package in Node.

use crate::run::{Outcome, command, run};

/// `streams` are how many streams to measure with; none is the usual three.
pub(crate) fn rivals(streams: &[String]) -> Outcome {
    let script = [String::from("tests/bench/river/run.mjs")];
    run(&mut command("node", script.iter().chain(streams)))
}
