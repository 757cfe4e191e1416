//! What has to be on a machine before anything can be built. Everything that a language's own registry offers is
//! installed here; for the rest a sentence says where it comes from.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::options::Options;
use crate::run::{Failure, Outcome, answer, cargo, command, run};
use crate::stamp::{self, Made};
use crate::{chromium, paths, tools};

/// What the page, the package and the Worker are compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// A target that has no standard library at all: what compiles here needs none.
pub(crate) const BARE: &str = "wasm32v1-none";
/// The oldest Node that the tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// `cargo xtask prepare`.
pub(crate) fn prepare(arguments: &[String]) -> Outcome {
    if Options::parse(arguments, &["--chromium"], &[])?.has("--chromium") {
        return chromium::find_or_install().map(|program| println!("{}", program.display()));
    }
    step("Node", || node().map(|_| Made::Ready))?;
    step("npm packages", npm_packages)?;
    step("the target wasm32-unknown-unknown", || rust_target(WASM))?;
    step("wasm-bindgen", wasm_bindgen)?;
    step("worker-build", worker_build)
}

/// Says what is being done and how long it took.
pub(crate) fn step(name: &str, act: impl FnOnce() -> Outcome<Made>) -> Outcome {
    let began = Instant::now();
    let outcome = act();
    let seconds = began.elapsed().as_secs_f64();
    match outcome {
        Ok(made) => {
            let word = if made == Made::Ready { "ready" } else { "made" };
            println!("  {name:<36} {word:<6} {seconds:7.1} s");
            Ok(())
        }
        Err(failure) => {
            println!("  {name:<36} {:<6} {seconds:7.1} s", "failed");
            Err(failure)
        }
    }
}

/// The version of Node, if it is new enough.
pub(crate) fn node() -> Outcome<String> {
    let missing =
        || Failure(format!("Node {NODE_MAJOR_MIN} or newer is needed: get it from https://nodejs.org"));
    let version = answer(&mut command("node", ["--version"])).ok_or_else(missing)?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(version),
        _ => Err(Failure(format!("Node {version} is too old; {}", missing()))),
    }
}

/// Whether the compiler has a target, however it was installed.
pub(crate) fn has_rust_target(target: &str) -> bool {
    let libraries = answer(&mut command("rustc", ["--print", "target-libdir", "--target", target]));
    libraries.is_some_and(|folder| Path::new(&folder).exists())
}

pub(crate) fn rust_target(target: &str) -> Outcome<Made> {
    if has_rust_target(target) {
        return Ok(Made::Ready);
    }
    run(&mut command("rustup", ["target", "add", target])).map_err(|failure| {
        Failure(format!(
            "the Rust target {target} is missing: install it by `rustup target add {target}` ({failure})"
        ))
    })?;
    Ok(Made::Built)
}

/// `npm ci`, if package-lock.json is not what node_modules was made of.
pub(crate) fn npm_packages() -> Outcome<Made> {
    let wanted = stamp::of_file(&paths::root().join("package-lock.json"));
    let stamp = paths::root().join("node_modules/.made-of");
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == wanted) {
        return Ok(Made::Ready);
    }
    run(&mut command("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    fs::write(stamp, wanted)?;
    Ok(Made::Built)
}

/// The command line must be of exactly the crate's version, or it refuses what was compiled.
pub(crate) fn wasm_bindgen() -> Outcome<Made> {
    // Not --locked: its lock file names versions that a registry may no longer offer.
    cargo_tool("wasm-bindgen-cli", &tools::wasm_bindgen(), &tools::locked_version("wasm-bindgen")?, &[])
}

/// It is released together with the crate `worker`, under the same version.
pub(crate) fn worker_build() -> Outcome<Made> {
    cargo_tool("worker-build", &tools::worker_build(), &tools::locked_version("worker")?, &["--locked"])
}

/// Whether a program is there in that very version.
pub(crate) fn has_version(program: &Path, version: &str) -> bool {
    answer(&mut command(program, ["--version"]))
        .is_some_and(|said| said.split_whitespace().any(|word| word == version))
}

fn cargo_tool(name: &str, program: &Path, version: &str, options: &[&str]) -> Outcome<Made> {
    if has_version(program, version) {
        return Ok(Made::Ready);
    }
    // Unoptimised: they run for a second, and would take twice as long to compile. In one target folder, because they
    // have many crates in common. Without debug information, which would be most of what the linker writes.
    let mut install =
        cargo(["install", name, "--version", version, "--debug", "--force", "--quiet", "--root"]);
    install.arg(paths::tools()).args(options).arg("--target-dir").arg(paths::target().join("tools"));
    install.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    run(&mut install)?;
    Ok(Made::Built)
}
