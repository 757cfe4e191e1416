//! The events of one stream within one frame. What is kept of them does not depend on the order in which they came.

use crate::schema::Aggregate;
use crate::snapshot::state;

use super::sum::ExactSum;

/// More events than this in one frame are not counted: the sum's integers would overflow.
const EVENTS_MOST: u32 = 1 << 30;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cell {
    events: u32,
    sum: ExactSum,
    last_ms: i64,
    last: f64,
    largest: f64,
}
state!(Cell { events, sum, last_ms, last, largest });

impl Cell {
    pub(super) fn add(&mut self, at_ms: i64, value: f64) {
        if self.events == EVENTS_MOST {
            return;
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
