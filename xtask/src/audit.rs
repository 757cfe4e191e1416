//! `cargo xtask audit`: Lighthouse on the built app.

use crate::build::{self, Profile};
use crate::run::{Outcome, command, run};
use crate::{chromium, prepare};

/// Fails where a category does not reach what it is to reach (tests/audit.mjs).
pub(crate) fn audit(_: &[String]) -> Outcome {
    prepare::npm_packages()?;
    build::make_web(Profile::Release)?;
    run(command("node", ["tests/audit.mjs"]).env("CHROME", chromium::find_or_install()?))
}
