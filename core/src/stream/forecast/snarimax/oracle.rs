//! The running fit against one batch fit of all rows: autoregressions, differenced and seasonal ones.

use super::super::recursive::oracle::batch;
use super::*;
use crate::rng::Rng;

#[test]
fn an_autoregression_is_the_batch_fit_of_its_own_past() {
    let seasonal = Seasonal { p: 1, d: 1, m: 7, ..Seasonal::default() };
    is_the_batch_fit::<3>(Orders { p: 2, ..Orders::default() });
    is_the_batch_fit::<4>(Orders { p: 3, d: 1, ..Orders::default() });
    is_the_batch_fit::<3>(Orders { p: 1, d: 1, seasonal, ..Orders::default() });
}

fn is_the_batch_fit<const INPUTS: usize>(orders: Orders) {
    let mut rng = Rng::new(5);
    let mut model = Snarimax::<INPUTS>::new(orders);
    let mut anchor = Anchor::default();
    let mut scaled: Vec<f64> = Vec::new();
    let (mut one, mut two) = (0.0, 0.0);
    for _ in 0..700 {
        let x = 0.6 * one - 0.3 * two + f64::from(rng.unit());
        (one, two) = (x, one);
        model.learn(Moment::default(), x);
        let z = anchor.scaled(x);
        scaled.extend(z);
        assert!(!anchor.learn(x, z));
    }
    let expected = batch(&rows(orders, &scaled));
    assert_eq!(expected.len(), model.fit.weights().len());
    for (found, expected) in model.fit.weights().iter().zip(expected) {
        assert!((found - expected).abs() < 1e-8, "{orders:?}: {found} for {expected}");
    }
}

/// The inputs and the answer of every row that is fitted, from the whole series; what lies before it is 0.
fn rows(orders: Orders, series: &[f64]) -> Vec<(Vec<f64>, f64)> {
    let lags = difference(orders);
    let before = |of: &[f64], row: usize, lag: usize| row.checked_sub(lag).map_or(0.0, |at| of[at]);
    let steps: Vec<f64> = (0..series.len())
        .map(|row| {
            series[row] + lags.iter().map(|&(lag, factor)| factor * before(series, row, lag)).sum::<f64>()
        })
        .collect();
    let reach = lags.iter().map(|(lag, _)| *lag).max().unwrap_or(0).max(1);
    let own = (1..=orders.p).chain((1..=orders.seasonal.p).map(|back| back * orders.seasonal.m));
    let own: Vec<usize> = own.collect();
    (reach..steps.len())
        .map(|row| {
            let inputs = core::iter::once(1.0).chain(own.iter().map(|&lag| before(&steps, row, lag)));
            (inputs.collect(), steps[row])
        })
        .collect()
}
