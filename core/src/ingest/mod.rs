//! From irregular events, in whatever order they arrive, to frames.
//!
//! # What it computes
//!
//! A frame is over when time passes its end, and final when it passes its end by the schema's lateness. In between its
//! values are provisional: a late event changes them, and the frame comes out again, revised, and with it those after
//! it that were told already, since what they are judged by has changed. Every frame comes out provisionally before it
//! is final, unless no lateness is allowed. Time is the newest event's or, where somebody tells it
//! ([`tell_time`](Buffer::tell_time)), the clock's, whichever is later.
//!
//! Within a frame the events of a stream become one value, by its [`Aggregate`]: their mean, the newest, the sum, the
//! largest, or how many there were. Sums are exact, so events that arrive no later than the lateness allows give the same
//! final frames in any order, bit for bit. A stream without an event in a frame is missing there, and missing is not zero.
//!
//! Two readings of one stream with the same time and the same value are one that came twice: the second is dropped. Who
//! gives several things that happen the same time has to add them up first. Where a stream has more than 32 readings in
//! a frame, they are not told apart any more, and each counts as often as it came.
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
//! use fourfold::{SchemaDraft, ingest::{Buffer, Event, Standing}};
//!
//! let mut draft = SchemaDraft::of_streams(["temperature"]);
//! (draft.frame_ms, draft.lateness_ms) = (Some(1000.0), Some(1000.0));
//! let schema = draft.validate()?;
//! let (mut buffer, mut values, mut told) = (Buffer::new(&schema), [0.0], Vec::new());
//! for (at_ms, value) in [(100, 1.0), (1200, 5.0), (900, 2.0), (3300, 7.0)] {
//!     buffer.push(&schema, Event { stream: 0, at_ms, value })?;
//!     while let Some(frame) = buffer.due(&mut values) {
//!         told.push((frame.start_ms, frame.standing, values[0]));
//!     }
//! }
//! assert_eq!(told[0], (0, Standing::Provisional, 1.0));
//! assert_eq!(told[1], (0, Standing::Revised, 1.5));
//! assert_eq!(told[2], (0, Standing::Final, 1.5));
//! assert_eq!(told[3], (1000, Standing::Provisional, 5.0));
//! assert_eq!(told[4], (1000, Standing::Final, 5.0));
//! # Ok::<(), fourfold::Error>(())
//! ```

mod cell;
mod counts;
mod fault;
mod standing;
mod sum;

pub use counts::Counts;
pub use fault::IngestFault;
pub use standing::Standing;

use alloc::vec;
use alloc::vec::Vec;

use crate::frame::{TIME_MS_MAX, measured};
use crate::schema::{Aggregate, Schema};
use crate::snapshot::{State, state};
use cell::Cell;

/// Empty frames in a row that come out; a longer silence is skipped until somebody speaks. A day of five minutes.
const EMPTY_MOST: u32 = 288;
/// Where the time is told, events may be ahead of it, or of the newest event, by this much at least: clocks differ, and
/// nobody tells the time at every moment. Less than an hour, by which clocks are off in summer.
const AHEAD_OF_CLOCK_MS: i64 = 900_000;
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

/// A frame that came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The first millisecond of the frame.
    pub start_ms: i64,
    /// The first millisecond after it.
    pub end_ms: i64,
    /// How firm it is.
    pub standing: Standing,
}

/// What is known of an open frame beside its values.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    events: u32,
    is_told: bool,
    is_changed: bool,
}
state!(Slot { events, is_told, is_changed });

impl Slot {
    /// Empty frames in a row up to this one.
    fn run_after(&self, run: u32) -> u32 {
        if self.events > 0 { 0 } else { run.saturating_add(1) }
    }

    /// What is to be told of it before it is final.
    fn news(&self) -> Option<Standing> {
        match (self.is_told, self.is_changed) {
            (false, _) => Some(Standing::Provisional),
            (true, true) => Some(Standing::Revised),
            (true, false) => None,
        }
    }
}

