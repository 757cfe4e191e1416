//! The events of one stream within one frame. What is kept of them does not depend on the order in which they came.

use crate::schema::Aggregate;
use crate::snapshot::{Damage, Reader, State, Writer, state};

use super::sum::ExactSum;

/// More events than this in one frame are not counted: the sum's integers would overflow.
const EVENTS_MOST: u32 = 1 << 30;
/// Readings of one stream and frame that are told apart, so that one that comes twice is seen. More are a crowd.
const TOLD_APART: usize = 32;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cell {
    /// Everything that came.
    all: Heap,
    /// What came for the first time, as long as that is known.
    once: Heap,
    known: Known,
    last_ms: i64,
    last: f64,
    largest: f64,
}

/// Readings as a number and a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Heap {
    events: u32,
    sum: ExactSum,
}
state!(Heap { events, sum } where |heap| heap.events <= EVENTS_MOST);

impl Heap {
    fn add(&mut self, value: f64) {
        if self.events < EVENTS_MOST {
            self.events += 1;
            self.sum.add(value);
        }
    }
}

impl Cell {
    /// Takes an event in; false if it is known to be one that came before, with the same time and the same value.
    pub(super) fn add(&mut self, at_ms: i64, value: f64) -> bool {
        let is_first = self.all.events == 0;
        self.all.add(value);
        let is_new = self.known.insert(at_ms, value);
        if self.known.is_crowded {
            self.once = Heap::default();
        } else if is_new {
            self.once.add(value);
        }
        // Of two values of one moment the larger one is the last, since their order of arrival must not matter.
        if is_first || at_ms > self.last_ms || (at_ms == self.last_ms && value > self.last) {
            self.last_ms = at_ms;
            self.last = value;
        }
        if is_first || value > self.largest {
            self.largest = value;
        }
        is_new
    }

    /// The stream's value in the frame; NaN where it did not speak. A count of nothing is no zero either: a dead sensor
    /// counts nothing too.
    pub(super) fn value(&self, aggregate: Aggregate) -> f64 {
        if self.all.events == 0 {
            return f64::NAN;
        }
        let heap = if self.known.is_crowded { &self.all } else { &self.once };
        let events = f64::from(heap.events);
        match aggregate {
            Aggregate::Mean => heap.sum.value() / events,
            Aggregate::Last => self.last,
            Aggregate::Sum => heap.sum.value(),
            Aggregate::Max => self.largest,
            Aggregate::Count => events,
        }
    }
}

/// By hand, because most cells are empty and a snapshot need not say so in four hundred bytes.
impl State for Cell {
    fn save(&self, to: &mut Writer) {
        let Self { all, once, known, last_ms, last, largest } = self;
        (all.events > 0).save(to);
        if all.events > 0 {
            all.save(to);
            once.save(to);
            known.save(to);
            last_ms.save(to);
            last.save(to);
            largest.save(to);
        }
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        *self = Self::default();
        let mut has_events = false;
        has_events.load(from)?;
        if has_events {
            self.all.load(from)?;
            self.once.load(from)?;
            self.known.load(from)?;
            self.last_ms.load(from)?;
            self.last.load(from)?;
            self.largest.load(from)?;
        }
        Ok(())
    }
}

/// Marks of the readings that came, in ascending order, until there are too many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Known {
    marks: [u64; TOLD_APART],
    count: usize,
    /// There were too many: from then on none is told apart, and those that came twice before count twice as well.
    /// Otherwise it would depend on the order of arrival which of them do.
    is_crowded: bool,
}

impl Known {
    /// False if the reading is known already.
    fn insert(&mut self, at_ms: i64, value: f64) -> bool {
        if self.is_crowded {
            return true;
        }
        let mark = mix(at_ms.cast_unsigned() ^ mix(value.to_bits()));
        let Err(place) = self.marks[..self.count].binary_search(&mark) else { return false };
        if self.count == TOLD_APART {
            *self = Self { is_crowded: true, ..Self::default() };
        } else {
            self.marks.copy_within(place..self.count, place + 1);
            self.marks[place] = mark;
            self.count += 1;
        }
        true
    }
}

impl State for Known {
    fn save(&self, to: &mut Writer) {
        self.is_crowded.save(to);
        self.count.save(to);
        self.marks[..self.count].iter().for_each(|mark| mark.save(to));
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.is_crowded.load(from)?;
        self.count = from.length(TOLD_APART)?;
        self.marks[..self.count].iter_mut().try_for_each(|mark| mark.load(from))
    }
}

/// The finaliser of SplitMix64: different words have different marks, without a pattern.
fn mix(word: u64) -> u64 {
    let mixed = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(readings: impl IntoIterator<Item = (i64, f64)>) -> Cell {
        let mut cell = Cell::default();
        for (at_ms, value) in readings {
            cell.add(at_ms, value);
        }
        cell
    }

    #[test]
    fn a_reading_that_comes_twice_counts_once() {
        let mut cell = Cell::default();
        let readings = (0..TOLD_APART as i64 - 1).map(|at_ms| (at_ms, 2.0));
        assert!(readings.clone().all(|(at_ms, value)| cell.add(at_ms, value)));
        assert!(readings.clone().all(|(at_ms, value)| !cell.add(at_ms, value)));
        assert!(cell.add(0, 3.0), "another value of the same moment is another reading");
        assert_eq!(cell.value(Aggregate::Count), TOLD_APART as f64);
        assert_eq!(cell.value(Aggregate::Sum), 2.0 * TOLD_APART as f64 + 1.0);
    }

    #[test]
    fn in_a_crowd_everything_counts_in_every_order() {
        let readings = || (0..100_i64).map(|place| (place % 60, 0.5));
        let (up, down) = (of(readings()), of(readings().rev()));
        assert_eq!(up.value(Aggregate::Count), 100.0);
        assert_eq!(up, down);
        let mixed = of(readings().step_by(2).chain(readings().skip(1).step_by(2)));
        assert_eq!(mixed, up);
    }
}
