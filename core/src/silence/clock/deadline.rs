//! What a clock has learned, as limits: how long a silence may last, and how likely one is that lasts longer.

use crate::math::{exp2, log2};

use super::super::gaps::Tail;
use super::super::week::HOUR_MS;
use super::{BIN_MS, BINS, Clock, DAY_AND_NIGHT_MS, EARLY_MS_MAX, EVENTS_PER_DAY, crosses_closed};

/// False verdicts that a clock may give, per week.
pub(super) const BUDGET_PER_WEEK: f64 = 0.05;
/// Steepest power law of a stream whose last 2 % of gaps are near the median, of others, and of nights.
const STEEPNESS: [f64; 3] = [6.0, 3.0, 2.0];
const PRIOR: f64 = 3.0;
const REGULAR_RATIO: f64 = 1.5;
/// Gaps before anything is said at all.
pub(super) const GAPS_LEAST: u32 = 24;
/// The next early bedtime may be a little earlier than the earliest so far.
const EARLY_MARGIN_MS: i64 = HOUR_MS / 4;
/// Usual gaps up to which a regular stream keeps its step well enough to be waited for at whole ones only.
const SNAPS_BELOW: f64 = 4.0;
/// The part of a limit at which a silence is believed that others of its source share: of a regular stream's two
/// intervals, one and a half.
const NEARLY: f64 = 0.75;
/// So many usual gaps are a pause, if it is this long.
const PAUSE_GAPS: f64 = 4.0;
const PAUSE_LEAST_MS: f64 = 1_800_000.0;
/// After a gap beyond the limit, this many ordinary ones show that the cadence is still the old one.
const ORDINARY_LEAST: u32 = 3;

impl Clock {
    /// The chance of a silence at least this long, judged by the gaps that were seen. Beyond the limit it falls like
    /// the power law that the limit stands on, which costs little however long somebody stays silent.
    pub(in super::super) fn chance(&self, now_ms: i64) -> f64 {
        let counted_ms = self.silent_ms(now_ms);
        let crosses = crosses_closed(self.silent_wall_ms(now_ms), counted_ms);
        let (gaps, steepness, limit_ms, level) = match crosses {
            true => (&self.gaps[BINS..], STEEPNESS[2], self.night_limit_ms, self.night_level),
            false => (&self.gaps[..BINS], self.steepness(), self.limit_ms, self.level()),
        };
        if limit_ms > 0 && counted_ms >= limit_ms {
            return level * exp2(-steepness * log2(counted_ms as f64 / limit_ms as f64));
        }
        Tail::of(gaps).chance(counted_ms as f64 / BIN_MS, steepness, PRIOR).max(level)
    }

    /// The chance of a false verdict that one gap may have.
    fn level(&self) -> f64 {
        let per_week = match self.is_settled() || self.per_week > 0.0 {
            true => self.per_week.max(10.0 * BUDGET_PER_WEEK),
            false => 7.0 * f64::from(EVENTS_PER_DAY),
        };
        BUDGET_PER_WEEK / per_week
    }

    fn steepness(&self) -> f64 {
        STEEPNESS[usize::from(!self.is_regular)]
    }

    /// The limit across closed hours of a stream that was never seen to cross any: always the same, and not quickly
    /// worked out.
    pub(super) fn no_nights_ms() -> f64 {
        Tail::of(&[0.0; BINS]).quantile(BUDGET_PER_WEEK / 7.0, STEEPNESS[2], PRIOR) * BIN_MS
    }

