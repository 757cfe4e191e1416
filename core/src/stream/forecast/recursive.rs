//! Recursive least squares: a linear model that is refitted at every value, in the square of its width.

#[cfg(test)]
pub(super) mod oracle;

use crate::snapshot::state;

/// What a value is worth after the next: about 2,000 values are remembered.
const KEEP: f64 = 0.9995;
/// The first doubt about every weight, in the stream's own unit.
const DOUBT: f64 = 10.0;
/// Doubt beyond this only grows from a lack of news, and would end in overflow: then nothing is forgotten.
const DOUBT_MAX: f64 = 1e4;

/// Weights and the doubt about them (the inverse of the inputs' correlation, symmetric).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recursive<const WIDTH: usize> {
    weights: [f64; WIDTH],
    doubt: [[f64; WIDTH]; WIDTH],
}
state!(const WIDTH, Recursive<WIDTH> { weights, doubt });

impl<const WIDTH: usize> Recursive<WIDTH> {
    pub(super) fn new() -> Self {
        let mut doubt = [[0.0; WIDTH]; WIDTH];
        doubt.iter_mut().enumerate().for_each(|(place, row)| row[place] = DOUBT);
        Self { weights: [0.0; WIDTH], doubt }
    }

    #[inline]
    pub(super) fn predict(&self, inputs: &[f64; WIDTH]) -> f64 {
        dot(&self.weights, inputs)
    }

    /// Learns by how much the prediction for these inputs was too small.
    #[inline]
    pub(super) fn learn(&mut self, inputs: &[f64; WIDTH], error: f64) {
        let along: [f64; WIDTH] = core::array::from_fn(|row| dot(&self.doubt[row], inputs));
        let gain = KEEP + dot(&along, inputs);
        if !(gain > 0.0 && gain.is_finite() && error.is_finite()) {
            return;
        }
        let per_gain = 1.0 / gain;
        let mut trace = 0.0;
        for (place, row) in self.doubt.iter().enumerate() {
            trace += row[place];
        }
        let forget = if trace > DOUBT_MAX * WIDTH as f64 { 1.0 } else { 1.0 / KEEP };
        for row in 0..WIDTH {
            self.weights[row] += along[row] * per_gain * error;
            for column in 0..=row {
                let doubt = (self.doubt[row][column] - along[row] * along[column] * per_gain) * forget;
                self.doubt[row][column] = doubt;
                self.doubt[column][row] = doubt;
            }
        }
    }

    #[cfg(test)]
    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }
}

#[inline]
fn dot<const WIDTH: usize>(one: &[f64; WIDTH], other: &[f64; WIDTH]) -> f64 {
    let mut sum = 0.0;
    for place in 0..WIDTH {
        sum += one[place] * other[place];
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_line() {
        let mut line = Recursive::<2>::new();
        for n in 0..500_u32 {
            let x = f64::from(n.wrapping_mul(2_654_435_761) >> 22) / 512.0 - 1.0;
            line.learn(&[1.0, x], 0.25 - 3.0 * x - line.predict(&[1.0, x]));
        }
        assert!((line.weights()[0] - 0.25).abs() < 5e-3 && (line.weights()[1] + 3.0).abs() < 5e-3);
    }

    #[test]
    fn without_news_the_doubt_stays_finite() {
        let mut line = Recursive::<3>::new();
        let inputs = [1.0, 0.0, 0.0];
        (0..200_000).for_each(|_| line.learn(&inputs, 1.0 - line.predict(&inputs)));
        assert!(line.doubt.iter().flatten().chain(&line.weights).all(|number| number.is_finite()));
        assert!((line.predict(&inputs) - 1.0).abs() < 1e-6);
    }
}
