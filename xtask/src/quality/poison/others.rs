//! The other libraries: installed once, each at its pinned version in a folder of its own, and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::Answer;
use super::judge::Said;
use crate::paths;
use crate::quality::venv;
use crate::run::{Failure, Outcome, command, run, spelled};

/// A library whose detectors are run.
pub(super) struct Other {
    pub(super) name: &'static str,
    /// As its installer names it.
    package: &'static str,
    home: Home,
}

enum Home {
    Python,
    Node,
    /// Our own package, where it has been built.
    Dist,
}

pub(super) const ALL: [Other; 4] = [
    Other { name: "fourfold", package: "npm", home: Home::Dist },
    Other { name: "river", package: "river==0.26.1", home: Home::Python },
    Other { name: "pysad", package: "pysad==0.7.0", home: Home::Python },
    Other { name: "augurs", package: "@bsull/augurs@0.10.2", home: Home::Node },
];

/// A line of a program in tests/poison. Numbers are text, because JSON has no word for NaN.
#[derive(Deserialize)]
struct Line {
    tool: String,
    run: String,
    #[serde(default)]
    scores: Vec<String>,
    #[serde(default)]
    flags: Vec<bool>,
    throws: Option<String>,
}

impl Line {
    fn answer(self) -> Answer {
        let Self { tool, run, scores, flags, throws } = self;
        let said = match throws {
            Some(error) => Err(error),
            None => (scores.iter().map(|score| score.parse().map_err(|_| format!("the score {score}"))))
                .collect::<Result<_, _>>()
                .map(|scores| Said { scores, flags }),
        };
        Answer { tool, run, said }
    }
}

impl Other {
    /// What its detectors say of every run of the script.
    pub(super) fn answers(&self, script: &Path) -> Outcome<Vec<Answer>> {
        let mut program = match self.home {
            Home::Python => {
                let mut python =
                    command(venv::python(self.name, self.package)?, ["tests/poison/in_python.py"]);
                python.arg(script).arg(self.name);
                python
            }
            Home::Node => self.in_node(script, &self.node_package()?),
            Home::Dist => self.in_node(script, &self.built()?),
        };
        let output = program.output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let why = said.lines().find(|line| line.contains("Error")).unwrap_or("without a word");
            return Err(Failure(format!("{} failed: {why}", spelled(&program))));
        }
        (String::from_utf8_lossy(&output.stdout).lines())
            .map(|line| match serde_json::from_str::<Line>(line) {
                Ok(line) => Ok(line.answer()),
                Err(error) => Err(Failure(format!("{}: {error} in {line}", self.name))),
            })
            .collect()
    }

    fn in_node(&self, script: &Path, folder: &Path) -> Command {
        let mut node = command("node", ["tests/poison/in_node.mjs"]);
        node.arg(script).arg(self.name).arg(folder);
        node
    }

    fn node_package(&self) -> Outcome<PathBuf> {
        let home = venv::installed(self.name, self.package, |home| {
            // A package.json of its own, or npm would install into ours.
            fs::write(home.join("package.json"), "{ \"private\": true }\n")?;
            run(command("npm", ["install", "--silent", "--no-audit", "--no-fund", self.package])
                .current_dir(home))
        })?;
        let (name, _version) = self.package.rsplit_once('@').unwrap_or((self.package, ""));
        Ok(home.join("node_modules").join(name))
    }

    fn built(&self) -> Outcome<PathBuf> {
        let folder = paths::dist().join(self.package);
        match folder.is_dir() {
            true => Ok(folder),
            false => Err(Failure("the npm package is not built: cargo xtask package".into())),
        }
    }
}
