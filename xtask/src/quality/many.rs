//! Data sets of many streams: one suite per folder.

use std::path::Path;

use fourfold::evaluate::Quality;

use super::Options;
use super::layout::{read_many, tables};
use super::nab::{WINDOW, mean};
use super::run_all::{dump, in_parallel, watch};
use crate::run::{Failure, Outcome};

/// The rows of this suite are few and its anomalies short.
const NARROW: (&str, usize) = ("skab", 20);

struct Measured {
    suite: String,
    name: String,
    rows: usize,
    quality: Quality,
    alarms_per_1000: f64,
}

pub(super) fn measure(root: &Path, options: &Options) -> Outcome {
    let wanted: Vec<String> = (tables(root)?.into_iter())
        .filter(|path| options.wants(path) || options.wants(path_in_suite(path).1.trim_end_matches(".csv")))
        .collect();
    let measured = in_parallel(&wanted, |path| -> Outcome<Option<Measured>> {
        let (suite, name) = path_in_suite(path);
        // Other layouts may lie beside these.
        let Ok(series) = read_many(&root.join(path), path) else { return Ok(None) };
        if !series.is_test.contains(&true) {
            return Ok(None);
        }
        let said = watch(&series)?;
        if let Some(folder) = &options.dump {
            dump(folder, &series, &said)?;
        }
        let test = |row: &usize| series.is_test[*row];
        let scores: Vec<f64> = (0..series.rows()).filter(test).map(|row| said.scores[row]).collect();
        let labels: Vec<bool> = (0..series.rows()).filter(test).map(|row| series.labels[row]).collect();
        let window = if suite == NARROW.0 { NARROW.1 } else { WINDOW };
        let alarms = said.alarms.iter().filter(|alarm| **alarm > 0.0).count();
        Ok(Some(Measured {
            suite: suite.into(),
            name: name.into(),
            rows: series.rows(),
            quality: Quality::of(&scores, &labels, window),
            alarms_per_1000: 1000.0 * alarms as f64 / series.rows() as f64,
        }))
    });
    let measured: Vec<Measured> =
        measured.into_iter().filter_map(Outcome::transpose).collect::<Outcome<_>>()?;
    if measured.is_empty() {
        return Err(Failure(format!("{}: no table with label and split as last columns", root.display())));
    }
    print(&measured, options.each);
    Ok(())
}

fn path_in_suite(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn print(measured: &[Measured], each: bool) {
    println!("suite                series  AUC-ROC  AUC-PR  VUS-ROC  VUS-PR  best F1  alarms/1000 rows");
    let mut suites: Vec<&str> = measured.iter().map(|one| one.suite.as_str()).collect();
    suites.dedup();
    for suite in suites {
        let of: Vec<&Measured> = measured.iter().filter(|one| one.suite == suite).collect();
        if each {
            of.iter().for_each(|one| line(&format!("  {} ({})", one.name, one.rows), &[one]));
        }
        line(suite, &of);
    }
}

fn line(name: &str, of: &[&Measured]) {
    let mean_of = |pick: fn(&Quality) -> Option<f64>| {
        mean(&of.iter().filter_map(|one| pick(&one.quality)).collect::<Vec<f64>>())
    };
    let alarms = mean(&of.iter().map(|one| one.alarms_per_1000).collect::<Vec<f64>>());
    println!(
        "{name:20} {:6}  {:7.3} {:7.3}  {:7.3} {:7.3}  {:7.3}  {alarms:8.2}",
        of.len(),
        mean_of(|quality| quality.auc_roc),
        mean_of(|quality| quality.auc_pr),
        mean_of(|quality| quality.vus_roc),
        mean_of(|quality| quality.vus_pr),
        mean_of(|quality| quality.best_f1),
    );
}
