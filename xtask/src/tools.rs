//! The programs that the builds need, at exactly the locked versions.

use std::path::PathBuf;

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
