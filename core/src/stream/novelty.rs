//! Has this stream ever been in a state like this?
//!
//! A state is three numbers: how far the value lies from the last few rows, these from the last hundred, and these
//! from the last thousand. What was never seen is news once; bursts that recur and jumps of every morning fall silent
//! by themselves. A second part asks the same of the distance to the usual level of the time of day.
//!
//! It is wrong where an anomaly repeats: the second one of a kind is known. The row oddness, which has no memory of
//! kinds, marks those.
//!
//! About 7 KB per stream; the search among 256 states is most of the cost.

use super::profile::Profile;
use super::prototypes::{Look, Prototypes};
use super::{Detector, Finding, Reason, Row};
use crate::math::{SPREAD_FLOOR, greater, sqrt};
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::approx::{ROUGH_MOST, ln, log2, log2_rough};
use crate::stats::{COMMON_ABOVE, Place, Tail, pace};

/// How fast the three levels follow the stream.
const LEVEL_PACE: [f64; 3] = [1.0 / 12.0, 1.0 / 96.0, 1.0 / 1024.0];
/// Rows over which sizes and ranks are remembered.
const MEMORY_ROWS: f64 = 8192.0;
/// States that are remembered.
const STATES: usize = 256;
/// Distances to the usual day that are remembered.
const DAY_STATES: usize = 64;
/// Rows before the first answer.
const COLD_ROWS: u64 = 50;
/// How much of the row oddness, squared, the next row keeps: e^(-1/50) squared, so that a score holds through an
/// anomaly.
const ENVELOPE_SQUARED: f64 = 0.960_789_439_152_323_2;
/// What stands for the chance, and for the share of the past above, of a distance that is common.
const COMMON_CHANCES: [f64; 2] = [1.0, COMMON_ABOVE];
/// After so many rows it is seen anew which distances are common.
const LOOK_ROWS: u64 = 64;
/// Below this, twice in a row, a size is nothing.
const SIZE_MIN: f64 = 1e-12;
/// The decimal logarithm of 2.
const LOG10_2: f64 = core::f64::consts::LOG10_2;
const LN_2: f64 = core::f64::consts::LN_2;

/// Levels, memory of states, usual day, and how unusual each distance was.
#[derive(Clone, Debug)]
pub(crate) struct Novelty {
    rows: u64,
    levels: [f64; 3],
    /// Mean absolute value: what is very small beside it is numerical noise.
    magnitude: f64,
    states: Prototypes<3>,
    day: Profile,
    day_states: Prototypes<1>,
    distances: Tail,
    row_squared: f64,
}
state!(Novelty { rows, levels, magnitude, states, day, day_states, distances, row_squared });

/// What was found out about a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    x: f64,
    levels: [f64; 3],
    magnitude: f64,
    states: Look<3>,
    day_states: Option<Look<1>>,
    distance: Place,
    row_squared: f64,
    /// How new the value is, squared: 0 while cold.
    squared: f64,
    /// The share of the past that was newer, or of what is common the least that it can be.
    share: f64,
    /// The chance of a state as new.
    chance: f64,
    is_settled: bool,
}

impl Sight {
    /// Whether the value lies below the stream's last hundred rows.
    pub(crate) fn is_low(&self) -> bool {
        self.x < self.levels[1]
    }

    /// How odd the row is, in usual sizes; holds for a while.
    pub(crate) fn row(&self) -> f64 {
        sqrt(self.row_squared)
    }
}

/// What is very small beside the usual magnitude is numerical noise.
#[inline]
fn floor(magnitude: f64) -> f64 {
    SPREAD_FLOOR * magnitude + SIZE_MIN
}

impl Novelty {
    /// Whether enough was seen for an answer.
    pub(crate) fn is_settled(&self) -> bool {
        self.rows >= COLD_ROWS
    }

