//! One learned clock: when is the next sign of life overdue?
//!
//! One gap is one test. However often somebody asks, the chance of a false verdict in a gap is the level of that gap,
//! because the chance that a silence is usual only falls while it lasts.

mod deadline;
mod manner;

use crate::frame::{Moment, TIME_MS_MAX};
use crate::math::{exp, sqrt};
use crate::snapshot::state;

pub(super) use manner::Manner;

use deadline::{BUDGET_PER_WEEK, GAPS_LEAST};

use super::gaps::{bin_of, log2_rough};
use super::week::{HOUR_MS, Week};

/// Lengths from a quarter of a second to half a year.
const BINS: usize = 104;
const BIN_MS: f64 = 250.0;
/// Signs of life closer than this are one delivery.
const DELIVERY_MS: i64 = 200;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Events after which the limits are worked out anew.
const REFRESH_EVENTS: u32 = 64;
/// What is left of the histogram after a day: it halves in two weeks.
const DAILY_DECAY: f64 = 0.951_695_153_2;
/// Habits are trusted after a week.
const SETTLED_MS: i64 = 7 * DAY_MS;
/// Sooner, where somebody has spoken through a day and a night without a pause: there is no bedtime to be waited for.
const DAY_AND_NIGHT_MS: i64 = 26 * HOUR_MS;
/// After this time a gap beyond the limit is kept out of the habits until it has come back often enough.
const GUARDED_MS: i64 = 2 * DAY_MS;
/// Where there is no calendar, this many events stand for a day (a day of five-minute readings).
const EVENTS_PER_DAY: u32 = 288;
/// Long gaps that are remembered one by one, so that they can be measured anew when the week is.
const LONGEST: usize = 32;
/// A bin of less weight can move the limits by one more gap.
const RARE: f32 = 8.0;
/// A remembered gap of less weight makes room.
const FORGOTTEN: f32 = 0.01;
/// What a gap weighs after four weeks.
const RECENT: f32 = 0.25;
/// Nobody goes to bed more than this before the earliest usual time.
const EARLY_MS_MAX: i64 = 3 * HOUR_MS;
/// What is left after a night of the earliest bedtime so far: half of it after five weeks.
const EARLY_DECAY: f64 = 0.98;

/// Whether a time is one that two dates and a clock on the wall can make. What is read from a snapshot is asked, so that no
/// sum or product of two of them overflows.
pub(super) fn is_in_range(ms: i64) -> bool {
    ms.unsigned_abs() <= 4 * TIME_MS_MAX.unsigned_abs()
}

/// A gap that was learned.
#[derive(Clone, Copy, Debug, Default)]
struct LongGap {
    start_local_ms: i64,
    length_ms: i64,
    counted_ms: i64,
    weight: f32,
    bin: u8,
    /// It was beyond the limit, so it is not in the histogram. If it turns out to have been a night, it will be.
    is_odd: bool,
}
state!(LongGap { start_local_ms, length_ms, counted_ms, weight, bin, is_odd } where |gap| {
    usize::from(gap.bin) < 2 * BINS
        && gap.weight.is_finite()
        && [gap.start_local_ms, gap.length_ms, gap.counted_ms].into_iter().all(is_in_range)
});

/// A gap that has just ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap {
    pub(super) since_ms: i64,
    pub(super) was_overdue: bool,
}

