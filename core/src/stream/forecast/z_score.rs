//! Z-score: the running mean, and the running standard deviation about it.

use super::{Forecast, Forecaster};
use crate::frame::Moment;
use crate::math::sqrt;
use crate::snapshot::state;

/// Values over which mean and variance are remembered.
const MEMORY: f64 = 512.0;
/// Two values have no deviation worth the name.
const VALUES_MIN: f64 = 4.0;

/// Exponentially weighted mean and variance (West, 1979).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ZScore {
    values: f64,
    mean: f64,
    variance: f64,
}
state!(ZScore { values, mean, variance });

impl Forecaster for ZScore {
    #[inline]
    fn predict(&self, _: Moment) -> Option<Forecast> {
        (self.values >= VALUES_MIN)
            .then(|| Forecast { mean: self.mean, spread: sqrt(self.variance).max(f64::MIN_POSITIVE) })
    }

    #[inline]
    fn learn(&mut self, _: Moment, x: f64) {
        if self.values < MEMORY {
            self.values += 1.0;
        }
        let pace = if self.values < MEMORY { 1.0 / self.values } else { 1.0 / MEMORY };
        let off = x - self.mean;
        self.mean += pace * off;
        self.variance = (1.0 - pace) * (self.variance + pace * off * off);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_textbook_mean_and_deviation_while_nothing_is_forgotten() {
        let mut z = ZScore::default();
        [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().for_each(|x| z.learn(Moment::default(), x));
        let forecast = z.predict(Moment::default()).expect("settled");
        assert!((forecast.mean - 5.0).abs() < 1e-12 && (forecast.spread - 2.0).abs() < 1e-12, "{forecast:?}");
    }
}
