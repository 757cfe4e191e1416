//! The front door, and the only place that orders: validate, judge, fuse, then learn.

use alloc::vec;
use alloc::vec::Vec;

use crate::error::{Error, FrameFault};
use crate::frame::{Frame, TIME_MS_MAX, measured};
use crate::joint::Joint;
use crate::schema::Schema;
use crate::silence::{Cause, Silence};
use crate::snapshot::{self, State, state};
use crate::stream::Streams;
use crate::verdict::{Episode, Label, Tier3, Verdict};

/// Watches the streams of one schema.
///
/// Equal schemas and equal calls give equal verdicts, bit for bit, on every target.
#[derive(Clone, Debug)]
pub struct Engine {
    schema: Schema,
    state: EngineState,
    /// The answer to the newest call. Kept so that a steady frame allocates nothing.
    verdict: Verdict,
    /// The newest frame's values, `None` where there is none.
    values: Vec<Option<f64>>,
}

/// Everything that a verdict depends on beside the schema.
#[derive(Clone, Debug)]
struct EngineState {
    frames: u64,
    last_frame_ms: Option<i64>,
    silence: Silence,
    streams: Streams,
    joint: Joint,
    tier3: Tier3,
}
state!(EngineState { frames, last_frame_ms, silence, streams, joint, tier3 });

impl EngineState {
    /// Gives each stream that has no value, or always the same, the word for it.
    fn name_silences(&self, at_ms: i64, verdict: &mut Verdict) {
        for (place, stream) in verdict.streams.iter_mut().enumerate().filter(|(_, stream)| !stream.present) {
            stream.silence = self.silence.why(place, at_ms);
        }
        for stuck in verdict.silences.iter().filter(|finding| finding.cause == Cause::ValueStuck) {
            if let Some(stream) = stuck.stream.and_then(|place| verdict.streams.get_mut(place)) {
                stream.silence = Some(Cause::ValueStuck);
            }
        }
    }
}

/// Bytes that an engine holds, by part. They are fixed by the schema and do not grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Tier 1.
    pub streams: usize,
    /// Tier 2.
    pub joint: usize,
    /// Tier 3.
    pub verdict: usize,
}

impl Memory {
    /// All parts together.
    pub fn total(&self) -> usize {
        self.streams + self.joint + self.verdict
    }
}

impl Engine {
    /// An engine that has seen nothing.
    pub fn new(schema: Schema) -> Self {
        let width = schema.streams().len();
        let state = EngineState {
            frames: 0,
            last_frame_ms: None,
            silence: Silence::new(&schema),
            streams: Streams::new(&schema),
            joint: Joint::new(&schema),
            tier3: Tier3::new(&schema),
        };
        Self { verdict: Verdict::blank(&schema), values: vec![None; width], schema, state }
    }

    /// What is watched.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Judges one frame, then learns it. An error changes nothing.
    pub fn observe(&mut self, frame: Frame<'_>) -> Result<&Verdict, Error> {
        self.check(frame, self.state.last_frame_ms)?;
        self.take(frame);
        Ok(&self.verdict)
    }

    /// Judges frames in a row: `rows` holds one value per stream for each of `times_ms`, row after row. All are checked
    /// before the first is judged, so an error changes nothing.
    ///
    /// ```
    /// use fourfold::{Engine, SchemaDraft};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate()?);
    /// let mut scores = Vec::new();
    /// engine.observe_batch(&[0, 1000], &[1.0, 2.0, 1.0, f64::NAN], |_, verdict| scores.push(verdict.score))?;
    /// assert_eq!(scores.len(), 2);
    /// assert!(engine.observe_batch(&[2000, 500], &[1.0; 4], |_, _| ()).is_err());
    /// assert!(engine.observe_batch(&[2000], &[1.0; 2], |_, _| ()).is_ok());
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn observe_batch(
        &mut self,
        times_ms: &[i64],
        rows: &[f64],
        mut each: impl FnMut(usize, &Verdict),
    ) -> Result<(), Error> {
        self.check_batch(times_ms, rows.len())?;
        let width = self.schema.streams().len();
        let frame =
            |row: usize| Frame { at_ms: times_ms[row], values: &rows[row * width..(row + 1) * width] };
        for row in 0..times_ms.len() {
            self.take(frame(row));
            each(row, &self.verdict);
        }
        Ok(())
    }

    /// The check of [`Engine::observe_batch`], for callers who hand a long batch over in pieces and still want all of
    /// it or nothing: `values` is how many there are in its rows together.
    pub fn check_batch(&self, times_ms: &[i64], values: usize) -> Result<(), Error> {
        let streams = self.schema.streams().len();
        let rows = times_ms.len();
        if rows.checked_mul(streams) != Some(values) {
            return Err(FrameFault::RaggedBatch { rows, values, streams }.into());
        }
        let mut last_ms = self.state.last_frame_ms;
        for &at_ms in times_ms {
            check_time(at_ms, last_ms)?;
            last_ms = Some(at_ms);
        }
        Ok(())
    }

