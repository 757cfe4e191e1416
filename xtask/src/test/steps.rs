//! The steps of `cargo xtask test`, in the order in which they run: what is quick and often wrong comes first.

use std::fs;
use std::process::Command;

use super::count::Tally;
use crate::build::WASM_RUSTFLAGS;
use crate::paths;
use crate::prepare::{self, BARE, WASM};
use crate::run::{Failure, Outcome, cargo, command};

pub(super) struct Step {
    pub(super) name: &'static str,
    /// Steps without which this one can not pass.
    pub(super) needs: &'static [&'static str],
    pub(super) tally: Tally,
    pub(super) command: fn() -> Outcome<Command>,
}

impl Step {
    pub(super) fn is_preparation(&self) -> bool {
        self.tally == Tally::Preparation
    }
}

pub(super) const STEPS: &[Step] = &[
    Step {
        name: "format",
        needs: &[],
        tally: Tally::Whole,
        command: || Ok(cargo(["fmt", "--all", "--check"])),
    },
    Step { name: "tidy", needs: &[], tally: Tally::Xtask, command: || xtask(&["tidy"]) },
    Step { name: "tools", needs: &[], tally: Tally::Preparation, command: || xtask(&["prepare"]) },
    Step {
        name: "chromium",
        needs: &[],
        tally: Tally::Preparation,
        command: || xtask(&["prepare", "--chromium"]),
    },
    Step { name: "no-std", needs: &[], tally: Tally::Whole, command: no_std },
    Step { name: "clippy", needs: &[], tally: Tally::Whole, command: clippy },
    Step { name: "clippy-wasm", needs: &["tools"], tally: Tally::Whole, command: clippy_wasm },
    Step {
        name: "native",
        needs: &[],
        tally: Tally::Cargo,
        command: || Ok(cargo(["test", "--workspace", "--no-fail-fast"])),
    },
    Step { name: "npm", needs: &["tools"], tally: Tally::Preparation, command: || xtask(&["package"]) },
    Step { name: "web", needs: &["tools"], tally: Tally::Preparation, command: || xtask(&["web"]) },
    Step { name: "worker", needs: &["tools"], tally: Tally::Preparation, command: || xtask(&["worker"]) },
    Step {
        name: "golden",
        needs: &["npm", "worker", "chromium"],
        tally: Tally::Xtask,
        command: || xtask(&["golden"]),
    },
    Step {
        name: "package",
        needs: &["npm", "chromium"],
        tally: Tally::Node,
        command: || node_tests("package"),
    },
    Step {
        name: "browser",
        needs: &["web", "chromium"],
        tally: Tally::Node,
        command: || node_tests("browser"),
    },
    Step {
        name: "workerd",
        needs: &["worker", "web"],
        tally: Tally::Node,
        command: || node_tests("workerd"),
    },
];

/// This very program: a verb that crashes then fails one step and not all.
fn xtask(arguments: &[&str]) -> Outcome<Command> {
    Ok(command(std::env::current_exe()?, arguments))
}

fn clippy() -> Outcome<Command> {
    Ok(cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// The shells again, as they ship: what is compiled for wasm only is seen here only.
fn clippy_wasm() -> Outcome<Command> {
    let shells = ["-p", "fourfold-wasm", "-p", "fourfold-web", "-p", "fourfold-worker"];
    let mut clippy = cargo(["clippy", "--target", WASM]);
    clippy.args(shells).args(["--", "-D", "warnings"]).env("RUSTFLAGS", WASM_RUSTFLAGS);
    Ok(clippy)
}

/// core for a target that has no std: one dependency that brings it back would otherwise go unnoticed.
fn no_std() -> Outcome<Command> {
    prepare::rust_target(BARE)?;
    Ok(cargo(["check", "-p", "fourfold", "--all-features", "--target", BARE]))
}

fn node_tests(folder: &str) -> Outcome<Command> {
    let folder = paths::root().join("tests").join(folder);
    let entries = fs::read_dir(&folder).map_err(|error| Failure(format!("{}: {error}", folder.display())))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    if files.is_empty() {
        return Err(Failure(format!("there is no *.test.mjs in {}", folder.display())));
    }
    // One file at a time: with two cores, a second browser would only make timeouts likelier.
    let mut node =
        command("node", ["--test", "--test-reporter=spec", "--test-concurrency=1", "--test-timeout=300000"]);
    node.args(files);
    Ok(node)
}