/// The clock of a stream, of a source, or of everything.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    week: Week,
    /// Gaps within open hours, then gaps across closed ones.
    gaps: [f32; 2 * BINS],
    longest: [LongGap; LONGEST],
    /// The shortest of them, in counted time.
    shortest_long_ms: i64,
    has_calendar: bool,
    first_ms: Option<i64>,
    last_ms: i64,
    /// Local time minus UTC at the newest event. Both ends of a gap are read on this clock, or an hour would be lost
    /// or won where the clocks are changed inside it.
    offset_ms: i64,
    /// Counted time at the newest event.
    last_counted_ms: i64,
    events: u32,
    day: i64,
    day_gaps: u32,
    day_log_sum: f64,
    /// The usual mean of the logarithm of a day's gaps, its variance, and the days behind them.
    log_mean: f64,
    log_variance: f64,
    days: u32,
    per_week: f64,
    /// Days that the histograms hold, older ones counting less.
    kept_days: f64,
    /// The chance of a false verdict that one gap across closed hours may have: there are seven a week, or more.
    night_level: f64,
    /// The usual gap and its mean deviation, in counted time.
    usual_ms: f64,
    deviation_ms: f64,
    /// Counted time beyond which a silence is overdue: within open hours, and across closed ones.
    limit_ms: i64,
    night_limit_ms: i64,
    is_regular: bool,
    /// Whether it was never heard to pause, in a day and a night or more.
    is_tireless: bool,
    /// The longest gap on the wall, whatever it was.
    longest_ms: i64,
    is_stale: bool,
    since_refresh: u32,
    /// How early, against the usual hour, a silence began that was none.
    early_ms: f64,
    /// As in its [`Manner`].
    early_least_ms: f64,
    may_be_tireless: bool,
    no_nights_ms: f64,
    /// Long gaps that are not yet habit: how many lately, when the newest, how long (binary logarithm).
    odd_count: f64,
    odd_ms: i64,
    odd_log: f64,
    odd_length_ms: i64,
    /// Ordinary gaps since.
    ordinary: u32,
}
state!(Clock {
    week, gaps, longest, shortest_long_ms, has_calendar, first_ms, last_ms, offset_ms, last_counted_ms, events, day, day_gaps, day_log_sum, log_mean,
    log_variance, days, per_week, kept_days, night_level, usual_ms, deviation_ms, limit_ms, night_limit_ms, is_regular, is_tireless, longest_ms, is_stale,
    since_refresh, early_ms, odd_count, odd_ms, odd_log, odd_length_ms, ordinary;
    early_least_ms, may_be_tireless, no_nights_ms,
} where |clock| {
    let numbers = [
        clock.log_mean, clock.log_variance, clock.per_week, clock.kept_days, clock.night_level, clock.odd_count, clock.odd_log,
    ];
    let spans_ms = [clock.usual_ms, clock.deviation_ms, clock.early_ms];
    let times_ms = [
        clock.last_ms, clock.last_counted_ms, clock.offset_ms, clock.first_ms.unwrap_or(0), clock.limit_ms,
        clock.night_limit_ms, clock.shortest_long_ms, clock.longest_ms, clock.odd_ms, clock.odd_length_ms,
    ];
    clock.gaps.iter().all(|weight| weight.is_finite() && *weight >= 0.0)
        && clock.limit_ms >= 0
        && times_ms.into_iter().all(is_in_range)
        && is_in_range(clock.day.saturating_mul(DAY_MS))
        && spans_ms.into_iter().all(|ms| ms >= 0.0 && is_in_range(ms as i64))
        && numbers.into_iter().all(f64::is_finite)
        && clock.day_log_sum.is_finite()
});

impl Clock {
    pub(super) fn new(manner: Manner, has_calendar: bool) -> Self {
        Self {
            week: Week::new(manner.radius),
            gaps: [0.0; 2 * BINS],
            longest: [LongGap::default(); LONGEST],
            shortest_long_ms: 0,
            has_calendar,
            first_ms: None,
            last_ms: 0,
            offset_ms: 0,
            last_counted_ms: 0,
            events: 0,
            day: 0,
            day_gaps: 0,
            day_log_sum: 0.0,
            log_mean: 0.0,
            log_variance: 0.25,
            days: 0,
            per_week: 0.0,
            kept_days: 0.0,
            night_level: BUDGET_PER_WEEK / 7.0,
            usual_ms: 0.0,
            deviation_ms: 0.0,
            limit_ms: 0,
            night_limit_ms: 0,
            is_regular: false,
            is_tireless: false,
            longest_ms: 0,
            is_stale: true,
            since_refresh: 0,
            early_ms: manner.early_least_ms,
            early_least_ms: manner.early_least_ms,
            may_be_tireless: manner.may_be_tireless,
            no_nights_ms: Self::no_nights_ms(),
            odd_count: 0.0,
            odd_ms: 0,
            odd_log: 0.0,
            odd_length_ms: 0,
            ordinary: u32::MAX,
        }
    }

