//! The two sums against a published table.

use super::*;

/// NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.3: target 325, standard deviation 0.635, and half of
/// that as the allowance, which is ours.
const MEASURED: [f64; 20] = [
    324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600, 324.625,
    325.150, 328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350,
];
const HIGH: [f64; 20] = [
    0.00, 0.00, 0.00, 0.00, 0.03, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 3.01, 4.94, 7.45, 10.63, 11.99,
    14.44, 16.00, 19.04,
];
const LOW: [f64; 20] = [
    0.00, 0.01, 0.00, 0.33, 0.00, 0.00, 0.56, 0.72, 0.17, 0.25, 0.31, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00,
    0.00, 0.00, 0.00,
];

#[test]
fn the_cumulative_sums_of_the_handbook() {
    let mut guard = Guard { rows: WARM_ROWS, level: 325.0, spread: 0.635, ..Guard::default() };
    for (row, x) in MEASURED.into_iter().enumerate() {
        let usual = guard.judge(x);
        // The handbook's process has a target: nothing else may be learned of it.
        guard.lean = usual.lean_both;
        let [high, low] = guard.lean.map(|sum| sum * 0.635);
        assert!(
            (high - HIGH[row]).abs() < 0.006 && (low - LOW[row]).abs() < 0.006,
            "row {row}: {high} {low}"
        );
    }
}
