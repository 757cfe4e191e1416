//! The system itself: made, changed, described, forgotten; and how its engine is.

use fourfold::engine::Thresholds;
use fourfold::wire::{GapsJson, HealthJson, MonitorJson, QualityJson};
use fourfold::{Engine, Schema, SchemaDraft};
use serde::Serialize;

use super::course::Course;
use super::live::{self, Live};
use super::models;
use super::{Ask, Outcome, SNAPSHOTS_KEPT, Session, Taken, load};
use crate::answer::Answer;
use crate::body;
use crate::log::Kind;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{AnomalyRow, Blob, Store, SystemRow, Write};

/// A system as the API describes it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SystemJson<'a> {
    id: &'a str,
    schema: SchemaDraft,
    /// Frames taken.
    frames: u64,
    /// The newest moment.
    last: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<ChangeJson>,
}

/// What a change of the schema did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ChangeJson {
    /// Streams whose past taught the new engine.
    kept: Vec<String>,
    /// Streams that begin anew.
    new: Vec<String>,
    /// Streams that are no longer watched. Their raw data stays.
    removed: Vec<String>,
    /// What began anew, in words.
    reset: Vec<&'static str>,
}

impl<S: Sql> Session<S> {
    /// Creating twice with one schema is creating once; with another, the system watches something else from here on.
    pub(super) fn put(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        if models::is_sealed(ask) {
            return self.put_engine(ask);
        }
        let schema = body::schema(ask.body)?.validate()?;
        match self.live() {
            Err(Refusal::UnknownSystem) => {
                let mut write = Write::default();
                write.create(&body::write(&schema.to_draft())?, ask.now_ms);
                self.store.commit(write)?;
                Ok(Answer::made(self.describe(ask.id)?).into())
            }
            Ok(live) if live.schema == schema => Ok(Answer::ok(self.describe(ask.id)?).into()),
            Ok(_) => self.change(ask, schema),
            Err(refusal) => Err(refusal),
        }
    }

    /// Keeps what can be kept: everything where only the rate of false alarms is another; otherwise a new engine learns
    /// from what is stored, and episodes are counted on.
    fn change(&mut self, ask: &Ask<'_>, schema: Schema) -> Result<Outcome, Refusal> {
        let text = body::write(&schema.to_draft())?;
        let newest = self.store.newest_anomaly()?;
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let names = |schema: &Schema| -> Vec<String> {
            schema.streams().iter().map(|stream| stream.name.clone()).collect()
        };
        let (before, after) = (names(&live.schema), names(&schema));
        let without = |some: &[String], others: &[String]| -> Vec<String> {
            some.iter().filter(|name| !others.contains(name)).cloned().collect()
        };
        let (engine, is_same) = live::changed(store, &live.engine, &schema, u64::MAX)?;
        live.is_ahead = true;
        let mut taken = Taken::new(live, ask.now_ms);
        let (era, shift) = match is_same {
            true => (live.system.era + 1, live.system.shift),
            false => (live.system.era + 1, shift_after(newest, &engine)),
        };
        let at_ms = live.newest_ms.unwrap_or(0);
        taken.entry(live, Kind::Schema, (at_ms, at_ms), 0, text.clone().into_bytes());
        taken.write.schema(era, &text, shift);
        taken.write.blob(Blob::Snapshot, taken.tail.seq, &engine.seal());
        taken.write.newest_blobs(Blob::Snapshot, SNAPSHOTS_KEPT);
        let reset =
            if is_same { Vec::new() } else { vec!["labels", "checkpoints of before", "open episodes"] };
        let change = ChangeJson {
            kept: after.iter().filter(|name| before.contains(name)).cloned().collect(),
            new: without(&after, &before),
            removed: without(&before, &after),
            reset,
        };
        if !is_same {
            close_open(store, Some(ask.now_ms), &mut taken.write)?;
        }
        *live = Live {
            system: SystemRow { era, schema: text, shift, ..live.system.clone() },
            course: Course::of(&engine),
            snapshot: taken.tail,
            schema,
            engine,
            tail: live.tail,
            newest_ms: live.newest_ms,
            arrivals: live.arrivals.clone(),
            is_ahead: true,
        };
        let answer = Answer::ok(describe(ask.id, live, Some(change))?);
        Ok(Outcome::with(answer, taken))
    }

