//! What a tier-1 detector is, and the list of all of them.

use super::guard::Usual;
use super::profile::DayPlace;
use crate::frame::Moment;
use crate::schema::Stream;
use crate::snapshot::{State, words};

/// Why a value stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Far from where the stream has lately been.
    #[default]
    Residual,
    /// In a state in which the stream has never been.
    Novelty,
    /// The level has moved and stays away.
    Level,
    /// Noisier than usual, or quieter.
    Spread,
    /// The same value for longer than usual.
    Flat,
    /// Going one way, slowly, for long.
    Drift,
    /// A step between two values that is larger than the stream makes.
    Jump,
    /// Outside of what the schema calls possible.
    Bounds,
    /// Not what the stream's own past let expect.
    Forecast,
}

words!(Reason);

impl Reason {
    /// Every reason. New ones go to the end: snapshots and the npm package count them.
    pub const ALL: [Self; 9] = [
        Self::Residual,
        Self::Novelty,
        Self::Level,
        Self::Spread,
        Self::Flat,
        Self::Drift,
        Self::Jump,
        Self::Bounds,
        Self::Forecast,
    ];

    /// Its word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Residual => "residual",
            Self::Novelty => "novelty",
            Self::Level => "level",
            Self::Spread => "spread",
            Self::Flat => "flat",
            Self::Drift => "drift",
            Self::Jump => "jump",
            Self::Bounds => "bounds",
            Self::Forecast => "forecast",
        }
    }
}

/// What a detector says of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finding {
    /// The chance of something at least this odd: above 0, at most 1.
    pub(crate) chance: f64,
    pub(crate) reason: Reason,
}

/// When a frame is, with what all streams would otherwise work out again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) at: Moment,
    /// `None` where time is no clock.
    pub(crate) in_day: Option<DayPlace>,
}

impl Now {
    pub(crate) fn new(at: Moment) -> Self {
        Self { at, in_day: DayPlace::of(at) }
    }
}

/// A value, when it came, and how it compares with what the guard holds for usual.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) now: &'a Now,
    pub(crate) x: f64,
    pub(crate) usual: Usual,
}

/// Two verbs, one direction: judge a value, then learn it. Judging can not learn: the type says so. What judging has
/// worked out is handed to learning, so that nothing is computed twice.
///
/// To add a detector: write one file here, name it in [`every_detector!`], and the contract below tests it.
pub(crate) trait Detector: State + Clone {
    /// What judging works out.
    type Sight: Copy + core::fmt::Debug;

