//! Figures on simulated streams, where the truth is known: every figure with its target beside it.

mod calibration;
mod lifelog;
mod set_ups;
mod watched;

use crate::run::Outcome;

/// One line of the table.
struct Figure {
    name: String,
    value: String,
    target: &'static str,
    is_met: bool,
}

impl Figure {
    fn at_least(name: impl Into<String>, value: f64, least: f64, target: &'static str) -> Self {
        Self { name: name.into(), value: format!("{value:.3}"), target, is_met: value >= least }
    }

    fn at_most(name: impl Into<String>, value: f64, most: f64, target: &'static str) -> Self {
        Self { name: name.into(), value: format!("{value:.3}"), target, is_met: value <= most }
    }
}

/// Prints all figures, each a mean over the seeds.
pub(super) fn measure(seeds: u64) -> Outcome {
    let seeds: Vec<u64> = (1..=seeds).collect();
    println!("{} seeds{:50}  figure  target", seeds.len(), "");
    print(&calibration::figures(&seeds)?);
    print(&lifelog::figures(&seeds)?);
    print(&set_ups::figures(&seeds)?);
    Ok(())
}

fn print(figures: &[Figure]) {
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
