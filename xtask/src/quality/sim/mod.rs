//! Figures on simulated streams, where the truth is known: every figure with its target beside it.

mod calibration;
mod labels;
mod lifelog;
mod recall;
mod set_ups;
pub(super) mod watched;
mod worlds;

use crate::run::{Failure, Outcome};

/// One line of the table.
pub(super) struct Figure {
    name: String,
    value: String,
    target: &'static str,
    is_met: bool,
}

impl Figure {
    pub(super) fn at_least(name: impl Into<String>, value: f64, least: f64, target: &'static str) -> Self {
        Self { name: name.into(), value: format!("{value:.3}"), target, is_met: value >= least }
    }

    pub(super) fn at_most(name: impl Into<String>, value: f64, most: f64, target: &'static str) -> Self {
        Self { name: name.into(), value: format!("{value:.3}"), target, is_met: value <= most }
    }
}

/// Tables by name.
type Table = (&'static str, fn(&[u64]) -> Outcome<Vec<Figure>>);
const TABLES: [Table; 5] = [
    ("calibration", calibration::figures),
    ("lifelog", lifelog::figures),
    ("worlds", worlds::figures),
    ("set-ups", set_ups::figures),
    ("labels", labels::figures),
];

/// Prints all figures, or one table of them, each a mean over the seeds.
pub(super) fn measure(seeds: u64, only: Option<&str>) -> Outcome {
    let seeds: Vec<u64> = (1..=seeds).collect();
    if only.is_some_and(|name| TABLES.iter().all(|(table, _)| *table != name)) {
        let names = TABLES.map(|(name, _)| name).join(", ");
        return Err(Failure(format!("--only names one of these tables: {names}")));
    }
    println!("{:56} figure  target (means of {} seeds)", "", seeds.len());
    for (_, figures) in TABLES.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        print(&figures(&seeds)?);
    }
    Ok(())
}

pub(super) fn print(figures: &[Figure]) {
    for Figure { name, value, target, is_met } in figures {
        let mark = match (target.is_empty(), is_met) {
            (true, _) => "",
            (false, true) => "  ok",
            (false, false) => "  MISSED",
        };
        println!("{name:55} {value:>9}  {target}{mark}");
    }
    println!();
}
