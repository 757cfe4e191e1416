//! From readings to verdicts: the engine's own ingest makes frames of them, the engine judges each.
//!
//! Frames are made beside the engine and given to it one by one, not by `Engine::push`, for two reasons. A frame in which
//! the device slept is declared absent by not being given at all: an engine that makes its own frames sees empty ones.
//! And the frame's values are wanted for the picture and the recording.

use fourfold::cause::{Ask, Mode};
use fourfold::ingest::{Buffer, Event, Ready};
use fourfold::wire::{EpisodeJson, ExplanationJson};
use fourfold::{Engine, Episode, Error, Frame, Label, Schema};

use super::streams::{COUNT_OF_STREAMS, FRAME_MS, schema};
use crate::thread::curve::{CURVE_STEPS, curves_of};
use crate::thread::{Curve, Said};

/// Frames that are at hand for questions: ten minutes.
const KEPT_FRAMES: usize = 600;

/// Frames and what the engine said of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frames {
    /// When each began.
    pub times_ms: Vec<f64>,
    /// Their values, row after row.
    pub values: Vec<f64>,
    /// How unusual.
    pub scores: Vec<f64>,
    /// How sure.
    pub confidences: Vec<f64>,
}

impl Frames {
    /// Adds those that came later.
    pub fn add(&mut self, other: &Self) {
        self.times_ms.extend_from_slice(&other.times_ms);
        self.values.extend_from_slice(&other.values);
        self.scores.extend_from_slice(&other.scores);
        self.confidences.extend_from_slice(&other.confidences);
    }

    fn forget_all_but(&mut self, frames: usize) {
        let surplus = self.times_ms.len().saturating_sub(frames);
        self.times_ms.drain(..surplus);
        self.values.drain(..surplus * COUNT_OF_STREAMS);
        self.scores.drain(..surplus);
        self.confidences.drain(..surplus);
    }

    /// Whether the lists belong together, as they do unless a store was damaged.
    fn is_whole(&self) -> bool {
        let frames = self.times_ms.len();
        self.values.len() == frames * COUNT_OF_STREAMS
            && self.scores.len() == frames
            && self.confidences.len() == frames
    }
}

/// The engine over a device's readings.
#[derive(Debug)]
pub struct Judge {
    engine: Engine,
    buffer: Buffer,
    row: Vec<f64>,
    /// Since when nobody listens.
    asleep_since_ms: Option<i64>,
    told: Vec<Episode>,
    said: Vec<Said>,
    kept: Frames,
}

impl Judge {
    /// One that has seen nothing.
    pub fn new() -> Result<Self, Error> {
        Ok(Self::over(Engine::new(schema()?), Frames::default()))
    }

    /// One that goes on: a sealed engine, the frames that were kept, and what people had said. Nobody listened in between.
    pub fn open(sealed: &[u8], kept: Frames, said: Vec<Said>) -> Result<Self, Error> {
        let engine = Engine::open(sealed)?;
        // One that was sealed by another version has other streams; it would take our rows for its own.
        if engine.schema() != &schema()? || !kept.is_whole() {
            return Self::new();
        }
        Ok(Self { said, ..Self::over(engine, kept) })
    }

    fn over(engine: Engine, kept: Frames) -> Self {
        let mut buffer = Buffer::new(engine.schema());
        if let Some(last_ms) = engine.last_frame_ms() {
            buffer.begin_after(last_ms);
        }
        let told = engine.episodes().cloned().collect();
        Self {
            engine,
            buffer,
            row: vec![f64::NAN; COUNT_OF_STREAMS],
            asleep_since_ms: None,
            told,
            said: Vec::new(),
            kept,
        }
    }

    /// Why the frame at that time is as it is.
    pub fn explain(&self, at_ms: i64, mode: Mode) -> Result<(ExplanationJson, Vec<Curve>), Error> {
        let why = self.engine.explain(Ask { at_ms: Some(at_ms), mode, ..Ask::default() })?;
        let schema = self.engine.schema();
        Ok((
            ExplanationJson::new(schema, &why),
            curves_of(&why, schema, FRAME_MS as f64, |place| self.course(place)),
        ))
    }

    /// The newest values of a stream, as many as a curve compares.
    fn course(&self, place: usize) -> Option<Vec<f32>> {
        let from = self.kept.times_ms.len().saturating_sub(CURVE_STEPS) * COUNT_OF_STREAMS;
        let values = self.kept.values.get(from..)?;
        Some(values.iter().skip(place).step_by(COUNT_OF_STREAMS).map(|&value| value as f32).collect())
    }

