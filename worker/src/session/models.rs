//! Checkpoints, and the way back to them; and engines that come from elsewhere, or go there: what a page or a phone has
//! learned, it goes on with here.

use fourfold::Engine;
use fourfold::engine::Kept;
use fourfold::snapshot::describe;
use fourfold::wire::KeptJson;

use super::course::Course;
use super::system::{close_open, shift_after};
use super::{Ask, Outcome, SNAPSHOTS_KEPT, Session, Taken, load};
use crate::answer::{Answer, SEALED};
use crate::body::{self, Note};
use crate::fault::Fault;
use crate::log::Kind;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{Blob, ModelRow, Write};

/// Checkpoints that are kept.
const MODELS_KEPT: u64 = 8;
/// The note of one that came from elsewhere.
const BROUGHT: &str = "brought along";

impl<S: Sql> Session<S> {
    pub(super) fn models(&mut self) -> Result<Outcome, Refusal> {
        self.exists()?;
        let rows: Vec<String> = self.store.models()?.into_iter().map(|row| row.json).collect();
        Ok(Answer::ok(format!(r#"{{"models":[{}]}}"#, rows.join(","))).into())
    }

    /// The checkpoint itself, as every shell opens it.
    pub(super) fn model(&mut self, version: u64) -> Result<Outcome, Refusal> {
        self.exists()?;
        self.checkpoint_row(version)?;
        let body = self.store.blob(Blob::Model, version)?;
        Ok(Answer { status: 200, media: SEALED, body }.into())
    }

    /// Keeps the engine as it is now, or the one that was brought.
    pub(super) fn checkpoint(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        self.exists()?;
        if is_sealed(ask) {
            let engine = self.brought(ask)?;
            if *engine.schema() != self.live()?.schema {
                return Err(Fault::EngineOfOtherSchema.into());
            }
            return self.keep(ask, BROUGHT.to_owned(), engine.seal());
        }
        let Note { note } = if ask.body.is_empty() { Note::default() } else { body::words(ask.body)? };
        let bytes = self.live()?.engine.seal();
        self.keep(ask, note, bytes)
    }

    /// A system that goes on where an engine stopped elsewhere. The engine is its first checkpoint; should the second step
    /// fail, the same request does it again.
    pub(super) fn put_engine(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let engine = self.brought(ask)?;
        match self.live() {
            Err(Refusal::UnknownSystem) => {
                let mut write = Write::default();
                write.create(&body::write(&engine.schema().to_draft())?, ask.now_ms);
                self.store.commit(write)?;
            }
            Ok(live) if live.schema == *engine.schema() && live.tail.frames == 0 => {}
            Ok(_) => return Err(Fault::SystemInUse.into()),
            Err(refusal) => return Err(refusal),
        }
        let kept = self.keep(ask, BROUGHT.to_owned(), engine.seal())?;
        if let Some(taken) = kept.taken {
            self.stand(taken)?;
        }
        let version = self.store.models()?.first().map_or(1, |newest| newest.version);
        let restored = self.restore(ask, version)?;
        Ok(Outcome { answer: Answer::made(self.describe(ask.id)?), ..restored })
    }

    /// The engine in a body. Whoever sends it is told what is wrong with it: it is not the system that is damaged.
    fn brought(&self, ask: &Ask<'_>) -> Result<Engine, Refusal> {
        let engine =
            Engine::open(ask.body).map_err(|error| Fault::BadEngine { detail: error.to_string() })?;
        self.clock(ask).check_engine(&engine)?;
        Ok(engine)
    }

    /// Keeps an engine under the next number.
    fn keep(&mut self, ask: &Ask<'_>, note: String, bytes: Vec<u8>) -> Result<Outcome, Refusal> {
        let version = self.store.models()?.first().map_or(1, |newest| newest.version + 1);
        let live = self.live()?;
        let description = describe(&bytes).ok();
        let kept = Kept { version, at_ms: ask.now_ms, note, description, bytes };
        let json = body::write(&KeptJson::from(&kept))?;
        let mut taken = Taken::new(live, ask.now_ms);
        let row = ModelRow { version, json: json.clone() };
        taken.write.model(&row, ask.now_ms, &kept.bytes, MODELS_KEPT);
        Ok(Outcome::with(Answer::made(json), taken))
    }

    fn checkpoint_row(&self, version: u64) -> Result<ModelRow, Refusal> {
        let row = self.store.models()?.into_iter().find(|row| row.version == version);
        row.ok_or_else(|| Fault::NoSuchModel { version }.into())
    }

    /// Goes back to a checkpoint. Data stays, and so do episodes; the engine judges what comes next by what it knew then.
    pub(super) fn restore(&mut self, ask: &Ask<'_>, version: u64) -> Result<Outcome, Refusal> {
        self.exists()?;
        let row = self.checkpoint_row(version)?;
        let engine = Engine::open(&self.store.blob(Blob::Model, version)?)?;
        self.clock(ask).check_engine(&engine)?;
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
        Ok(Outcome::with(Answer::ok(row.json), taken))
    }
}

/// Whether the body is an engine.
pub(super) fn is_sealed(ask: &Ask<'_>) -> bool {
    body::media(ask.media) == Some(SEALED)
}
