//! Recursive least squares: a linear model that is refitted at every value, in the square of its width.

#[cfg(test)]
pub(super) mod oracle;

use alloc::vec;
use alloc::vec::Vec;

use crate::snapshot::state;

/// What a value is worth after the next: about 2,000 values are remembered.
const KEEP: f64 = 0.9995;
/// The first doubt about every weight, in the stream's own unit.
const DOUBT: f64 = 10.0;
/// Doubt beyond this only grows from a lack of news, and would end in overflow: then nothing is forgotten.
const DOUBT_MAX: f64 = 1e4;

/// Weights and the doubt about them (the inverse of the inputs' correlation).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recursive {
    weights: Vec<f64>,
    /// Row after row, symmetric.
    doubt: Vec<f64>,
    /// The doubt along the newest input: scratch, overwritten at every value.
    along: Vec<f64>,
}
state!(Recursive { weights, doubt; along });

impl Recursive {
    pub(super) fn new(width: usize) -> Self {
        let mut doubt = vec![0.0; width * width];
        (0..width).for_each(|place| doubt[place * width + place] = DOUBT);
        Self { weights: vec![0.0; width], doubt, along: vec![0.0; width] }
    }

    pub(super) fn predict(&self, inputs: &[f64]) -> f64 {
        self.weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum()
    }

    pub(super) fn learn(&mut self, inputs: &[f64], y: f64) {
        let width = self.weights.len();
        for (row, slot) in self.along.iter_mut().enumerate() {
            *slot = (0..width).map(|column| self.doubt[row * width + column] * inputs[column]).sum();
        }
        let gain = KEEP + self.along.iter().zip(inputs).map(|(along, input)| along * input).sum::<f64>();
        let error = y - self.predict(inputs);
        if !(gain > 0.0 && gain.is_finite() && error.is_finite()) {
            return;
        }
        let trace: f64 = (0..width).map(|place| self.doubt[place * width + place]).sum();
        let forget = if trace > DOUBT_MAX * width as f64 { 1.0 } else { 1.0 / KEEP };
        for (weight, along) in self.weights.iter_mut().zip(&self.along) {
            *weight += along / gain * error;
        }
        for row in 0..width {
            for column in 0..width {
                let slot = row * width + column;
                self.doubt[slot] = (self.doubt[slot] - self.along[row] * self.along[column] / gain) * forget;
            }
        }
    }

    #[cfg(test)]
    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_line() {
        let mut line = Recursive::new(2);
        for n in 0..500_u32 {
            let x = f64::from(n.wrapping_mul(2_654_435_761) >> 22) / 512.0 - 1.0;
            line.learn(&[1.0, x], 0.25 - 3.0 * x);
        }
        assert!((line.weights()[0] - 0.25).abs() < 5e-3 && (line.weights()[1] + 3.0).abs() < 5e-3);
    }

    #[test]
    fn without_news_the_doubt_stays_finite() {
        let mut line = Recursive::new(3);
        (0..200_000).for_each(|_| line.learn(&[1.0, 0.0, 0.0], 1.0));
        assert!(line.doubt.iter().chain(&line.weights).all(|number| number.is_finite()));
        assert!((line.predict(&[1.0, 0.0, 0.0]) - 1.0).abs() < 1e-6);
    }
}