    /// The newest sign of life.
    pub(super) fn last_ms(&self) -> Option<i64> {
        self.first_ms.map(|_| self.last_ms)
    }

    /// The usual gap, in counted time.
    pub(super) fn usual_ms(&self) -> i64 {
        (self.usual_ms + 0.5) as i64
    }

    /// Whether the silence that began with the newest event is judged by settled habits.
    pub(super) fn is_settled(&self) -> bool {
        self.is_older_than(SETTLED_MS)
    }

    /// Whether a silence may be told: its habits are settled, or it never paused.
    pub(super) fn is_known(&self) -> bool {
        self.is_settled() || self.is_tireless
    }

    fn is_older_than(&self, age_ms: i64) -> bool {
        match self.first_ms {
            None => false,
            Some(first_ms) if self.has_calendar => self.last_ms - first_ms >= age_ms,
            Some(_) => i64::from(self.events) >= age_ms / DAY_MS * i64::from(EVENTS_PER_DAY),
        }
    }

    /// Whether this is an hour in which the stream is usually silent.
    pub(super) fn is_asleep(&self, now_ms: i64) -> bool {
        self.week.is_closed(now_ms.saturating_add(self.offset_ms))
    }

    /// Counted time since the newest event.
    pub(super) fn silent_ms(&self, now_ms: i64) -> i64 {
        self.week.counted_at(now_ms.saturating_add(self.offset_ms)) - self.last_counted_ms
    }

