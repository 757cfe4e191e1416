//! The programs that the builds need, at exactly the locked versions.

use std::fs;
use std::path::PathBuf;

use crate::run::{Failure, Outcome};

/// The wasm-bindgen command line, of the crate's own version.
pub(crate) fn wasm_bindgen() -> PathBuf {
    crate::paths::tools().join("bin/wasm-bindgen")
}

/// Builds a Rust Worker.
pub(crate) fn worker_build() -> PathBuf {
    crate::paths::tools().join("bin/worker-build")
}

/// Makes wasm smaller and faster.
pub(crate) fn wasm_opt() -> PathBuf {
    crate::paths::node_bin("wasm-opt")
}

/// The version of a crate in Cargo.lock.
pub(crate) fn locked_version(name: &str) -> Outcome<String> {
    let lock = fs::read_to_string(crate::paths::root().join("Cargo.lock"))?;
    version_in(&lock, name).ok_or_else(|| Failure(format!("Cargo.lock does not lock {name}")))
}

fn version_in(lock: &str, name: &str) -> Option<String> {
    let (_, package) = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    Some(package.split_once('"')?.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_very_crate() {
        let lock = "[[package]]\nname = \"worker-sys\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"worker\"\nversion = \"0.8.7\"\n";
        assert_eq!(version_in(lock, "worker").as_deref(), Some("0.8.7"));
        assert_eq!(version_in(lock, "work"), None);
    }
}