    pub(super) fn describe(&mut self, id: &str) -> Result<String, Refusal> {
        describe(id, self.live()?, None)
    }

    /// Nothing is left of it: the object deletes its storage.
    pub(super) fn forget(&mut self) -> Result<Outcome, Refusal> {
        if self.store.system()?.is_none() {
            return Err(Refusal::UnknownSystem);
        }
        self.let_go();
        Ok(Answer { status: 204, ..Answer::ok("") }.into())
    }

    /// Knows nothing any more that is not in the tables.
    pub(crate) fn let_go(&mut self) {
        self.live = None;
        (self.ticked_ms, self.rung_ms, self.outbox_ms, self.has_webhooks) = (None, None, None, None);
        (self.round_ms, self.loose) = (0, 0);
    }

    pub(super) fn health(&mut self, now_ms: Option<i64>) -> Result<Outcome, Refusal> {
        let live = self.live()?;
        let now_ms = now_ms.or(live.newest_ms).unwrap_or(0);
        let report = live.engine.health(now_ms);
        let monitor = live.engine.monitor(&Thresholds::default());
        let health = body::write(&HealthJson::new(&live.schema, &report))?;
        let monitor = body::write(&MonitorJson::new(&live.schema, monitor))?;
        let streams = health.strip_suffix('}').ok_or(Refusal::Unwritable)?;
        Ok(Answer::ok(format!(r#"{streams},"at":{now_ms},"monitor":{monitor}}}"#)).into())
    }

    pub(super) fn gaps(&mut self) -> Result<Outcome, Refusal> {
        let live = self.live()?;
        Ok(Answer::ok(body::write(&GapsJson::new(&live.schema, &live.engine.gaps()))?).into())
    }

    pub(super) fn quality(&mut self, now_ms: Option<i64>) -> Result<Outcome, Refusal> {
        let live = self.live()?;
        let now_ms = now_ms.or(live.newest_ms).unwrap_or(0);
        let quality = live.engine.quality(now_ms);
        Ok(Answer::ok(body::write(&QualityJson::new(&live.schema, &quality))?).into())
    }
}

/// How much is added to the numbers of a new engine's episodes: its next one follows the newest that there is, and one
/// that it takes for open becomes a new one.
pub(super) fn shift_after(newest: u64, engine: &Engine) -> i64 {
    let told = engine.episodes().rfind(|episode| episode.closed_ms.is_some());
    let own = told.map_or(0, |episode| episode.id);
    i64::try_from(newest).unwrap_or(i64::MAX).saturating_sub(i64::try_from(own).unwrap_or(i64::MAX))
}

/// Episodes of an engine that is no more are over: nobody is left who could end them. Where nobody says what time it is,
/// it is the episode's own.
pub(super) fn close_open(
    store: &Store<impl Sql>,
    now_ms: Option<i64>,
    write: &mut Write,
) -> Result<(), Refusal> {
    for row in store.open_anomalies()? {
        let mut episode: fourfold::wire::EpisodeJson<'_> = body::kept(row.json.as_bytes())?;
        let now_ms = now_ms.unwrap_or(episode.last);
        episode.closed = Some(episode.last);
        episode.end = fourfold::verdict::End::Overtaken;
        let json = body::write(&episode)?;
        write.history(row.id, now_ms, "closed", Some("overtaken".to_owned()));
        write.anomaly(AnomalyRow { closed_ms: episode.closed, json, ..row.clone() }, now_ms);
    }
    Ok(())
}

fn describe(id: &str, live: &Live, change: Option<ChangeJson>) -> Result<String, Refusal> {
    let (frames, last) = (live.tail.frames, live.newest_ms);
    body::write(&SystemJson { id, schema: live.schema.to_draft(), frames, last, change })
}
