//! What a tier-1 detector is, and the list of all of them.

use super::profile::DayPlace;
use crate::frame::Moment;
use crate::schema::Stream;
use crate::snapshot::{State, words};

/// Why a value stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Far from where the stream has lately been.
    #[default]
    Residual,
    /// In a state in which the stream has never been.
    Novelty,
}

words!(Reason { Reason::Residual, Reason::Novelty });

impl Reason {
    /// Its word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Residual => "residual",
            Self::Novelty => "novelty",
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

/// Two verbs, one direction: judge a value, then learn it. Judging can not learn: the type says so. What judging has
/// worked out is handed to learning, so that nothing is computed twice.
///
/// To add a detector: write one file here, name it in [`every_detector!`], and the contract below tests it.
pub(crate) trait Detector: State + Clone {
    /// What judging works out.
    type Sight: Copy + core::fmt::Debug;

    fn new(stream: &Stream) -> Self;
    fn judge(&self, now: &Now, x: f64) -> Self::Sight;
    /// What it says of the value; `None` where it has nothing to say.
    fn finding(sight: &Self::Sight) -> Option<Finding>;
    fn learn(&mut self, now: &Now, x: f64, sight: &Self::Sight);
}

/// Calls `$each!(name, Type)` for every detector.
#[cfg(test)]
macro_rules! every_detector {
    ($each:ident) => {
        $each!(novelty, crate::stream::novelty::Novelty);
    };
}

/// What every detector must hold to, run on each by virtue of its being listed.
#[cfg(test)]
mod contract {
    use alloc::vec::Vec;

    use super::*;
    use crate::SchemaDraft;
    use crate::snapshot::{Reader, Writer};

    fn fresh<D: Detector>() -> D {
        let schema = SchemaDraft::of_streams(["any"]).validate().expect("one name is a schema");
        D::new(&schema.streams()[0])
    }

    fn bytes_of<D: Detector>(detector: &D) -> Vec<u8> {
        let mut writer = Writer::default();
        detector.save(&mut writer);
        writer.into_bytes()
    }

    fn now(row: usize) -> Now {
        Now::new(Moment::utc(1_700_000_000_000 + 300_000 * row as i64))
    }

    fn step<D: Detector>(detector: &mut D, row: usize, x: f64) -> Option<Finding> {
        let sight = detector.judge(&now(row), x);
        detector.learn(&now(row), x, &sight);
        D::finding(&sight)
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
        let mut detector = fresh::<D>();
        for (row, x) in values().enumerate() {
            if let Some(found) = step(&mut detector, row, x) {
                assert!(found.chance > 0.0 && found.chance <= 1.0, "{found:?} for {x}");
            }
        }
    }

    pub(crate) fn judging_changes_nothing<D: Detector>() {
        let mut detector = fresh::<D>();
        for (row, x) in values().enumerate() {
            let before = bytes_of(&detector);
            let first = D::finding(&detector.judge(&now(row), x));
            assert_eq!(first, D::finding(&detector.judge(&now(row), x)));
            assert_eq!(bytes_of(&detector), before);
            step(&mut detector, row, x);
        }
    }

    pub(crate) fn continues_from_a_snapshot<D: Detector>() {
        let mut straight = fresh::<D>();
        let mut never_stopped = fresh::<D>();
        for (row, x) in values().enumerate() {
            if row % 97 == 0 {
                let mut again = fresh::<D>();
                let bytes = bytes_of(&straight);
                let mut reader = Reader::new(&bytes);
                again.load(&mut reader).expect("its own bytes");
                assert!(reader.is_at_end());
                straight = again;
            }
            assert_eq!(step(&mut straight, row, x), step(&mut never_stopped, row, x));
        }
        assert_eq!(bytes_of(&straight), bytes_of(&never_stopped));
    }

    pub(crate) fn ordinary_noise_is_rarely_found<D: Detector>() {
        let mut detector = fresh::<D>();
        let found = (0..6000_u32).filter(|&n| {
            let finding = step(&mut detector, n as usize, noise(n.wrapping_mul(n)));
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
