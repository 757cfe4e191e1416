//! `cargo xtask bench --worker`: what the Worker costs, in a real workerd, with a Python service beside it.

use crate::build::{self, Profile};
use crate::run::{Outcome, command, run};

/// `parts` are what to measure; none is all of it.
pub(super) fn measure(parts: &[String]) -> Outcome {
    build::make_worker(Profile::Release)?;
    let script = [String::from("tests/bench/worker/figures.mjs")];
    run(&mut command("node", script.iter().chain(parts)))
}
