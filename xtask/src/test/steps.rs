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

const fn step(
    name: &'static str,
    needs: &'static [&'static str],
    tally: Tally,
    command: fn() -> Outcome<Command>,
) -> Step {
    Step { name, needs, tally, command }
}

pub(super) const STEPS: &[Step] = &[
    step("format", &[], Tally::Whole, || Ok(cargo(["fmt", "--all", "--check"]))),
    step("tidy", &[], Tally::Xtask, || xtask(&["tidy"])),
    step("no-std", &[], Tally::Whole, no_std),
    step("clippy", &[], Tally::Whole, clippy),
    step("docs", &[], Tally::Whole, docs),
    step("native", &[], Tally::Cargo, native),
    step("fuzz", &[], Tally::Xtask, || xtask(&["fuzz", "--seconds", "20"])),
    step("tools", &[], Tally::Preparation, || xtask(&["prepare"])),
    step("chromium", &[], Tally::Preparation, || xtask(&["prepare", "--chromium"])),
    step("clippy-wasm", &["tools"], Tally::Whole, || clippy_shell("fourfold-wasm")),
    step("build-npm", &["tools"], Tally::Preparation, || xtask(&["package"])),
    step("clippy-web", &["tools"], Tally::Whole, || clippy_shell("fourfold-web")),
    step("build-web", &["tools"], Tally::Preparation, || xtask(&["web"])),
    step("clippy-worker", &["tools"], Tally::Whole, || clippy_shell("fourfold-worker")),
    step("build-worker", &["tools"], Tally::Preparation, || xtask(&["worker"])),
    step("golden", &["build-npm", "build-worker", "chromium"], Tally::Xtask, || xtask(&["golden"])),
    step("package", &["build-npm", "chromium"], Tally::Node, || node_tests("package")),
    step("browser", &["build-web", "build-npm", "build-worker", "chromium"], Tally::Node, || {
        node_tests("browser")
    }),
    step("audit", &["build-web", "chromium"], Tally::Whole, || xtask(&["audit"])),
    step("workerd", &["build-worker", "build-web"], Tally::Node, || node_tests("workerd")),
];

/// This very program: a verb that crashes then fails one step and not all.
fn xtask(arguments: &[&str]) -> Outcome<Command> {
    Ok(command(std::env::current_exe()?, arguments))
}

fn clippy() -> Outcome<Command> {
    Ok(cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// The engine's pages: a link that leads nowhere is a fault.
fn docs() -> Outcome<Command> {
    let mut docs = cargo(["doc", "--no-deps", "--package", "fourfold"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    Ok(docs)
}

/// The long ones too: what is never run does not hold.
fn native() -> Outcome<Command> {
    Ok(cargo(["test", "--workspace", "--no-fail-fast", "--", "--include-ignored"]))
}

/// A shell again, as it ships: what is compiled for wasm only is seen here only. One by one and in the release profile,
/// because then the build that follows finds every macro and build script compiled.
fn clippy_shell(name: &str) -> Outcome<Command> {
    let mut clippy = cargo(["clippy", "--release", "--target", WASM, "--package", name]);
    clippy.args(["--", "-D", "warnings"]).env("RUSTFLAGS", WASM_RUSTFLAGS);
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
