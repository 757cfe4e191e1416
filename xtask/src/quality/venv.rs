//! Pythons with one pinned package each, made once, below the build's own folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths;
use crate::run::{Outcome, command, run};

/// A folder of its own, filled by `install` unless this very package is there.
pub(super) fn installed(
    name: &str,
    package: &str,
    install: impl FnOnce(&Path) -> Outcome,
) -> Outcome<PathBuf> {
    let home = paths::target().join("rivals").join(name);
    let stamp = home.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|there| there == package) {
        return Ok(home);
    }
    eprintln!("installing {package} (once) ...");
    fs::create_dir_all(&home)?;
    install(&home)?;
    fs::write(stamp, package)?;
    Ok(home)
}

/// The Python that has a package.
pub(super) fn python(name: &str, package: &str) -> Outcome<PathBuf> {
    let home = installed(name, package, |home| {
        run(command("python3", ["-m", "venv"]).arg(home))?;
        run(&mut command(home.join("bin/python"), ["-m", "pip", "install", "--quiet", package]))
    })?;
    Ok(home.join("bin/python"))
}
