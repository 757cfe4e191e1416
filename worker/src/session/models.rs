//! Checkpoints, and the way back to them.

use fourfold::Engine;
use fourfold::engine::Kept;
use fourfold::snapshot::describe;
use fourfold::wire::KeptJson;

use super::course::Course;
use super::system::{close_open, shift_after};
use super::{Ask, Outcome, SNAPSHOTS_KEPT, Session, Taken, load};
use crate::answer::Answer;
use crate::body::{self, Note};
use crate::fault::Fault;
use crate::log::Kind;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{Blob, ModelRow};

/// Checkpoints that are kept.
const MODELS_KEPT: u64 = 8;

impl<S: Sql> Session<S> {
    pub(super) fn models(&mut self) -> Result<Outcome, Refusal> {
        self.exists()?;
        let rows: Vec<String> = self.store.models()?.into_iter().map(|row| row.json).collect();
        Ok(Answer::ok(format!(r#"{{"models":[{}]}}"#, rows.join(","))).into())
    }

    /// Keeps the engine as it is now.
    pub(super) fn checkpoint(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        self.exists()?;
        let Note { note } = if ask.body.is_empty() { Note::default() } else { body::read(ask.body)? };
        let version = self.store.models()?.first().map_or(1, |newest| newest.version + 1);
        let live = self.live()?;
        let bytes = live.engine.seal();
        let description = describe(&bytes).ok();
        let kept = Kept { version, at_ms: ask.now_ms, note, description, bytes };
        let json = body::write(&KeptJson::from(&kept))?;
        let mut taken = Taken::new(live, ask.now_ms);
        let row = ModelRow { version, json: json.clone() };
        taken.write.model(&row, ask.now_ms, &kept.bytes, MODELS_KEPT);
        Ok(Outcome { answer: Answer::made(json), taken: Some(taken) })
    }

    /// Goes back to a checkpoint. Data stays, and so do episodes; the engine judges what comes next by what it knew then.
    pub(super) fn restore(&mut self, ask: &Ask<'_>, version: u64) -> Result<Outcome, Refusal> {
        self.exists()?;
        let row = self.store.models()?.into_iter().find(|row| row.version == version);
        let row = row.ok_or(Fault::NoSuchModel { version })?;
        let engine = Engine::open(&self.store.blob(Blob::Model, version)?)?;
        let newest = self.store.newest_anomaly()?;
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        if *engine.schema() != live.schema {
            return Err(Fault::ModelOfOtherSchema { version }.into());
        }
        live.is_ahead = true;
        let mut taken = Taken::new(live, ask.now_ms);
        let at_ms = live.newest_ms.unwrap_or(0);
        taken.entry(live, Kind::Restored, (at_ms, at_ms), 0, version.to_le_bytes().to_vec());
        taken.write.blob(Blob::Snapshot, taken.tail.seq, &engine.seal());
        taken.write.newest_blobs(Blob::Snapshot, SNAPSHOTS_KEPT);
        let shift = shift_after(newest, &engine);
        taken.write.shift(shift);
        close_open(store, Some(ask.now_ms), &mut taken.write)?;
        live.system.shift = shift;
        live.course = Course::of(&engine);
        live.engine = engine;
        live.snapshot = taken.tail;
        Ok(Outcome { answer: Answer::ok(row.json), taken: Some(taken) })
    }
}
