//! `cargo xtask doctor`: what is missing on this machine, and how to get it. It changes nothing.

use crate::prepare::{self, BARE, WASM};
use crate::run::{Failure, Outcome, answer, command};
use crate::{chromium, paths, tools};

pub(crate) fn doctor(_: &[String]) -> Outcome {
    let wasm_bindgen = tools::locked_version("wasm-bindgen")?;
    let worker_build = tools::locked_version("worker")?;
    let version = |program: &str, option: &str| answer(&mut command(program, [option]));
    let by_itself = "cargo xtask start and cargo xtask test install it";
    let target = |name: &str| prepare::has_rust_target(name).then(|| "installed".to_string());
    let tool = |program, version: &str| prepare::has_version(program, version).then(|| version.to_string());
    let findings = [
        ("Rust", version("rustc", "--version"), "https://rustup.rs"),
        ("rustfmt", version("rustfmt", "--version"), "rustup component add rustfmt"),
        ("clippy", version("cargo-clippy", "--version"), "rustup component add clippy"),
        (WASM, target(WASM), by_itself),
        (BARE, target(BARE), by_itself),
        ("git", version("git", "--version"), "your system's package manager"),
        ("Node 20 or newer", prepare::node().ok(), "https://nodejs.org"),
        ("npm", version("npm", "--version"), "it comes with Node"),
        ("npm packages", paths::node_bin("esbuild").exists().then(|| "installed".into()), by_itself),
        ("wasm-bindgen", tool(&tools::wasm_bindgen(), &wasm_bindgen), by_itself),
        ("worker-build", tool(&tools::worker_build(), &worker_build), by_itself),
        (
            "Chrome or Chromium, for the tests",
            chromium::find().ok().map(|program| program.display().to_string()),
            "your system's package manager, or set CHROME",
        ),
    ];
    let mut missing = 0;
    for (name, found, remedy) in findings {
        match found {
            Some(found) => println!("  {name:<36} {found}"),
            None => {
                let is_left_to_you = remedy != by_itself;
                missing += usize::from(is_left_to_you);
                println!("  {name:<36} missing: {remedy}");
            }
        }
    }
    match missing {
        0 => Ok(()),
        _ => Err(Failure("install what is missing, as the lines above say".into())),
    }
}
