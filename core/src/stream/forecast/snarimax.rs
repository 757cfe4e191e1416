//! SNARIMAX: seasonal ARIMA with exogenous inputs, its weights learned as it goes by recursive least squares.
//!
//! The stream is differenced `d` times, and `seasonal.d` times over a season; what is left is a weighted sum of its own
//! last `p` values and last `q` errors, of those `seasonal.p` and `seasonal.q` seasons back, and, if asked for, of the
//! time of day. (The moving-average part uses the errors of the running fit, as in extended least squares.)

#[cfg(test)]
mod oracle;

use alloc::vec;
use alloc::vec::Vec;

use super::anchor::Anchor;
use super::recursive::Recursive;
use super::{Forecast, Forecaster};
use crate::frame::Moment;
use crate::math::{cos, sin};
use crate::snapshot::state;

const DAY_MS: i64 = 86_400_000;
/// Values over which the usual error is remembered.
const ERROR_MEMORY: f64 = 256.0;
/// A mean absolute error of a normal distribution as a standard deviation.
const DEVIATIONS_PER_ERROR: f64 = 1.253_314_137_315_500_3;
/// An error is taken for at most this many usual ones: one burst must not set the weights.
const ERROR_CLIP: f64 = 8.0;

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Orders {
    /// Own last values.
    pub(crate) p: usize,
    /// Differences.
    pub(crate) d: usize,
    /// Own last errors.
    pub(crate) q: usize,
    /// The same, season by season.
    pub(crate) seasonal: Seasonal,
    /// Whether the time of day is an input.
    pub(crate) daily: bool,
}

/// Orders over seasons of `m` values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seasonal {
    pub(crate) p: usize,
    pub(crate) d: usize,
    pub(crate) q: usize,
    pub(crate) m: usize,
}

/// A ring of the newest numbers.
#[derive(Clone, Debug, PartialEq)]
struct Past {
    numbers: Vec<f64>,
    next: usize,
}
state!(Past { numbers, next } where |past| past.next < past.numbers.len());

impl Past {
    fn new(length: usize) -> Self {
        Self { numbers: vec![0.0; length.max(1)], next: 0 }
    }

    /// The number `back` steps ago; 1 is the newest.
    fn back(&self, back: usize) -> f64 {
        let length = self.numbers.len();
        self.numbers[(self.next + length - back) % length]
    }

    fn push(&mut self, number: f64) {
        self.numbers[self.next] = number;
        self.next = (self.next + 1) % self.numbers.len();
    }
}

/// The state after the newest value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snarimax {
    orders: Orders,
    anchor: Anchor,
    values: u64,
    /// In the stream's own unit, not differenced.
    past: Past,
    /// Differenced.
    steps: Past,
    errors: Past,
    error: f64,
    fit: Recursive,
    /// The inputs of the newest value: scratch.
    inputs: Vec<f64>,
    /// Signs and lags of the difference as a sum: `(lag, factor)`, without the value itself.
    difference: Vec<(usize, f64)>,
}
state!(Snarimax { anchor, values, past, steps, errors, error, fit; orders, inputs, difference });

impl Default for Snarimax {
    // (1,1,1), as in the source document for smooth streams.
    fn default() -> Self {
        Self::new(Orders { p: 1, d: 1, q: 1, ..Orders::default() })
    }
}

impl Snarimax {
    pub(crate) fn new(orders: Orders) -> Self {
        let Orders { p, q, seasonal, daily, .. } = orders;
        let width = 1 + p + q + seasonal.p + seasonal.q + if daily { 2 } else { 0 };
        let difference = difference(orders);
        let reach = difference.iter().map(|(lag, _)| *lag).max().unwrap_or(0);
        Self {
            orders,
            anchor: Anchor::default(),
            values: 0,
            past: Past::new(reach),
            steps: Past::new(p.max(seasonal.p * seasonal.m)),
            errors: Past::new(q.max(seasonal.q * seasonal.m)),
            error: 0.0,
            fit: Recursive::new(width),
            inputs: vec![0.0; width],
            difference,
        }
    }

