//! Quantile filter: the middle of the last values, and how far their 95 % quantile lies above it. Counts of events
//! are skewed; a mean would sit where no value is.

use alloc::vec;
use alloc::vec::Vec;

use super::{Forecast, Forecaster};
use crate::frame::Moment;
use crate::snapshot::state;

/// Values in the window.
pub(super) const WINDOW: usize = 64;
/// Fewer values have no 95 % quantile.
const VALUES_MIN: usize = 20;
/// The 95 % quantile of a normal distribution in standard deviations.
const DEVIATIONS_AT_95: f64 = 1.644_853_626_951_472_2;

/// The newest values, in the order in which they came and in the order of their size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sorted {
    came: Vec<f64>,
    by_size: Vec<f64>,
    next: usize,
    values: usize,
}
state!(Sorted { came, by_size, next, values } where |sorted| sorted.next < WINDOW && sorted.values <= WINDOW);

impl Default for Sorted {
    fn default() -> Self {
        Self { came: vec![0.0; WINDOW], by_size: vec![0.0; WINDOW], next: 0, values: 0 }
    }
}

impl Sorted {
    pub(super) fn values(&self) -> &[f64] {
        &self.by_size[..self.values]
    }

    /// Takes a value in; a full window lets its oldest go. One pass, since only the stretch between both moves.
    pub(super) fn push(&mut self, x: f64) {
        let oldest = self.came[self.next];
        self.came[self.next] = x;
        self.next = (self.next + 1) % WINDOW;
        let mut at = if self.values == WINDOW {
            self.by_size.partition_point(|kept| kept.total_cmp(&oldest).is_lt()).min(WINDOW - 1)
        } else {
            self.values += 1;
            self.values - 1
        };
        while at > 0 && self.by_size[at - 1].total_cmp(&x).is_gt() {
            self.by_size[at] = self.by_size[at - 1];
            at -= 1;
        }
        while at + 1 < self.values && self.by_size[at + 1].total_cmp(&x).is_lt() {
            self.by_size[at] = self.by_size[at + 1];
            at += 1;
        }
        self.by_size[at] = x;
    }

    /// The value below which a share of the window lies, between two values in proportion (R's type 7).
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.values.checked_sub(1)?;
        let position = share * last as f64;
        let below = (position as usize).min(last);
        let above = (below + 1).min(last);
        Some(self.by_size[below] + (position - below as f64) * (self.by_size[above] - self.by_size[below]))
    }
}

/// Median and 95 % quantile of the last values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct QuantileFilter {
    window: Sorted,
}
state!(QuantileFilter { window });

impl Forecaster for QuantileFilter {
    #[inline]
    fn predict(&self, _: Moment) -> Option<Forecast> {
        if self.window.values().len() < VALUES_MIN {
            return None;
        }
        let (middle, high) = (self.window.quantile(0.5)?, self.window.quantile(0.95)?);
        Some(Forecast { mean: middle, spread: ((high - middle) / DEVIATIONS_AT_95).max(f64::MIN_POSITIVE) })
    }

    #[inline]
    fn expect(&self, _: Moment) -> Option<f64> {
        if self.window.values().len() < VALUES_MIN { None } else { self.window.quantile(0.5) }
    }

    fn learn(&mut self, _: Moment, x: f64) {
        self.window.push(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_sorted_as_a_naive_twin_does() {
        let mut window = Sorted::default();
        let mut naive: Vec<f64> = Vec::new();
        for n in 0..1000_u32 {
            let x = f64::from(n.wrapping_mul(2_654_435_761) >> 27);
            window.push(x);
            naive.push(x);
            let mut newest = naive[naive.len().saturating_sub(WINDOW)..].to_vec();
            newest.sort_by(f64::total_cmp);
            assert_eq!(window.values(), newest, "after {n}");
        }
    }

    #[test]
    fn quantiles_are_those_of_r_type_7() {
        let mut window = Sorted::default();
        (1..=9).for_each(|n| window.push(f64::from(n)));
        assert_eq!([window.quantile(0.5), window.quantile(0.95)], [Some(5.0), Some(8.6)]);
    }
}
