//! Tier 1: each stream by itself.
//!
//! # What it computes
//!
//! Every stream has a station. In it a guard decides what may be learned, and detectors ask one question each: novelty
//! (was the stream ever in such a state?), residual (how far from where it usually is?), expectation (what did the
//! forecast say?), and the watches (shifted, noisier, stuck, drifting, jumping, out of bounds?). Three numbers come out,
//! for three needs:
//!
//! - [`row`](StreamVerdict::row) ranks rows: how odd the state is, in usual sizes, holding through an anomaly;
//! - [`surprise`](StreamVerdict::surprise) raises alarms: above 0 once per event, large where the event is of a kind never
//!   seen;
//! - [`score`](StreamVerdict::score) is calibrated: one minus the chance of a worst finding this rare on this stream, with
//!   its [`reason`](StreamVerdict::reason). Equal scores mean the same on every stream, whatever its unit.
//!
//! The forecast comes from the model that suits the stream's [`Kind`](crate::schema::Kind): seasonal autoregression,
//! Holt-Winters, a quantile filter or a rate, or a mixture of several that are weighed by their late losses.
//!
//! A missing value changes nothing but the stream's health: it is a [`Gap`] of some class, and after a long one the
//! stream is not judged until it is known again. An extreme value teaches no more than an ordinary one of its sign, and a
//! lasting new level stops being odd within an hour of rows at one a minute.
//!
//! # What it costs
//!
//! About 19 KB per stream with its clock, and a time per value that does not depend on how long the engine has run.
//! `cargo xtask bench` measures the whole frame.
//!
//! # When it is wrong
//!
//! - `row`, which remembers a thousand rows, shows a lasting new level for longer than an hour.
//! - An event of a known kind is marked by `row` and `score` but raises little `surprise`.
//! - What takes longer than about a thousand rows, and a rhythm longer than a day, are not seen here.
//! - A fault that looks like the stream's own past is no fault here: only the other streams know better ([`crate::joint`]).
//! - In its first rows a stream has no score at all, rather than a bad one.
//!
//! # Example
//!
//! ```
//! use fourfold::{Engine, Frame, SchemaDraft, stream::Reason};
//!
//! let mut draft = SchemaDraft::of_streams(["tank"]);
//! draft.streams[0].bounds = Some([0.0, 100.0]);
//! let mut engine = Engine::new(draft.validate()?);
//! for minute in 0..500_i64 {
//!     let level = 50.0 + (minute % 10) as f64;
//!     engine.observe(Frame { at_ms: 60_000 * minute, values: &[level] })?;
//! }
//! let tank = engine.observe(Frame { at_ms: 60_000 * 500, values: &[120.0] })?.streams[0];
//! assert!(tank.score > Some(0.99) && tank.reason == Some(Reason::Bounds));
//! // A gap has no score, and is no zero.
//! let tank = engine.observe(Frame { at_ms: 60_000 * 501, values: &[f64::NAN] })?.streams[0];
//! assert!(!tank.present && tank.score.is_none());
//! # Ok::<(), fourfold::Error>(())
//! ```

mod detector;
mod expectation;
mod forecast;
mod guard;
mod health;
mod novelty;
#[cfg(test)]
mod novelty_twin;
mod profile;
mod prototypes;
mod residual;
mod station;
mod watch;

pub use detector::Reason;
pub(crate) use detector::{Detector, Finding, Now, Row};
pub use health::Gap;

use alloc::vec;
use alloc::vec::Vec;

use crate::frame::Moment;
use crate::schema::Schema;
use crate::silence::Cause;
use crate::snapshot::{Damage, Reader, State, Writer, state};
use station::{Sight, Station};

