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
use crate::stats::pace;

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

impl Orders {
    /// How many inputs these are: a constant, and each lag.
    const fn inputs(self) -> usize {
        1 + self.p + self.q + self.seasonal.p + self.seasonal.q + if self.daily { 2 } else { 0 }
    }
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
    #[inline]
    fn back(&self, back: usize) -> f64 {
        // A division for the rest would cost more than all else here.
        let place = if self.next >= back { self.next - back } else { self.next + self.numbers.len() - back };
        self.numbers[place]
    }

    #[inline]
    fn push(&mut self, number: f64) {
        self.numbers[self.next] = number;
        self.next = if self.next + 1 < self.numbers.len() { self.next + 1 } else { 0 };
    }
}

/// The state after the newest value. `INPUTS` is what the orders come to: [`Orders::inputs`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snarimax<const INPUTS: usize> {
    orders: Orders,
    anchor: Anchor,
    values: u64,
    /// In the stream's own unit, not differenced.
    past: Past,
    /// Differenced.
    steps: Past,
    errors: Past,
    error: f64,
    fit: Recursive<INPUTS>,
    /// What is known of the next value's inputs: all but the clock.
    inputs: [f64; INPUTS],
    /// What must be added to the next difference to get the value.
    carried: f64,
    /// Signs and lags of the difference as a sum: `(lag, factor)`, without the value itself.
    difference: Vec<(usize, f64)>,
}
state!(const INPUTS, Snarimax<INPUTS> {
    anchor, values, past, steps, errors, error, fit, inputs, carried; orders, difference
});

impl Default for Snarimax<3> {
    // (1,1,1), as in the source document for smooth streams.
    fn default() -> Self {
        Self::new(Orders { p: 1, d: 1, q: 1, ..Orders::default() })
    }
}

impl<const INPUTS: usize> Snarimax<INPUTS> {
    pub(crate) fn new(orders: Orders) -> Self {
        debug_assert_eq!(orders.inputs(), INPUTS, "{orders:?}");
        let Orders { p, q, seasonal, .. } = orders;
        let difference = difference(orders);
        let reach = difference.iter().map(|(lag, _)| *lag).max().unwrap_or(0);
        let mut inputs = [0.0; INPUTS];
        inputs[..1].fill(1.0);
        Self {
            orders,
            anchor: Anchor::default(),
            values: 0,
            past: Past::new(reach),
            steps: Past::new(p.max(seasonal.p * seasonal.m)),
            errors: Past::new(q.max(seasonal.q * seasonal.m)),
            error: 0.0,
            fit: Recursive::new(),
            inputs,
            carried: 0.0,
            difference,
        }
    }

    /// The smallest number of values after which every lag is there.
    #[inline]
    fn settled(&self) -> u64 {
        (self.past.numbers.len() + self.steps.numbers.len() + INPUTS) as u64
    }

    /// The inputs at a moment: what is known before, and the clock.
    #[inline]
    fn inputs_at(&self, at: Moment) -> [f64; INPUTS] {
        let mut inputs = self.inputs;
        if self.orders.daily {
            let turn = at.local_ms.rem_euclid(DAY_MS) as f64 / DAY_MS as f64 * core::f64::consts::TAU;
            if let Some(clock) = inputs.last_chunk_mut() {
                *clock = [sin(turn), cos(turn)];
            }
        }
        inputs
    }

    /// Works out what is known of the next value, once and not at every question.
    #[inline]
    fn look_ahead(&mut self) {
        let Orders { p, q, seasonal, .. } = self.orders;
        let mut place = 1;
        let mut put = |input: f64| {
            self.inputs[place] = input;
            place += 1;
        };
        (1..=p).for_each(|back| put(self.steps.back(back)));
        (1..=q).for_each(|back| put(self.errors.back(back)));
        (1..=seasonal.p).for_each(|back| put(self.steps.back(back * seasonal.m)));
        (1..=seasonal.q).for_each(|back| put(self.errors.back(back * seasonal.m)));
        let mut carried = 0.0;
        for (lag, factor) in &self.difference {
            carried -= factor * self.past.back(*lag);
        }
        self.carried = carried;
    }
}

impl<const INPUTS: usize> Forecaster for Snarimax<INPUTS> {
    #[inline]
    fn predict(&self, at: Moment) -> Option<Forecast> {
        if self.values < self.settled() {
            return None;
        }
        let step = self.fit.predict(&self.inputs_at(at));
        let spread = self.anchor.unscaled_distance(DEVIATIONS_PER_ERROR * self.error);
        Some(Forecast {
            mean: self.anchor.unscaled(step + self.carried),
            spread: spread.max(f64::MIN_POSITIVE),
        })
    }

    fn learn(&mut self, at: Moment, x: f64) {
        let scaled = self.anchor.scaled(x);
        if self.anchor.learn(x, scaled) {
            *self = Self::new(self.orders);
            return;
        }
        let Some(z) = scaled else { return };
        let step = z - self.carried;
        if let Some(known) = self.values.checked_sub(self.past.numbers.len() as u64) {
            let inputs = self.inputs_at(at);
            let error = step - self.fit.predict(&inputs);
            self.error += pace(known, ERROR_MEMORY) * (error.abs() - self.error);
            let clip = ERROR_CLIP * self.error;
            // Not `clamp`: that panics on the limits that a forged snapshot can hold.
            let tame = if error > clip { clip } else { error };
            let tame = if tame < -clip { -clip } else { tame };
            self.fit.learn(&inputs, tame);
            self.errors.push(tame);
        }
        self.steps.push(step);
        self.past.push(z);
        self.values = self.values.saturating_add(1);
        self.look_ahead();
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

    fn error_of<const INPUTS: usize>(
        model: &mut Snarimax<INPUTS>,
        series: impl Iterator<Item = f64>,
        skip: usize,
    ) -> f64 {
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
        let mut model = Snarimax::<3>::new(Orders { p: 2, ..Orders::default() });
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
        let own = error_of(
            &mut Snarimax::<2>::new(Orders { q: 1, ..Orders::default() }),
            series.iter().copied(),
            4000,
        );
        let flat = error_of(&mut Snarimax::<1>::new(Orders::default()), series.iter().copied(), 4000);
        assert!(own < 0.85 && flat > 0.93, "{own} {flat}");
    }

    #[test]
    fn a_season_and_a_trend_are_foreseen() {
        let seasonal = Seasonal { p: 1, d: 1, q: 0, m: 12 };
        let series = |n: usize| {
            0.3 * n as f64 + [0.0, 1.0, 4.0, 9.0, 7.0, 3.0, -1.0, -6.0, -4.0, -2.0, 5.0, 2.0][n % 12]
        };
        let mut model = Snarimax::<3>::new(Orders { p: 1, d: 1, seasonal, ..Orders::default() });
        assert!(error_of(&mut model, (0..600).map(series), 400) < 0.01);
    }

    #[test]
    fn the_time_of_day_is_an_input() {
        let mut model = Snarimax::<3>::new(Orders { daily: true, ..Orders::default() });
        let at = |hour: i64| Moment { at_ms: hour * 3_600_000, local_ms: hour * 3_600_000 };
        let wave = |hour: i64| 10.0 + 5.0 * sin(hour as f64 / 24.0 * core::f64::consts::TAU);
        (0..2000).for_each(|hour| model.learn(at(hour), wave(hour)));
        let next = model.predict(at(2006)).expect("settled");
        assert!((next.mean - wave(2006)).abs() < 0.05, "{next:?}");
    }
}
