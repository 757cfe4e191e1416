//! What one system does: a request in, an answer and effects out, over a store. Nothing here knows the platform.
//!
//! A request is first refused or accepted as a whole, then judged, then written, then answered. If writing fails, the
//! engine in memory has learnt what the log may not know: it is dropped, and the next request builds it again.

mod alerts;
mod anomalies;
mod arrivals;
mod clock;
mod compare;
mod course;
mod frames;
mod keys;
mod live;
mod models;
mod raw;
mod repeat;
mod system;
mod taken;
#[cfg(test)]
mod tests;
mod upkeep;
mod views;
mod words;

pub(crate) use alerts::Parcel;
pub(crate) use upkeep::Settings;

use fourfold::engine::Thresholds;

use crate::action::Action;
use crate::answer::Answer;
use crate::body;
use crate::fault::Fault;
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{Arrival, Blob, Store, Write};
use crate::verdicts::Verdicts;
use live::Live;
use repeat::Recipe;
use taken::Taken;

/// The shapes of answers, for the description of the API.
#[cfg(test)]
pub(crate) mod described {
    pub(crate) use super::alerts::ShownJson as AlertsJson;
    pub(crate) use super::anomalies::{AnomaliesJson, AnomalyJson, OneAnomalyJson};
    pub(crate) use super::system::SystemJson;
    pub(crate) use super::words::AmendedJson;
}

/// Frames between snapshots: what a cold object must read again at most, some milliseconds of work. And entries: of
/// events, there may be many to a frame.
const SNAPSHOT_FRAMES: u64 = 256;
const SNAPSHOT_ENTRIES: u64 = 512;
/// Snapshots that are kept: should the newest be damaged, the one before saves reading the whole log.
const SNAPSHOTS_KEPT: u64 = 2;

/// One system.
pub(crate) struct Session<S> {
    store: Store<S>,
    /// The engine, once somebody needed it; `None` also after a failed write.
    live: Option<Live>,
    settings: Settings,
    /// What time the engine was told last, by the sender's clock.
    ticked_ms: Option<i64>,
    /// When the alarm rang last.
    rung_ms: Option<i64>,
    /// When the house was kept last.
    round_ms: i64,
    /// Entries of the log that are not packed yet, as far as it is known.
    loose: u64,
    /// When the outbox is to be delivered: whoever delivers says so.
    pub(crate) outbox_ms: Option<i64>,
    /// Whether anybody waits for news, once that was looked up.
    has_webhooks: Option<bool>,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    /// The system's name.
    pub(crate) id: &'a str,
    /// What is asked.
    pub(crate) action: Action,
    /// The body, as it came.
    pub(crate) body: &'a [u8],
    /// What the body is said to be.
    pub(crate) media: Option<&'a str>,
    /// Lines that came before the body, of which it is a piece.
    pub(crate) before: usize,
    /// What may be answered.
    pub(crate) accept: Option<&'a str>,
    /// The `Idempotency-Key`.
    pub(crate) key: Option<&'a str>,
    /// By the clock on the wall.
    pub(crate) now_ms: i64,
}

/// An answer, and what else follows from the request.
#[derive(Debug)]
pub(crate) struct Done {
    /// What is answered.
    pub(crate) answer: Answer,
    /// What is news to whoever listens.
    pub(crate) notices: Vec<Notice>,
    /// What was judged, for whoever listens; `None` where it was nothing, or too much to be told.
    pub(crate) verdicts: Option<Verdicts>,
    /// Frames that were news.
    pub(crate) frames: u64,
    /// Whether nothing is left of the system: its storage can go.
    pub(crate) is_forgotten: bool,
}

/// An answer, and what is to be written before it is given.
struct Outcome {
    answer: Answer,
    taken: Option<Taken>,
    /// How the answer is rendered again, where that takes less room than the answer.
    recipe: Option<Recipe>,
}

