//! An engine in memory that knows exactly what the log knows, and the way from the one to the other.

use fourfold::verdict::Episode;
use fourfold::{Engine, Schema, SchemaDraft};

use super::SNAPSHOT_ENTRIES;
use super::arrivals::{Arrivals, REMEMBERED};
use super::course::Course;
use super::system::{close_open, shift_after};
use crate::body;
use crate::log::{Entry, Frames, Kind, Step, Tail, Word, pack};
use crate::refusal::{Refusal, StorageFault};
use crate::sql::Sql;
use crate::store::{AnomalyRow, Blob, Store, SystemRow, Write};

/// Frames that an engine learns anew when its schema changes, or when nothing else is left: the newest ones. And values:
/// some seconds of work at most.
const RELEARNED_FRAMES: usize = 20_000;
const RELEARNED_VALUES: usize = 1_000_000;

/// An engine and the end of the log that it has seen.
pub(super) struct Live {
    /// The engine's own, so that verdicts can be named while the engine is at work.
    pub(super) schema: Schema,
    pub(super) engine: Engine,
    /// Which schema it is, and how episodes are counted.
    pub(super) system: SystemRow,
    pub(super) tail: Tail,
    /// Where the log ended at the newest snapshot.
    pub(super) snapshot: Tail,
    /// The newest moment in the log. The engine's own is older after it went back to a checkpoint.
    pub(super) newest_ms: Option<i64>,
    /// How data comes.
    pub(super) arrivals: Arrivals,
    /// Whether the engine may have learnt what is not in the log yet.
    pub(super) is_ahead: bool,
    /// What is known of episodes.
    pub(super) course: Course,
}

impl Live {
    /// The newest snapshot that can be opened, and the log since; without one, the whole log; without that, what is left
    /// of it.
    pub(super) fn from_store(store: &Store<impl Sql>) -> Result<Option<Self>, Refusal> {
        let Some(system) = store.system()? else { return Ok(None) };
        let schema = parsed(&system.schema)?;
        for seq in store.blobs(Blob::Snapshot)? {
            let Ok(engine) = Engine::open(&store.blob(Blob::Snapshot, seq)?) else { continue };
            if let Some((engine, frames)) = replayed(store, engine, seq, &schema)? {
                return Self::known(store, system, engine, seq, frames).map(Some);
            }
        }
        let first = parsed(&store.schema_of(0)?)?;
        if let Some((engine, frames)) = replayed(store, Engine::new(first), 0, &schema)? {
            return Self::known(store, system, engine, 0, frames).map(Some);
        }
        Self::anew(store, system, &schema).map(Some)
    }

    /// An engine that has seen the log, the last so many frames of it after an entry.
    fn known(
        store: &Store<impl Sql>,
        system: SystemRow,
        engine: Engine,
        after: u64,
        frames: u64,
    ) -> Result<Self, Refusal> {
        let tail = store.tail()?;
        let snapshot = Tail { seq: after, frames: tail.frames.saturating_sub(frames) };
        let newest_ms = store.newest_ms()?;
        let mut arrivals = Arrivals::default();
        store.arrivals(REMEMBERED as u64)?.into_iter().for_each(|arrival| arrivals.note(arrival));
        let (schema, course) = (engine.schema().clone(), Course::of(&engine));
        Ok(Self { schema, engine, system, tail, snapshot, newest_ms, arrivals, is_ahead: false, course })
    }

    /// No snapshot is sound, and the log's beginning is past its time: what is left teaches most of what there was to
    /// know. Episodes are counted on, and a snapshot sees to it that this happens once.
    fn anew(store: &Store<impl Sql>, system: SystemRow, schema: &Schema) -> Result<Self, Refusal> {
        let engine = relearned(store, schema, u64::MAX)?;
        let shift = shift_after(store.newest_anomaly()?, &engine);
        let seq = store.tail()?.seq;
        let mut write = Write::default();
        write.shift(shift);
        write.blob(Blob::Snapshot, seq, &engine.seal());
        write.newest_blobs(Blob::Snapshot, 1);
        close_open(store, None, &mut write)?;
        store.commit(write)?;
        Self::known(store, SystemRow { shift, ..system }, engine, seq, 0)
    }

