//! The measures against the published definitions, evaluated by other programs (numpy, other algorithms) on the same
//! random scores: the area under the curves, VUS in its "opt" form, and the NAB v1.1 scorer.

use alloc::vec::Vec;

use super::nab::{NabScore, Scored, score, score_at};
use super::{Quality, segments};

const FINE: f64 = 1_048_576.0;

/// Seed, rows, distinct scores, anomalies, how much higher those score, window; AUC-ROC, AUC-PR, VUS-ROC, VUS-PR.
type Case = (u64, usize, f64, usize, f64, usize, [f64; 4]);
#[rustfmt::skip]
const CASES: [Case; 5] = [
    (1, 400, FINE, 3, 0.25, 100, [0.700965811, 0.539278860, 0.885351238, 0.757685919]),
    (2, 1500, FINE, 9, 0.0625, 100, [0.555292149, 0.201976569, 0.788236589, 0.381470239]),
    (3, 1500, 16.0, 25, 0.25, 20, [0.699710178, 0.536126438, 0.751366635, 0.566850437]),
    (4, 90, FINE, 1, 0.25, 100, [0.786666667, 0.735728770, 0.880788711, 0.823121457]),
    (5, 3000, FINE, 60, 0.03125, 50, [0.537625324, 0.383025534, 0.734701157, 0.563805493]),
];

/// Score, threshold, windows hit, false alarms: best thresholds, then fixed ones.
type NabCase = (f64, f64, usize, usize);
const NAB_CASES: [NabCase; 6] = [
    (61.844057267, 0.968383789062, 46, 87),
    (55.354322693, 0.968383789062, 46, 87),
    (65.252603367, 0.958907127380, 47, 113),
    (44.099524425, 1.010000000000, 31, 0),
    (39.727308155, 1.020000000000, 28, 0),
    (54.790822414, 0.900000000000, 49, 373),
];

/// Scores and labels that any language can make: a linear congruential generator, all steps exact.
fn made(&(seed, rows, levels, runs, boost, ..): &Case) -> (Vec<f64>, Vec<bool>) {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 40
    };
    let mut labels = alloc::vec![false; rows];
    for _ in 0..runs {
        let first = draw() as usize % rows;
        let last = (first + draw() as usize % 40).min(rows - 1);
        labels[first..=last].fill(true);
    }
    let scores = (labels.iter())
        .map(|&label| {
            let even = crate::math::floor(draw() as f64 / 16_777_216.0 * levels) / levels;
            even + if label { boost } else { 0.0 }
        })
        .collect();
    (scores, labels)
}

fn assert_near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-7, "{what}: {found}, expected {expected}");
}

#[test]
fn rankings_and_volumes() {
    for case in &CASES {
        let (scores, labels) = made(case);
        let quality = Quality::of(&scores, &labels, case.5);
        let found = [quality.auc_roc, quality.auc_pr, quality.vus_roc, quality.vus_pr];
        for (found, expected) in found.into_iter().zip(case.6) {
            assert_near(found.expect("both kinds of rows"), expected, "an area of a case");
        }
    }
}

#[test]
fn nab_scores() {
    let made: Vec<_> = CASES.iter().map(made).collect();
    let windows: Vec<_> = made.iter().map(|(_, labels)| segments(labels)).collect();
    let files: Vec<Scored<'_>> =
        (made.iter().zip(&windows)).map(|((scores, _), windows)| Scored { scores, windows }).collect();
    let fixed = [NAB_CASES[3].1, NAB_CASES[4].1, NAB_CASES[5].1];
    let results: Vec<NabScore> = score(&files).into_iter().chain(score_at(&files, fixed)).collect();
    for (result, &(expected, threshold, hit, false_alarms)) in results.iter().zip(&NAB_CASES) {
        assert_near(result.score.expect("windows"), expected, "a NAB score");
        assert_near(result.threshold, threshold, "a threshold");
        assert_eq!((result.hit, result.false_alarms), (hit, false_alarms));
    }
}