    /// Works out the limits from the histograms.
    pub(super) fn refresh(&mut self) {
        self.is_stale = false;
        self.since_refresh = 0;
        let tail = Tail::of(&self.gaps[..BINS]);
        let Some(median) = tail.median() else { return };
        let median_ms = median * BIN_MS;
        if !(self.usual_ms > median_ms / 1.4 && self.usual_ms < median_ms * 1.4) {
            self.usual_ms = median_ms;
            self.deviation_ms = 0.1 * median_ms;
        }
        self.is_regular = tail.shoulder() <= REGULAR_RATIO * median;
        let pause_ms = (PAUSE_GAPS * self.usual_ms).max(PAUSE_LEAST_MS);
        self.is_tireless = self.may_be_tireless
            && self.is_older_than(DAY_AND_NIGHT_MS)
            && self.longest_ms as f64 <= pause_ms;
        let reach_ms = tail.quantile(self.level(), self.steepness(), PRIOR) * BIN_MS;
        // One lost sample is never news: the one after it comes at twice the usual gap, give or take the jitter.
        let jitter = (4.0 * self.deviation_ms / self.usual_ms).clamp(0.05, 0.25);
        let lost_one = if self.is_regular { 2.0 + jitter } else { 2.25 };
        let mut limit_ms = reach_ms.max(lost_one * self.usual_ms);
        if self.is_regular && limit_ms < SNAPS_BELOW * self.usual_ms {
            // Readings come at whole intervals. Once one of them has passed there is nothing to wait for until the next.
            let intervals = crate::math::floor(limit_ms / self.usual_ms);
            limit_ms = limit_ms.min((intervals + jitter) * self.usual_ms);
        }
        let nights = Tail::of(&self.gaps[BINS..]);
        let nights_a_week = 7.0 * f64::max(1.0, nights.mass() / self.kept_days.max(1.0));
        self.night_level = BUDGET_PER_WEEK / nights_a_week;
        let night_ms = match nights.mass() > 0.0 {
            true => nights.quantile(self.night_level, STEEPNESS[2], PRIOR) * BIN_MS,
            false => self.no_nights_ms,
        };
        self.limit_ms = limit_ms as i64;
        self.night_limit_ms = night_ms.max(2.0 * limit_ms) as i64;
    }

    /// The local time at which this much counted time has passed since the newest event.
    fn after(&self, span_ms: i64) -> i64 {
        self.week.local_after(self.last_ms + self.offset_ms, self.last_counted_ms, span_ms)
    }

    /// When the closed hours begin for which a silence from this moment on may be an early start. A stream that never
    /// was early has them begin no sooner than they do.
    fn goes_to_bed_at(&self, local_ms: i64) -> Option<i64> {
        let early_ms = if self.early_ms < 1.0 { 0 } else { (1.25 * self.early_ms) as i64 + EARLY_MARGIN_MS };
        self.week.closes_at(local_ms, early_ms.min(EARLY_MS_MAX))
    }

    /// Whether a silence that is not yet news has come most of the way: what is missed by then was hardly just late.
    pub(in super::super) fn is_nearly_due(&self, now_ms: i64) -> bool {
        let is_heard = self.limit_ms > 0 && self.is_settled() && !self.is_asleep(now_ms);
        is_heard
            && self.silent_ms(now_ms) as f64 >= NEARLY * self.limit_ms as f64
            && self.goes_to_bed_at(self.last_ms + self.offset_ms).is_none()
    }

    /// When the silence since the newest event becomes news, if nothing arrives until then.
    pub(in super::super) fn deadline_ms(&self) -> i64 {
        if self.first_ms.is_none() || self.events < GAPS_LEAST || self.limit_ms == 0 {
            return i64::MAX;
        }
        let last_local_ms = self.last_ms + self.offset_ms;
        let mut limit_ms = self.limit_ms;
        if self.ordinary < ORDINARY_LEAST {
            // It may have a new cadence: more of the same length would be no news.
            limit_ms = limit_ms.max(self.odd_length_ms + self.odd_length_ms / 2);
        }
        if !self.is_settled() {
            // Habits are not known yet: only a regular stream can be missed, or one that never pauses, and with more patience.
            if !self.is_regular && !self.is_tireless {
                return i64::MAX;
            }
            limit_ms = limit_ms.max(3 * self.usual_ms as i64);
            if self.is_tireless {
                limit_ms = limit_ms.max(self.longest_ms.saturating_mul(2));
            }
        }
        let mut due_local_ms = self.after(limit_ms);
        let night_ms = limit_ms.max(self.night_limit_ms);
        if crosses_closed(due_local_ms - last_local_ms, limit_ms) {
            due_local_ms = self.after(night_ms);
        } else if let Some(closes_ms) = self.goes_to_bed_at(last_local_ms) {
            due_local_ms = self.week.local_at(self.week.counted_at(closes_ms) + night_ms);
        }
        if let Some(opens_ms) = self.week.opens_at(due_local_ms) {
            // Who sleeps is given the usual patience after waking.
            due_local_ms = self.week.local_at(self.week.counted_at(opens_ms) + limit_ms);
        }
        due_local_ms - self.offset_ms
    }
}
