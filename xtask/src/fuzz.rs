//! `cargo xtask fuzz`: hostile input for the engine (tests/fuzz/README.md).

use crate::run::{Outcome, cargo, run};

/// Compiled as the tests are: the engine is fast enough, and arithmetic that overflows is seen.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    run(cargo(["run", "--quiet", "--package", "fourfold-fuzz", "--"]).args(arguments))
}
