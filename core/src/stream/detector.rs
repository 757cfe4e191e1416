//! What a tier-1 detector is, and the list of all of them.

use crate::schema::Stream;
use crate::snapshot::State;

/// Why a value stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Far from where the stream has lately been.
    #[default]
    Residual,
}

impl Reason {
    /// Every reason, in the order of their declaration.
    pub const ALL: [Self; 1] = [Self::Residual];

    /// Its word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Residual => "residual",
        }
    }
}

/// What a detector says of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finding {
    /// One minus the chance of something at least this odd.
    pub(crate) score: f64,
    pub(crate) reason: Reason,
}

/// Two verbs, one direction: judge a value, then learn it. Judging can not learn: the type says so.
///
/// To add a detector: write one file here, name it in [`every_detector!`], and the contract below tests it.
pub(crate) trait Detector: State + Clone {
    fn new(stream: &Stream) -> Self;
    /// `None` while there is nothing to compare with.
    fn judge(&self, x: f64) -> Option<Finding>;
    fn learn(&mut self, x: f64);
}

/// Calls `$each!(Type)` for every detector.
#[cfg(test)]
macro_rules! every_detector {
    ($each:ident) => {
        $each!(residual, crate::stream::residual::Residual);
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

    /// Ordinary values, extremes, a constant stretch and a jump.
    fn values() -> impl Iterator<Item = f64> {
        (0..1500_u32).map(|n| match n {
            400 => 1e150,
            500..600 => 7.0,
            700 => -1e150,
            710 => 1e-300,
            n => f64::from(n.wrapping_mul(2_654_435_761) >> 22) - 512.0 + if n > 900 { 1e4 } else { 0.0 },
        })
    }

    pub(crate) fn score_is_a_chance<D: Detector>() {
        let mut detector = fresh::<D>();
        for x in values() {
            if let Some(found) = detector.judge(x) {
                assert!((0.0..=1.0).contains(&found.score), "{found:?} for {x}");
            }
            detector.learn(x);
        }
    }

    pub(crate) fn judging_twice_is_the_same<D: Detector>() {
        let mut detector = fresh::<D>();
        for x in values() {
            let before = bytes_of(&detector);
            assert_eq!(detector.judge(x), detector.judge(x));
            assert_eq!(bytes_of(&detector), before);
            detector.learn(x);
        }
    }

    pub(crate) fn continues_from_a_snapshot<D: Detector>() {
        let mut straight = fresh::<D>();
        for (row, x) in values().enumerate() {
            if row % 97 == 0 {
                let mut again = fresh::<D>();
                let bytes = bytes_of(&straight);
                let mut reader = Reader::new(&bytes);
                again.load(&mut reader).expect("its own bytes");
                assert!(reader.is_at_end());
                straight = again;
            }
            straight.learn(x);
        }
        let mut never_stopped = fresh::<D>();
        values().for_each(|x| never_stopped.learn(x));
        assert_eq!(bytes_of(&straight), bytes_of(&never_stopped));
    }

    pub(crate) fn an_outlier_stands_out<D: Detector>() {
        let mut detector = fresh::<D>();
        (0..1000_u32).for_each(|n| detector.learn(f64::from(n.wrapping_mul(2_654_435_761) >> 22)));
        let usual = detector.judge(500.0).expect("settled").score;
        let odd = detector.judge(50_000.0).expect("settled").score;
        assert!(usual < 0.9 && odd > 0.99, "usual {usual}, odd {odd}");
    }

    macro_rules! contract_of {
        ($name:ident, $type:ty) => {
            mod $name {
                #[test]
                fn score_is_a_chance() {
                    super::score_is_a_chance::<$type>();
                }
                #[test]
                fn judging_twice_is_the_same() {
                    super::judging_twice_is_the_same::<$type>();
                }
                #[test]
                fn continues_from_a_snapshot() {
                    super::continues_from_a_snapshot::<$type>();
                }
                #[test]
                fn an_outlier_stands_out() {
                    super::an_outlier_stands_out::<$type>();
                }
            }
        };
    }
    every_detector!(contract_of);
}
