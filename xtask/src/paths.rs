//! Where things are.

use std::path::PathBuf;

/// The repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Programs that xtask installs for itself.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// What is built for users: `dist/npm` and `dist/web`.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Where cargo puts what it compiles.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program of the npm packages in package-lock.json.
pub(crate) fn node_bin(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}
