//! One stream as the silence hears it: when it speaks, whether its value moves, and whether what was told of it was true.

use crate::snapshot::state;

use super::clock::{Clock, Manner, is_in_range};
use super::run::Runs;

/// A single stream is told from its owner's bedtime by the others of its source.
const MANNER: Manner = Manner { radius: 1, early_least_ms: 0.0, may_be_tireless: false };
/// Readings that cover this share of a silence were late, not missing.
const LATE_SHARE: f64 = 0.7;

/// One stream: its clock, its runs, and what was told of it.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    pub(super) clock: Clock,
    pub(super) runs: Runs,
    /// A silence that was told of, and how much of it turned out to be covered by readings that came late.
    pub(super) told_from_ms: i64,
    told_to_ms: i64,
    covered_ms: i64,
}
state!(Listener { clock, runs, told_from_ms, told_to_ms, covered_ms } where |listener| {
    is_in_range(listener.told_from_ms)
        && is_in_range(listener.covered_ms)
        && (listener.told_to_ms == i64::MIN || is_in_range(listener.told_to_ms))
});

impl Listener {
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::new(MANNER, false),
            runs: Runs::new(),
            told_from_ms: 0,
            told_to_ms: i64::MIN,
            covered_ms: 0,
        }
    }

    /// The first real date: what was learned without a calendar is no guide.
    pub(super) fn start_calendar(&mut self) {
        self.clock = Clock::new(MANNER, true);
    }

    pub(super) fn tell(&mut self, now_ms: i64) {
        let last_ms = self.clock.last_ms().unwrap_or(now_ms);
        if self.told_to_ms == i64::MIN {
            self.told_from_ms = last_ms;
            self.covered_ms = 0;
        }
        self.told_to_ms = now_ms;
    }

    /// Counts a reading towards the silence that was told of; `true` once they cover it.
    pub(super) fn note_late(&mut self, at_ms: i64) -> bool {
        if self.told_to_ms == i64::MIN {
            return false;
        }
        if at_ms > self.told_to_ms {
            self.told_to_ms = i64::MIN;
            return false;
        }
        let before_ms = self.clock.last_ms().unwrap_or(at_ms).max(self.told_from_ms);
        let step_ms = (at_ms - before_ms).clamp(0, 2 * self.clock.usual_ms());
        self.covered_ms = self.covered_ms.saturating_add(step_ms);
        let is_late = self.covered_ms as f64 > LATE_SHARE * (self.told_to_ms - self.told_from_ms) as f64;
        if is_late {
            self.told_to_ms = i64::MIN;
        }
        is_late
    }
}
