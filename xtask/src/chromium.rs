//! A real browser for the tests.

use std::path::PathBuf;

use crate::run::{Failure, Outcome, answer, command, run};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// `$CHROME`, or an installed Chrome or Chromium.
pub(crate) fn find() -> Outcome<PathBuf> {
    if let Some(given) = std::env::var_os("CHROME").map(PathBuf::from) {
        let fault = || Failure(format!("$CHROME names {}, which is not there", given.display()));
        return given.is_file().then_some(given.clone()).ok_or_else(fault);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&folders).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let found = programs
        .find(|program| program.is_file())
        .or_else(|| Some(PathBuf::from(MAC)).filter(|mac| mac.is_file()));
    found.ok_or_else(|| {
        Failure(
            "there is no Chrome or Chromium: install one, or name it in the environment variable CHROME"
                .into(),
        )
    })
}

/// The browser, installed from the distribution where that is possible: on a Debian-like machine, by root.
pub(crate) fn find_or_install() -> Outcome<PathBuf> {
    let missing = match find() {
        Ok(program) => return Ok(program),
        Err(missing) if std::env::var_os("CHROME").is_some() => return Err(missing),
        Err(missing) => missing,
    };
    let is_root = answer(&mut command("id", ["-u"])).as_deref() == Some("0");
    let has_apt = answer(&mut command("apt-get", ["--version"])).is_some();
    if !(is_root && has_apt) {
        return Err(missing);
    }
    println!("there is no Chrome or Chromium: installing chromium from the distribution");
    let apt = |arguments: &[&str]| {
        run(command("apt-get", arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(std::process::Stdio::null()))
    };
    apt(&["update", "--quiet"])?;
    apt(&["install", "--yes", "--quiet", "--no-install-recommends", "chromium"])?;
    find()
}
