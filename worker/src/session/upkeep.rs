//! What a system does by itself, when its alarm rings: it says who is silent, and keeps house.
//!
//! There is one alarm, and several things that it may ring for. Each says when it is due; the alarm is set to the first
//! of them, and set anew only where it would otherwise ring too late: data puts most things off, so a data point writes
//! no alarm.

use std::collections::BTreeMap;

use fourfold::engine::Thresholds;
use fourfold::wire::{GapsJson, HealthJson, MonitorJson, QualityJson};

use super::{Done, Session, load};
use crate::access::REPEAT_MS;
use crate::answer::Answer;
use crate::body;
use crate::log::{Entry, Frames, Kind, pack};
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::statistics::{self, Calendar, Statistics};
use crate::store::{Blob, Report, Write};
use crate::verdicts::Verdicts;
use crate::{query, scores};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Idle for so long, with so many frames since the newest snapshot: the next object shall not have to read them again.
const IDLE_MS: i64 = 60_000;
const IDLE_FRAMES: u64 = 64;
/// Loose entries at which packing does not wait for the next round. After a round up to about 1,500 are left: two
/// snapshots' worth, and a chapter that still grows.
const LOOSE_MOST: u64 = 3000;
/// Frames of a chapter, and entries of one; and entries that are looked at in one go.
const CHAPTER_FRAMES: usize = 512;
const CHAPTER_ENTRIES: usize = 512;
const LOOK: u64 = 1024;
/// An object holds ten gigabytes. However fast data comes: exact verdicts of so many frames, some tens of megabytes, and
/// so many raw values, which are some gigabytes.
const VERDICTS_MOST: u64 = 50_000;
const VALUES_MOST: u64 = 2_000_000_000;
/// Notices that wait for delivery at most.
const OUTBOX_MOST: u64 = 1000;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    /// Between two rounds through the house.
    pub(crate) round_ms: i64,
    /// Raw data and scores, from their coming on.
    pub(crate) raw_ms: i64,
    /// Exact verdicts: for as long a repeated frame is answered with the same bytes.
    pub(crate) verdicts_ms: i64,
    /// Episodes that are over and that nobody touches are in the archive after that.
    pub(crate) archive_ms: i64,
    /// Between two alarms for the sake of silence at least: what comes every second would otherwise ring every other one.
    pub(crate) listen_ms: i64,
    /// How far data may be ahead of the clock here: time never goes back, so one frame from the next century would shut out
    /// all that are true.
    pub(crate) ahead_ms: i64,
    /// Whether webhooks may go to this machine and its neighbours: for tests.
    pub(crate) inside: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            round_ms: 6 * HOUR_MS,
            raw_ms: 180 * DAY_MS,
            verdicts_ms: 7 * DAY_MS,
            archive_ms: 90 * DAY_MS,
            listen_ms: 30_000,
            ahead_ms: DAY_MS,
            inside: false,
        }
    }
}

/// What is due when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Somebody becomes overdue.
    pub(crate) silence_ms: Option<i64>,
    /// A snapshot, if nothing comes until then.
    pub(crate) snapshot_ms: Option<i64>,
    /// A round through the house.
    pub(crate) round_ms: Option<i64>,
    /// The outbox is to be delivered: whoever delivers says when.
    pub(crate) outbox_ms: Option<i64>,
}

impl Due {
    /// The first of them.
    pub(crate) fn first(self) -> Option<i64> {
        [self.silence_ms, self.snapshot_ms, self.round_ms, self.outbox_ms].into_iter().flatten().min()
    }

    /// What an alarm that is set to `armed_ms` is to be set to: `None` where it rings early enough. One that rings too
    /// early costs less than being set anew with every data point.
    pub(crate) fn rearm(self, armed_ms: Option<i64>, now_ms: i64) -> Option<i64> {
        let due_ms = self.first()?.max(now_ms);
        match armed_ms {
            Some(armed_ms) if armed_ms <= due_ms => None,
            _ => Some(due_ms),
        }
    }
}

