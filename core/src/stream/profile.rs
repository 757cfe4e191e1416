//! What a stream's day looks like: its usual level in each half hour of local time.

use alloc::vec;
use alloc::vec::Vec;

use crate::frame::{DAY_MS, Moment};
use crate::snapshot::state;

/// Half hours.
const BINS: usize = 48;
const BIN_MS: i64 = DAY_MS / BINS as i64;
/// What a new day counts for, once many were seen; the first ones count evenly.
const DAY_WEIGHT_MIN: f64 = 0.15;

/// A moment as a place in the day. The same for all streams, so that it is found once per frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DayPlace {
    day: i32,
    bin: usize,
    /// The two bins between whose centres the moment lies, and how far it is from the first to the second.
    between: [usize; 2],
    share: f64,
}

impl DayPlace {
    /// `None` for a time that is no clock.
    pub(crate) fn of(moment: Moment) -> Option<Self> {
        moment.is_clock().then(|| {
            let in_day_ms = moment.local_ms.rem_euclid(DAY_MS);
            // Half a bin earlier, whole bins are centres; one day is added so that the first half bin is not negative.
            let from_centre_ms = in_day_ms + DAY_MS - BIN_MS / 2;
            let first = (from_centre_ms / BIN_MS) as usize % BINS;
            Self {
                day: moment.local_ms.div_euclid(DAY_MS) as i32,
                bin: (in_day_ms / BIN_MS) as usize,
                between: [first, (first + 1) % BINS],
                share: (from_centre_ms % BIN_MS) as f64 / BIN_MS as f64,
            }
        })
    }
}

/// One half hour of the day.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    /// The mean over past days.
    level: f64,
    /// The visit of the day that is running: which day, the sum of its rows, and how many these are.
    sum: f64,
    day: i32,
    rows: u16,
    days: u16,
}
state!(Bin { level, sum, day, rows, days });

impl Bin {
    /// The bin with its last visit counted in, if that was on another day.
    fn on(&self, day: i32) -> Self {
        if self.day == day {
            return *self;
        }
        let mut bin = Self { day, sum: 0.0, rows: 0, ..*self };
        if self.rows > 0 {
            bin.days = self.days.saturating_add(1);
            let pace = (1.0 / f64::from(bin.days)).max(DAY_WEIGHT_MIN);
            bin.level += pace * (self.sum / f64::from(self.rows) - self.level);
        }
        bin
    }
}

/// The usual level by local time of day.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    bins: Vec<Bin>,
}
state!(Profile { bins });

impl Profile {
    pub(crate) fn new() -> Self {
        Self { bins: vec![Bin::default(); BINS] }
    }

    /// The usual level here, between bin centres; `None` until the half hour has a past day.
    pub(crate) fn level(&self, place: &DayPlace) -> Option<f64> {
        let here = self.bins[place.bin].on(place.day);
        if here.days == 0 {
            return None;
        }
        let [first, second] = place.between.map(|bin| if bin == place.bin { here } else { self.bins[bin] });
        Some(if first.days > 0 && second.days > 0 {
            (1.0 - place.share) * first.level + place.share * second.level
        } else {
            here.level
        })
    }

    pub(crate) fn learn(&mut self, place: &DayPlace, level: f64) {
        let bin = &mut self.bins[place.bin];
        *bin = bin.on(place.day);
        // What so many rows have not told of a half hour, one more does not.
        if bin.rows < u16::MAX {
            bin.sum += level;
            bin.rows += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_MS: i64 = 19_000 * DAY_MS + DAY_MS / 2;

    fn place(at_ms: i64) -> DayPlace {
        DayPlace::of(Moment::utc(at_ms)).expect("a clock")
    }

    #[test]
    fn row_numbers_are_no_clock() {
        assert_eq!(DayPlace::of(Moment::utc(20_000)), None);
        assert!(DayPlace::of(Moment { at_ms: -NOON_MS, local_ms: -NOON_MS + 3_600_000 }).is_some());
    }

    #[test]
    fn the_day_is_the_local_one() {
        let tokyo = Moment { at_ms: NOON_MS, local_ms: NOON_MS + 9 * 3_600_000 };
        assert_eq!(place(NOON_MS).bin, 24);
        assert_eq!(DayPlace::of(tokyo).map(|place| place.bin), Some(42));
    }

    #[test]
    fn the_first_half_of_a_bin_lies_between_it_and_the_one_before() {
        let early = place(NOON_MS);
        assert_eq!((early.between, early.share), ([23, 24], 0.5));
        let midnight = place(19_000 * DAY_MS);
        assert_eq!((midnight.bin, midnight.between), (0, [47, 0]));
    }

    #[test]
    fn a_day_counts_when_the_next_one_comes() {
        let mut profile = Profile::new();
        profile.learn(&place(NOON_MS), 10.0);
        profile.learn(&place(NOON_MS + 1), 20.0);
        assert_eq!(profile.level(&place(NOON_MS + 2)), None);
        assert_eq!(profile.level(&place(NOON_MS + DAY_MS)), Some(15.0));
        profile.learn(&place(NOON_MS + DAY_MS), 25.0);
        assert_eq!(profile.level(&place(NOON_MS + 2 * DAY_MS)), Some(20.0));
    }
}
