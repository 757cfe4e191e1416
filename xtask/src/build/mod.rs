//! What is shipped: the npm package, the web app, the Worker.

pub(crate) mod package;
pub(crate) mod web;
pub(crate) mod worker;

use crate::options::Options;
use crate::run::Outcome;
use crate::stamp::{Made, Product};

/// Compiler flags of everything that ships as wasm. One constant, because crates compiled under other flags are
/// compiled again: the web app and the Worker share what they have in common.
///
/// LLVM's own limits are those of machines with large caches and no download. `erase_components` is for Leptos: views of
/// one type instead of one type per view, which weighs less.
pub(crate) const WASM_RUSTFLAGS: &str = "-C target-feature=+simd128 --cfg erase_components \
    -C llvm-args=-unroll-runtime=false -C llvm-args=-unroll-allow-partial=false";

/// The same for the package, all of which is compiled for speed: it weighs a tenth less and is as fast; with still lower
/// limits it is not. Where code is compiled for size, LLVM's own limit is the lower one.
const PACKAGE_RUSTFLAGS: &str = "-C target-feature=+simd128 \
    -C llvm-args=-unroll-runtime=false -C llvm-args=-unroll-allow-partial=false \
    -C llvm-args=-unroll-threshold=60 -C llvm-args=-inline-threshold=100";

/// What wasm-opt is to do for the engine; `worker/Cargo.toml` says the same. Without a limit it weaves everything that is
/// called once into one function, in which the compilers of browsers run out of registers: a frame of 30 streams then
/// costs an eighth more.
pub(crate) const WASM_OPT_FAST: [&str; 2] = ["-O3", "--one-caller-inline-max-function-size=200"];

/// How a build is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Small and fast to run.
    Release,
}

const PACKAGE: Product =
    Product { name: "package", inputs: &["wasm", "CHANGELOG.md"], output: "dist/npm/package.json" };

const WEB: Product = Product { name: "web", inputs: &["web", "www"], output: "dist/web/index.html" };

const WORKER: Product = Product { name: "worker", inputs: &["worker"], output: "worker/build/index.js" };

/// Makes the npm package if it is not there.
pub(crate) fn make_package() -> Outcome<Made> {
    PACKAGE.make(Profile::Release, package::build)
}

/// Makes the web app if it is not there.
pub(crate) fn make_web(profile: Profile) -> Outcome<Made> {
    WEB.make(profile, web::build)
}

/// Makes the Worker if it is not there.
pub(crate) fn make_worker(profile: Profile) -> Outcome<Made> {
    WORKER.make(profile, worker::build)
}

/// `cargo xtask package`.
pub(crate) fn package(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments, &["--figures"], &["--csv"])?;
    package::ship()?;
    if options.has("--figures") {
        package::measure("figures.mjs", &[])?;
    }
    options.value("--csv").map_or(Ok(()), |megabytes| package::measure("csv.mjs", &[megabytes]))
}

/// `cargo xtask web`.
pub(crate) fn web(arguments: &[String]) -> Outcome {
    make_web(profile(arguments)?).map(|_| ())
}

/// `cargo xtask worker`.
pub(crate) fn worker(arguments: &[String]) -> Outcome {
    make_worker(profile(arguments)?).map(|_| ())
}

fn profile(arguments: &[String]) -> Outcome<Profile> {
    let options = Options::parse(arguments, &["--dev"], &[])?;
    Ok(if options.has("--dev") { Profile::Dev } else { Profile::Release })
}
