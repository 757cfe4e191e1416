//! The inverse of a covariance that never stands still, worked out a little with every row.
//!
//! A covariance of `n` streams is copied, factored (one row of the Cholesky factor per step), and inverted (one column
//! per step); after 2 n steps the new inverse takes the place of the old one. No row pays for a whole inverse.

use alloc::vec;
use alloc::vec::Vec;

use super::portrait::LANES;
use crate::math::{greater, inverse_sqrt_brief};
use crate::snapshot::state;

/// Added to every variance: two streams that always agreed may still differ by a tenth of a spread.
const RIDGE: f32 = 0.01;

/// The newest inverse, and the one that is being worked out.
#[derive(Clone, Debug)]
pub(crate) struct Precision {
    /// The newest whole inverse, symmetric, rows padded to whole lanes.
    inverse: Vec<f32>,
    /// One over the square root of its diagonal.
    spread: Vec<f32>,
    /// The lower Cholesky factor, with one over its diagonal on the diagonal.
    factor: Vec<f32>,
    next: Vec<f32>,
    /// Steps that are done.
    step: usize,
    count: usize,
    stride: usize,
}
state!(Precision { inverse, spread, factor, next, step; count, stride } where |it| it.step < 2 * it.count.max(1));

impl Precision {
    /// The inverse of the identity.
    pub(crate) fn new(count: usize) -> Self {
        let stride = count.next_multiple_of(LANES);
        let blank = vec![0.0; count * stride];
        let mut inverse = blank.clone();
        (0..count).for_each(|place| inverse[place * stride + place] = 1.0);
        Self { inverse, spread: vec![1.0; count], factor: blank.clone(), next: blank, step: 0, count, stride }
    }

    /// Adds `amount` times one of its columns.
    pub(crate) fn add(&self, column: usize, amount: f32, to: &mut [f32]) {
        let column = &self.inverse[column * self.stride..][..self.stride];
        to.iter_mut().zip(column).for_each(|(to, entry)| *to += amount * entry);
    }

    /// Its product with a vector: column after column, two vectors of eight at a time, which then stay in registers.
    pub(crate) fn product(&self, vector: &[f32], to: &mut [f32]) {
        let (pairs, rest) = to.as_chunks_mut::<{ 2 * LANES }>();
        pairs.iter_mut().enumerate().for_each(|(pair, to)| *to = self.piece(vector, pair * 2 * LANES));
        for (single, to) in rest.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            *to = self.piece(vector, (pairs.len() * 2 + single) * LANES);
        }
    }

    /// `N` numbers of a product, from one of them on.
    #[inline]
    fn piece<const N: usize>(&self, vector: &[f32], from: usize) -> [f32; N] {
        let mut sums = [0.0; N];
        for (column, amount) in self.inverse.chunks_exact(self.stride.max(1)).zip(vector) {
            if let Some(entries) = column[from..].first_chunk::<N>() {
                sums = core::array::from_fn(|lane| sums[lane] + amount * entries[lane]);
            }
        }
        sums
    }

    /// The spread of a stream when all others are known.
    pub(crate) fn spread(&self, place: usize) -> f32 {
        self.spread[place]
    }

    /// The next step towards the inverse of a covariance, whose rows end at the diagonal ([`rows_of`]). `shrink` is the share by which what streams have in common is not believed.
    pub(crate) fn work(&mut self, covariance: &[f32], shrink: f32) {
        if self.count == 0 {
            return;
        }
        if self.step == 0 {
            self.begin(covariance, shrink);
        }
        match self.step.checked_sub(self.count) {
            None => self.factor_row(self.step),
            Some(column) => self.invert_column(column),
        }
        self.step += 1;
        if self.step == 2 * self.count {
            self.step = 0;
            core::mem::swap(&mut self.inverse, &mut self.next);
            for place in 0..self.count {
                self.spread[place] =
                    inverse_sqrt_brief(self.inverse[place * self.stride + place].max(f32::MIN_POSITIVE));
            }
        }
    }

    fn begin(&mut self, covariance: &[f32], shrink: f32) {
        let mut rest = covariance;
        for (place, row) in self.factor.chunks_exact_mut(self.stride).enumerate() {
            let Some((known, below)) = rest.split_at_checked(row_length(place)) else { return };
            row.iter_mut().zip(known).for_each(|(entry, known)| *entry = known * (1.0 - shrink));
            row[place] = known[place] + RIDGE;
            rest = below;
        }
    }

    /// Row after row: every entry takes off what the rows above explain.
    fn factor_row(&mut self, row: usize) {
        let (above, rest) = self.factor.split_at_mut(row * self.stride);
        let this = &mut rest[..self.stride];
        for column in 0..row {
            let other = &above[column * self.stride..][..self.stride];
            let explained = dot(&this[..column], &other[..column]);
            this[column] = (this[column] - explained) * other[column];
        }
        let explained = dot(&this[..row], &this[..row]);
        // A covariance of pairs that were not always present together need not be positive: a ridge is left at least.
        this[row] = inverse_sqrt_brief(greater(this[row] - explained, RIDGE));
        this[row + 1..].fill(0.0);
    }

    /// Solves factor x factor' x column = unit vector.
    fn invert_column(&mut self, column: usize) {
        let out = &mut self.next[column * self.stride..][..self.stride];
        out.fill(0.0);
        for row in column..self.count {
            let factor = &self.factor[row * self.stride..][..self.stride];
            let unit = if row == column { 1.0 } else { 0.0 };
            out[row] = (unit - dot(&factor[column..row], &out[column..row])) * factor[row];
        }
        for row in (0..self.count).rev() {
            let factor = &self.factor[row * self.stride..][..self.stride];
            out[row] *= factor[row];
            let solved = out[row];
            out[..row].iter_mut().zip(&factor[..row]).for_each(|(out, entry)| *out -= solved * entry);
        }
    }
}

