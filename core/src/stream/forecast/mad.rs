//! MAD: the median of the last values, and the median distance from it. Half of the window may be wild.

use super::quantile::{Sorted, WINDOW};
use super::{Forecast, Forecaster};
use crate::frame::Moment;
use crate::snapshot::state;

/// The median distance of a normal distribution, inverted: it makes a standard deviation of a MAD.
const DEVIATIONS_PER_MAD: f64 = 1.482_602_218_505_602;
const VALUES_MIN: usize = 8;

/// Median and median absolute deviation of the last values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mad {
    window: Sorted,
}
state!(Mad { window });

impl Forecaster for Mad {
    #[inline]
    fn predict(&self, _: Moment) -> Option<Forecast> {
        let values = self.window.values();
        if values.len() < VALUES_MIN {
            return None;
        }
        let median = self.window.quantile(0.5)?;
        Some(Forecast {
            mean: median,
            spread: (DEVIATIONS_PER_MAD * median_distance(values, median)).max(f64::MIN_POSITIVE),
        })
    }

    #[inline]
    fn expect(&self, _: Moment) -> Option<f64> {
        if self.window.values().len() < VALUES_MIN { None } else { self.window.quantile(0.5) }
    }

    fn learn(&mut self, _: Moment, x: f64) {
        self.window.push(x);
    }
}

/// The middle of the distances to the median. Both halves of a sorted window are sorted by distance already, so the
/// middle is found by merging them.
fn median_distance(sorted: &[f64], median: f64) -> f64 {
    let (mut low, mut high) = (sorted.partition_point(|x| *x < median), 0);
    let above = &sorted[low..];
    let mut pair = [0.0; 2];
    for _ in 0..=(sorted.len() / 2).min(WINDOW) {
        let from_below = if low > 0 { median - sorted[low - 1] } else { f64::INFINITY };
        let from_above = above.get(high).map_or(f64::INFINITY, |x| x - median);
        pair = [pair[1], from_below.min(from_above)];
        if from_below < from_above {
            low -= 1;
        } else {
            high += 1;
        }
    }
    if sorted.len().is_multiple_of(2) { (pair[0] + pair[1]) / 2.0 } else { pair[1] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_textbook_mad() {
        // 1 1 2 2 4 6 9: median 2, distances 1 1 0 0 2 4 7, their median 1.
        assert_eq!(median_distance(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0], 2.0), 1.0);
        // 1 2 4 8: median 3, distances 2 1 1 5, their median 1.5.
        assert_eq!(median_distance(&[1.0, 2.0, 4.0, 8.0], 3.0), 1.5);
    }

    #[test]
    fn a_wild_quarter_moves_nothing() {
        let mut mad = Mad::default();
        (0..60_u32).for_each(|n| {
            let x = if n.is_multiple_of(4) { 1e9 } else { f64::from(n % 5) };
            mad.learn(Moment::default(), x);
        });
        let forecast = mad.predict(Moment::default()).expect("settled");
        assert!(forecast.mean < 5.0 && forecast.spread < 10.0, "{forecast:?}");
    }
}
