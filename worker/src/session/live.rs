//! An engine in memory that knows exactly what the log knows, and the way from the one to the other.

use fourfold::wire::{EpisodeJson, VerdictJson};
use fourfold::{Engine, Schema, SchemaDraft};

use crate::body;
use crate::log::{Append, EpisodeRow, Kind, Log, Tail, Writing};
use crate::refusal::{Refusal, StorageFault};

/// Frames between snapshots: what a cold object must read again at most, some milliseconds of work.
const SNAPSHOT_FRAMES: u64 = 256;
/// Frames after which changed episodes are noted. The engine forgets all but the newest 256, and an episode takes
/// more than ten frames: none is missed.
const EPISODE_FRAMES: usize = 1024;

/// An engine and the end of the log that it has seen.
#[derive(Debug)]
pub(super) struct Live {
    /// The engine's own, so that verdicts can be named while the engine is at work.
    schema: Schema,
    engine: Engine,
    tail: Tail,
    /// Where the log ended at the newest snapshot.
    snapshot: Tail,
}

/// What the engine said, not yet written.
pub(super) struct Judged {
    /// To be written.
    pub(super) append: Append,
    /// Where the log ends then.
    pub(super) tail: Tail,
    /// The verdicts as JSON.
    pub(super) verdicts: Vec<String>,
}

impl Live {
    /// The newest snapshot that can be opened, and the log since; without one, the whole log.
    pub(super) fn from_log(log: &impl Log) -> Result<Option<Self>, Refusal> {
        let Some(text) = log.schema()? else { return Ok(None) };
        let draft = SchemaDraft::from_json(&text).map_err(|_| StorageFault::Damaged)?;
        let schema = draft.validate().map_err(|_| StorageFault::Damaged)?;
        for seq in log.snapshots()? {
            let Ok(engine) = Engine::open(&log.snapshot(seq)?) else { continue };
            if *engine.schema() == schema {
                return Self::replay(log, engine, seq).map(Some);
            }
        }
        Self::replay(log, Engine::new(schema), 0).map(Some)
    }

    /// Tells the engine what the log says after an entry.
    fn replay(log: &impl Log, mut engine: Engine, after: u64) -> Result<Self, Refusal> {
        let width = engine.schema().streams().len();
        let end = log.tail()?;
        let mut seq = after;
        let mut replayed = 0;
        while seq < end.seq {
            let entries = log.entries_after(seq)?;
            if entries.is_empty() {
                return Err(StorageFault::Damaged.into());
            }
            for entry in entries {
                if entry.seq != seq + 1 {
                    return Err(StorageFault::Damaged.into());
                }
                seq = entry.seq;
                let taken = match entry.kind {
                    Kind::Tick => engine.tick(entry.first_ms, |_| ()),
                    Kind::Frames => {
                        let (times_ms, values) = entry.frames(width)?;
                        replayed += times_ms.len() as u64;
                        engine.observe_batch(&times_ms, &values, |_, _| ())
                    }
                };
                taken.map_err(|_| StorageFault::Damaged)?;
            }
        }
        let snapshot = Tail { seq: after, frames: end.frames.saturating_sub(replayed) };
        Ok(Self { schema: engine.schema().clone(), engine, tail: end, snapshot })
    }

    /// What is watched.
    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Frames taken.
    pub(super) fn frames(&self) -> u64 {
        self.tail.frames
    }

    /// The newest frame's time.
    pub(super) fn last_frame_ms(&self) -> Option<i64> {
        self.engine.last_frame_ms()
    }

    /// Judges frames that are in order. Whatever comes of it, the engine has now changed: `advance` it or drop it.
    pub(super) fn judge(&mut self, times_ms: &[i64], values: &[f64]) -> Result<Judged, Refusal> {
        self.engine.check_batch(times_ms, values.len())?;
        let width = self.schema.streams().len();
        let mut verdicts = Vec::with_capacity(times_ms.len());
        let mut episodes = Vec::new();
        let mut writing = Writing::after(self.tail);
        for (run, run_ms) in times_ms.chunks(EPISODE_FRAMES).enumerate() {
            let begin = run * EPISODE_FRAMES;
            let rows = values.get(begin * width..(begin + run_ms.len()) * width).unwrap_or_default();
            let Self { engine, schema, .. } = self;
            let mut said = Vec::with_capacity(run_ms.len());
            engine.observe_batch(run_ms, rows, |_, verdict| {
                said.push(body::write(&VerdictJson::new(schema, verdict)));
            })?;
            for ((place, at_ms), verdict) in run_ms.iter().enumerate().zip(said) {
                let verdict = verdict?;
                let row = rows.get(place * width..(place + 1) * width).unwrap_or_default();
                writing.frame(*at_ms, row, &verdict);
                verdicts.push(verdict);
            }
            if let Some(first_ms) = run_ms.first() {
                episodes.extend(self.changed_since(*first_ms)?);
            }
        }
        let (append, tail) = writing.finish(episodes);
        Ok(Judged { append, tail, verdicts })
    }

    /// Says the time. `None` leaves the engine as it was; otherwise `advance` it or drop it.
    pub(super) fn tick(&mut self, now_ms: i64) -> Result<Option<Judged>, Refusal> {
        let Self { engine, schema, .. } = self;
        // An engine that is given frames has one thing to say of a silence, or nothing.
        let mut said = None;
        engine.tick(now_ms, |verdict| said = Some(body::write(&VerdictJson::new(schema, verdict))))?;
        let Some(verdict) = said.transpose()? else { return Ok(None) };
        let mut writing = Writing::after(self.tail);
        writing.tick(now_ms, &verdict);
        let (append, tail) = writing.finish(self.changed_since(now_ms)?);
        Ok(Some(Judged { append, tail, verdicts: vec![verdict] }))
    }

    /// The log has what was judged. A snapshot follows when it is due; it may fail, the log has everything.
    pub(super) fn advance(&mut self, tail: Tail, log: &impl Log) {
        self.tail = tail;
        if tail.frames.saturating_sub(self.snapshot.frames) >= SNAPSHOT_FRAMES {
            self.snapshot = tail;
            let _ = log.keep_snapshot(tail.seq, &self.engine.seal());
        }
    }

    /// Episodes that were open at a moment or later.
    fn changed_since(&self, at_ms: i64) -> Result<Vec<EpisodeRow>, Refusal> {
        let changed =
            self.engine.episodes().filter(|episode| episode.closed_ms.is_none_or(|closed| closed >= at_ms));
        changed
            .map(|episode| {
                Ok(EpisodeRow {
                    id: episode.id,
                    json: body::write(&EpisodeJson::new(&self.schema, episode))?,
                })
            })
            .collect()
    }
}