    /// Whether there are so many frames since the newest snapshot, or as many entries as are read again at most.
    pub(super) fn has_gone_on(&self, frames: u64) -> bool {
        !self.is_ahead
            && (self.tail.frames.saturating_sub(self.snapshot.frames) >= frames
                || self.tail.seq.saturating_sub(self.snapshot.seq) >= SNAPSHOT_ENTRIES)
    }

    /// How many streams there are.
    pub(super) fn width(&self) -> usize {
        self.schema.streams().len()
    }

    /// The engine's own number of an episode, if it remembers it.
    pub(super) fn own_id(&self, row: &AnomalyRow) -> Option<u64> {
        let own = row.id.checked_add_signed(self.system.shift.checked_neg()?)?;
        // An episode of an engine that is no more may have had the same number.
        let is_same = |episode: &&Episode| episode.id == own && episode.opened_ms == row.opened_ms;
        self.engine.episodes().find(is_same).map(|episode| episode.id)
    }
}

/// A schema that was valid when it was kept.
pub(super) fn parsed(text: &str) -> Result<Schema, StorageFault> {
    let draft = SchemaDraft::from_json(text).map_err(|_| StorageFault::Damaged)?;
    draft.validate().map_err(|_| StorageFault::Damaged)
}

/// The engine after what the log says, if it says all of it. A storage that only refuses may have more luck later: that
/// is no reason to begin anew.
fn replayed(
    store: &Store<impl Sql>,
    engine: Engine,
    after: u64,
    schema: &Schema,
) -> Result<Option<(Engine, u64)>, Refusal> {
    match replay(store, engine, after) {
        Ok((engine, frames)) => Ok(Some((engine, frames)).filter(|(engine, _)| engine.schema() == schema)),
        Err(Refusal::Storage(StorageFault::Refused)) => Err(StorageFault::Refused.into()),
        Err(_) => Ok(None),
    }
}

/// Tells the engine what the log says after an entry; and how many frames that were.
fn replay(store: &Store<impl Sql>, engine: Engine, after: u64) -> Result<(Engine, u64), Refusal> {
    let end = store.tail()?;
    let mut engine = engine;
    let (mut seq, mut replayed) = (after, 0);
    while seq < end.seq {
        let entries = store.entries_after(seq)?;
        if entries.is_empty() {
            return Err(StorageFault::Damaged.into());
        }
        for entry in entries {
            if entry.first_seq != seq + 1 {
                return Err(StorageFault::Damaged.into());
            }
            seq = entry.seq;
            replayed += apply(store, &mut engine, &entry)?;
        }
    }
    Ok((engine, replayed))
}

/// Tells the engine what an entry says; and how many frames that were.
fn apply(store: &Store<impl Sql>, engine: &mut Engine, entry: &Entry) -> Result<u64, Refusal> {
    let damaged = |_| StorageFault::Damaged;
    let mut frames = 0;
    match entry.kind {
        Kind::Tick => engine.tick(entry.first_ms, |_| ()).map_err(damaged)?,
        Kind::Frames => {
            let Frames { times_ms, values } = pack::frames(&entry.rows, engine.schema().streams().len())?;
            frames = times_ms.len() as u64;
            engine.observe_batch(&times_ms, &values, |_, _| ()).map_err(damaged)?;
        }
        Kind::Events => {
            for step in pack::steps(&entry.rows)? {
                match step {
                    Step::Tick(now_ms) => engine.tick(now_ms, |_| ()).map_err(damaged)?,
                    Step::Push(events) => {
                        engine.push(&events, |_| ()).map_err(damaged)?;
                    }
                }
            }
        }
        Kind::Word => match body::kept(&entry.rows)? {
            Word::Label(episode, label) => engine.label(episode, label).map_err(damaged)?,
            Word::Undo => {
                engine.undo().map_err(damaged)?;
            }
        },
        Kind::Restored => {
            let version = entry.rows.first_chunk::<8>().ok_or(StorageFault::Damaged)?;
            let bytes = store.blob(Blob::Model, u64::from_le_bytes(*version))?;
            *engine = Engine::open(&bytes).map_err(damaged)?;
        }
        Kind::Schema => {
            let text = str::from_utf8(&entry.rows).map_err(|_| StorageFault::Damaged)?;
            (*engine, _) = changed(store, engine, &parsed(text)?, entry.seq)?;
        }
    }
    Ok(frames)
}