/// What tier 1 says of one stream in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StreamVerdict {
    /// How unusual the value is, in [0, 1]; `None` where there is no value or nothing to compare it with.
    pub score: Option<f64>,
    /// What made the score.
    pub reason: Option<Reason>,
    /// Whether there was a value at all.
    pub present: bool,
    /// Why there is none, or always the same one, where that is known.
    pub silence: Option<Cause>,
    /// Whether the value lies below where the stream has lately been, rather than above.
    pub is_low: bool,
    /// How odd the row is, in usual sizes. It stays high through an anomaly, so it is the one to rank rows by.
    pub row: f64,
    /// How surprising the row is: above 0 once per event. About 4.5 calls for an alarm.
    pub surprise: f64,
    /// How far it lies from what the others and the hour let expect, in units of what one frame in three hundred
    /// exceeds; `None` where nothing is expected. Tier 2 knows.
    pub apart: Option<f64>,
    /// How much the last frames speak against this stream, in decades: the one with the most carries what is odd.
    /// Tier 3 adds it up.
    pub blame: f64,
    /// How fit the stream is to be judged, in [0, 1]: settled, usually there, there now.
    pub fitness: f64,
    /// The gap that it is in.
    pub gap: Gap,
    /// Whether it was away for so long that what it was like says little. It is not judged until that is learned anew.
    pub needs_retraining: bool,
}

/// The detectors of every stream.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    stations: Vec<Station>,
    /// What the newest judgement worked out, for learning.
    sights: Sights,
    now: Now,
}
state!(Streams { stations, sights; now });

/// One sight per stream, and whether it is of the newest frame. Not state: a snapshot is taken between frames.
#[derive(Clone, Debug)]
struct Sights {
    sights: Vec<Sight>,
    is_seen: Vec<bool>,
}

impl State for Sights {
    fn save(&self, _: &mut Writer) {}

    fn load(&mut self, _: &mut Reader<'_>) -> Result<(), Damage> {
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        self.sights.capacity() * size_of::<Sight>() + self.is_seen.capacity()
    }
}

impl Streams {
    pub(crate) fn new(schema: &Schema) -> Self {
        let stations: Vec<Station> = schema.streams().iter().map(Station::new).collect();
        let sights = stations.iter().map(Station::blank_sight).collect();
        let sights = Sights { sights, is_seen: vec![false; stations.len()] };
        Self { stations, sights, now: Now::new(Moment::default()) }
    }

    /// Judges the frame and remembers what was worked out. Nothing that a later verdict depends on changes.
    pub(crate) fn judge(&mut self, at: Moment, values: &[Option<f64>], verdicts: &mut [StreamVerdict]) {
        self.now = Now::new(at);
        let Sights { sights, is_seen } = &mut self.sights;
        let slots = sights.iter_mut().zip(is_seen).zip(verdicts);
        for ((station, value), ((sight, is_seen), verdict)) in self.stations.iter().zip(values).zip(slots) {
            *is_seen = false;
            if let Some(x) = *value
                && station.is_sane(x)
            {
                *is_seen = true;
                station.judge(&self.now, x, sight);
            }
            station.tell(is_seen.then_some(&*sight), verdict);
        }
    }

    /// What there is to say of a moment at which no stream has a value.
    pub(crate) fn miss(&self, verdicts: &mut [StreamVerdict]) {
        for (station, verdict) in self.stations.iter().zip(verdicts) {
            station.tell(None, verdict);
        }
    }

    /// Stream after stream: the model that forecasts, its late mean error, and that of the one that it is held against.
    pub(crate) fn models_in_use(&self) -> impl Iterator<Item = (&'static str, Option<[f64; 2]>)> {
        self.stations.iter().map(Station::model_in_use)
    }

    /// Learns the frame that was judged last.
    pub(crate) fn learn(&mut self, values: &[Option<f64>]) {
        let Sights { sights, is_seen } = &self.sights;
        let seen = sights.iter().zip(is_seen);
        for ((station, value), (sight, is_seen)) in self.stations.iter_mut().zip(values).zip(seen) {
            match (value, is_seen) {
                (Some(x), true) => station.learn(&self.now, *x, sight),
                (value, _) => station.learn_absence(value.is_some()),
            }
        }
    }
}