    /// Says what the episode that opened then was.
    pub fn label(&mut self, opened_ms: i64, label: Label) -> Result<(), Error> {
        let id = self.engine.episodes().find(|episode| episode.opened_ms == opened_ms).map(|known| known.id);
        self.engine.label(id.unwrap_or_default(), label)?;
        self.said.push(Said { opened_ms, label });
        Ok(())
    }

    /// Takes the newest word back.
    pub fn undo(&mut self) -> Result<(), Error> {
        self.engine.undo()?;
        self.said.pop();
        Ok(())
    }

    /// What people said, in the order in which they did.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// What is watched.
    pub fn schema(&self) -> &Schema {
        self.engine.schema()
    }

    /// The newest frames.
    pub fn kept(&self) -> &Frames {
        &self.kept
    }

    /// Takes readings (stream, time and value, one after another) and judges the frames that end before `until_ms`.
    pub fn take(&mut self, readings: &[f64], until_ms: f64) -> Result<Frames, Error> {
        let mut frames = Frames::default();
        for reading in readings.chunks_exact(3) {
            let event = Event { stream: reading[0] as usize, at_ms: reading[1] as i64, value: reading[2] };
            // One event may be ahead of frames that have to come out first; it is then given again.
            for _ in 0..2 {
                let taken = self.buffer.push(self.engine.schema(), event);
                self.judge_what_is_over(&mut frames)?;
                if taken.is_ok() {
                    break;
                }
            }
        }
        self.buffer.tell_time(until_ms as i64)?;
        self.judge_what_is_over(&mut frames)?;
        self.kept.add(&frames);
        self.kept.forget_all_but(KEPT_FRAMES);
        Ok(frames)
    }

    /// Nobody listens from this time on. The next frame with a reading ends that.
    pub fn sleep(&mut self, from_ms: f64) {
        self.asleep_since_ms = Some(from_ms as i64);
    }

    /// The engine, to go on later.
    pub fn seal(&self) -> Vec<u8> {
        self.engine.seal()
    }

    fn judge_what_is_over(&mut self, frames: &mut Frames) -> Result<(), Error> {
        while let Some(ready) = self.buffer.due(&mut self.row) {
            if self.is_slept_through(&ready) {
                continue;
            }
            let verdict = self.engine.observe(Frame { at_ms: ready.start_ms, values: &self.row })?;
            frames.times_ms.push(ready.start_ms as f64);
            frames.values.extend_from_slice(&self.row);
            frames.scores.push(verdict.score);
            frames.confidences.push(verdict.confidence);
        }
        Ok(())
    }

    /// Whether a frame lies in a declared sleep, or is one of the two that it cut: of those only a part was heard.
    fn is_slept_through(&mut self, ready: &Ready) -> bool {
        let Some(since_ms) = self.asleep_since_ms.filter(|&since_ms| ready.end_ms > since_ms) else {
            return false;
        };
        let woke = ready.start_ms > since_ms && self.row.iter().any(|value| value.is_finite());
        if woke {
            self.asleep_since_ms = None;
        }
        true
    }

    /// Every episode.
    pub fn episodes(&self) -> Vec<EpisodeJson<'static>> {
        self.engine.episodes().map(|episode| self.json(episode)).collect()
    }

    /// Episodes that are new or have changed since this was asked last.
    pub fn changed_episodes(&mut self) -> Vec<EpisodeJson<'static>> {
        let is_new = |episode: &&Episode| !self.told.contains(episode);
        let changed: Vec<_> =
            self.engine.episodes().filter(is_new).map(|episode| self.json(episode)).collect();
        if !changed.is_empty() {
            self.told = self.engine.episodes().cloned().collect();
        }
        changed
    }

    fn json(&self, episode: &Episode) -> EpisodeJson<'static> {
        let json = EpisodeJson::new(self.engine.schema(), episode);
        let stream = json.stream.map(|name| name.into_owned().into());
        let reason = json.reason.map(|word| word.into_owned().into());
        let group = json.group.map(|name| name.into_owned().into());
        EpisodeJson { stream, reason, group, ..json }
    }
}

/// The time up to which frames are over when it is `now_ms` and readings are handed over with every beat.
pub fn over_until_ms(now_ms: f64) -> f64 {
    now_ms - f64::from(super::beat::BEAT_MS)
}

#[cfg(test)]
mod tests;