/// What an engine becomes when its schema does: the same one where only the rate of false alarms is another, since
/// nothing that was learned depends on it; otherwise a new one that has learned from what is stored. And which it is.
pub(super) fn changed(
    store: &Store<impl Sql>,
    engine: &Engine,
    schema: &Schema,
    before_seq: u64,
) -> Result<(Engine, bool), Refusal> {
    let mut same = engine.clone();
    same.set_false_alarm_rate(schema.false_alarm_rate())?;
    if same.schema() == schema {
        return Ok((same, true));
    }
    Ok((relearned(store, schema, before_seq)?, false))
}

/// An engine that has learned what is stored before an entry, as far as it is about its streams: the newest frames, or
/// events if events made them.
fn relearned(store: &Store<impl Sql>, schema: &Schema, before_seq: u64) -> Result<Engine, Refusal> {
    let mut engine = Engine::new(schema.clone());
    let most = RELEARNED_FRAMES.min(RELEARNED_VALUES / schema.streams().len().max(1));
    // As it was then: whoever reads the log again learns the same.
    let skipped = store.frames_before(before_seq)?.saturating_sub(most as u64);
    let mut seq = store.entry_of_frame(skipped)?;
    let mut names: Option<(u64, Vec<Option<usize>>)> = None;
    loop {
        let entries = store.entries_after(seq)?;
        if entries.is_empty() {
            return Ok(engine);
        }
        for entry in entries {
            if entry.seq >= before_seq {
                return Ok(engine);
            }
            seq = entry.seq;
            if !matches!(entry.kind, Kind::Frames | Kind::Events) {
                continue;
            }
            if names.as_ref().is_none_or(|(era, _)| *era != entry.era) {
                let then = parsed(&store.schema_of(entry.era)?)?;
                let place = |stream: &fourfold::schema::Stream| schema.index_of(&stream.name);
                names = Some((entry.era, then.streams().iter().map(place).collect()));
            }
            let Some((_, places)) = &names else { continue };
            learn(&mut engine, &entry, places, skipped)?;
        }
    }
}

/// Learns an entry whose streams are now in other places. What no longer fits is left out: it is in the log for those
/// who ask.
fn learn(engine: &mut Engine, entry: &Entry, places: &[Option<usize>], skipped: u64) -> Result<(), Refusal> {
    let width = engine.schema().streams().len();
    if entry.kind == Kind::Frames {
        let Frames { times_ms, values } = pack::frames(&entry.rows, places.len())?;
        let mut row = vec![f64::NAN; width];
        // However entries are packed, it begins with the same frame.
        let before = entry.frames.saturating_sub(times_ms.len() as u64);
        let past = skipped.saturating_sub(before) as usize;
        for (at_ms, said) in times_ms.into_iter().zip(values.chunks(places.len().max(1))).skip(past) {
            row.fill(f64::NAN);
            for (place, value) in places.iter().zip(said) {
                if let Some(slot) = place.and_then(|place| row.get_mut(place)) {
                    *slot = *value;
                }
            }
            let _ = engine.observe(fourfold::Frame { at_ms, values: &row });
        }
        return Ok(());
    }
    for step in pack::steps(&entry.rows)? {
        let _ = match step {
            Step::Tick(now_ms) => engine.tick(now_ms, |_| ()),
            Step::Push(events) => {
                let moved = events.into_iter().filter_map(|event| {
                    let stream = places.get(event.stream).copied().flatten()?;
                    Some(fourfold::ingest::Event { stream, ..event })
                });
                engine.push(&moved.collect::<Vec<_>>(), |_| ()).map(|_| ())
            }
        };
    }
    Ok(())
}
