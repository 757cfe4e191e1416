//! What every model must hold to, run on each by virtue of its being listed.

use alloc::vec::Vec;

use super::{Auto, Forecaster, Model};
use crate::frame::Moment;
use crate::schema::Kind;
use crate::snapshot::{Reader, State, Writer};

fn bytes_of(state: &impl State) -> Vec<u8> {
    let mut writer = Writer::default();
    state.save(&mut writer);
    writer.into_bytes()
}

/// Ordinary values, extremes, a constant stretch, a jump; five minutes apart.
fn values() -> impl Iterator<Item = (Moment, f64)> {
    (0..1500_u32).map(|n| {
        let at_ms = i64::from(n) * 300_000;
        let x = match n {
            400 => 1e150,
            500..600 => 7.0,
            700 => -1e150,
            710 => 1e-300,
            n => f64::from(n.wrapping_mul(2_654_435_761) >> 22) - 512.0 + if n > 900 { 1e4 } else { 0.0 },
        };
        (Moment { at_ms, local_ms: at_ms }, x)
    })
}

fn check<F: Forecaster>(fresh: &F) {
    let mut straight = fresh.clone();
    let mut reopened = fresh.clone();
    let mut settled = 0;
    for (row, (at, x)) in values().enumerate() {
        let before = bytes_of(&straight);
        assert_eq!(straight.predict(at), straight.predict(at), "predicting twice");
        assert_eq!(bytes_of(&straight), before, "predicting learns nothing");
        if let Some(forecast) = straight.predict(at) {
            settled += 1;
            assert!(forecast.spread > 0.0 && !forecast.mean.is_nan(), "{forecast:?} at row {row}");
        }
        if row % 97 == 0 {
            let mut again = fresh.clone();
            let mut reader = Reader::new(&before);
            again.load(&mut reader).expect("its own bytes");
            assert!(reader.is_at_end());
            reopened = again;
        }
        straight.learn(at, x);
        reopened.learn(at, x);
        assert_eq!(bytes_of(&reopened), bytes_of(&straight), "row {row}");
    }
    assert!(settled > 1000, "answers on {settled} of 1500 rows");
}

#[test]
fn every_model_is_a_good_citizen() {
    Model::all().iter().for_each(check);
}

#[test]
fn so_is_auto_for_every_kind() {
    [Kind::ContinuousSmooth, Kind::ContinuousNoisy, Kind::DiscreteEvents, Kind::Sporadic]
        .map(Auto::new)
        .iter()
        .for_each(check);
}

#[test]
fn a_snapshot_of_another_model_is_refused() {
    let models = Model::all();
    for (place, model) in models.iter().enumerate() {
        let bytes = bytes_of(model);
        for other in models.iter().skip(place + 1) {
            assert!(other.clone().load(&mut Reader::new(&bytes)).is_err());
        }
    }
}

#[test]
fn every_model_beats_knowing_nothing_on_a_steady_stream() {
    for model in &mut Model::all() {
        let wave = |n: i64| 100.0 + (n % 12) as f64 / 6.0;
        let at = |n: i64| Moment { at_ms: n * 300_000, local_ms: n * 300_000 };
        (0..2000).for_each(|n| model.learn(at(n), wave(n)));
        let next = model.predict(at(2000)).expect("settled");
        assert!((next.mean - wave(2000)).abs() < 3.0 && next.spread < 10.0, "{next:?}");
    }
}
