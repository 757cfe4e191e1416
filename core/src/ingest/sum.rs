//! A sum whose bits do not depend on the order of its terms.
//!
//! A number is cut into pieces of 32 bits on a fixed grid, and the pieces of each place are added up as integers. Only
//! the four highest places are kept, counted from the place of the largest term: what is cut off of a term depends on
//! the largest term alone, not on when it came.

use crate::math::ldexp;
use crate::snapshot::state;

const PLACES: usize = 4;
const PLACE_BITS: i64 = 32;
/// The exponent of the lowest bit of the smallest number.
const LOWEST_EXPONENT: i64 = -1074;

/// The sum of up to 2^30 numbers, at least 64 bits below the largest of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ExactSum {
    /// From the lowest place to the highest.
    pieces: [i64; PLACES],
    /// The highest place, counted from the smallest number's; 0 while nothing but zeros was added.
    highest: i64,
}
state!(ExactSum { pieces, highest } where |sum| (0..=66).contains(&sum.highest));

impl ExactSum {
    pub(super) fn add(&mut self, term: f64) {
        if term == 0.0 {
            return;
        }
        let bits = term.to_bits();
        let exponent = ((bits >> 52) & 0x7FF) as i64;
        let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
        let shift = exponent - 1;
        let (place, begun) = (shift / PLACE_BITS, shift % PLACE_BITS);
        let cut = mantissa << begun;
        // The highest place of a term is counted as the third above its lowest, even where that piece is zero.
        self.raise(place + 2);
        for piece in 0..3 {
            let kept = place + piece - self.highest + PLACES as i64 - 1;
            let value = ((cut >> (PLACE_BITS * piece)) & 0xFFFF_FFFF) as i64;
            if kept >= 0 {
                self.pieces[kept as usize] += if term < 0.0 { -value } else { value };
            }
        }
    }

    /// Moves the window up; the lowest pieces fall out.
    fn raise(&mut self, highest: i64) {
        let by = highest - self.highest;
        if by <= 0 {
            return;
        }
        self.highest = highest;
        let old = core::mem::take(&mut self.pieces);
        for (place, piece) in old.into_iter().enumerate() {
            if place as i64 >= by {
                self.pieces[place - by as usize] = piece;
            }
        }
    }

    pub(super) fn value(&self) -> f64 {
        let mut pieces = self.pieces;
        for place in 1..PLACES {
            let carry = pieces[place - 1] >> PLACE_BITS;
            pieces[place - 1] -= carry << PLACE_BITS;
            pieces[place] += carry;
        }
        let sum = pieces.iter().rev().fold(0.0, |sum, &piece| sum * 4_294_967_296.0 + piece as f64);
        let exponent = PLACE_BITS * (self.highest - PLACES as i64 + 1) + LOWEST_EXPONENT;
        ldexp(sum, exponent as i32)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn sum_of(terms: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        terms.iter().for_each(|&term| sum.add(term));
        sum.value()
    }

    #[test]
    fn sums_that_can_be_known_are_exact() {
        for (terms, expected) in [
            (&[][..], 0.0),
            (&[1.0], 1.0),
            (&[-0.1], -0.1),
            (&[0.1, 0.2, 0.3, -0.1, -0.2], 0.3),
            (&[1e16, 1.0, -1e16], 1.0),
            (&[f64::MIN_POSITIVE], f64::MIN_POSITIVE),
            (&[1e150, 1e-150, -1e150], 0.0),
            (&[-1e150, -1e150], -2e150),
            (&[3.0, -3.0], 0.0),
        ] {
            assert_eq!(sum_of(terms).to_bits(), f64::to_bits(expected), "{terms:?}");
        }
        let integers: Vec<f64> = (1..=1000).map(f64::from).collect();
        assert_eq!(sum_of(&integers), 500_500.0);
    }

    #[test]
    fn no_order_changes_a_bit() {
        let mut dice = 1_u64;
        let mut next = || {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice
        };
        for _ in 0..300 {
            let mut terms: Vec<f64> = (0..40)
                .map(|_| {
                    let exponent = 523 + next() % 999;
                    f64::from_bits((next() & 0x800F_FFFF_FFFF_FFFF) | (exponent << 52))
                })
                .collect();
            let expected = sum_of(&terms).to_bits();
            for at in (1..terms.len()).rev() {
                terms.swap(at, (next() % (at as u64 + 1)) as usize);
            }
            assert_eq!(sum_of(&terms).to_bits(), expected);
        }
    }
}