impl Outcome {
    fn with(answer: Answer, taken: Taken) -> Self {
        Self { taken: Some(taken), ..answer.into() }
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self { answer, taken: None, recipe: None }
    }
}

impl<S: Sql> Session<S> {
    /// The system that a database remembers.
    pub(crate) fn new(sql: S, settings: Settings) -> Self {
        Self {
            store: Store::new(sql),
            live: None,
            settings,
            ticked_ms: None,
            rung_ms: None,
            round_ms: 0,
            loose: 0,
            outbox_ms: None,
            has_webhooks: None,
        }
    }

    /// Does what is asked. All that it changed is in the log when it returns.
    pub(crate) fn answer(&mut self, ask: &Ask<'_>) -> Result<Done, Refusal> {
        let key = match ask.key.filter(|_| ask.action.is_repeatable_by_key()) {
            Some(key) => Some(self.key(ask, key)?),
            None => None,
        };
        if let Some(keys::Key { known: Some(known), .. }) = &key {
            return Ok(Done::of(known.clone()));
        }
        let outcome = self.outcome(ask);
        let concluded = outcome.and_then(|outcome| self.conclude(ask, outcome, key));
        if concluded.is_err() {
            // A refusal may come before or after the engine has changed: it is cheap to be sure.
            self.forget_if_changed();
        }
        concluded
    }

    fn outcome(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        match &ask.action {
            Action::Put => self.put(ask),
            Action::Describe => self.describe(ask.id).map(|json| Answer::ok(json).into()),
            Action::Forget => self.forget(),
            Action::Frames { partial } => self.frames(ask, *partial),
            Action::Events => self.events(ask),
            Action::Tick => self.tick(ask),
            Action::Anomalies(filter) => self.anomalies(filter),
            Action::Anomaly(id) => self.anomaly(*id),
            Action::Amend(id) => self.amend(ask, *id),
            Action::Label => self.label(ask),
            Action::Undo => self.undo(ask),
            Action::Explain { id, mode } => self.explain(*id, *mode),
            Action::Health(now_ms) => self.health(*now_ms),
            Action::Gaps => self.gaps(),
            Action::Alerts => self.alerts(),
            Action::SetAlerts => self.set_alerts(ask),
            Action::Quality(now_ms) => self.quality(*now_ms),
            Action::ReadFrames(stretch) => self.read_frames(ask, stretch),
            Action::ReadScores(stretch) => self.read_scores(ask, stretch),
            Action::Stats(grain, span) => self.stats(*grain, *span),
            Action::View(view) => self.view(*view, ask.now_ms),
            Action::Models => self.models(),
            Action::Model(version) => self.model(*version),
            Action::Checkpoint => self.checkpoint(ask),
            Action::Restore(version) => self.restore(ask, *version),
            Action::Compare => self.compare(ask),
            Action::Live { .. } | Action::Follow => Err(Fault::NotASocket.into()),
        }
    }

    /// How many streams there are, and the share of them that is there; `None` while no engine is in memory.
    pub(crate) fn streams(&self) -> Option<(usize, f64)> {
        let live = self.live.as_ref()?;
        Some((live.width(), live.engine.monitor(&Thresholds::default()).available))
    }

    /// Writes what is to be written, and lets the engine in memory stand.
    fn conclude(&mut self, ask: &Ask<'_>, outcome: Outcome, key: Option<keys::Key>) -> Result<Done, Refusal> {
        let Outcome { answer, taken, recipe } = outcome;
        let mut taken = match (taken, &key) {
            (None, None) => {
                let mut done = Done::of(answer);
                done.is_forgotten = matches!(ask.action, Action::Forget);
                return Ok(done);
            }
            (None, Some(_)) => Taken::new(self.live()?, ask.now_ms),
            (Some(taken), _) => taken,
        };
        if let Some(key) = key {
            key.keep(ask, &answer, recipe, &mut taken.write)?;
        }
        Ok(Done { answer, ..self.stand(taken)? })
    }

