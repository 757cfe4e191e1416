//! From irregular events, in whatever order they arrive, to frames.
//!
//! # What it computes
//!
//! A frame is over when time passes its end, and final when it passes its end by the schema's lateness. In between its
//! values are provisional: a late event changes them, and the frame comes out again, revised. Time is the newest event's
//! or, where somebody tells it ([`tell_time`](Buffer::tell_time)), the clock's, whichever is later.
//!
//! Within a frame the events of a stream become one value, by its [`Aggregate`]: their mean, the newest, the sum, the
//! largest, or how many there were. Sums are exact, so events that arrive no later than the lateness allows give the same
//! final frames in any order, bit for bit; an event that arrives twice counts twice, since two equal readings are no error.
//! A stream without an event in a frame is missing there, and missing is not zero.
//!
//! # What it costs
//!
//! A cell per stream and open frame, of which there are two more than the lateness window has; 9 KB for thirty streams and
//! a window of two frames. A time per event that grows with nothing, and per frame with the number of streams.
//!
//! # When it is wrong
//!
//! - An event later than the lateness allows is refused and [counted](Buffer::counts): its frame was final.
//! - An event from far in the future moves time forward for all others. Where somebody tells the time it is refused; else
//!   only what lies more than a year ahead is.
//! - After a day of empty frames no more of them come out until somebody speaks: the silence is for [`crate::silence`].
//! - Frames do not know of local time: a frame of a day begins at midnight in Greenwich.
//!
//! # Example
//!
//! ```
//! use fourfold::{SchemaDraft, ingest::{Buffer, Event, Stage}};
//!
//! let mut draft = SchemaDraft::of_streams(["temperature"]);
//! (draft.frame_ms, draft.lateness_ms) = (Some(1000.0), Some(1000.0));
//! let schema = draft.validate()?;
//! let (mut buffer, mut values, mut told) = (Buffer::new(&schema), [0.0], Vec::new());
//! for (at_ms, value) in [(100, 1.0), (1200, 5.0), (900, 2.0), (3300, 7.0)] {
//!     buffer.push(&schema, Event { stream: 0, at_ms, value })?;
//!     while let Some(frame) = buffer.due(&mut values) {
//!         told.push((frame.start_ms, frame.stage, values[0]));
//!     }
//! }
//! assert_eq!(told[0], (0, Stage::Provisional, 1.0));
//! assert_eq!(told[1], (0, Stage::Revised, 1.5));
//! assert_eq!(told[2], (0, Stage::Final, 1.5));
//! assert_eq!(told[3], (1000, Stage::Final, 5.0));
//! # Ok::<(), fourfold::Error>(())
//! ```

mod cell;
mod fault;
mod sum;

pub use fault::IngestFault;

use alloc::vec;
use alloc::vec::Vec;

use crate::frame::{TIME_MS_MAX, measured};
use crate::schema::{Aggregate, Schema};
use crate::snapshot::{State, state};
use cell::Cell;

/// Empty frames in a row that come out; a longer silence is skipped until somebody speaks. A day of five minutes.
const EMPTY_MOST: u32 = 288;
/// Where nobody tells the time, events may leave this much out: a replay has gaps.
const AHEAD_MS_MAX: i64 = 366 * 86_400_000;

/// One reading of one stream.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Event {
    /// The stream's place in the schema.
    pub stream: usize,
    /// When it was measured: milliseconds since the Unix epoch, UTC.
    pub at_ms: i64,
    /// What was measured.
    pub value: f64,
}
state!(Event { stream, at_ms, value });

/// How firm a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is over; late events may still change it. To be judged, not learned.
    Provisional,
    /// A late event changed it. To be judged again.
    Revised,
    /// It will not change any more. To be judged and learned.
    Final,
}

/// A frame that came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The first millisecond of the frame.
    pub start_ms: i64,
    /// The first millisecond after it.
    pub end_ms: i64,
    /// How firm it is.
    pub stage: Stage,
}

/// What became of the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Events that were taken.
    pub taken: u64,
    /// Those of them that came after their frame was over.
    pub late: u64,
    /// Events that came after their frame was final.
    pub too_late: u64,
    /// Events that were refused for another reason.
    pub refused: u64,
}
state!(Counts { taken, late, too_late, refused });

/// What is known of an open frame beside its values.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    events: u32,
    is_told: bool,
    is_changed: bool,
}
state!(Slot { events, is_told, is_changed });

/// The open frames.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// Frame after frame in a ring, one cell per stream.
    cells: Vec<Cell>,
    slots: Vec<Slot>,
    /// The oldest frame that is not final, in frames since the epoch; `None` before the first event.
    oldest: Option<i64>,
    watermark_ms: i64,
    /// The newest time that was told.
    told_ms: Option<i64>,
    /// An event so far ahead that the frames before it must come out first.
    waiting: Option<Event>,
    empty_in_row: u32,
    counts: Counts,
    frame_ms: i64,
    lateness_ms: i64,
    aggregates: Vec<Aggregate>,
}
state!(Buffer {
    cells, slots, oldest, watermark_ms, told_ms, waiting, empty_in_row, counts; frame_ms, lateness_ms, aggregates,
} where |buffer| {
    buffer.waiting.is_none_or(|event| event.stream < buffer.aggregates.len() && in_range(event.at_ms))
        && buffer.oldest.is_none_or(in_range)
        && in_range(buffer.watermark_ms)
        && buffer.told_ms.is_none_or(in_range)
});

