//! Fourfold watches many uneven data streams at once, says which moments are abnormal, and says why.
//!
//! Frames go in, verdicts come out; nothing else happens. The engine has no clock, no files, no threads and no
//! randomness of its own: the same schema and the same frames give the same bits on every machine.
//!
//! ```
//! use fourfold::{Engine, Frame, SchemaDraft};
//!
//! let schema = SchemaDraft::of_streams(["temperature", "humidity"]).validate()?;
//! let mut engine = Engine::new(schema);
//! for minute in 0..600 {
//!     let temperature = if minute == 500 { 90.0 } else { 20.0 + f64::from(minute % 7) };
//!     let values = [temperature, f64::NAN]; // NaN: humidity was not measured
//!     let verdict = engine.observe(Frame { at_ms: 60_000 * i64::from(minute), values: &values })?;
//!     assert_eq!(verdict.alarm, minute == 500);
//! }
//! # Ok::<(), fourfold::Error>(())
//! ```
//!
//! # Pages
//!
//! Those of the tiers say what is computed, what it costs, and when it is wrong, each with an example that runs.
//!
//! | Page | Subject |
//! |---|---|
//! | [`schema`] | what is watched: drafts, presets, and a guess from a table |
//! | [`ingest`] | irregular, late and out-of-order events become frames |
//! | [`stream`] | tier 1: each stream by itself |
//! | [`joint`] | tier 2: all streams together |
//! | [`verdict`] | tier 3: one score, one alarm, episodes and labels |
//! | [`cause`] | tier 4: which streams may have caused it |
//! | [`silence`] | who is overdue, and why, while nothing arrives |
//! | [`engine`] | the front door, and the only place that orders the others |
//! | [`snapshot`] | seal and open: the bits of a run that never stopped |
//! | [`evaluate`] | how good a detector is, in the measures that people compare by |
//!
//! [`frame`] holds the nouns that all of them share, [`opinion`] what any view says, [`stats`] the statistics below them,
//! [`wire`] the JSON shapes, and [`error`] everything that can be refused.
//!
//! # Promises
//!
//! - The same schema and the same calls give the same bits, on every target.
//! - No input panics. What is refused is named, by stream, time and rule, and leaves no trace.
//! - What is no number, or too large to be a measurement, is a gap; a gap is no zero and teaches nothing.
//! - Memory is fixed by the schema, and a steady frame allocates nothing.
//! - A score means the same on every stream: one minus the chance of something at least this odd.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod cause;
pub mod engine;
pub mod error;
pub mod evaluate;
pub mod frame;
pub mod ingest;
pub mod joint;
mod math;
pub mod opinion;
mod order;
mod rng;
pub mod schema;
pub mod silence;
pub mod snapshot;
pub mod stats;
pub mod stream;
pub mod verdict;
pub mod wire;

pub use engine::Engine;
pub use error::Error;
pub use frame::Frame;
pub use schema::{Schema, SchemaDraft};
pub use verdict::{Episode, Label, Severity, Verdict};
