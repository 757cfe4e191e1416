//! Where things are.

use std::path::PathBuf;

/// The repository.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}

/// Programs that xtask installs for itself.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// What is built for users: `dist/npm` and `dist/web`.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// What `dist` was made of.
pub(crate) fn stamps() -> PathBuf {
    dist().join(".stamps")
}

/// Where cargo puts what it compiles.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// What xtask itself leaves behind: logs, and what was compared with the golden files.
pub(crate) fn scratch() -> PathBuf {
    target().join("xtask")
}

/// What `cargo xtask start` remembers between runs.
pub(crate) fn state() -> PathBuf {
    root().join(".fourfold")
}

/// A program of the npm packages in package-lock.json.
pub(crate) fn node_bin(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}