fn in_range(ms: i64) -> bool {
    ms.unsigned_abs() <= 2 * TIME_MS_MAX.unsigned_abs()
}

impl Buffer {
    /// An empty buffer. Its size is fixed by the schema: every frame of the lateness window, every stream.
    pub fn new(schema: &Schema) -> Self {
        let (frame_ms, lateness_ms) = (schema.frame_ms(), schema.lateness_ms());
        let frames = (lateness_ms / frame_ms + 2) as usize;
        Self {
            cells: vec![Cell::default(); frames * schema.streams().len()],
            slots: vec![Slot::default(); frames],
            oldest: None,
            watermark_ms: 0,
            told_ms: None,
            waiting: None,
            // Nobody has spoken yet, so nobody is missed.
            empty_in_row: EMPTY_MOST,
            counts: Counts::default(),
            frame_ms,
            lateness_ms,
            aggregates: schema.streams().iter().map(|stream| stream.aggregate).collect(),
        }
    }

    /// What became of the events so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.heap_bytes()
    }

    /// Takes an event. Afterwards [`due`](Self::due) has to be asked until it has no more frames. A fault changes
    /// nothing but the counts.
    pub fn push(&mut self, schema: &Schema, event: Event) -> Result<(), IngestFault> {
        let checked = self.check(schema, event);
        match &checked {
            Ok(_) => {}
            Err(IngestFault::TooLate { .. }) => self.counts.too_late += 1,
            Err(IngestFault::Undrained) => {}
            Err(_) => self.counts.refused += 1,
        }
        let event = Event { value: checked?, ..event };
        let frame = event.at_ms.div_euclid(self.frame_ms);
        self.counts.taken += 1;
        if self.oldest.is_none() {
            self.watermark_ms = self.told_ms.map_or(event.at_ms, |told_ms| told_ms.max(event.at_ms));
            self.oldest = Some(self.first_open());
        }
        self.counts.late += u64::from((frame + 1) * self.frame_ms <= self.watermark_ms);
        self.watermark_ms = self.watermark_ms.max(event.at_ms);
        if self.holds(frame) {
            self.place(event);
        } else {
            self.waiting = Some(event);
        }
        Ok(())
    }

    /// Says what time it is. Frames come out although nothing arrives, and events from the future are refused.
    pub fn tell_time(&mut self, now_ms: i64) -> Result<(), IngestFault> {
        if now_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
            return Err(IngestFault::TimeOutOfRange { at_ms: now_ms });
        }
        let told_ms = self.told_ms.map_or(now_ms, |told_ms| told_ms.max(now_ms));
        self.told_ms = Some(told_ms);
        if self.oldest.is_some() {
            self.watermark_ms = self.watermark_ms.max(told_ms);
        }
        Ok(())
    }

    /// The next frame that has something new to say, its values in `values`: final ones first, each kind in the order
    /// of time. `values` has one place per stream.
    pub fn due(&mut self, values: &mut [f64]) -> Option<Ready> {
        loop {
            let oldest = self.oldest?;
            if oldest >= self.first_open() {
                break;
            }
            let slot = self.slot_of(oldest);
            let events = self.slots[slot].events;
            self.empty_in_row = if events > 0 { 0 } else { self.empty_in_row.saturating_add(1) };
            if events > 0 || self.empty_in_row <= EMPTY_MOST {
                self.read(slot, values);
                self.clear(slot);
                self.oldest = Some(oldest + 1);
                return Some(self.ready(oldest, Stage::Final));
            }
            self.clear(slot);
            let is_empty = self.slots.iter().all(|slot| slot.events == 0);
            self.oldest = Some(if is_empty { self.first_open() } else { oldest + 1 });
        }
        if let Some(event) = self.waiting.take() {
            self.place(event);
        }
        let oldest = self.oldest?;
        let over = self.watermark_ms.div_euclid(self.frame_ms);
        for frame in oldest..over.min(oldest + self.slots.len() as i64) {
            let at = self.slot_of(frame);
            let slot = &mut self.slots[at];
            let stage = match (slot.is_told, slot.is_changed) {
                (false, _) => Stage::Provisional,
                (true, true) => Stage::Revised,
                (true, false) => continue,
            };
            if slot.events > 0 || self.empty_in_row < EMPTY_MOST {
                (slot.is_told, slot.is_changed) = (true, false);
                self.read(at, values);
                return Some(self.ready(frame, stage));
            }
        }
        None
    }

    /// When [`due`](Self::due) will have a frame next if no event comes, once the time is told.
    pub fn next_due_ms(&self) -> Option<i64> {
        let oldest = self.oldest?;
        let final_ms = (oldest + 1) * self.frame_ms + self.lateness_ms;
        let over_ms = (self.watermark_ms.div_euclid(self.frame_ms) + 1) * self.frame_ms;
        let has_events = self.slots.iter().any(|slot| slot.events > 0);
        (has_events || self.empty_in_row < EMPTY_MOST).then(|| final_ms.min(over_ms))
    }

    fn check(&self, schema: &Schema, event: Event) -> Result<f64, IngestFault> {
        let Event { stream, at_ms, value } = event;
        if self.waiting.is_some() {
            return Err(IngestFault::Undrained);
        }
        let streams = self.aggregates.len();
        let name = match schema.streams().get(stream).filter(|_| stream < streams) {
            Some(known) => || known.name.clone(),
            None => return Err(IngestFault::UnknownStream { stream, at_ms, streams }),
        };
        if at_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
            return Err(IngestFault::TimeOutOfRange { at_ms });
        }
        let value = measured(value).ok_or_else(|| IngestFault::NotANumber { stream: name(), at_ms })?;
        let latest_ms = match (self.told_ms, self.oldest) {
            (Some(told_ms), _) => told_ms + self.lateness_ms.max(self.frame_ms),
            (None, Some(_)) => self.watermark_ms + AHEAD_MS_MAX,
            (None, None) => TIME_MS_MAX,
        };
        if at_ms > latest_ms {
            return Err(IngestFault::AheadOfTime { stream: name(), at_ms, latest_ms });
        }
        let first_ms = match (self.oldest, self.told_ms) {
            (Some(oldest), _) => oldest.max(self.first_open()) * self.frame_ms,
            (None, Some(told_ms)) => (told_ms - self.lateness_ms).div_euclid(self.frame_ms) * self.frame_ms,
            (None, None) => i64::MIN,
        };
        if at_ms < first_ms {
            return Err(IngestFault::TooLate { stream: name(), at_ms, open_from_ms: first_ms });
        }
        Ok(value)
    }

    /// The oldest frame that time leaves open.
    fn first_open(&self) -> i64 {
        (self.watermark_ms - self.lateness_ms).div_euclid(self.frame_ms)
    }

    fn holds(&self, frame: i64) -> bool {
        self.oldest.is_some_and(|oldest| (oldest..oldest + self.slots.len() as i64).contains(&frame))
    }

    fn slot_of(&self, frame: i64) -> usize {
        frame.rem_euclid(self.slots.len() as i64) as usize
    }

    fn place(&mut self, event: Event) {
        let frame = event.at_ms.div_euclid(self.frame_ms);
        if !self.holds(frame) {
            return;
        }
        let slot = self.slot_of(frame);
        let aggregate = self.aggregates[event.stream];
        let cell = &mut self.cells[slot * self.aggregates.len() + event.stream];
        let before = cell.value(aggregate).to_bits();
        cell.add(event.at_ms, event.value);
        let is_changed = cell.value(aggregate).to_bits() != before;
        let slot = &mut self.slots[slot];
        slot.events = slot.events.saturating_add(1);
        slot.is_changed |= is_changed;
    }

    fn read(&self, slot: usize, values: &mut [f64]) {
        let width = self.aggregates.len();
        let cells = &self.cells[slot * width..(slot + 1) * width];
        for ((value, cell), &aggregate) in values.iter_mut().zip(cells).zip(&self.aggregates) {
            *value = cell.value(aggregate);
        }
    }

    fn clear(&mut self, slot: usize) {
        let width = self.aggregates.len();
        self.slots[slot] = Slot::default();
        self.cells[slot * width..(slot + 1) * width].fill(Cell::default());
    }

    fn ready(&self, frame: i64, stage: Stage) -> Ready {
        Ready { start_ms: frame * self.frame_ms, end_ms: (frame + 1) * self.frame_ms, stage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::snapshot::{Reader, Writer};

    /// Takes some events and says what came out.
    fn play(buffer: &mut Buffer, schema: &Schema, steps: core::ops::Range<i64>) -> Vec<(Ready, u64)> {
        let (mut values, mut told) = ([0.0; 2], Vec::new());
        for step in steps {
            let at_ms = step * 90_000 - step * 7919 % 500_000;
            let event = Event { stream: (step % 2) as usize, at_ms, value: (step % 13) as f64 + 0.1 };
            // Some are too late, which is part of the play.
            let _ = buffer.push(schema, event);
            while let Some(ready) = buffer.due(&mut values) {
                told.push((ready, values[0].to_bits()));
            }
        }
        told
    }

    #[test]
    fn opened_again_it_goes_on_with_the_same_frames() {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
        let mut buffer = Buffer::new(&schema);
        play(&mut buffer, &schema, 0..500);
        let mut writer = Writer::default();
        buffer.save(&mut writer);
        let bytes = writer.into_bytes();
        let mut again = Buffer::new(&schema);
        assert_eq!(again.load(&mut Reader::new(&bytes)), Ok(()));
        let told = play(&mut buffer, &schema, 500..900);
        assert!(told.len() > 100);
        assert_eq!(play(&mut again, &schema, 500..900), told);
        assert_eq!(again.counts(), buffer.counts());
    }
}