    /// Writes what was taken, and lets the engine in memory stand.
    fn stand(&mut self, taken: Taken) -> Result<Done, Refusal> {
        let verdicts = Some(taken.verdicts).filter(|said| (1..=TOLD_MAX).contains(&said.len()));
        self.store.commit(taken.write)?;
        if !taken.notices.is_empty() && self.has_webhooks()? {
            self.outbox_ms = Some(taken.now_ms);
        }
        let mut frames = 0;
        if let Some(live) = &mut self.live {
            frames = taken.tail.frames.saturating_sub(live.tail.frames);
            self.loose += taken.tail.seq.saturating_sub(live.tail.seq);
            live.tail = taken.tail;
            live.newest_ms = taken.newest_ms;
            live.is_ahead = false;
            if let Some((oldest_ms, newest_ms)) = taken.oldest_ms.zip(taken.newest_ms) {
                live.arrivals.note(Arrival { came_ms: taken.now_ms, oldest_ms, newest_ms });
            }
        }
        Ok(Done { notices: taken.notices, verdicts, frames, ..Done::of(Answer::ok("")) })
    }

    /// Whether there is much since the newest snapshot. Nobody has to wait for the next one: the log has everything.
    pub(crate) fn is_snapshot_due(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.has_gone_on(SNAPSHOT_FRAMES))
    }

    /// A snapshot after many frames, once they are answered.
    pub(crate) fn snapshot(&mut self) {
        self.snapshot_if_due(SNAPSHOT_FRAMES);
    }

    /// A snapshot after so many frames. It may fail, the log has everything.
    fn snapshot_if_due(&mut self, frames: u64) {
        if let Some(live) = &mut self.live
            && live.has_gone_on(frames)
        {
            live.snapshot = live.tail;
            let mut write = Write::default();
            write.blob(Blob::Snapshot, live.tail.seq, &live.engine.seal());
            write.newest_blobs(Blob::Snapshot, SNAPSHOTS_KEPT);
            let _ = self.store.commit(write);
        }
    }

    /// After a refusal: an engine that is no longer where the log is, is dropped.
    fn forget_if_changed(&mut self) {
        let is_as_known = self.live.as_ref().is_some_and(|live| !live.is_ahead);
        if !is_as_known {
            self.live = None;
        }
    }

    /// Verdicts as listeners are told them: one JSON per line.
    pub(crate) fn lines(&self, verdicts: &Verdicts) -> Result<String, Refusal> {
        let mut lines = Vec::new();
        if let Some(live) = &self.live {
            verdicts.write_json(&live.schema, b"\n", &mut lines)?;
        }
        String::from_utf8(lines).map_err(|_| Refusal::Unwritable)
    }

    fn live(&mut self) -> Result<&mut Live, Refusal> {
        if self.live.is_none() {
            self.loose = self.store.system()?.map_or(Ok(0), |_| self.store.loose_count())?;
        }
        let live = load(&self.store, &mut self.live)?;
        self.round_ms = self.round_ms.max(live.system.round_ms);
        Ok(live)
    }
}

/// More verdicts at once are history that is being filled in, not something to follow.
const TOLD_MAX: usize = 64;

impl Done {
    fn of(answer: Answer) -> Self {
        Self { answer, notices: Vec::new(), verdicts: None, frames: 0, is_forgotten: false }
    }
}

/// The engine, built from the log if need be. (Not a method: the store is used while the engine is borrowed.)
fn load<'a>(store: &Store<impl Sql>, live: &'a mut Option<Live>) -> Result<&'a mut Live, Refusal> {
    let found = match live.take() {
        Some(live) => live,
        None => Live::from_store(store)?.ok_or(Refusal::UnknownSystem)?,
    };
    Ok(live.insert(found))
}

/// The media that a caller takes.
fn offered(ask: &Ask<'_>, offered: &[&'static str]) -> Result<&'static str, Refusal> {
    body::wanted(ask.accept, offered).ok_or_else(|| Fault::NotAcceptable { known: offered.join(", ") }.into())
}
