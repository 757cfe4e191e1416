//! One clock for several streams, fed by all of them: it learns how often all of them are silent at once, so nothing
//! has to be assumed about how they depend on each other.

use crate::frame::Moment;
use crate::snapshot::state;

use super::clock::{Clock, Manner, is_in_range};

/// An hour shares the silence of more hours than a stream's does, because all streams of a source follow one person or one
/// plant. People go to bed three quarters of an hour earlier now and then: without that, the first such evening would be an
/// outage of all that they carry.
const MANNER: Manner = Manner { radius: 2, early_least_ms: 2_700_000.0, may_be_tireless: true };

/// A source, or everything.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) clock: Clock,
    /// When it becomes overdue.
    pub(super) due_ms: i64,
    /// Its last silence that was news: what its streams missed then is no habit of theirs.
    outage_ms: [i64; 2],
    pub(super) members: usize,
}
state!(Source { clock, due_ms, outage_ms; members } where |source| source.outage_ms.into_iter().all(is_in_range));

impl Source {
    pub(super) fn new(members: usize) -> Self {
        let clock = Clock::new(MANNER, false);
        Self { clock, due_ms: i64::MAX, outage_ms: [0; 2], members }
    }

    /// The first real date: what was learned without a calendar is no guide.
    pub(super) fn start_calendar(&mut self) {
        self.clock = Clock::new(MANNER, true);
        self.due_ms = i64::MAX;
    }

    #[inline]
    pub(super) fn heard(&mut self, at: Moment, was_outage: bool) {
        if !self.clock.is_one_delivery(at.at_ms) {
            self.heard_anew(at, was_outage);
        }
    }

    #[inline(never)]
    fn heard_anew(&mut self, at: Moment, was_outage: bool) {
        let is_first = self.clock.last_ms().is_none();
        let gap = self.clock.heard(at, was_outage, self.due_ms);
        if let Some(gap) = gap {
            if gap.was_overdue {
                self.outage_ms = [gap.since_ms, at.at_ms];
            }
            self.due_ms = self.clock.deadline_ms();
        } else if is_first {
            self.due_ms = i64::MAX;
        }
    }

    /// Whether most of a gap lay in this source's last outage.
    pub(super) fn explains(&self, from_ms: i64, to_ms: i64) -> bool {
        let [out_ms, back_ms] = self.outage_ms;
        let inside_ms = back_ms.min(to_ms).saturating_sub(out_ms.max(from_ms));
        // Not times two: wasm has no product that saturates.
        inside_ms.saturating_add(inside_ms) > to_ms.saturating_sub(from_ms)
    }
}