impl<S: Sql> Session<S> {
    /// What is due when, as far as it is known without reading anything: an object that has just woken up is asked after
    /// its first request.
    pub(crate) fn due(&self) -> Due {
        let Some(live) = &self.live else { return Due::default() };
        let (Some(newest_ms), Some(came_ms)) = (live.newest_ms, live.arrivals.came_ms()) else {
            return Due::default();
        };
        let since_ms = self.ticked_ms.map_or(newest_ms, |ticked_ms| ticked_ms.max(newest_ms));
        let silence_ms = live.engine.next_tick_ms(since_ms);
        let silence_ms = silence_ms.and_then(|overdue_ms| live.arrivals.silent_at_ms(overdue_ms));
        let heard_ms = self.rung_ms.map_or(i64::MIN, |rung_ms| rung_ms + self.settings.listen_ms);
        let is_waiting = live.tail.frames.saturating_sub(live.snapshot.frames) >= IDLE_FRAMES;
        let round_ms =
            if self.loose >= LOOSE_MOST { came_ms } else { self.round_ms + self.settings.round_ms };
        Due {
            silence_ms: silence_ms.map(|due_ms| due_ms.max(heard_ms)),
            snapshot_ms: is_waiting.then_some(came_ms + IDLE_MS),
            round_ms: Some(round_ms),
            outbox_ms: self.outbox_ms,
        }
    }

