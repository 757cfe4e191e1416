//! `cargo xtask quality`: how well the engine finds what is wrong, in public data and in simulations.
//!
//! ```text
//! cargo xtask quality --nab DIR             NAB layout: DIR/data/**.csv, DIR/labels/combined_windows.json
//! cargo xtask quality --mv DIR              one suite per folder of DIR: CSV with a header, time first, label and split last
//!                     --files LIST          only the files that this list names, one a line
//!                     --each                a line for every file
//!                     --dump DIR            writes every row's score and alarm
//! cargo xtask quality --sim [--seeds N]     simulated streams, with the targets beside the figures
//!                     --only TABLE          only `calibration`, `lifelog`, `worlds`, `set-ups` or `labels`
//! cargo xtask quality --clock [--seeds N]   how soon a silence is told, in what words, and how often for nothing
//! cargo xtask quality --why [--seeds N]     whether the stream that something began with is named, and "cannot tell" said
//!                     --petshop DIR         also cases of services: DIR/truth.json, and the tables that it names
//!                     --dump DIR            writes all suspects of every case
//! cargo xtask quality --poison              what one bad number leaves behind, here and in other libraries
//! cargo xtask quality --check-scorers DIR   our measures beside the scorers in DIR, on the same scores and labels
//! cargo xtask quality --replay FILE --speed X
//!                                           a NAB or Yahoo S5 file as a live stream, X times as fast as it happened
//! ```
//!
//! One configuration serves everything: a schema of unnamed streams, nothing else said.

mod clock;
mod layout;
mod many;
mod nab;
mod poison;
mod quiet;
mod replay;
mod rivals;
mod run_all;
mod scorers;
mod sim;
mod venv;
mod why;

pub(crate) use rivals::rivals;

use std::path::PathBuf;

use crate::run::{Failure, Outcome};

/// What was asked.
#[derive(Debug, Default)]
struct Options {
    nab: Option<PathBuf>,
    many: Option<PathBuf>,
    files: Option<Vec<String>>,
    dump: Option<PathBuf>,
    replay: Option<PathBuf>,
    scorers: Option<PathBuf>,
    speed: f64,
    each: bool,
    sim: bool,
    poison: bool,
    clock: bool,
    why: bool,
    petshop: Option<PathBuf>,
    seeds: u64,
    only: Option<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Outcome<Self> {
        let mut options = Self { speed: f64::INFINITY, seeds: 4, ..Self::default() };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let mut value =
                || rest.next().cloned().ok_or_else(|| Failure(format!("{name} needs a value after it")));
            match name.as_str() {
                "--nab" => options.nab = Some(value()?.into()),
                "--mv" => options.many = Some(value()?.into()),
                "--dump" => options.dump = Some(value()?.into()),
                "--replay" => options.replay = Some(value()?.into()),
                "--check-scorers" => options.scorers = Some(value()?.into()),
                "--speed" => options.speed = number(&value()?)?,
                "--files" => options.files = Some(list(&value()?)?),
                "--sim" => options.sim = true,
                "--poison" => options.poison = true,
                "--clock" => options.clock = true,
                "--why" => options.why = true,
                "--petshop" => options.petshop = Some(value()?.into()),
                "--only" => options.only = Some(value()?),
                "--seeds" => options.seeds = number(&value()?)?,
                "--each" => options.each = true,
                _ => return Err(Failure(format!("{name} is not an option: see xtask/src/quality/mod.rs"))),
            }
        }
        Ok(options)
    }

    /// Whether a file is among those that were asked for.
    fn wants(&self, name: &str) -> bool {
        self.files.as_ref().is_none_or(|files| files.iter().any(|file| file == name))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Outcome<T> {
    text.parse().map_err(|_| Failure(format!("{text} is not a number")))
}

fn list(path: &str) -> Outcome<Vec<String>> {
    Ok(layout::read(path.as_ref())?.lines().map(|line| line.trim().to_string()).collect())
}

/// Runs what the arguments ask for.
pub(crate) fn quality(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments)?;
    if let Some(path) = &options.replay {
        return replay::replay(path, options.speed);
    }
    if let Some(folder) = &options.scorers {
        return scorers::check(folder);
    }
    let is_asked = [
        options.nab.is_some(),
        options.many.is_some(),
        options.sim,
        options.poison,
        options.clock,
        options.why,
    ];
    if !is_asked.contains(&true) {
        return Err(Failure("say what to measure: see xtask/src/quality/mod.rs".into()));
    }
    if let Some(root) = &options.nab {
        nab::measure(root, &options)?;
    }
    if let Some(root) = &options.many {
        many::measure(root, &options)?;
    }
    if options.sim {
        sim::measure(options.seeds.max(1), options.only.as_deref())?;
    }
    if options.clock {
        quiet::measure(options.seeds.max(1))?;
    }
    if options.why {
        why::measure(options.seeds.max(1), options.petshop.as_deref(), options.dump.as_deref())?;
    }
    if options.poison {
        poison::measure()?;
    }
    Ok(())
}