/// How long a row is that ends at the diagonal, in whole lanes.
pub(super) fn row_length(place: usize) -> usize {
    (place + 1).next_multiple_of(LANES)
}

/// The rows of a symmetric matrix of which nothing above the diagonal is kept.
pub(super) fn rows_of(mut entries: &mut [f32]) -> impl Iterator<Item = &mut [f32]> {
    (0..).map_while(move |place| {
        let (row, below) = core::mem::take(&mut entries).split_at_mut_checked(row_length(place))?;
        entries = below;
        Some(row)
    })
}

/// A sum of products in eight lanes, added up in a fixed order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (whole_a, rest_a) = a.as_chunks::<LANES>();
    let (whole_b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in whole_a.iter().zip(whole_b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    for (lane, (a, b)) in rest_a.iter().zip(rest_b).enumerate() {
        sums[lane] += a * b;
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inverse_of<const N: usize>(covariance: [[f32; N]; N]) -> [[f32; N]; N] {
        let mut precision = Precision::new(N);
        let mut padded = vec![0.0; (0..N).map(row_length).sum()];
        for (row, entries) in rows_of(&mut padded).zip(&covariance) {
            row.iter_mut().zip(entries).for_each(|(padded, entry)| *padded = *entry);
        }
        (0..2 * N).for_each(|_| precision.work(&padded, 0.0));
        core::array::from_fn(|row| {
            core::array::from_fn(|column| precision.inverse[row * precision.stride + column])
        })
    }

    #[test]
    fn known_small_matrices_are_inverted() {
        // [[2, 1], [1, 1]] has the inverse [[1, -1], [-1, 2]]; the ridge is taken off beforehand.
        let inverse = inverse_of([[2.0 - RIDGE, 1.0], [1.0, 1.0 - RIDGE]]);
        for (entry, expected) in inverse.as_flattened().iter().zip([1.0, -1.0, -1.0, 2.0]) {
            assert!((entry - expected).abs() < 1e-5, "{inverse:?}");
        }
        // [[4, 2, 0], [2, 5, 2], [0, 2, 5]] has determinant 64.
        let inverse = inverse_of([[4.0 - RIDGE, 2.0, 0.0], [2.0, 5.0 - RIDGE, 2.0], [0.0, 2.0, 5.0 - RIDGE]]);
        let expected = [21.0, -10.0, 4.0, -10.0, 20.0, -8.0, 4.0, -8.0, 16.0];
        for (entry, expected) in inverse.as_flattened().iter().zip(expected) {
            assert!((entry - expected / 64.0).abs() < 1e-5, "{inverse:?}");
        }
    }

    #[test]
    fn a_wide_inverse_times_its_matrix_is_one() {
        const N: usize = 19;
        let matrix: [[f32; N]; N] = core::array::from_fn(|row| {
            core::array::from_fn(|column| {
                let apart = row.abs_diff(column) as f32;
                1.0 / (1.0 + apart) + if row == column { 0.5 } else { 0.0 }
            })
        });
        let inverse = inverse_of(matrix);
        for row in 0..N {
            for column in 0..N {
                let product: f32 = (0..N)
                    .map(|k| (matrix[row][k] + if row == k { RIDGE } else { 0.0 }) * inverse[k][column])
                    .sum();
                let expected = if row == column { 1.0 } else { 0.0 };
                assert!((product - expected).abs() < 1e-4, "{row} {column}: {product}");
            }
        }
    }

    #[test]
    fn what_is_not_positive_still_has_an_answer() {
        let inverse = inverse_of([[1.0, 3.0], [3.0, 1.0]]);
        assert!(inverse.as_flattened().iter().all(|entry| entry.is_finite()));
    }
}
