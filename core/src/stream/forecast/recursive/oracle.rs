//! The recursion against the fit that it stands for, solved anew, and against a published one.

use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::rng::Rng;

/// Weighted least squares with a ridge, by Gaussian elimination: what the recursion has to arrive at after these rows.
pub(in crate::stream::forecast) fn batch(rows: &[(Vec<f64>, f64)]) -> Vec<f64> {
    let width = rows.first().map_or(0, |row| row.0.len());
    let mut system = vec![vec![0.0; width + 1]; width];
    let mut keep = 1.0;
    for (inputs, y) in rows.iter().rev() {
        for (at, line) in system.iter_mut().enumerate() {
            line.iter_mut()
                .zip(inputs.iter().chain([y]))
                .for_each(|(slot, x)| *slot += keep * inputs[at] * x);
        }
        keep *= KEEP;
    }
    (0..width).for_each(|at| system[at][at] += keep / DOUBT);
    for at in 0..width {
        let pivot = system[at].clone();
        for line in (0..width).filter(|&line| line != at) {
            let factor = system[line][at] / pivot[at];
            system[line].iter_mut().zip(&pivot).for_each(|(slot, x)| *slot -= factor * x);
        }
    }
    (0..width).map(|at| system[at][width] / system[at][at]).collect()
}

#[test]
fn at_every_row_it_is_the_batch_fit_of_all_rows_so_far() {
    is_the_batch_fit::<1>();
    is_the_batch_fit::<2>();
    is_the_batch_fit::<5>();
}

fn is_the_batch_fit<const WIDTH: usize>() {
    let mut rng = Rng::new(11);
    let mut running = Recursive::<WIDTH>::new();
    let mut rows: Vec<(Vec<f64>, f64)> = Vec::new();
    for row in 0..400 {
        let inputs: [f64; WIDTH] = core::array::from_fn(|_| f64::from(rng.unit()) - 0.5);
        let y = inputs.iter().sum::<f64>() + f64::from(rng.unit());
        learn(&mut running, &inputs, y);
        rows.push((inputs.to_vec(), y));
        if row % 37 == 0 || row == 399 {
            for (found, expected) in running.weights().iter().zip(batch(&rows)) {
                assert!((found - expected).abs() < 1e-9, "row {row}: {found} for {expected}");
            }
        }
    }
}

fn learn<const WIDTH: usize>(running: &mut Recursive<WIDTH>, inputs: &[f64; WIDTH], y: f64) {
    running.learn(inputs, y - running.predict(inputs));
}

/// Luteinizing hormone in the blood of a woman, every ten minutes (Diggle 1990, the series `lh` of R). R's own example
/// `ar(lh, method = "ols")` prints order 1, coefficient 0.586 and intercept 0.006234 about the mean, 2.4.
#[test]
fn the_autoregression_of_lh_as_r_prints_it() {
    let lh = [
        2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2.0, 1.9, 1.7, 2.2, 1.8, 3.2, 3.2, 2.7, 2.2, 2.2, 1.9,
        1.9, 1.8, 2.7, 3.0, 2.3, 2.0, 2.0, 2.9, 2.9, 2.7, 2.7, 2.3, 2.6, 2.4, 1.8, 1.7, 1.5, 1.4, 2.1, 3.3,
        3.5, 3.5, 3.1, 2.6, 2.1, 3.4, 3.0, 2.9,
    ];
    let mut line = Recursive::<2>::new();
    lh.windows(2).for_each(|pair| learn(&mut line, &[1.0, pair[0] - 2.4], pair[1] - 2.4));
    // What separates us from R: 47 rows are few beside the first doubt, and the oldest count 2 % less.
    assert!((line.weights()[1] - 0.586).abs() < 0.007, "{:?}", line.weights());
    assert!((line.weights()[0] - 0.006_234).abs() < 0.001, "{:?}", line.weights());
}
