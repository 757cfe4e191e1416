//! The events of one stream within one frame. What is kept of them does not depend on the order in which they came.

use crate::schema::Aggregate;
use crate::snapshot::{Damage, Reader, State, Writer};

use super::sum::ExactSum;

/// More events than this in one frame are not counted: the sum's integers would overflow.
const EVENTS_MOST: u32 = 1 << 30;
/// Readings of one stream and frame that are told apart, so that one that comes twice is seen.
const TOLD_APART: usize = 32;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cell {
    events: u32,
    sum: ExactSum,
    last_ms: i64,
    last: f64,
    largest: f64,
    known: Known,
}

impl Cell {
    /// Takes an event in; false if it is one that came before, with the same time and the same value.
    pub(super) fn add(&mut self, at_ms: i64, value: f64) -> bool {
        if !self.known.insert(at_ms, value) {
            return false;
        }
        if self.events == EVENTS_MOST {
            return true;
        }
        let is_first = self.events == 0;
        self.events += 1;
        self.sum.add(value);
        // Of two values of one moment the larger one is the last, since their order of arrival must not matter.
        if is_first || at_ms > self.last_ms || (at_ms == self.last_ms && value > self.last) {
            self.last_ms = at_ms;
            self.last = value;
        }
        if is_first || value > self.largest {
            self.largest = value;
        }
        true
    }

    /// The stream's value in the frame; NaN where it did not speak. A count of nothing is no zero either: a dead sensor
    /// counts nothing too.
    pub(super) fn value(&self, aggregate: Aggregate) -> f64 {
        if self.events == 0 {
            return f64::NAN;
        }
        let events = f64::from(self.events);
        match aggregate {
            Aggregate::Mean => self.sum.value() / events,
            Aggregate::Last => self.last,
            Aggregate::Sum => self.sum.value(),
            Aggregate::Max => self.largest,
            Aggregate::Count => events,
        }
    }
}

/// By hand, because most cells are empty and a snapshot need not say so in three hundred bytes.
impl State for Cell {
    fn save(&self, to: &mut Writer) {
        let Self { events, sum, last_ms, last, largest, known } = self;
        events.save(to);
        if *events > 0 {
            sum.save(to);
            last_ms.save(to);
            last.save(to);
            largest.save(to);
            known.save(to);
        }
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        *self = Self::default();
        self.events.load(from)?;
        if self.events > EVENTS_MOST {
            return Err(Damage);
        }
        if self.events > 0 {
            self.sum.load(from)?;
            self.last_ms.load(from)?;
            self.last.load(from)?;
            self.largest.load(from)?;
            self.known.load(from)?;
        }
        Ok(())
    }
}

/// Marks of the readings that came, in ascending order. Of more than it can hold it keeps those with the smallest
/// marks, which are the same ones in every order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Known {
    marks: [u64; TOLD_APART],
    count: usize,
}

impl Known {
    /// False if the reading is known already.
    fn insert(&mut self, at_ms: i64, value: f64) -> bool {
        let mark = mix(at_ms.cast_unsigned() ^ mix(value.to_bits()));
        let Err(place) = self.marks[..self.count].binary_search(&mark) else { return false };
        if place < TOLD_APART {
            self.count = (self.count + 1).min(TOLD_APART);
            self.marks.copy_within(place..self.count - 1, place + 1);
            self.marks[place] = mark;
        }
        true
    }
}

impl State for Known {
    fn save(&self, to: &mut Writer) {
        self.count.save(to);
        self.marks[..self.count].iter().for_each(|mark| mark.save(to));
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
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

    #[test]
    fn a_reading_that_comes_twice_counts_once() {
        let mut cell = Cell::default();
        let readings = (0..TOLD_APART as i64).map(|at_ms| (at_ms, 2.0));
        assert!(readings.clone().all(|(at_ms, value)| cell.add(at_ms, value)));
        assert!(readings.clone().all(|(at_ms, value)| !cell.add(at_ms, value)));
        assert!(cell.add(0, 3.0), "another value of the same moment is another reading");
        assert_eq!(cell.value(Aggregate::Count), TOLD_APART as f64 + 1.0);
    }

    #[test]
    fn of_too_many_readings_the_same_ones_are_known_in_every_order() {
        let (mut up, mut down) = (Cell::default(), Cell::default());
        (0..500).for_each(|at_ms| assert!(up.add(at_ms, 0.5)));
        (0..500).rev().for_each(|at_ms| assert!(down.add(at_ms, 0.5)));
        assert_eq!(up, down);
    }
}
