//! A tail that holds still. A chance that is re-learned at every value drifts while an anomaly lasts: its own rows make
//! it look usual, and its end ranks below its beginning. So the counts go on, but what is measured with is a copy of
//! them that is renewed only when the past has doubled, and at the latest once per memory.

use super::{Place, Tail};
use crate::snapshot::state;

/// Up to here every value counts at once: there is too little past to hold still on.
const LIVE_VALUES: u64 = 256;

/// From here on the copy is good to one in a thousand, and is renewed only when it no longer fits.
const SETTLED_VALUES: u64 = 4096;
/// It fits while its median is the median still, give or take this share.
const MEDIAN_SLACK: f64 = 0.15;

/// The running counts, and the copy that is measured with.
#[derive(Clone, Debug)]
pub(crate) struct Yardstick {
    counts: Tail,
    held: Tail,
    values: u64,
    renew_at: u64,
}
state!(Yardstick { counts, held, values, renew_at });

impl Yardstick {
    /// Remembers so many values, about.
    pub(crate) fn new(memory: u64) -> Self {
        let counts = Tail::new(memory as f64);
        Self { held: counts.clone(), counts, values: 0, renew_at: LIVE_VALUES }
    }

    /// The chance of something at least this odd.
    pub(crate) fn chance_at(&self, place: Place) -> f64 {
        if self.values <= LIVE_VALUES {
            self.counts.chances_at(place)[0]
        } else {
            self.held.chances_at(place)[0]
        }
    }

    /// Whether the middle of the past is no longer where the copy has it.
    fn has_moved(&self) -> bool {
        (self.counts.chances_at(self.held.median())[1] - 0.5).abs() > MEDIAN_SLACK
    }

    pub(crate) fn learn_at(&mut self, place: Place) {
        self.counts.learn_at(place);
        self.values += 1;
        if self.values >= self.renew_at {
            if self.values <= SETTLED_VALUES || self.has_moved() {
                self.held.copy_from(&self.counts);
            }
            self.renew_at = self.values + self.values.min(SETTLED_VALUES);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_still_between_doublings() {
        let mut yardstick = Yardstick::new(10_000);
        (1..=600).for_each(|n| yardstick.learn_at(Place::of(f64::from(n % 100 + 1))));
        let before = yardstick.chance_at(Place::of(90.0));
        assert!((before - 0.1).abs() < 0.03, "{before}");
        (0..300).for_each(|_| yardstick.learn_at(Place::of(95.0)));
        assert_eq!(yardstick.chance_at(Place::of(90.0)), before);
        (0..300).for_each(|_| yardstick.learn_at(Place::of(95.0)));
        assert!(yardstick.chance_at(Place::of(90.0)) > 0.3);
    }
}