    /// The smallest number of values after which every lag is there.
    fn settled(&self) -> u64 {
        (self.past.numbers.len() + self.steps.numbers.len() + self.inputs.len()) as u64
    }

    fn fill_inputs(&self, at: Moment, inputs: &mut [f64]) {
        let Orders { p, q, seasonal, daily, .. } = self.orders;
        let own = (1..=p).map(|back| self.steps.back(back));
        let errors = (1..=q).map(|back| self.errors.back(back));
        let seasons = (1..=seasonal.p).map(|back| self.steps.back(back * seasonal.m));
        let season_errors = (1..=seasonal.q).map(|back| self.errors.back(back * seasonal.m));
        let turn = at.local_ms.rem_euclid(DAY_MS) as f64 / DAY_MS as f64 * core::f64::consts::TAU;
        let clock = daily.then(|| [sin(turn), cos(turn)]).into_iter().flatten();
        let all =
            core::iter::once(1.0).chain(own).chain(errors).chain(seasons).chain(season_errors).chain(clock);
        inputs.iter_mut().zip(all).for_each(|(slot, input)| *slot = input);
    }

    /// What must be added to a difference to get the value.
    fn carried(&self) -> f64 {
        -self.difference.iter().map(|(lag, factor)| factor * self.past.back(*lag)).sum::<f64>()
    }
}

impl Forecaster for Snarimax {
    fn predict(&self, at: Moment) -> Option<Forecast> {
        if self.values < self.settled() {
            return None;
        }
        // Small on the stack for the usual orders; a wide seasonal model is the rare one.
        let mut inputs = [0.0; 16];
        let step = if self.inputs.len() <= inputs.len() {
            let inputs = &mut inputs[..self.inputs.len()];
            self.fill_inputs(at, inputs);
            self.fit.predict(inputs)
        } else {
            let mut inputs = self.inputs.clone();
            self.fill_inputs(at, &mut inputs);
            self.fit.predict(&inputs)
        };
        let spread = self.anchor.unscaled_distance(DEVIATIONS_PER_ERROR * self.error);
        Some(Forecast {
            mean: self.anchor.unscaled(step + self.carried()),
            spread: spread.max(f64::MIN_POSITIVE),
        })
    }

    fn learn(&mut self, at: Moment, x: f64) {
        let scaled = self.anchor.scaled(x);
        if self.anchor.learn(x) {
            *self = Self::new(self.orders);
            return;
        }
        let Some(z) = scaled else { return };
        let step = z - self.carried();
        let mut inputs = core::mem::take(&mut self.inputs);
        self.fill_inputs(at, &mut inputs);
        let error = step - self.fit.predict(&inputs);
        if self.values >= self.past.numbers.len() as u64 {
            let known = (self.values + 1 - self.past.numbers.len() as u64) as f64;
            self.error += (error.abs() - self.error) / known.min(ERROR_MEMORY);
            let clip = ERROR_CLIP * self.error;
            // Not `clamp`: that panics on the limits that a forged snapshot can hold.
            let tame = error.max(-clip).min(clip);
            self.fit.learn(&inputs, self.fit.predict(&inputs) + tame);
            self.errors.push(tame);
        }
        self.inputs = inputs;
        self.steps.push(step);
        self.past.push(z);
        self.values += 1;
    }
}