    /// How new a value is, and how rare a state as new: 0 while cold, about 4.5 for an alarm. What is no more than `least`
    /// is 0 too: that is mostly known from bounds, for a fraction of the work.
    #[inline]
    pub(crate) fn surprise_above(&self, least: f64, sight: &Sight) -> f64 {
        let distance = 1.0 + sqrt(sight.squared);
        let most = 2.0 * LN_2 * (log2_rough(distance) + ROUGH_MOST) - LOG10_2 * log2_rough(sight.share);
        if sight.squared <= 0.0 || most <= least {
            return 0.0;
        }
        let [_, share] = self.distances.chances_at(sight.distance);
        let surprise = 2.0 * ln(distance) - LOG10_2 * log2(share);
        if surprise > least { surprise } else { 0.0 }
    }

    /// The row oddness as the last value left it.
    pub(crate) fn row(&self) -> f64 {
        sqrt(self.row_squared)
    }
}

impl Detector for Novelty {
    type Sight = Sight;

    fn new(_: &Stream) -> Self {
        Self {
            rows: 0,
            levels: [0.0; 3],
            magnitude: 0.0,
            states: Prototypes::new(STATES),
            day: Profile::new(),
            day_states: Prototypes::new(DAY_STATES),
            distances: Tail::new(MEMORY_ROWS),
            row_squared: 0.0,
        }
    }

    #[inline(always)]
    fn judge(&self, row: &Row<'_>) -> Sight {
        let x = row.x;
        let mut levels = self.levels;
        // The first rows count evenly: one division serves all paces.
        let evenly = pace(self.rows, f64::INFINITY);
        for (level, pace) in levels.iter_mut().zip(LEVEL_PACE) {
            *level += greater(evenly, pace) * (x - *level);
        }
        let magnitude = self.magnitude + greater(evenly, 1.0 / MEMORY_ROWS) * (x.abs() - self.magnitude);
        let floor = floor(magnitude);
        let state = [x - levels[0], levels[0] - levels[1], levels[0] - levels[2]];

        let per_size = self.states.per_size(floor);
        let settled = self.is_settled();
        let now_squared = if settled { Prototypes::size_squared(state, per_size) } else { 0.0 };
        let row_squared = greater(self.row_squared * ENVELOPE_SQUARED, now_squared);

        let states = self.states.look(state, per_size);
        let usual = row.now.in_day.as_ref().and_then(|place| self.day.level(place));
        let day_states =
            usual.map(|usual| self.day_states.look([levels[0] - usual], self.day_states.per_size(floor)));
        let squared = day_states
            .map_or(states.novelty_squared, |day| greater(day.novelty_squared, states.novelty_squared));

        let distance = Place::of_squared(squared);
        let [chance, share] = self.distances.rare_chances_at(distance).unwrap_or(COMMON_CHANCES);
        let squared = if settled { squared } else { 0.0 };
        Sight {
            x,
            levels,
            magnitude,
            states,
            day_states,
            distance,
            row_squared,
            squared,
            share,
            chance,
            is_settled: settled,
        }
    }

    #[inline(never)]
    fn judge_into(&self, row: &Row<'_>, sight: &mut Sight) {
        *sight = self.judge(row);
    }

    fn finding(sight: &Sight) -> Option<Finding> {
        sight.is_settled.then_some(Finding { chance: sight.chance, reason: Reason::Novelty })
    }

    fn learn(&mut self, row: &Row<'_>, sight: &Sight) {
        self.rows = self.rows.saturating_add(1);
        let clock = u32::try_from(self.rows).unwrap_or(u32::MAX);
        self.levels = sight.levels;
        self.magnitude = sight.magnitude;
        self.row_squared = sight.row_squared;
        let floor = floor(sight.magnitude);
        self.states.learn(&sight.states, floor, clock);
        if let Some(look) = &sight.day_states {
            self.day_states.learn(look, floor, clock);
        }
        if let Some(place) = &row.now.in_day {
            self.day.learn(place, self.levels[0]);
        }
        self.distances.learn_at(sight.distance);
        if self.rows.is_multiple_of(LOOK_ROWS) {
            self.distances.look();
        }
    }
}
