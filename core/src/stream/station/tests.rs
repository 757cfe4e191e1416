//! What tier 1 says of made streams in which one thing happens.

use alloc::vec::Vec;

use super::*;
use crate::SchemaDraft;
use crate::frame::Moment;
use crate::snapshot::{State, Writer};

/// Uniform in [-0.5, 0.5), the same at every run.
fn noise(n: u32) -> f64 {
    let mixed = (n ^ (n >> 15)).wrapping_mul(2_246_822_519);
    let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(3_266_489_917);
    f64::from((mixed ^ (mixed >> 16)) >> 8) / f64::from(1_u32 << 24) - 0.5
}

/// Close to normal, with a deviation of 1.
fn normal(n: u32) -> f64 {
    (0..12).map(|part| noise(12 * n + part)).sum()
}

struct Bench {
    station: Station,
    row: i64,
}

impl Bench {
    fn new() -> Self {
        let mut draft = SchemaDraft::of_streams(["any"]);
        draft.streams[0].bounds = Some([-1000.0, 1000.0]);
        let schema = draft.validate().expect("valid");
        Self { station: Station::new(&schema.streams()[0]), row: 0 }
    }

    fn step(&mut self, x: Option<f64>) -> StreamVerdict {
        let now = Now::new(Moment::utc(1_700_000_000_000 + 60_000 * self.row));
        self.row += 1;
        let sight = x.filter(|x| self.station.is_sane(*x)).map(|x| {
            let mut sight = self.station.blank_sight();
            self.station.judge(&now, x, &mut sight);
            sight
        });
        let mut verdict = StreamVerdict::default();
        self.station.tell(sight.as_ref(), &mut verdict);
        match (x, &sight) {
            (Some(x), Some(sight)) => self.station.learn(&now, x, sight),
            (x, _) => self.station.learn_absence(x.is_some()),
        }
        verdict
    }

    /// After so many rows of normal noise about 10.
    fn after(rows: u32) -> Self {
        let mut bench = Self::new();
        (0..rows).for_each(|n| {
            bench.step(Some(10.0 + normal(n)));
        });
        bench
    }

    fn run(&mut self, rows: u32, value: impl Fn(u32) -> f64) -> Vec<StreamVerdict> {
        (0..rows).map(|n| self.step(Some(value(n)))).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        self.station.save(&mut writer);
        writer.into_bytes()
    }
}

fn highest(verdicts: &[StreamVerdict]) -> f64 {
    verdicts.iter().filter_map(|verdict| verdict.score).fold(0.0, f64::max)
}

#[test]
fn each_kind_of_trouble_has_its_word() {
    type Event = fn(u32) -> f64;
    let kinds: [(Reason, u32, Event); 6] = [
        (Reason::Bounds, 3, |_| 1001.0),
        (Reason::Flat, 60, |_| 10.25),
        (Reason::Spread, 200, |n| 10.0 + 0.1 * normal(n)),
        (Reason::Level, 60, |n| 10.8 + normal(n + 50_000)),
        (Reason::Novelty, 40, |n| 10.0 + 2.5 * libm::sin(f64::from(n) / 6.0) + normal(n + 50_000)),
        (Reason::Drift, 400, |n| 10.0 + 0.02 * f64::from(n) + normal(n + 50_000)),
    ];
    for (reason, rows, event) in kinds {
        let said = Bench::after(6000).run(rows, event);
        let best = said.iter().filter(|verdict| verdict.reason == Some(reason));
        let best = best.filter_map(|verdict| verdict.score).fold(0.0, f64::max);
        assert!(best > 0.99, "{reason:?}: {best}");
    }
}

#[test]
fn ordinary_rows_are_called_odd_as_often_as_said() {
    let mut bench = Bench::after(4000);
    let scores = bench.run(20_000, |n| 10.0 + normal(n + 4000));
    for chance in [0.05, 0.01] {
        let odd = scores.iter().filter(|said| said.score.is_some_and(|score| score >= 1.0 - chance)).count();
        let times = odd as f64 / scores.len() as f64 / chance;
        assert!((0.6..1.6).contains(&times), "{chance}: {times}");
    }
}

