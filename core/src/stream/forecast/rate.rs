//! Rate: how much usually happens at this hour of the week. For streams that speak now and then, where the last value
//! says little and the clock says most.

use alloc::vec;
use alloc::vec::Vec;

use super::{Forecast, Forecaster};
use crate::frame::Moment;
use crate::math::sqrt;
use crate::snapshot::state;

const HOUR_MS: i64 = 3_600_000;
const HOURS: usize = 168;
/// What an hour of a week remembers: about as many of its frames as a month has at one a minute.
const MEMORY: f64 = 256.0;
/// The whole week stands in for an hour until that hour has been seen so often.
const BORROWED: f64 = 12.0;
const VALUES_MIN: f64 = 8.0;

/// Mean and mean square per hour of the week, shrunk towards those of the whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rate {
    counts: Vec<f32>,
    means: Vec<f64>,
    count: f64,
    mean: f64,
    square: f64,
}
state!(Rate { counts, means, count, mean, square });

impl Default for Rate {
    fn default() -> Self {
        Self { counts: vec![0.0; HOURS], means: vec![0.0; HOURS], count: 0.0, mean: 0.0, square: 0.0 }
    }
}

fn hour_of_week(at: Moment) -> usize {
    at.local_ms.div_euclid(HOUR_MS).rem_euclid(HOURS as i64) as usize
}

impl Forecaster for Rate {
    #[inline]
    fn predict(&self, at: Moment) -> Option<Forecast> {
        if self.count < VALUES_MIN {
            return None;
        }
        let hour = hour_of_week(at);
        let known = f64::from(self.counts[hour]);
        let mean = (known * self.means[hour] + BORROWED * self.mean) / (known + BORROWED);
        // Counts vary as their mean does (Poisson), and as the whole stream does about its own.
        let dispersion =
            (self.square - self.mean * self.mean).max(0.0) / self.mean.abs().max(f64::MIN_POSITIVE);
        let variance = mean.abs() * dispersion.max(f64::MIN_POSITIVE);
        Some(Forecast { mean, spread: sqrt(variance).max(f64::MIN_POSITIVE) })
    }

    fn learn(&mut self, at: Moment, x: f64) {
        let hour = hour_of_week(at);
        let seen = (f64::from(self.counts[hour]) + 1.0).min(MEMORY);
        self.counts[hour] = seen as f32;
        self.means[hour] += (x - self.means[hour]) / seen;
        self.count = (self.count + 1.0).min(MEMORY * 16.0);
        self.mean += (x - self.mean) / self.count;
        self.square += (x * x - self.square) / self.count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_is_known_by_its_habit() {
        let at = |hour: i64| Moment { at_ms: hour * HOUR_MS, local_ms: hour * HOUR_MS };
        let mut rate = Rate::default();
        for hour in 0..(24 * 7 * 40) {
            let is_evening = hour % 24 == 20;
            rate.learn(at(hour), if is_evening { 6.0 } else { 0.0 });
        }
        let mean = |hour| rate.predict(at(hour)).expect("settled").mean;
        assert!(mean(20) > 4.0 && mean(3) < 0.2, "{} {}", mean(20), mean(3));
    }
}