/// `(1 - B)^d (1 - B^m)^D` multiplied out, without its leading 1.
fn difference(orders: Orders) -> Vec<(usize, f64)> {
    let seasonal = orders.seasonal;
    let mut factors = vec![0.0; 1 + orders.d + seasonal.d * seasonal.m];
    factors[0] = 1.0;
    let lags = core::iter::repeat_n(1, orders.d).chain(core::iter::repeat_n(seasonal.m, seasonal.d));
    for lag in lags.filter(|lag| *lag > 0) {
        for place in (lag..factors.len()).rev() {
            factors[place] -= factors[place - lag];
        }
    }
    factors.into_iter().enumerate().skip(1).filter(|(_, factor)| *factor != 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Roughly normal, variance 1.
    fn noise(rng: &mut Rng) -> f64 {
        (0..12).map(|_| f64::from(rng.unit())).sum::<f64>() - 6.0
    }

    fn error_of(model: &mut Snarimax, series: impl Iterator<Item = f64>, skip: usize) -> f64 {
        let mut errors = Vec::new();
        for x in series {
            if let Some(next) = model.predict(Moment::default()) {
                errors.push((x - next.mean).abs());
            }
            model.learn(Moment::default(), x);
        }
        let kept = &errors[skip..];
        kept.iter().sum::<f64>() / kept.len() as f64
    }

    #[test]
    fn differences_are_multiplied_out() {
        let seasonal = Seasonal { d: 1, m: 4, ..Seasonal::default() };
        let lags = difference(Orders { d: 1, seasonal, ..Orders::default() });
        assert_eq!(lags, [(1, -1.0), (4, -1.0), (5, 1.0)]);
        assert_eq!(difference(Orders { d: 2, ..Orders::default() }), [(1, -2.0), (2, 1.0)]);
    }

    #[test]
    fn finds_the_weights_of_an_autoregression() {
        let mut rng = Rng::new(3);
        let mut model = Snarimax::new(Orders { p: 2, ..Orders::default() });
        let (mut one, mut two) = (0.0, 0.0);
        for _ in 0..6000 {
            let x = 0.6 * one - 0.3 * two + noise(&mut rng);
            model.learn(Moment::default(), x);
            (one, two) = (x, one);
        }
        let weights = model.fit.weights();
        assert!((weights[1] - 0.6).abs() < 0.06 && (weights[2] + 0.3).abs() < 0.06, "{weights:?}");
    }

    #[test]
    fn a_moving_average_leaves_only_its_noise() {
        // x = e + 0.7 e', so the best error is that of e: 0.798 in the mean of a normal distribution.
        let mut rng = Rng::new(5);
        let mut before = 0.0;
        let series: Vec<f64> = (0..8000)
            .map(|_| {
                let e = noise(&mut rng);
                let x = e + 0.7 * before;
                before = e;
                x
            })
            .collect();
        let own =
            error_of(&mut Snarimax::new(Orders { q: 1, ..Orders::default() }), series.iter().copied(), 4000);
        let flat = error_of(&mut Snarimax::new(Orders::default()), series.iter().copied(), 4000);
        assert!(own < 0.85 && flat > 0.93, "{own} {flat}");
    }

    #[test]
    fn a_season_and_a_trend_are_foreseen() {
        let seasonal = Seasonal { p: 1, d: 1, q: 0, m: 12 };
        let series = |n: usize| {
            0.3 * n as f64 + [0.0, 1.0, 4.0, 9.0, 7.0, 3.0, -1.0, -6.0, -4.0, -2.0, 5.0, 2.0][n % 12]
        };
        let mut model = Snarimax::new(Orders { p: 1, d: 1, seasonal, ..Orders::default() });
        assert!(error_of(&mut model, (0..600).map(series), 400) < 0.01);
    }

    #[test]
    fn the_time_of_day_is_an_input() {
        let mut model = Snarimax::new(Orders { daily: true, ..Orders::default() });
        let at = |hour: i64| Moment { at_ms: hour * 3_600_000, local_ms: hour * 3_600_000 };
        let wave = |hour: i64| 10.0 + 5.0 * sin(hour as f64 / 24.0 * core::f64::consts::TAU);
        (0..2000).for_each(|hour| model.learn(at(hour), wave(hour)));
        let next = model.predict(at(2006)).expect("settled");
        assert!((next.mean - wave(2006)).abs() < 0.05, "{next:?}");
    }
}