#[test]
fn an_event_of_a_known_kind_is_still_marked() {
    let mut bench = Bench::after(3000);
    for repeat in 0..12_u32 {
        let said = bench.run(5, |n| 16.0 + normal(9_000 + repeat * 10 + n));
        assert!(highest(&said) > 0.97, "repeat {repeat}: {}", highest(&said));
        assert!(said.iter().any(|verdict| verdict.row > 4.0), "repeat {repeat}");
        bench.run(300, |n| 10.0 + normal(20_000 + repeat * 300 + n));
    }
}

#[test]
fn a_lasting_level_is_normal_within_an_hour_of_minutes() {
    for shift in [3.5, 20.0, -400.0] {
        let mut bench = Bench::after(6000);
        let first = bench.run(20, |n| 10.0 + shift + normal(n + 9_000));
        assert!(highest(&first) > 0.999, "{shift}");
        bench.run(40, |n| 10.0 + shift + normal(n + 9_100));
        let later = bench.run(200, |n| 10.0 + shift + normal(n + 9_200));
        let odd = later.iter().filter(|said| said.score.is_some_and(|score| score > 0.995)).count();
        assert!(odd <= 4, "{shift}: {odd} of 200 rows");
    }
}

#[test]
fn a_hundred_rows_are_enough_for_an_outlier() {
    let mut bench = Bench::after(100);
    let verdict = bench.step(Some(18.0));
    assert!(verdict.surprise > 4.5 && verdict.row > 4.0, "{verdict:?}");
    assert!(verdict.score.is_some_and(|score| score > 0.98), "{verdict:?}");
}

#[test]
fn nothing_and_nonsense_leave_the_same_behind_as_a_gap() {
    let [mut gap, mut poison] = [Bench::after(500), Bench::after(500)];
    for n in 0..3 {
        gap.step(None);
        let verdict = poison.step(Some([1e100, -1e149, 1e60][n]));
        assert_eq!((verdict.score, verdict.present), (None, false));
    }
    gap.step(Some(10.0));
    poison.step(Some(10.0));
    assert_eq!(gap.bytes(), poison.bytes());
}

#[test]
fn a_constant_stream_is_quiet_and_its_first_change_is_not() {
    let mut bench = Bench::new();
    let said = bench.run(2000, |_| 20.0);
    assert!(highest(&said) < 0.9, "{}", highest(&said));
    let change = bench.step(Some(20.1));
    assert!(change.score.is_some_and(|score| score > 0.999) && change.surprise > 9.0, "{change:?}");
}

#[test]
fn a_stream_that_rests_often_is_not_stuck() {
    // Mostly zero, some counts, as events are.
    let counts = |n: u32| f64::from(u8::from(noise(n) > 0.4)) * libm::floor(4.0 * (noise(n + 7) + 0.5));
    let mut bench = Bench::new();
    bench.run(3000, counts);
    let said = bench.run(3000, |n| counts(n + 3000));
    let stuck = said.iter().filter(|verdict| verdict.reason == Some(Reason::Flat));
    let odd = stuck.filter(|verdict| verdict.score.is_some_and(|score| score > 0.999)).count();
    assert!(odd <= 3, "{odd}");
}

#[test]
fn after_a_permanent_gap_it_is_not_judged_until_known_again() {
    let mut bench = Bench::after(500);
    (0..1000).for_each(|_| {
        bench.step(None);
    });
    let first = bench.step(Some(10.0));
    assert!(first.needs_retraining && first.score.is_none());
    let later = bench.run(60, |n| 10.0 + normal(n));
    assert!(later.last().is_some_and(|verdict| verdict.score.is_some()));
}
