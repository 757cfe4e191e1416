//! What may be learned. One policy for every watch and forecaster (the memory of states has its own: it remembers
//! everything once).
//!
//! Two rules that pull in opposite directions. An extreme value must not teach that it is normal: a value counts as
//! no further than [`LIMIT`] usual deviations away. And a lasting change must not be fought for ever: once most rows
//! of late lie outside, or a run of them leans to one side, the guard takes the new level and spread as they are, and
//! says so. Both are reached within an hour of data at one row a minute.
//!
//! Beside these, a value of another order than anything the stream can measure is taken for no value at all.

#[cfg(test)]
mod oracle;

use crate::math::{SPREAD_FLOOR, greater};
use crate::snapshot::state;
use crate::stats::pace;

/// Rows over which level and spread are learned.
const MEMORY_ROWS: f64 = 512.0;
/// Rows over which the candidate for a new level is learned.
const FAST_ROWS: f64 = 12.0;
/// Rows in which nothing is cut: there is nothing yet to compare with.
const WARM_ROWS: u64 = 20;
/// Usual deviations up to which a value counts.
const LIMIT: f64 = 6.0;
/// Usual deviations beyond which a row is outside.
const OUTSIDE: f64 = 4.0;
/// Rows over which the share of rows outside is learned, and the share that is a new normal: 36 rows in a row.
const OUTSIDE_ROWS: f64 = 16.0;
const OUTSIDE_SHARE: f64 = 0.9;
/// What a deviation must exceed to lean, in usual ones.
const LEAN_FROM: f64 = 0.5;
/// A lean of this sum that has lasted for so many rows is a new normal.
const LEAN_MAX: f64 = 16.0;
const LEAN_ROWS: u32 = 48;
/// Further from zero than this many times the mean magnitude is no measurement: no instrument has twelve decades.
const DECADES: f64 = 1e12;
/// So many of these in a row are one after all.
const INSANE_ROWS: u32 = 20;

/// The usual level and spread of a stream, and what speaks against them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    rows: u64,
    /// Rows since the level was last taken anew.
    rows_here: u64,
    magnitude: f64,
    level: f64,
    /// Mean absolute deviation.
    spread: f64,
    fast_level: f64,
    fast_spread: f64,
    outside: f64,
    /// Sums of how far rows leaned up and down, and for how many rows.
    lean: [f64; 2],
    lean_rows: [u32; 2],
    insane_rows: u32,
}
state!(Guard {
    rows,
    rows_here,
    magnitude,
    level,
    spread,
    fast_level,
    fast_spread,
    outside,
    lean,
    lean_rows,
    insane_rows
});

/// A value, seen against what is usual.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usual {
    /// The level that is usual.
    pub(crate) level: f64,
    /// The mean absolute deviation from it: never 0.
    pub(crate) spread: f64,
    /// The value's deviation, in spreads, cut at ±[`LIMIT`].
    pub(crate) deviation: f64,
    /// The greater of the sums of how far rows leaned up or down, this one included.
    pub(crate) lean: f64,
    /// Whether the row before ended in a new normal.
    pub(crate) is_renewed: bool,
    /// Whether there is enough behind these numbers.
    pub(crate) is_settled: bool,
    /// The value as it may be learned.
    pub(crate) taught: f64,
    lean_both: [f64; 2],
}

impl Guard {
    /// Whether a value is one at all.
    pub(crate) fn is_sane(&self, x: f64) -> bool {
        !self.knows_magnitude() || self.insane_rows >= INSANE_ROWS || x.abs() <= DECADES * self.magnitude
    }

    /// Whether anything but zeros came that was learned.
    fn knows_magnitude(&self) -> bool {
        self.magnitude > f64::MIN_POSITIVE
    }

    /// Counts a value that was none.
    pub(crate) fn learn_insane(&mut self) {
        self.insane_rows = self.insane_rows.saturating_add(1);
    }

    #[inline]
    pub(crate) fn judge(&self, x: f64) -> Usual {
        let spread = self.spread + SPREAD_FLOOR * self.magnitude + f64::MIN_POSITIVE;
        let is_settled = self.rows >= WARM_ROWS;
        let times = (x - self.level) / spread;
        let deviation = times.clamp(-LIMIT, LIMIT);
        let taught = if is_settled { self.level + deviation * spread } else { x };
        let lean_both = [
            greater(self.lean[0] + deviation - LEAN_FROM, 0.0),
            greater(self.lean[1] - deviation - LEAN_FROM, 0.0),
        ];
        let lean = greater(lean_both[0], lean_both[1]);
        let is_renewed = self.rows_here == WARM_ROWS && self.rows > WARM_ROWS;
        Usual { level: self.level, spread, deviation, lean, is_renewed, is_settled, taught, lean_both }
    }