    /// Time on the wall since the newest event.
    pub(super) fn silent_wall_ms(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.last_ms)
    }

    /// Whether a silence is still what it usually is between two events.
    pub(super) fn is_waiting(&self, now_ms: i64) -> bool {
        // Inside the one bin that most gaps of a regular stream fall into, the chance is not known well.
        self.events < GAPS_LEAST || self.silent_ms(now_ms) as f64 <= 1.15 * self.usual_ms
    }

    /// Whether a sign of life is part of the newest one: most are, of the streams of one frame.
    #[inline]
    pub(super) fn is_one_delivery(&self, at_ms: i64) -> bool {
        self.first_ms.is_some() && at_ms.saturating_sub(self.last_ms) < DELIVERY_MS
    }

    /// A sign of life. `was_outage` says that the gap which it ends was not this clock's own: its source was down.
    pub(super) fn heard(&mut self, at: Moment, was_outage: bool, deadline_ms: i64) -> Option<Gap> {
        let Some(_) = self.first_ms else {
            self.first_ms = Some(at.at_ms);
            self.last_ms = at.at_ms;
            self.offset_ms = at.local_ms - at.at_ms;
            self.day = at.local_ms.div_euclid(DAY_MS);
            self.week.begin(at.local_ms);
            self.last_counted_ms = self.week.counted_at(at.local_ms);
            return None;
        };
        let since_ms = self.last_ms;
        if self.is_one_delivery(at.at_ms) {
            return None;
        }
        let gap_ms = at.at_ms.saturating_sub(since_ms);
        let counted_ms = self.silent_ms(at.at_ms).max(1);
        let start_local_ms = since_ms + self.offset_ms;
        let was_stale = self.is_stale;
        let was_young = !self.is_older_than(DAY_AND_NIGHT_MS);
        let is_new_day = self.pass(at.local_ms);
        let is_rare = self.learn_gap(start_local_ms, gap_ms, counted_ms, was_outage, at.at_ms);
        self.longest_ms = self.longest_ms.max(gap_ms);
        self.week.cover(gap_ms);
        self.day_gaps = self.day_gaps.saturating_add(1);
        self.day_log_sum += log2_rough(gap_ms as f64);
        self.last_ms = at.at_ms;
        self.offset_ms = at.local_ms - at.at_ms;
        self.last_counted_ms = self.week.counted_at(at.local_ms);
        self.events = self.events.saturating_add(1);
        self.since_refresh = self.since_refresh.saturating_add(1);
        let is_long = 2 * counted_ms > self.limit_ms && is_rare;
        let comes_of_age = was_young && self.is_older_than(DAY_AND_NIGHT_MS);
        if was_stale || is_new_day || comes_of_age || is_long || self.since_refresh >= REFRESH_EVENTS {
            self.refresh();
        }
        Some(Gap { since_ms, was_overdue: at.at_ms >= deadline_ms })
    }

    /// `true` if gaps of this length are so rare that one more may change the limits.
    fn learn_gap(
        &mut self,
        start_local_ms: i64,
        gap_ms: i64,
        counted_ms: i64,
        was_outage: bool,
        at_ms: i64,
    ) -> bool {
        let crosses = crosses_closed(gap_ms, counted_ms);
        let bin = bin_of(counted_ms as f64 / BIN_MS, BINS);
        let is_odd = self.is_older_than(GUARDED_MS)
            && !crosses
            && counted_ms > self.limit_ms
            && counted_ms as f64 > 4.0 * self.usual_ms;
        self.ordinary = if is_odd { 0 } else { self.ordinary.saturating_add(1) };
        let weight = match () {
            () if was_outage => 0.0,
            () if is_odd => self.learn_odd(counted_ms, at_ms),
            () => 1.0,
        };
        if was_outage {
            return true;
        }
        let bin = if crosses { bin + BINS } else { bin };
        if counted_ms > self.shortest_long_ms {
            self.remember(LongGap {
                start_local_ms,
                length_ms: gap_ms,
                counted_ms,
                weight: weight.max(1.0),
                bin: bin as u8,
                is_odd: weight == 0.0,
            });
        }
        if weight == 0.0 {
            return true;
        }
        if weight > 1.0 {
            self.gaps[(bin + 1).min(BINS - 1)] += 1.0;
        }
        self.gaps[bin] += weight;
        if crosses {
            let early_ms = self.early_of(start_local_ms, gap_ms).max(self.early_least_ms);
            self.early_ms = (EARLY_DECAY * self.early_ms).max(early_ms);
        } else {
            self.learn_usual(counted_ms as f64);
        }
        self.gaps[bin] < RARE
    }

    /// Takes the place of the shortest of the long gaps.
    fn remember(&mut self, gap: LongGap) {
        if let Some(slot) = self.longest.iter_mut().min_by_key(|gap| gap.counted_ms) {
            *slot = gap;
        }
        self.find_shortest_long();
    }

    fn find_shortest_long(&mut self) {
        self.shortest_long_ms = self.longest.iter().map(|gap| gap.counted_ms).min().unwrap_or_default();
    }

    /// A gap beyond the limit is not a habit, or the first outage would hide the second. The third of its length
    /// within some days is.
    fn learn_odd(&mut self, counted_ms: i64, at_ms: i64) -> f32 {
        let log = log2_rough(counted_ms as f64);
        if (log - self.odd_log).abs() > 1.0 {
            self.odd_count = 0.0;
        }
        let days = (at_ms - self.odd_ms) as f64 / DAY_MS as f64;
        self.odd_count = self.odd_count * exp(-days / 3.0) + 1.0;
        self.odd_ms = at_ms;
        self.odd_log = log;
        self.odd_length_ms = counted_ms;
        if self.odd_count < 2.5 { 0.0 } else { 3.0 }
    }

    /// How early a gap across closed hours began, if it ended at the usual time: an early bedtime, and no outage.
    fn early_of(&self, start_local_ms: i64, length_ms: i64) -> f64 {
        let Some(closes_ms) = self.week.closes_at(start_local_ms, EARLY_MS_MAX) else { return 0.0 };
        let opens_ms = self.week.opens_at(closes_ms).unwrap_or(closes_ms);
        let is_in_time = start_local_ms.saturating_add(length_ms) <= opens_ms + HOUR_MS;
        if is_in_time { (closes_ms - start_local_ms) as f64 } else { 0.0 }
    }

    /// Follows the usual gap closer than the histogram's bins can.
    fn learn_usual(&mut self, counted_ms: f64) {
        let off_ms = counted_ms - self.usual_ms;
        if off_ms.abs() <= 0.3 * self.usual_ms {
            self.usual_ms += off_ms / 32.0;
            self.deviation_ms += (off_ms.abs() - self.deviation_ms) / 32.0;
        }
    }

    /// Goes on to a moment; `true` if that is another day.
    fn pass(&mut self, local_ms: i64) -> bool {
        if !self.has_calendar {
            if self.day_gaps >= EVENTS_PER_DAY {
                self.end_day(1);
                return true;
            }
            return false;
        }
        self.week.pass(local_ms);
        if local_ms < (self.day + 1) * DAY_MS {
            return false;
        }
        let days = local_ms.div_euclid(DAY_MS) - self.day;
        self.day += days;
        self.end_day(days);
        self.week.rebuild();
        self.measure_again();
        true
    }

    fn end_day(&mut self, days: i64) {
        for day in 0..days.min(7) {
            let per_week = if day == 0 { 7.0 * f64::from(self.day_gaps) } else { 0.0 };
            let pace = if self.per_week == 0.0 { 1.0 } else { 0.15 };
            self.per_week += pace * (per_week - self.per_week);
        }
        let mut left = 1.0;
        for _ in 0..days.min(400) {
            left *= DAILY_DECAY;
        }
        self.scale(left);
        self.kept_days += 1.0;
        if self.day_gaps >= 12 {
            self.compare_day(self.day_log_sum / f64::from(self.day_gaps));
        }
        self.day_gaps = 0;
        self.day_log_sum = 0.0;
    }

    /// A day whose gaps have another length altogether: the stream has a new cadence, and the old one is no guide.
    fn compare_day(&mut self, log: f64) {
        let off = log - self.log_mean;
        if self.days < 3 {
            self.log_mean += off / f64::from(self.days + 1);
        } else if off.abs() > f64::max(1.0, 4.0 * sqrt(self.log_variance)) {
            self.scale(0.02);
            self.week.forget();
            self.log_mean = log;
            self.days = 0;
            self.per_week = 7.0 * f64::from(self.day_gaps);
        } else {
            self.log_mean += 0.2 * off;
            self.log_variance += 0.1 * (off * off - self.log_variance);
        }
        self.days = self.days.saturating_add(1);
    }

    fn scale(&mut self, left: f64) {
        self.kept_days *= left;
        self.gaps.iter_mut().for_each(|weight| *weight *= left as f32);
        self.longest.iter_mut().for_each(|gap| gap.weight *= left as f32);
    }

    /// The week has changed, so the long gaps have another counted length: they move to their new bins.
    fn measure_again(&mut self) {
        for gap in &mut self.longest {
            if gap.weight < FORGOTTEN {
                *gap = LongGap::default();
                continue;
            }
            if !gap.is_odd {
                let old = &mut self.gaps[usize::from(gap.bin)];
                *old = (*old - gap.weight).max(0.0);
            }
            let end_local_ms = gap.start_local_ms.saturating_add(gap.length_ms);
            gap.counted_ms = self.week.counted_at(end_local_ms) - self.week.counted_at(gap.start_local_ms);
            let crosses = crosses_closed(gap.length_ms, gap.counted_ms);
            let bin = bin_of(gap.counted_ms as f64 / BIN_MS, BINS) + if crosses { BINS } else { 0 };
            gap.bin = bin as u8;
            gap.is_odd &= !crosses;
            if !gap.is_odd {
                self.gaps[bin] += gap.weight;
            }
        }
        self.find_shortest_long();
        // Early bedtimes of the first days are seen as such only once the closed hours are known.
        let nights = self.longest.iter().filter(|gap| usize::from(gap.bin) >= BINS && gap.weight > RECENT);
        let early_ms = nights.map(|gap| self.early_of(gap.start_local_ms, gap.length_ms));
        self.early_ms = early_ms.fold(self.early_ms, f64::max);
    }
}

/// Whether most of a gap lay in closed hours.
fn crosses_closed(gap_ms: i64, counted_ms: i64) -> bool {
    gap_ms > HOUR_MS && 2 * counted_ms < gap_ms
}
