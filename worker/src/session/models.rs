//! Checkpoints, the way back to them, and two configurations side by side.

use fourfold::engine::Kept;
use fourfold::evaluate::Quality;
use fourfold::snapshot::describe;
use fourfold::wire::{EpisodeJson, KeptJson};
use fourfold::{Engine, Frame, Label, Schema, SchemaDraft};
use serde::{Deserialize, Serialize};

use super::course::Course;
use super::live::parsed;
use super::system::{close_open, shift_after};
use super::{Ask, Outcome, SNAPSHOTS_KEPT, Session, Taken, load};
use crate::action::Filter;
use crate::answer::Answer;
use crate::body::{self, Note};
use crate::fault::Fault;
use crate::log::{Kind, pack};
use crate::refusal::{Refusal, StorageFault};
use crate::sql::Sql;
use crate::store::{Blob, ModelRow};

/// Checkpoints that are kept.
const MODELS_KEPT: u64 = 8;
/// Frames that two configurations are compared on, and values of them: some seconds of work.
const COMPARED_FRAMES: usize = 5000;
const COMPARED_VALUES: usize = 250_000;
/// The widest tolerance around an anomaly, in rows, of the volumes.
const WINDOW: usize = 100;

/// Two configurations, and on what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    /// The first one; the system's own where it is absent.
    a: Option<serde_json::Value>,
    b: serde_json::Value,
    from: Option<f64>,
    to: Option<f64>,
}

/// How one of them did.
#[derive(Serialize)]
struct SideJson {
    alarms: usize,
    /// Frames that belong to an episode.
    abnormal: usize,
    /// Alarms within an episode that a person called real, and those within one that a person called expected.
    real: usize,
    expected: usize,
    /// How well its scores rank the frames of real episodes, where there are labels.
    quality: Option<Quality>,
}

/// A frame by the names of its streams.
type NamedRow = (i64, Vec<(String, f64)>);

impl<S: Sql> Session<S> {
    pub(super) fn models(&mut self) -> Result<Outcome, Refusal> {
        self.exists()?;
        let rows: Vec<String> = self.store.models()?.into_iter().map(|row| row.json).collect();
        Ok(Answer::ok(format!(r#"{{"models":[{}]}}"#, rows.join(","))).into())
    }

    /// Keeps the engine as it is now.
    pub(super) fn checkpoint(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
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

    /// Tells the newest frames of a span to two new engines, and says how each did.
    pub(super) fn compare(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let Comparison { a, b, from, to } = body::read(ask.body)?;
        let own = self.live()?.schema.clone();
        let a = a.map_or(Ok(own), |side| configuration(&side))?;
        let b = configuration(&b)?;
        let [from_ms, to_ms] = [from, to].map(|ms| ms.map(fourfold::frame::time_from_js).transpose());
        let rows = self.newest_rows(from_ms?, to_ms?)?;
        if rows.is_empty() {
            return Err(Fault::NothingToCompare.into());
        }
        let spans = self.labelled()?;
        let sides = [a, b].map(|schema| side(&schema, &rows, &spans));
        let [a, b] = sides;
        let (a, b) = (a?, b?);
        let (first, last) = (rows.first().map(|(at_ms, _)| *at_ms), rows.last().map(|(at_ms, _)| *at_ms));
        let said = serde_json::json!({
            "frames": rows.len(), "from": first, "to": last, "labels": spans.len(), "a": a, "b": b,
        });
        Ok(Answer::ok(said.to_string()).into())
    }

    /// The newest frames of a span, by the names of their streams.
    fn newest_rows(&self, from_ms: Option<i64>, to_ms: Option<i64>) -> Result<Vec<NamedRow>, Refusal> {
        let mut rows = std::collections::VecDeque::new();
        let mut after = 0;
        loop {
            let entries = self.store.entries_from(Kind::Frames, from_ms.unwrap_or(i64::MIN >> 11), after)?;
            let Some(last) = entries.last() else { return Ok(rows.into()) };
            after = last.seq;
            for entry in entries {
                let then = parsed(&self.store.schema_of(entry.era)?)?;
                let width = then.streams().len();
                let frames = pack::frames(&entry.rows, width)?;
                for (at_ms, row) in frames.times_ms.iter().zip(frames.values.chunks(width.max(1))) {
                    let is_inside = from_ms.is_none_or(|from_ms| *at_ms >= from_ms)
                        && to_ms.is_none_or(|to_ms| *at_ms < to_ms);
                    if !is_inside {
                        continue;
                    }
                    if rows.len() >= COMPARED_FRAMES.min(COMPARED_VALUES / width.max(1)) {
                        rows.pop_front();
                    }
                    let named =
                        then.streams().iter().map(|stream| stream.name.clone()).zip(row.iter().copied());
                    rows.push_back((*at_ms, named.collect()));
                }
            }
        }
    }

    /// Episodes that a person labelled: from when to when, and how.
    fn labelled(&self) -> Result<Vec<(i64, i64, Label)>, Refusal> {
        let mut spans = Vec::new();
        for is_archived in [false, true] {
            let filter = Filter { is_archived, limit: 1000, ..Filter::default() };
            for row in self.store.anomalies(&filter)? {
                let episode: EpisodeJson<'_> =
                    serde_json::from_str(&row.json).map_err(|_| StorageFault::Damaged)?;
                spans.extend(episode.label.map(|label| (episode.opened, episode.last, label)));
            }
        }
        Ok(spans)
    }
}

/// A schema, or a preset.
fn configuration(side: &serde_json::Value) -> Result<Schema, Refusal> {
    let draft: SchemaDraft = body::schema(body::write(side)?.as_bytes())?;
    Ok(draft.validate()?)
}

/// How a configuration does on rows.
fn side(schema: &Schema, rows: &[NamedRow], spans: &[(i64, i64, Label)]) -> Result<SideJson, Refusal> {
    let mut engine = Engine::new(schema.clone());
    let mut told = SideJson { alarms: 0, abnormal: 0, real: 0, expected: 0, quality: None };
    let (mut scores, mut labels) = (Vec::new(), Vec::new());
    let mut values = vec![f64::NAN; schema.streams().len()];
    for (at_ms, row) in rows {
        values.fill(f64::NAN);
        for (name, value) in row {
            if let Some(slot) = schema.index_of(name).and_then(|place| values.get_mut(place)) {
                *slot = *value;
            }
        }
        let verdict = engine.observe(Frame { at_ms: *at_ms, values: &values })?;
        let is_in = |label: Label| {
            spans.iter().any(|(from_ms, to_ms, said)| *said == label && (from_ms..=to_ms).contains(&at_ms))
        };
        told.alarms += usize::from(verdict.alarm);
        told.abnormal += usize::from(verdict.episode.is_some());
        told.real += usize::from(verdict.alarm && is_in(Label::Real));
        told.expected += usize::from(verdict.alarm && is_in(Label::Expected));
        scores.push(verdict.oddness);
        labels.push(is_in(Label::Real));
    }
    told.quality = labels.contains(&true).then(|| Quality::of(&scores, &labels, WINDOW));
    Ok(told)
}