    pub(crate) fn learn(&mut self, x: f64, usual: &Usual) {
        // So far it was zero. One value of any size does not say of what size its values are; the next one like it does.
        let has_begun = usual.is_settled
            && !self.knows_magnitude()
            && x != 0.0
            && x.abs() <= DECADES * self.fast_level.abs();
        if has_begun || self.insane_rows >= INSANE_ROWS {
            // Another world: nothing that was known holds.
            *self = Self::default();
            let usual = self.judge(x);
            return self.learn(x, &usual);
        }
        self.insane_rows = 0;
        if self.rows == 0 {
            [self.level, self.fast_level] = [x; 2];
        }
        self.magnitude += pace(self.rows, MEMORY_ROWS) * (usual.taught.abs() - self.magnitude);
        self.fast_spread += pace(self.rows, FAST_ROWS) * ((x - self.fast_level).abs() - self.fast_spread);
        self.fast_level += pace(self.rows, FAST_ROWS) * (x - self.fast_level);
        let step = pace(self.rows_here, MEMORY_ROWS);
        self.spread += step * ((usual.taught - self.level).abs() - self.spread);
        self.level += step * (usual.taught - self.level);
        self.rows = self.rows.saturating_add(1);
        self.rows_here = self.rows_here.saturating_add(1);
        if !usual.is_settled {
            return;
        }
        self.lean = usual.lean_both;
        for (rows, lean) in self.lean_rows.iter_mut().zip(self.lean) {
            *rows = if lean > 0.0 { rows.saturating_add(1) } else { 0 };
        }
        let is_outside = usual.deviation.abs() > OUTSIDE;
        self.outside += (f64::from(u8::from(is_outside)) - self.outside) / OUTSIDE_ROWS;
        let leans =
            (self.lean.iter().zip(self.lean_rows)).any(|(sum, rows)| *sum > LEAN_MAX && rows >= LEAN_ROWS);
        if leans || self.outside > OUTSIDE_SHARE {
            self.accept();
        }
    }

    /// Takes what is there lately as the new normal.
    #[cold]
    fn accept(&mut self) {
        self.level = self.fast_level;
        self.spread = self.fast_spread.max(0.25 * self.spread);
        self.rows_here = WARM_ROWS;
        self.outside = 0.0;
        self.lean = [0.0; 2];
        self.lean_rows = [0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: u32) -> f64 {
        f64::from(n.wrapping_mul(2_654_435_761) >> 8) / f64::from(1_u32 << 24) - 0.5
    }

    fn taught(rows: u32) -> Guard {
        let mut guard = Guard::default();
        (0..rows).for_each(|n| step(&mut guard, 10.0 + noise(n)));
        guard
    }

    fn step(guard: &mut Guard, x: f64) {
        let usual = guard.judge(x);
        guard.learn(x, &usual);
    }

    #[test]
    fn an_extreme_value_teaches_little() {
        let mut guard = taught(1000);
        let before = guard.judge(10.0);
        step(&mut guard, 1e9);
        let after = guard.judge(10.0);
        assert!((after.level - before.level).abs() < 0.01);
        assert!(after.spread < 1.02 * before.spread);
    }

    #[test]
    fn a_lasting_level_is_accepted_within_an_hour_of_minutes() {
        for shift in [0.8, 3.5, 40.0, -1e6] {
            let mut guard = taught(5000);
            (0..60).for_each(|n| step(&mut guard, 10.0 + shift + noise(n)));
            let usual = guard.judge(10.0 + shift);
            assert!(usual.deviation.abs() < 2.0, "{shift}: {usual:?}");
        }
    }

    #[test]
    fn a_constant_that_begins_to_move_is_accepted() {
        let mut guard = Guard::default();
        (0..5000).for_each(|_| step(&mut guard, 7.0));
        (0..60).for_each(|n| step(&mut guard, 7.0 + noise(n)));
        assert!(guard.judge(7.4).deviation.abs() < LIMIT);
    }

    #[test]
    fn what_seldom_is_more_than_zero_is_learned() {
        let mut guard = Guard::default();
        for n in 0..6000_u32 {
            let x = if n > 1000 && n % 40 < 5 { 100.0 + noise(n) } else { 0.0 };
            assert!(guard.is_sane(x), "{n}");
            step(&mut guard, x);
        }
        assert!(guard.judge(100.0).deviation < LIMIT);
        assert!(!guard.is_sane(1e100));
    }

    #[test]
    fn one_enormous_value_among_zeros_is_forgotten() {
        let mut guard = Guard::default();
        for n in 0..500_u32 {
            step(&mut guard, if n == 300 { 1e200 } else { 0.0 });
        }
        (0..600).for_each(|n| step(&mut guard, 100.0 + noise(n)));
        assert!(guard.judge(101.0).deviation.abs() < LIMIT && !guard.is_sane(1e200));
    }

    #[test]
    fn another_order_of_size_is_no_value_unless_it_stays() {
        let mut guard = taught(100);
        assert!(guard.is_sane(1e9) && !guard.is_sane(1e100));
        (0..INSANE_ROWS).for_each(|_| guard.learn_insane());
        assert!(guard.is_sane(1e100));
        step(&mut guard, 1e100);
        assert!(guard.is_sane(1e100) && guard.is_sane(-1e99));
    }
}