    fn new(stream: &Stream) -> Self;
    fn judge(&self, row: &Row<'_>) -> Self::Sight;
    /// The same into its place. A large sight that is handed back is copied, for which wasm calls out.
    #[inline]
    fn judge_into(&self, row: &Row<'_>, sight: &mut Self::Sight) {
        *sight = self.judge(row);
    }
    /// What it says of the value; `None` where it has nothing to say.
    fn finding(sight: &Self::Sight) -> Option<Finding>;
    fn learn(&mut self, row: &Row<'_>, sight: &Self::Sight);
}

/// Calls `$each!(name, Type)` for every detector.
#[cfg(test)]
macro_rules! every_detector {
    ($each:ident) => {
        $each!(novelty, crate::stream::novelty::Novelty);
        $each!(residual, crate::stream::residual::Residual);
        $each!(expectation, crate::stream::expectation::Expectation);
        $each!(level, crate::stream::watch::Level);
        $each!(spread, crate::stream::watch::Spread);
        $each!(flat, crate::stream::watch::Flat);
        $each!(drift, crate::stream::watch::Drift);
        $each!(jump, crate::stream::watch::Jump);
        $each!(bounds, crate::stream::watch::Bounds);
    };
}

/// What every detector must hold to, run on each by virtue of its being listed.
#[cfg(test)]
mod contract {
    use alloc::vec::Vec;

    use super::*;
    use crate::SchemaDraft;
    use crate::snapshot::{Reader, Writer};
    use crate::stream::guard::Guard;

    /// A detector with the guard that it works behind.
    #[derive(Clone)]
    struct Bench<D: Detector> {
        guard: Guard,
        detector: D,
    }

    impl<D: Detector> Bench<D> {
        fn fresh() -> Self {
            let mut draft = SchemaDraft::of_streams(["any"]);
            draft.streams[0].bounds = Some([-600.0, 600.0]);
            let schema = draft.validate().expect("one name is a schema");
            Self { guard: Guard::default(), detector: D::new(&schema.streams()[0]) }
        }

        fn bytes(&self) -> Vec<u8> {
            let mut writer = Writer::default();
            self.detector.save(&mut writer);
            writer.into_bytes()
        }

        fn judge(&self, row: usize, x: f64) -> Option<Finding> {
            let now = now(row);
            D::finding(&self.detector.judge(&Row { now: &now, x, usual: self.guard.judge(x) }))
        }

        fn step(&mut self, row: usize, x: f64) -> Option<Finding> {
            let now = now(row);
            let row = Row { now: &now, x, usual: self.guard.judge(x) };
            let sight = self.detector.judge(&row);
            self.detector.learn(&row, &sight);
            self.guard.learn(x, &row.usual);
            D::finding(&sight)
        }
    }

    fn now(row: usize) -> Now {
        Now::new(Moment::utc(1_700_000_000_000 + 300_000 * row as i64))
    }

    /// Ordinary values, extremes, a constant stretch and a jump.
    fn values() -> impl Iterator<Item = f64> {
        (0..1500_u32).map(|n| match n {
            400 => 1e150,
            500..600 => 7.0,
            700 => -1e150,
            710 => 1e-300,
            n => noise(n) + if n > 900 { 1e4 } else { 0.0 },
        })
    }

    fn noise(n: u32) -> f64 {
        f64::from(n.wrapping_mul(2_654_435_761) >> 22) - 512.0
    }

    pub(crate) fn finding_is_a_chance<D: Detector>() {
        let mut bench = Bench::<D>::fresh();
        for (row, x) in values().enumerate() {
            if let Some(found) = bench.step(row, x) {
                assert!(found.chance > 0.0 && found.chance <= 1.0, "{found:?} for {x}");
            }
        }
    }

    pub(crate) fn judging_changes_nothing<D: Detector>() {
        let mut bench = Bench::<D>::fresh();
        for (row, x) in values().enumerate() {
            let before = bench.bytes();
            assert_eq!(bench.judge(row, x), bench.judge(row, x));
            assert_eq!(bench.bytes(), before);
            bench.step(row, x);
        }
    }

    pub(crate) fn continues_from_a_snapshot<D: Detector>() {
        let mut straight = Bench::<D>::fresh();
        let mut never_stopped = Bench::<D>::fresh();
        for (row, x) in values().enumerate() {
            if row % 97 == 0 {
                let mut again = Bench::<D>::fresh();
                let bytes = straight.bytes();
                let mut reader = Reader::new(&bytes);
                again.detector.load(&mut reader).expect("its own bytes");
                assert!(reader.is_at_end());
                straight.detector = again.detector;
            }
            assert_eq!(straight.step(row, x), never_stopped.step(row, x));
        }
        assert_eq!(straight.bytes(), never_stopped.bytes());
    }

    pub(crate) fn ordinary_noise_is_rarely_found<D: Detector>() {
        let mut bench = Bench::<D>::fresh();
        let found = (0..6000_u32).filter(|&n| {
            let finding = bench.step(n as usize, noise(n.wrapping_mul(n)));
            finding.is_some_and(|found| found.chance < 0.01)
        });
        let found = found.count();
        assert!(found <= 120, "{found} of 6000 rows below one in a hundred");
    }

    macro_rules! contract_of {
        ($name:ident, $type:ty) => {
            mod $name {
                #[test]
                fn finding_is_a_chance() {
                    super::finding_is_a_chance::<$type>();
                }
                #[test]
                fn judging_changes_nothing() {
                    super::judging_changes_nothing::<$type>();
                }
                #[test]
                fn continues_from_a_snapshot() {
                    super::continues_from_a_snapshot::<$type>();
                }
                #[test]
                fn ordinary_noise_is_rarely_found() {
                    super::ordinary_noise_is_rarely_found::<$type>();
                }
            }
        };
    }
    every_detector!(contract_of);
}
