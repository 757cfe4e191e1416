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
//! # Reading order
//!
//! 1. [`schema`]: what is watched.
//! 2. [`frame`]: what comes in.
//! 3. [`stream`]: tier 1, each stream by itself.
//! 4. [`joint`]: tier 2, all streams together.
//! 5. [`verdict`]: tier 3, one answer.
//! 6. [`engine`]: the only place that orders them.
//!
//! Around these: [`snapshot`] (seal and open), [`wire`] (the JSON shapes), [`error`], [`evaluate`] (scores against labels).
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod engine;
pub mod error;
pub mod evaluate;
pub mod frame;
pub mod ingest;
pub mod joint;
mod math;
pub mod opinion;
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
