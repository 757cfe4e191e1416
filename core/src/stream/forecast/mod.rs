//! What a stream is expected to say next. Every model answers in the stream's own unit, with a spread.
//!
//! To add a model: write one file, name it in [`models!`] below with a tag that was never used, and choose it in
//! [`Model::of`]. The tag goes into snapshots: it is never reused and never renumbered.

mod anchor;
mod auto;
#[cfg(test)]
mod contract;
mod holt_winters;
mod mad;
mod quantile;
mod rate;
mod recursive;
mod snarimax;
mod z_score;

pub(crate) use auto::{Auto, Said};
use holt_winters::HoltWinters;
use mad::Mad;
use quantile::QuantileFilter;
use rate::Rate;
use z_score::ZScore;

use crate::frame::Moment;
use crate::schema::Kind;
use crate::snapshot::{Damage, Reader, State, Writer};

/// Of the usual orders: a constant, one value, one error.
type Snarimax = snarimax::Snarimax<3>;

/// The next value, and how far from it values usually are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Forecast {
    pub(crate) mean: f64,
    /// A standard deviation, or what stands for one; above zero.
    pub(crate) spread: f64,
}

/// Predicts, then learns. Predicting can not learn: the type says so.
pub(crate) trait Forecaster: State + Clone {
    /// `None`: not settled. Never a value that only looks like one.
    fn predict(&self, at: Moment) -> Option<Forecast>;
    /// The mean alone, where the spread costs more.
    #[inline]
    fn expect(&self, at: Moment) -> Option<f64> {
        self.predict(at).map(|said| said.mean)
    }
    fn learn(&mut self, at: Moment, x: f64);
}

macro_rules! models {
    ($($tag:literal => $model:ident),* $(,)?) => {
        /// Any of the models. Closed, so that it needs no box and seals itself; tables lie on the heap, since every stream
        /// has room for the largest.
        #[derive(Clone, Debug)]
        #[allow(clippy::large_enum_variant, reason = "the large one is the usual one")]
        pub(crate) enum Model {
            $(#[doc = concat!("[`", stringify!($model), "`].")] $model($model),)*
        }

        impl Forecaster for Model {
            fn predict(&self, at: Moment) -> Option<Forecast> {
                match self { $(Self::$model(model) => model.predict(at),)* }
            }

            #[inline]
            fn expect(&self, at: Moment) -> Option<f64> {
                match self { $(Self::$model(model) => model.expect(at),)* }
            }

            fn learn(&mut self, at: Moment, x: f64) {
                match self { $(Self::$model(model) => model.learn(at, x),)* }
            }
        }

        impl State for Model {
            fn save(&self, to: &mut Writer) {
                match self {
                    $(Self::$model(model) => {
                        to.put(&[$tag]);
                        model.save(to);
                    })*
                }
            }

            fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
                let mut tag = 0_u8;
                tag.load(from)?;
                match self {
                    $(Self::$model(model) if tag == $tag => model.load(from),)*
                    _ => Err(Damage),
                }
            }

            fn heap_bytes(&self) -> usize {
                match self { $(Self::$model(model) => model.heap_bytes(),)* }
            }
        }

        impl Model {
            /// What it is called.
            pub(crate) fn name(&self) -> &'static str {
                match self { $(Self::$model(_) => stringify!($model),)* }
            }
        }

        #[cfg(test)]
        impl Model {
            /// One of each, for the contract suite.
            fn all() -> alloc::vec::Vec<Self> {
                alloc::vec![$(Self::$model($model::default()),)*]
            }
        }
    };
}
models! {
    1 => Snarimax,
    2 => HoltWinters,
    3 => QuantileFilter,
    4 => Rate,
    5 => ZScore,
    6 => Mad,
}

impl Model {
    /// The model that suits a kind of stream; [`Auto`] holds it against a plainer one.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::ContinuousSmooth => Self::Snarimax(Snarimax::default()),
            Kind::ContinuousNoisy => Self::HoltWinters(HoltWinters::default()),
            Kind::DiscreteEvents => Self::QuantileFilter(QuantileFilter::default()),
            Kind::Sporadic => Self::Rate(Rate::default()),
        }
    }

    /// The plain model that must be beaten.
    pub(crate) fn plain(kind: Kind) -> Self {
        match kind {
            Kind::Sporadic => Self::Mad(Mad::default()),
            _ => Self::ZScore(ZScore::default()),
        }
    }
}
