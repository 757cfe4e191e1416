//! What an engine said, not yet written.

use fourfold::cause::{Ask, Mode};
use fourfold::frame::Frame;
use fourfold::ingest::{Counts, Event};

use super::course::{Line, Teller};
use super::live::Live;
use crate::log::{ENTRY_BYTES, Entry, Kind, Step, Tail, pack};
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::store::{AnomalyRow, Write};
use crate::verdicts::Verdicts;

/// Frames after which changed episodes are noted. The engine forgets all but the newest 256, and an episode takes
/// more than ten frames: none is missed.
const EPISODE_FRAMES: usize = 1024;

/// What is to be written, and what is to be told once it is.
pub(super) struct Taken {
    pub(super) write: Write,
    /// Where the log ends then.
    pub(super) tail: Tail,
    /// The newest moment in the log then.
    pub(super) newest_ms: Option<i64>,
    /// The oldest moment of the data among it, if there are any.
    pub(super) oldest_ms: Option<i64>,
    /// By the clock on the wall.
    pub(super) now_ms: i64,
    pub(super) verdicts: Verdicts,
    pub(super) notices: Vec<Notice>,
    /// Episodes that are new or changed.
    pub(super) rows: Vec<AnomalyRow>,
}

impl Taken {
    pub(super) fn new(live: &Live, now_ms: i64) -> Self {
        Self {
            write: Write::default(),
            tail: live.tail,
            newest_ms: live.newest_ms,
            oldest_ms: None,
            now_ms,
            verdicts: Verdicts::new(live.width()),
            notices: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Puts an entry after the others.
    pub(super) fn entry(&mut self, live: &Live, kind: Kind, span: (i64, i64), frames: u64, rows: Vec<u8>) {
        self.tail.seq += 1;
        self.tail.frames += frames;
        let Tail { seq, frames } = self.tail;
        let (first_ms, last_ms) = span;
        let era = live.system.era;
        let is_packed = !matches!(kind, Kind::Frames | Kind::Events);
        let came_ms = self.now_ms;
        let entry = Entry { seq, first_seq: seq, kind, era, first_ms, last_ms, frames, came_ms, rows };
        self.write.entry(entry, is_packed);
    }
}

impl Taken {
    /// How an episode will be, if anything of it is new.
    pub(super) fn anomaly_json(&self, id: u64) -> Option<String> {
        self.rows.iter().rev().find(|row| row.id == id).map(|row| row.json.clone())
    }
}

impl Live {
    /// Judges frames that are in order. Whatever comes of it, the engine has now changed: `advance` it or drop it.
    pub(super) fn judge(&mut self, times_ms: &[i64], values: &[f64], now_ms: i64) -> Result<Taken, Refusal> {
        self.engine.check_batch(times_ms, values.len())?;
        let width = self.width();
        let mut taken = Taken::new(self, now_ms);
        let row_bytes = pack::frame_bytes(width) + Verdicts::row_bytes(width);
        let entry_frames = (ENTRY_BYTES / row_bytes).clamp(1, EPISODE_FRAMES);
        for (run, run_ms) in times_ms.chunks(entry_frames).enumerate() {
            let begin = run * entry_frames;
            let mut verdicts = Verdicts::new(width);
            let mut rows = Vec::with_capacity(1 + run_ms.len() * pack::frame_bytes(width));
            for (place, &at_ms) in run_ms.iter().enumerate() {
                let at = (begin + place) * width;
                let values = values.get(at..at + width).unwrap_or_default();
                let verdict = self.engine.observe(Frame { at_ms, values })?;
                verdicts.push(verdict, self.system.shift);
                pack::push_frame(&mut rows, at_ms, values);
            }
            let (Some(&first_ms), Some(&last_ms)) = (run_ms.first(), run_ms.last()) else { continue };
            taken.entry(self, Kind::Frames, (first_ms, last_ms), run_ms.len() as u64, rows);
            taken.write.verdicts(taken.tail.seq, now_ms, verdicts.bytes());
            taken.verdicts.append(&verdicts);
            taken.newest_ms = Some(last_ms);
            taken.oldest_ms = taken.oldest_ms.or(Some(first_ms));
            self.follow(&mut taken)?;
        }
        Ok(taken)
    }

    /// Takes events. Whatever comes of it, the engine has now changed.
    pub(super) fn push(&mut self, events: Vec<Event>, now_ms: i64) -> Result<(Taken, Counts), Refusal> {
        let mut taken = Taken::new(self, now_ms);
        let shift = self.system.shift;
        let counts = self.engine.push(&events, |verdict| taken.verdicts.push(verdict, shift))?;
        let times_ms = || events.iter().map(|event| event.at_ms);
        if let (Some(first_ms), Some(last_ms)) = (times_ms().min(), times_ms().max()) {
            taken.newest_ms = taken.newest_ms.max(Some(last_ms));
            taken.oldest_ms = Some(first_ms);
            self.step((first_ms, last_ms), &Step::Push(events), &mut taken)?;
            self.follow(&mut taken)?;
        }
        Ok((taken, counts))
    }

    /// Says the time. `None` leaves the engine as it was; otherwise `advance` it or drop it.
    pub(super) fn tick(&mut self, at_ms: i64, now_ms: i64) -> Result<Option<Taken>, Refusal> {
        if self.engine.last_frame_ms().is_none() && !self.engine.is_fed_by_events() {
            return Ok(None);
        }
        let mut taken = Taken::new(self, now_ms);
        let shift = self.system.shift;
        self.engine.tick(at_ms, |verdict| taken.verdicts.push(verdict, shift))?;
        if self.engine.is_fed_by_events() {
            let newest_ms = self.newest_ms.unwrap_or(at_ms);
            self.step((newest_ms, newest_ms), &Step::Tick(at_ms), &mut taken)?;
            self.follow(&mut taken)?;
        } else if taken.verdicts.len() > 0 {
            taken.entry(self, Kind::Tick, (at_ms, at_ms), 0, Vec::new());
            taken.write.verdicts(taken.tail.seq, now_ms, taken.verdicts.bytes());
            self.follow(&mut taken)?;
        } else {
            return Ok(None);
        }
        Ok(Some(taken))
    }

    /// Writes down what a system that is fed by events was told. Of its frames only final verdicts are kept.
    fn step(&self, span: (i64, i64), step: &Step, taken: &mut Taken) -> Result<(), Refusal> {
        let mut rows = Vec::new();
        pack::push_step(&mut rows, step);
        let finals = taken.verdicts.finals()?;
        taken.entry(self, Kind::Events, span, finals.len() as u64, rows);
        taken.write.verdicts(taken.tail.seq, taken.now_ms, finals.bytes());
        Ok(())
    }

    /// Notes what is new of episodes.
    pub(super) fn follow(&mut self, taken: &mut Taken) -> Result<(), Refusal> {
        let Self { schema, engine, system, course, .. } = self;
        let teller = Teller { schema, shift: system.shift };
        let news = course.follow(engine, teller)?;
        for (row, history) in news.rows {
            self.explain(&row, &history, taken)?;
            for (what, value) in history {
                taken.write.history(row.id, taken.now_ms, what, value);
            }
            taken.write.anomaly(row.clone(), taken.now_ms);
            taken.rows.push(row);
        }
        news.notices.iter().for_each(|notice| taken.write.notice(notice));
        taken.notices.extend(news.notices);
        Ok(())
    }

    /// Explains an episode when it begins and when it is over, while its frames are remembered. Later there may be
    /// nothing left to explain it with.
    fn explain(&self, row: &AnomalyRow, history: &[Line], taken: &mut Taken) -> Result<(), Refusal> {
        let now = |what: &str| history.iter().any(|(known, _)| *known == what);
        let asked = [("opened", Mode::Fast, row.peak_ms), ("closed", Mode::Thorough, row.peak_ms)];
        for (what, mode, at_ms) in asked {
            if now(what)
                && let Ok(why) = self.engine.explain(Ask { at_ms: Some(at_ms), target: None, mode })
            {
                let about_ms = if mode == Mode::Fast { at_ms } else { row.closed_ms.unwrap_or(at_ms) };
                taken.write.explanation(row.id, mode, about_ms, &self.explained(why)?);
            }
        }
        Ok(())
    }
}
