//! The front door, and the only place that orders: validate, judge, fuse, then learn.
//!
//! | what | where |
//! |---|---|
//! | frames as they are | [`Engine::observe`], [`Engine::observe_batch`] |
//! | irregular, late events | [`Engine::push`] |
//! | the time, while nothing arrives | [`Engine::tick`] |
//! | what people say | [`Engine::label`], [`Engine::adopt`], [`Engine::undo`], [`Engine::set_false_alarm_rate`] |
//! | why it is so | [`Engine::explain`] |
//! | how everything is | [`Engine::health`], [`Engine::models`], [`Engine::gaps`], [`Engine::quality`], [`Engine::monitor`], [`Engine::memory`] |
//! | stop and go on | [`Engine::seal`], [`Engine::open`], [`Engine::recall`], [`History`] |

mod events;
mod explain;
mod frames;
mod history;
mod labels;
mod learned;
#[cfg(test)]
mod lying;
mod memory;
mod recall;
mod record;
mod report;

pub use history::{Found, History, Kept};
pub use memory::Memory;
pub use recall::Recalled;
pub use report::{Alert, GapReport, HealthReport, ModelInUse, Monitor, Quality, StreamHealth, Thresholds};

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::cause::Network;
use crate::error::{Error, FrameFault};
use crate::ingest::Buffer;
use crate::schema::Schema;
use crate::snapshot::{self, State, state};
use crate::verdict::Verdict;
use learned::Learned;
use record::Record;

/// Watches the streams of one schema.
///
/// Equal schemas and equal calls give equal verdicts, bit for bit, on every target.
#[derive(Clone, Debug)]
pub struct Engine {
    schema: Schema,
    state: EngineState,
    /// What was learned, and ahead of it the frames that were told and are not final. Follows from the state.
    draft: Option<Box<Learned>>,
    /// The answer to the newest call. Kept so that a steady frame allocates nothing.
    verdict: Verdict,
    /// The newest frame's values, `None` where there is none.
    values: Vec<Option<f64>>,
    /// The values of a frame that was made of events.
    raw: Vec<f64>,
}

/// Everything that the engine remembers beside the schema.
#[derive(Clone, Debug)]
struct EngineState {
    learned: Learned,
    ingest: Buffer,
    record: Record,
    network: Network,
}
state!(EngineState { learned, ingest, record, network });

impl EngineState {
    /// Takes note of a final frame, as it came, and of the verdict on it: for reports and explanations, on which no
    /// verdict depends.
    fn note(&mut self, schema: &Schema, raw: &[f64], verdict: &Verdict) {
        self.record.learn(schema, raw, verdict);
        self.network.learn(schema.moment(verdict.at_ms), &verdict.streams);
    }
}

impl Engine {
    /// An engine that has seen nothing.
    pub fn new(schema: Schema) -> Self {
        let width = schema.streams().len();
        let state = EngineState {
            learned: Learned::new(&schema),
            ingest: Buffer::new(&schema),
            record: Record::new(&schema),
            network: Network::new(&schema),
        };
        Self {
            verdict: Verdict::blank(&schema),
            values: vec![None; width],
            raw: vec![f64::NAN; width],
            draft: None,
            schema,
            state,
        }
    }

    /// What is watched.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The newest final frame's time.
    pub fn last_frame_ms(&self) -> Option<i64> {
        self.state.learned.last_frame_ms
    }

    /// The newest moment that it knows of: a frame's, an event's, or a time that was told. What is much older is refused.
    ///
    /// ```
    /// use fourfold::{Engine, Frame, SchemaDraft};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["a"]).validate()?);
    /// assert_eq!(engine.newest_ms(), None);
    /// engine.tick(5000, |_| ())?;
    /// assert_eq!((engine.newest_ms(), engine.last_frame_ms()), (Some(5000), None));
    /// engine.observe(Frame { at_ms: 6000, values: &[1.0] })?;
    /// assert_eq!(engine.newest_ms(), Some(6000));
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn newest_ms(&self) -> Option<i64> {
        self.state.learned.last_frame_ms.max(self.state.ingest.newest_ms())
    }

    /// The engine as bytes: schema and state.
    pub fn seal(&self) -> Vec<u8> {
        snapshot::seal(&self.schema, |to| self.state.save(to))
    }

    /// The engine that was sealed. It goes on with the bits of one that never stopped.
    ///
    /// ```
    /// use fourfold::{Engine, Error, SchemaDraft};
    ///
    /// let engine = Engine::new(SchemaDraft::preset("iot")?.validate()?);
    /// let mut bytes = engine.seal();
    /// assert_eq!(Engine::open(&bytes)?.seal(), bytes);
    /// bytes[40] ^= 1;
    /// assert!(matches!(Engine::open(&bytes), Err(Error::Snapshot(_))));
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn open(bytes: &[u8]) -> Result<Self, Error> {
        snapshot::open(bytes, |schema, from| {
            let mut engine = Self::new(schema);
            engine.state.load(from)?;
            engine.draw_what_was_told();
            Ok(engine)
        })
    }
}