    /// Says the time while nothing arrives. Every stream, every group and all of them together have learned how long
    /// they are usually silent at this hour; the answer is a verdict when one of them becomes overdue, once per silence,
    /// and `None` while there is nothing to say. Habits take a week to learn.
    pub fn tick(&mut self, now_ms: i64) -> Result<Option<&Verdict>, Error> {
        if now_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
            return Err(FrameFault::TimeOutOfRange { at_ms: now_ms as f64 }.into());
        }
        let Self { state, verdict, .. } = self;
        if state.last_frame_ms.is_none_or(|last_ms| now_ms <= last_ms) {
            return Ok(None);
        }
        state.silence.judge(now_ms, &mut verdict.silences);
        if !state.tier3.is_news(&verdict.silences) {
            return Ok(None);
        }
        state.silence.learn(now_ms, &verdict.silences);
        state.streams.miss(&mut verdict.streams);
        state.name_silences(now_ms, verdict);
        verdict.at_ms = now_ms;
        verdict.from_silence = true;
        state.tier3.step_silence(verdict);
        Ok(Some(verdict))
    }

    /// Things that happened, oldest first: the newest 256.
    pub fn episodes(&self) -> impl DoubleEndedIterator<Item = &Episode> + ExactSizeIterator {
        self.state.tier3.episodes()
    }

    /// Says what an episode was. "Expected" teaches the engine that its like is fine; "real" that it is not.
    pub fn label(&mut self, episode: u64, label: Label) -> Result<(), Error> {
        Ok(self.state.tier3.label(episode, label)?)
    }

    /// Takes the newest label back, as if it had never been given. Returns its episode.
    pub fn undo(&mut self) -> Result<u64, Error> {
        Ok(self.state.tier3.undo()?)
    }

    /// Alarms that the flood control held back so far.
    pub fn held_back(&self) -> u64 {
        self.state.tier3.held_back()
    }

    /// The newest frame's time.
    pub fn last_frame_ms(&self) -> Option<i64> {
        self.state.last_frame_ms
    }

    /// Bytes held, by part.
    pub fn memory(&self) -> Memory {
        Memory {
            streams: self.state.streams.heap_bytes() + self.state.silence.heap_bytes(),
            joint: self.state.joint.heap_bytes(),
            verdict: self.state.tier3.heap_bytes(),
        }
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
            Ok(engine)
        })
    }

    fn check(&self, frame: Frame<'_>, last_ms: Option<i64>) -> Result<(), FrameFault> {
        let Frame { at_ms, values } = frame;
        let expected = self.schema.streams().len();
        if values.len() != expected {
            return Err(FrameFault::WrongWidth { at_ms, got: values.len(), expected });
        }
        check_time(at_ms, last_ms)
    }

    fn take(&mut self, frame: Frame<'_>) {
        for (slot, value) in self.values.iter_mut().zip(frame.values) {
            *slot = measured(*value);
        }
        self.judge_and_learn(frame.at_ms);
        self.state.frames += 1;
        self.state.last_frame_ms = Some(frame.at_ms);
    }

    fn judge_and_learn(&mut self, at_ms: i64) {
        let Self { schema, state, verdict, values } = self;
        let moment = schema.moment(at_ms);
        state.streams.judge(moment, values, &mut verdict.streams);
        let joint = state.joint.judge(moment, values);
        let opinions = [joint.novelty, joint.dependence, joint.forest, joint.gaps, joint.silence];

        for (stream, value) in values.iter().enumerate() {
            if let Some(x) = value {
                state.silence.heard(stream, moment, *x);
            }
        }
        state.silence.judge(at_ms, &mut verdict.silences);
        state.silence.learn(at_ms, &verdict.silences);
        state.name_silences(at_ms, verdict);

        verdict.at_ms = at_ms;
        verdict.from_silence = false;
        state.tier3.step(opinions, state.frames, verdict);

        state.streams.learn(values);
        state.joint.learn(values, verdict.episode.is_none());
    }
}

fn check_time(at_ms: i64, last_ms: Option<i64>) -> Result<(), FrameFault> {
    if at_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
        return Err(FrameFault::TimeOutOfRange { at_ms: at_ms as f64 });
    }
    match last_ms {
        Some(last_ms) if at_ms <= last_ms => Err(FrameFault::TimeWentBack { at_ms, last_ms }),
        _ => Ok(()),
    }
}
