//! What is shipped: the npm package, the web app, the Worker.

pub(crate) mod package;
pub(crate) mod web;
pub(crate) mod worker;

/// Compiler flags of everything that ships as wasm. One constant, because crates compiled under other flags are
/// compiled again: the package, the web app and the Worker share what they have in common.
pub(crate) const WASM_RUSTFLAGS: &str = "-C target-feature=+simd128";

/// How a build is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Small and fast to run.
    Release,
}
