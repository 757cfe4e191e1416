//! `cargo xtask quality --check-scorers DIR`: our measures beside somebody else's, on the same scores and labels. The
//! numbers that they agreed on are frozen in core/src/evaluate/agreement.rs; this is how to get new ones.

use std::fs;
use std::path::Path;

use fourfold::evaluate::nab::{NabScore, Scored, score, score_at};
use fourfold::evaluate::{Quality, segments};
use fourfold_sim::Random;
use serde::Deserialize;
use serde_json::json;

use super::venv;
use crate::paths;
use crate::run::{Failure, Outcome, command, spelled};

const CASES: u64 = 24;
const TOLERANCE: f64 = 1e-6;
/// A threshold that somebody fixed before.
const FIXED: f64 = 0.9;

/// Scores with labels, and the tolerance of the volumes.
struct Case {
    scores: Vec<f64>,
    labels: Vec<bool>,
    window: usize,
    windows: Vec<(usize, usize)>,
}

/// What the others say: four numbers per case, then NAB's three profiles with the best thresholds and with a fixed one.
#[derive(Deserialize)]
struct Theirs {
    rankings: Vec<[f64; 4]>,
    nab: Vec<(f64, usize, usize)>,
}

pub(super) fn check(folder: &Path) -> Outcome {
    let cases: Vec<Case> = (1..=CASES).map(made).collect();
    let theirs = ask(folder, &cases)?;
    let mut worst: f64 = 0.0;
    println!("case  rows  anomalies  AUC-ROC  AUC-PR  VUS-ROC  VUS-PR  largest difference");
    for (place, (case, expected)) in cases.iter().zip(&theirs.rankings).enumerate() {
        let quality = Quality::of(&case.scores, &case.labels, case.window);
        let found =
            [quality.auc_roc, quality.auc_pr, quality.vus_roc, quality.vus_pr].map(Option::unwrap_or_default);
        let apart =
            found.iter().zip(expected).fold(0.0, |most: f64, (one, other)| most.max((one - other).abs()));
        let [roc, pr, vus_roc, vus_pr] = found;
        let (rows, runs) = (case.labels.len(), case.windows.len());
        println!(
            "{place:4} {rows:5}  {runs:9}  {roc:7.4}  {pr:6.4}  {vus_roc:7.4}  {vus_pr:6.4}  {apart:.1e}"
        );
        worst = worst.max(apart);
    }
    let files: Vec<Scored<'_>> =
        cases.iter().map(|case| Scored { scores: &case.scores, windows: &case.windows }).collect();
    let ours: Vec<NabScore> = score(&files).into_iter().chain(score_at(&files, [FIXED; 3])).collect();
    for (ours, &(score, hit, false_alarms)) in ours.iter().zip(&theirs.nab) {
        let found = ours.score.unwrap_or_default();
        println!("NAB {found:10.6} {hit:3} hit {false_alarms:4} false  {:.1e}", (found - score).abs());
        worst = worst.max((found - score).abs());
        if (ours.hit, ours.false_alarms) != (hit, false_alarms) {
            return Err(Failure(format!("NAB: {ours:?}, but {hit} hit and {false_alarms} false alarms")));
        }
    }
    let compared = theirs.rankings.len() == cases.len() && theirs.nab.len() == ours.len();
    println!("largest difference {worst:.1e}, of {TOLERANCE:e} allowed");
    if compared && worst <= TOLERANCE { Ok(()) } else { Err(Failure("the measures differ".into())) }
}

/// A case of a seed: few rows or many, ties or none, anomalies that are found or not.
fn made(seed: u64) -> Case {
    let mut random = Random::new(seed);
    let rows = 100 + random.below(3000);
    let levels = if random.chance(0.3) { 12.0 } else { 1e6 };
    let insight = random.between(0.0, 0.9);
    let mut labels = vec![false; rows];
    for _ in 0..1 + random.below(20) {
        let first = random.below(rows);
        labels[first..(first + 1 + random.below(60)).min(rows)].fill(true);
    }
    // A detector that sometimes sees: the second look of an abnormal row can only raise its score.
    let mut even = || (random.uniform() * levels).floor() / levels;
    let score = |&label: &bool| match (even(), even(), even()) {
        (one, other, look) if label && look < insight => f64::max(one, other),
        (one, ..) => one,
    };
    let scores = labels.iter().map(score).collect();
    Case { scores, windows: segments(&labels), labels, window: if seed.is_multiple_of(3) { 20 } else { 100 } }
}

fn ask(folder: &Path, cases: &[Case]) -> Outcome<Theirs> {
    let path = paths::target().join("rivals/scores.json");
    fs::create_dir_all(paths::target().join("rivals"))?;
    let texts = cases.iter().map(|Case { scores, labels, window, windows }| {
        let labels: Vec<u8> = labels.iter().map(|&label| label.into()).collect();
        json!({ "scores": scores, "labels": labels, "window": window, "windows": windows })
    });
    fs::write(&path, serde_json::Value::from_iter(texts).to_string())?;
    let folder = folder.canonicalize().map_err(|error| Failure(format!("{}: {error}", folder.display())))?;
    let mut python = command(venv::python("numpy", "numpy==2.3.5")?, ["tests/scorers/in_python.py"]);
    let output = python.arg(folder).arg(path).output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        let why =
            String::from_utf8_lossy(&output.stderr).lines().last().map_or(error.to_string(), String::from);
        Failure(format!("{} failed: {why}", spelled(&python)))
    })
}