/// The open frames.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// Frame after frame in a ring, one cell per stream.
    cells: Vec<Cell>,
    slots: Vec<Slot>,
    /// The oldest frame that is not final, in frames since the epoch; `None` before the first event.
    oldest: Option<i64>,
    /// Frames before this one were never open.
    first: Option<i64>,
    watermark_ms: i64,
    /// The newest time that was told.
    told_ms: Option<i64>,
    /// An event so far ahead that the frames before it must come out first.
    waiting: Option<Event>,
    empty_in_row: u32,
    /// Per stream, since the buffer was made or opened. How events came is no part of what they said, so it is in no
    /// snapshot: equal events give equal snapshots in every order of arrival.
    counts: Vec<Counts>,
    frame_ms: i64,
    lateness_ms: i64,
    aggregates: Vec<Aggregate>,
}
state!(Buffer {
    cells, slots, oldest, first, watermark_ms, told_ms, waiting, empty_in_row; counts, frame_ms, lateness_ms, aggregates,
} where |buffer| {
    let is_frame = |frame: i64| frame.checked_mul(buffer.frame_ms).is_some_and(in_range);
    buffer.waiting.is_none_or(|event| event.stream < buffer.aggregates.len() && in_range(event.at_ms))
        && buffer.oldest.is_none_or(is_frame)
        && buffer.first.is_none_or(is_frame)
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
            first: None,
            watermark_ms: 0,
            told_ms: None,
            waiting: None,
            // Nobody has spoken yet, so nobody is missed.
            empty_in_row: EMPTY_MOST,
            counts: vec![Counts::default(); schema.streams().len()],
            frame_ms,
            lateness_ms,
            aggregates: schema.streams().iter().map(|stream| stream.aggregate).collect(),
        }
    }

    /// What became of the events of each stream, since the buffer was made or opened.
    pub fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.lent_bytes() + self.heap_bytes()
    }

    /// Bytes on the heap that are in no snapshot.
    pub(crate) fn lent_bytes(&self) -> usize {
        size_of_val(self.counts.as_slice()) + size_of_val(self.aggregates.as_slice())
    }

    /// Whether an event was ever taken.
    pub fn has_begun(&self) -> bool {
        self.oldest.is_some()
    }

    /// The newest moment of an event, or that was told.
    pub fn newest_ms(&self) -> Option<i64> {
        self.oldest.map(|_| self.watermark_ms).max(self.told_ms)
    }

    /// Refuses events up to and including a time, as if their frames were final. To be said before the first event.
    pub fn begin_after(&mut self, at_ms: i64) {
        // What time it was before that says nothing any more.
        self.told_ms = None;
        self.first = Some(at_ms.div_euclid(self.frame_ms) + 1);
    }

    /// Takes an event. Afterwards [`due`](Self::due) has to be asked until it has no more frames, at the latest when
    /// the next event is refused as [`IngestFault::Undrained`]. A fault changes nothing but the counts.
    pub fn push(&mut self, schema: &Schema, event: Event) -> Result<(), IngestFault> {
        let checked = self.check(schema, event);
        let mut fate = Counts::default();
        match &checked {
            Ok(_) => {}
            Err(IngestFault::TooLate { .. }) => fate.too_late = 1,
            Err(IngestFault::AheadOfTime { .. }) => fate.ahead = 1,
            Err(IngestFault::NotANumber { .. }) => fate.not_a_number = 1,
            Err(_) => {}
        }
        if let Ok(value) = checked {
            fate = self.take(Event { value, ..event });
        }
        if let Some(counts) = self.counts.get_mut(event.stream) {
            *counts += fate;
        }
        checked.map(|_| ())
    }

    fn take(&mut self, event: Event) -> Counts {
        let frame = event.at_ms.div_euclid(self.frame_ms);
        if self.oldest.is_none() {
            self.watermark_ms = self.told_ms.map_or(event.at_ms, |told_ms| told_ms.max(event.at_ms));
            self.oldest = Some(self.first_open().max(self.first.unwrap_or(i64::MIN)));
        }
        let is_late = (frame + 1) * self.frame_ms <= self.watermark_ms;
        self.watermark_ms = self.watermark_ms.max(event.at_ms);
        if !self.holds(frame) {
            self.waiting = Some(event);
        } else if !self.place(event) {
            return Counts { duplicate: 1, ..Counts::default() };
        }
        Counts { taken: 1, late: u64::from(is_late), ..Counts::default() }
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

    /// The next frame that has something new to say, its values in `values`, in the order of time; a frame comes out
    /// provisionally, perhaps revised, then finally. `values` has one place per stream.
    pub fn due(&mut self, values: &mut [f64]) -> Option<Ready> {
        while let Some(oldest) = self.oldest.filter(|&oldest| oldest < self.first_open()) {
            let slot = self.slot_of(oldest);
            let run = self.slots[slot].run_after(self.empty_in_row);
            if run <= EMPTY_MOST {
                if self.lateness_ms > 0
                    && let Some(standing) = self.slots[slot].news()
                {
                    return Some(self.tell(oldest, standing, values));
                }
                self.read(slot, values);
                self.clear(slot);
                self.empty_in_row = run;
                self.oldest = Some(oldest + 1);
                return Some(self.ready(oldest, Standing::Final));
            }
            self.clear(slot);
            self.empty_in_row = run;
            let is_empty = self.slots.iter().all(|slot| slot.events == 0);
            self.oldest = Some(if is_empty { self.first_open() } else { oldest + 1 });
        }
        if let Some(event) = self.waiting.take() {
            self.place(event);
        }
        let oldest = self.oldest?;
        let over = self.watermark_ms.div_euclid(self.frame_ms);
        let mut run = self.empty_in_row;
        for frame in oldest..over.min(oldest + self.slots.len() as i64) {
            let slot = &self.slots[self.slot_of(frame)];
            run = slot.run_after(run);
            if let Some(standing) = slot.news().filter(|_| run <= EMPTY_MOST) {
                return Some(self.tell(frame, standing, values));
            }
        }
        None
    }

    /// The frames that were told and are not final, in the order of time: where each begins, and its values.
    pub fn told(&self, values: &mut [f64], mut each: impl FnMut(i64, &[f64])) {
        let Some(oldest) = self.oldest else { return };
        for frame in oldest..oldest + self.slots.len() as i64 {
            let slot = self.slot_of(frame);
            if self.slots[slot].is_told {
                self.read(slot, values);
                each(frame * self.frame_ms, values);
            }
        }
    }

    /// The values of the open frame that begins at a time.
    pub fn values_at(&self, start_ms: i64, values: &mut [f64]) {
        self.read(self.slot_of(start_ms.div_euclid(self.frame_ms)), values);
    }

    /// Whether frames were told that are not final.
    pub fn has_told(&self) -> bool {
        self.slots.iter().any(|slot| slot.is_told)
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
            (Some(told_ms), oldest) => {
                let now_ms = oldest.map_or(told_ms, |_| told_ms.max(self.watermark_ms));
                now_ms + self.lateness_ms.max(self.frame_ms).max(AHEAD_OF_CLOCK_MS)
            }
            (None, Some(_)) => self.watermark_ms + AHEAD_MS_MAX,
            (None, None) => TIME_MS_MAX,
        };
        if at_ms > latest_ms {
            return Err(IngestFault::AheadOfTime { stream: name(), at_ms, latest_ms });
        }
        let first_open = match (self.oldest, self.told_ms) {
            (Some(oldest), _) => oldest.max(self.first_open()),
            (None, Some(told_ms)) => (told_ms - self.lateness_ms).div_euclid(self.frame_ms),
            (None, None) => i64::MIN,
        };
        let first_ms = first_open.max(self.first.unwrap_or(i64::MIN)).saturating_mul(self.frame_ms);
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

    /// Puts an event into its frame; false if it had come before.
    fn place(&mut self, event: Event) -> bool {
        let frame = event.at_ms.div_euclid(self.frame_ms);
        if !self.holds(frame) {
            return true;
        }
        let slot = self.slot_of(frame);
        let aggregate = self.aggregates[event.stream];
        let cell = &mut self.cells[slot * self.aggregates.len() + event.stream];
        let before = cell.value(aggregate).to_bits();
        if !cell.add(event.at_ms, event.value) {
            return false;
        }
        let is_changed = cell.value(aggregate).to_bits() != before;
        self.slots[slot].events = self.slots[slot].events.saturating_add(1);
        if is_changed {
            self.mark_changed(frame);
        }
        true
    }

    /// A frame and those after it are no longer what was told of them.
    fn mark_changed(&mut self, first: i64) {
        let Some(oldest) = self.oldest else { return };
        for frame in first..oldest + self.slots.len() as i64 {
            let slot = self.slot_of(frame);
            self.slots[slot].is_changed = self.slots[slot].is_told;
        }
    }

    /// Notes that a frame comes out, before it is final.
    fn tell(&mut self, frame: i64, standing: Standing, values: &mut [f64]) -> Ready {
        let slot = self.slot_of(frame);
        (self.slots[slot].is_told, self.slots[slot].is_changed) = (true, false);
        self.read(slot, values);
        self.ready(frame, standing)
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

    fn ready(&self, frame: i64, standing: Standing) -> Ready {
        Ready { start_ms: frame * self.frame_ms, end_ms: (frame + 1) * self.frame_ms, standing }
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
    }
}
