//! Holt-Winters: level, damped trend, and a season if one is asked for (additive form).

#[cfg(test)]
mod oracle;

use alloc::vec;
use alloc::vec::Vec;

use super::{Forecast, Forecaster};
use crate::frame::Moment;
use crate::snapshot::state;
use crate::stats::pace;

/// Values before the first answer, beside a full season.
const VALUES_MIN: u64 = 3;
/// Values over which the usual error is remembered.
const ERROR_MEMORY: f64 = 256.0;
/// A mean absolute error of a normal distribution as a standard deviation: the square root of pi / 2.
const DEVIATIONS_PER_ERROR: f64 = 1.253_314_137_315_500_3;

/// How fast each part follows, in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    pub(crate) level: f64,
    pub(crate) trend: f64,
    pub(crate) season: f64,
    /// What a step leaves of the trend; 1 is not damped.
    pub(crate) damping: f64,
}

impl Default for Pace {
    // Level and trend as in the source document for noisy streams; the damping is the middle of what textbooks advise.
    fn default() -> Self {
        Self { level: 0.3, trend: 0.1, season: 0.1, damping: 0.9 }
    }
}

/// The state after the newest value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HoltWinters {
    values: u64,
    level: f64,
    trend: f64,
    /// One deviation per step of the season; empty without a season.
    season: Vec<f64>,
    error: f64,
    pace: Pace,
}
state!(HoltWinters { values, level, trend, season, error; pace });

impl Default for HoltWinters {
    fn default() -> Self {
        Self::new(Pace::default(), 0)
    }
}

impl HoltWinters {
    /// `period` values make a season; 0 is none.
    pub(crate) fn new(pace: Pace, period: usize) -> Self {
        Self { values: 0, level: 0.0, trend: 0.0, season: vec![0.0; period], error: 0.0, pace }
    }

    /// What the season adds to the next value.
    fn seasonal(&self) -> f64 {
        let period = self.season.len() as u64;
        if period == 0 { 0.0 } else { self.season[(self.values % period) as usize] }
    }

    fn next(&self) -> f64 {
        self.level + self.pace.damping * self.trend + self.seasonal()
    }
}

impl Forecaster for HoltWinters {
    #[inline]
    fn predict(&self, _: Moment) -> Option<Forecast> {
        let settled = VALUES_MIN.max(self.season.len() as u64);
        (self.values >= settled).then(|| Forecast {
            mean: self.next(),
            spread: (DEVIATIONS_PER_ERROR * self.error).max(f64::MIN_POSITIVE),
        })
    }

    fn learn(&mut self, _: Moment, x: f64) {
        let usual = self.pace;
        let seasonal = self.seasonal();
        if self.values == 0 {
            self.level = x;
        } else {
            let share = pace(self.values - 1, ERROR_MEMORY);
            self.error += ((x - self.next()).abs() - self.error) * share;
            let carried = self.level + usual.damping * self.trend;
            let level = usual.level * (x - seasonal) + (1.0 - usual.level) * carried;
            self.trend =
                usual.trend * (level - self.level) + (1.0 - usual.trend) * usual.damping * self.trend;
            self.level = level;
        }
        let period = self.season.len() as u64;
        if period > 0 {
            let slot = &mut self.season[(self.values % period) as usize];
            // The first season is taken as it is: there is nothing to smooth it with.
            let keep = if self.values < period { 1.0 } else { usual.season };
            *slot += keep * (x - self.level - *slot);
        }
        self.values = self.values.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 2nd edition, section 7.2, table 7.3:
    /// passengers of Australian airlines in millions, 1990 to 2016, with the level, trend and parameters of the book.
    #[test]
    fn the_textbook_example_of_holt() {
        let passengers = [
            17.55, 21.86, 23.89, 26.93, 26.89, 28.83, 30.08, 30.95, 30.19, 31.58, 32.58, 33.48, 39.02, 41.39,
            41.60, 44.66, 46.95, 48.73, 51.49, 50.03, 60.64, 63.36, 66.36, 68.20, 68.12, 69.78, 72.60,
        ];
        let pace = Pace { level: 0.8321, trend: 0.0001, season: 0.0, damping: 1.0 };
        let mut holt = HoltWinters { values: 1, level: 15.57, trend: 2.102, ..HoltWinters::new(pace, 0) };
        let fitted: Vec<f64> = passengers
            .into_iter()
            .map(|x| {
                let next = holt.next();
                holt.learn(Moment::default(), x);
                next
            })
            .collect();
        for (year, expected) in [(0, 17.67), (1, 19.68), (2, 23.59), (26, 72.02)] {
            assert!((fitted[year] - expected).abs() < 0.02, "year {year}: {} for {expected}", fitted[year]);
        }
        assert!((holt.level - 72.50).abs() < 0.01 && (holt.next() - 74.60).abs() < 0.02);
    }

    #[test]
    fn a_season_is_foreseen() {
        let mut model = HoltWinters::new(Pace { damping: 1.0, ..Pace::default() }, 4);
        let season = [0.0, 5.0, -2.0, 9.0];
        (0..200).for_each(|n: usize| model.learn(Moment::default(), 0.5 * n as f64 + season[n % 4]));
        let next = model.predict(Moment::default()).expect("settled");
        assert!((next.mean - 100.0).abs() < 0.5, "{next:?}");
    }
}