    /// Does what is due.
    pub(crate) fn ring(&mut self, now_ms: i64) -> Result<Done, Refusal> {
        let mut done = Done::of(Answer::ok(""));
        if self.store.system()?.is_none() {
            return Ok(done);
        }
        self.live()?;
        let due = self.due();
        self.rung_ms = Some(now_ms);
        if due.silence_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            done = self.tell_silence(now_ms)?;
        }
        if self.due().snapshot_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            self.snapshot_if_due(1);
        }
        if self.due().round_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            self.keep_house(now_ms)?;
        }
        self.post(now_ms)?;
        Ok(done)
    }

    /// Says the time to the engine, as it is where the data comes from.
    fn tell_silence(&mut self, now_ms: i64) -> Result<Done, Refusal> {
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let Some(sender_ms) = live.arrivals.sender_ms(now_ms) else { return Ok(Done::of(Answer::ok(""))) };
        live.is_ahead = true;
        let taken = live.tick(sender_ms, now_ms);
        let told = taken.and_then(|taken| match taken {
            Some(taken) => self.stand(taken),
            None => Ok(Done::of(Answer::ok(""))),
        });
        match told {
            Ok(_) => {
                self.ticked_ms = Some(sender_ms);
                self.live.iter_mut().for_each(|live| live.is_ahead = false);
            }
            Err(_) => self.live = None,
        }
        told
    }

    /// Packs what has become many, forgets what is past its time, and notes how everything is.
    fn keep_house(&mut self, now_ms: i64) -> Result<(), Refusal> {
        let Settings { raw_ms, verdicts_ms, archive_ms, .. } = self.settings;
        let is_over = self.live()?.arrivals.came_ms().is_some_and(|came_ms| came_ms < now_ms - raw_ms);
        if is_over {
            self.close_books()?;
        }
        // What was forgotten can not be gathered any more, so packing comes first.
        self.pack(is_over)?;
        let snapshots = self.store.blobs(Blob::Snapshot)?;
        let mut write = Write::default();
        let (frames, width) = self.live().map(|live| (live.tail.frames, live.width() as u64))?;
        if let Some(oldest) = snapshots.last() {
            write.forget_raw(now_ms - raw_ms, *oldest);
            write.forget_raw_below(frames.saturating_sub(VALUES_MOST / width.max(1)), *oldest);
        }
        write.forget_verdicts_below(frames.saturating_sub(VERDICTS_MOST));
        write.forget_verdicts(now_ms - verdicts_ms);
        write.forget_keys(now_ms - REPEAT_MS);
        write.forget_reports(now_ms - raw_ms);
        write.archive(now_ms - archive_ms);
        write.newest_notices(OUTBOX_MOST);
        self.report(now_ms, &mut write)?;
        write.round(now_ms);
        self.store.commit(write)?;
        self.round_ms = now_ms;
        Ok(())
    }

    /// All data is past its time: one snapshot holds what was learned from it, and nothing has to wait for an older one.
    fn close_books(&mut self) -> Result<(), Refusal> {
        self.snapshot_if_due(1);
        let mut write = Write::default();
        write.newest_blobs(Blob::Snapshot, 1);
        Ok(self.store.commit(write)?)
    }

    /// Once a day, what the engine says of itself.
    fn report(&mut self, now_ms: i64, write: &mut Write) -> Result<(), Refusal> {
        let day_ms = now_ms.div_euclid(DAY_MS) * DAY_MS;
        if self.store.newest_report(Report::Health)?.is_some_and(|newest_ms| newest_ms >= day_ms) {
            return Ok(());
        }
        let live = self.live()?;
        let at_ms = live.newest_ms.unwrap_or(now_ms);
        let (schema, engine) = (&live.schema, &live.engine);
        write.report(Report::Health, day_ms, &body::write(&HealthJson::new(schema, &engine.health(at_ms)))?);
        write.report(
            Report::Quality,
            day_ms,
            &body::write(&QualityJson::new(schema, &engine.quality(at_ms)))?,
        );
        write.report(Report::Gaps, day_ms, &body::write(&GapsJson::new(schema, &engine.gaps()))?);
        let monitor = engine.monitor(&Thresholds::default());
        write.report(Report::Monitor, day_ms, &body::write(&MonitorJson::new(schema, monitor))?);
        Ok(())
    }

    /// Makes chapters of loose entries. Only what the oldest snapshot has seen: an engine that goes on after it must
    /// find the next entry. The newest chapter still grows, unless all `is_over`.
    fn pack(&mut self, is_over: bool) -> Result<(), Refusal> {
        let Some(oldest) = self.store.blobs(Blob::Snapshot)?.last().copied() else { return Ok(()) };
        loop {
            let entries = self.store.loose(oldest, LOOK)?;
            let is_all = (entries.len() as u64) < LOOK;
            let chapters = chapters(entries);
            let whole = if is_all { chapters.len().saturating_sub(1) } else { chapters.len() };
            let mut packed = 0;
            for (place, chapter) in chapters.into_iter().enumerate() {
                if place < whole || is_over || is_full(&chapter) {
                    self.pack_chapter(chapter)?;
                    packed += 1;
                }
            }
            if is_all || packed == 0 {
                break;
            }
        }
        self.loose = self.store.loose_count()?;
        Ok(())
    }

    /// One entry in the place of several, its scores, and what it adds to the statistics.
    fn pack_chapter(&mut self, chapter: Vec<Entry>) -> Result<(), Refusal> {
        let (Some(first), Some(last)) = (chapter.first(), chapter.last()) else { return Ok(()) };
        let width = super::live::parsed(&self.store.schema_of(last.era)?)?.streams().len();
        let mut verdicts = Verdicts::new(width);
        let mut has_all = true;
        for entry in &chapter {
            match self.store.verdicts(entry.seq)? {
                Some(bytes) => verdicts.append(&Verdicts::of_bytes(width, bytes)?),
                // Events may end no frame.
                None => has_all &= entry.kind == Kind::Events,
            }
        }
        let mut calendar = Calendar::new();
        let rows = match last.kind {
            Kind::Frames => {
                let mut all = Frames::default();
                for entry in &chapter {
                    let frames = pack::frames(&entry.rows, width)?;
                    all.times_ms.extend(frames.times_ms);
                    all.values.extend(frames.values);
                }
                statistics::add_frames(&mut calendar, &all, width);
                pack::pack_frames(&all, width)
            }
            _ => {
                let mut steps = Vec::new();
                for entry in &chapter {
                    steps.extend(pack::steps(&entry.rows)?);
                }
                statistics::add_steps(&mut calendar, &steps, width);
                pack::pack_steps(&steps)
            }
        };
        statistics::add_verdicts(&mut calendar, &verdicts, width)?;
        let mut write = Write::default();
        write.no_entries(first.first_seq, last.seq);
        let packed = Entry {
            first_seq: first.first_seq,
            first_ms: chapter.iter().map(|entry| entry.first_ms).min().unwrap_or(first.first_ms),
            last_ms: chapter.iter().map(|entry| entry.last_ms).max().unwrap_or(last.last_ms),
            rows,
            ..last.clone()
        };
        if verdicts.len() > 0 {
            write.scores(&packed, scores::pack(&verdicts, width)?);
        }
        if has_all {
            write.verdicts(packed.seq, packed.came_ms, verdicts.bytes());
        }
        for ((grain, start_ms), part) in calendar {
            let mut whole = self
                .store
                .statistics_at(grain, start_ms, packed.era)?
                .map_or_else(|| Ok(Statistics::new(width)), |bytes| Statistics::unpacked(&bytes))?;
            whole.merge(&part);
            write.statistics(grain, start_ms, packed.era, whole.packed());
        }
        write.entry(packed, true);
        Ok(self.store.commit(write)?)
    }

    /// Statistics of what is not packed yet, by the schema that it belongs to.
    pub(super) fn loose_statistics(&mut self) -> Result<BTreeMap<u64, Calendar>, Refusal> {
        let mut calendars = BTreeMap::<u64, Calendar>::new();
        let mut widths = BTreeMap::new();
        let mut after = 0;
        loop {
            let entries = self.store.loose_after(after)?;
            let Some(last) = entries.last() else { return Ok(calendars) };
            after = last.seq;
            for entry in &entries {
                let width = match widths.get(&entry.era) {
                    Some(width) => *width,
                    None => super::live::parsed(&self.store.schema_of(entry.era)?)?.streams().len(),
                };
                widths.insert(entry.era, width);
                let calendar = calendars.entry(entry.era).or_default();
                match entry.kind {
                    Kind::Frames => {
                        let frames = pack::frames(&entry.rows, width)?;
                        statistics::add_frames(calendar, &frames, width);
                    }
                    _ => statistics::add_steps(calendar, &pack::steps(&entry.rows)?, width),
                }
                if let Some(bytes) = self.store.verdicts(entry.seq)? {
                    let verdicts = Verdicts::of_bytes(width, bytes)?;
                    statistics::add_verdicts(calendar, &verdicts, width)?;
                }
            }
        }
    }
}

/// Runs of entries of one kind and schema without a hole, as long as one entry may be.
fn chapters(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut chapters: Vec<Vec<Entry>> = Vec::new();
    for entry in entries {
        match chapters.last_mut() {
            Some(chapter)
                if !is_full(chapter)
                    && chapter.last().is_some_and(|last| {
                        last.seq + 1 == entry.first_seq && last.kind == entry.kind && last.era == entry.era
                    }) =>
            {
                chapter.push(entry);
            }
            _ => chapters.push(vec![entry]),
        }
    }
    chapters
}

fn is_full(chapter: &[Entry]) -> bool {
    let bytes: usize = chapter.iter().map(|entry| entry.rows.len()).sum();
    let frames = chapter.last().zip(chapter.first()).map_or(0, |(last, first)| last.frames - first.frames);
    frames as usize >= CHAPTER_FRAMES
        || chapter.len() >= CHAPTER_ENTRIES
        || bytes >= crate::log::ENTRY_BYTES / 4
}

/// The start of the day of a moment.
pub(super) fn day_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(query::Grain::Day.ms()) * query::Grain::Day.ms()
}
