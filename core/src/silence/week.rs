//! Time that counts: the hours of the week in which a stream usually speaks pass at full speed, the hours in which it
//! is usually silent hardly at all. A silence is measured in this time, so that a night is short for a stream that
//! sleeps and long for one that does not.

use crate::frame::TIME_MS_MAX;
use crate::math::lesser;
use crate::snapshot::state;

pub(super) const HOUR_MS: i64 = 3_600_000;
const HOURS: usize = 168;
/// Twice as far as any date is from the epoch.
const HOURS_MOST: u64 = (2 * TIME_MS_MAX / HOUR_MS) as u64;
const WEEK_MS: i64 = HOURS as i64 * HOUR_MS;
/// What is left of an hour's weight after a week.
const WEEKLY_DECAY: f64 = 0.75;
/// One event speaks for a quarter of an hour at most: a burst must not look like a busy hour.
const COVERED_MS: f64 = 900_000.0;
/// How many events the rate of the hour of the day is worth where an hour of the week has seen few.
const PRIOR_EVENTS: f64 = 1.0;
/// An hour can be closed only if its hour of the day or its day of the week is below this share of the busiest: one
/// empty visit proves nothing.
const GATE: f64 = 0.4;
/// An hour at this share of the usual rate passes at full speed.
const FULL_SPEED: f64 = 0.6;
/// The speed of a closed hour. It is not zero, so that no silence lasts for ever.
const CLOSED_SPEED: f64 = 0.01;
/// An hour that passes slower than this is closed.
const CLOSED_BELOW_MS: i64 = HOUR_MS / 5;
/// An hour that passes slower than this is one in which the stream sometimes falls silent.
const CLOSING_BELOW_MS: i64 = HOUR_MS * 3 / 4;

/// The week of one stream.
#[derive(Clone, Debug)]
pub(super) struct Week {
    /// Covered time per hour of the week, in quarters of an hour, older weeks counting less.
    covered: [f32; HOURS],
    /// Counted time at the beginning of each hour, from the beginning of the week.
    counted_ms: [u32; HOURS + 1],
    /// Hours since the epoch: from which visits count, and the newest.
    first_hour: i64,
    hour: i64,
    has_closed: bool,
    /// Every hour passes at full speed: counted time is local time.
    is_flat: bool,
    /// Neighbours on either side whose silence an hour shares: clocks are changed and people do not rise to the minute.
    radius: usize,
}
state!(Week { covered, counted_ms, first_hour, hour, has_closed, is_flat; radius } where |week| {
    week.counted_ms[0] == 0
        && week.counted_ms.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= HOUR_MS as u32)
        && week.covered.iter().all(|covered| covered.is_finite())
        && week.first_hour <= week.hour.saturating_add(1)
        && [week.first_hour, week.hour].iter().all(|hour| hour.unsigned_abs() <= HOURS_MOST)
});

impl Week {
    pub(super) fn new(radius: usize) -> Self {
        Self {
            covered: [0.0; HOURS],
            counted_ms: core::array::from_fn(|hour| hour as u32 * HOUR_MS as u32),
            first_hour: 0,
            hour: 0,
            has_closed: false,
            is_flat: true,
            radius,
        }
    }

    /// The first sign of life.
    pub(super) fn begin(&mut self, local_ms: i64) {
        self.hour = local_ms.div_euclid(HOUR_MS);
        self.first_hour = self.hour;
        self.covered[self.hour.rem_euclid(HOURS as i64) as usize] += 1.0;
    }

    /// Counted time since the epoch.
    pub(super) fn counted_at(&self, local_ms: i64) -> i64 {
        if self.is_flat {
            return local_ms;
        }
        let (weeks, within_ms) = (local_ms.div_euclid(WEEK_MS), local_ms.rem_euclid(WEEK_MS));
        let (hour, part_ms) = ((within_ms / HOUR_MS) as usize, within_ms % HOUR_MS);
        let from_ms = i64::from(self.counted_ms[hour]);
        weeks * i64::from(self.counted_ms[HOURS]) + from_ms + part_ms * self.passes_ms(hour) / HOUR_MS
    }

    /// The local time at which this much counted time has passed since the epoch.
    pub(super) fn local_at(&self, counted_ms: i64) -> i64 {
        if self.is_flat {
            return counted_ms;
        }
        let whole_ms = i64::from(self.counted_ms[HOURS]);
        let (weeks, within_ms) = (counted_ms.div_euclid(whole_ms), counted_ms.rem_euclid(whole_ms));
        let hour = self.counted_ms.partition_point(|&from_ms| i64::from(from_ms) <= within_ms) - 1;
        let part_ms = (within_ms - i64::from(self.counted_ms[hour])) * HOUR_MS / self.passes_ms(hour);
        weeks * WEEK_MS + hour as i64 * HOUR_MS + part_ms
    }

    /// The local time at which this much more counted time has passed. Most limits end within some hours, which saves
    /// the search through the week.
    pub(super) fn local_after(&self, local_ms: i64, from_counted_ms: i64, span_ms: i64) -> i64 {
        if self.is_flat {
            return local_ms + span_ms;
        }
        let within_ms = local_ms.rem_euclid(WEEK_MS);
        let (mut hour, mut begun_ms) = ((within_ms / HOUR_MS) as usize, within_ms % HOUR_MS);
        let (mut at_ms, mut left_ms) = (local_ms, span_ms);
        for _ in 0..4 {
            let passes_ms = self.passes_ms(hour);
            let rest_ms = (HOUR_MS - begun_ms) * passes_ms / HOUR_MS;
            if left_ms < rest_ms {
                return at_ms + left_ms * HOUR_MS / passes_ms;
            }
            left_ms -= rest_ms;
            at_ms += HOUR_MS - begun_ms;
            begun_ms = 0;
            hour = (hour + 1) % HOURS;
        }
        self.local_at(from_counted_ms + span_ms)
    }

    /// Counted time in an hour of the week.
    fn passes_ms(&self, hour: usize) -> i64 {
        i64::from(self.counted_ms[hour + 1] - self.counted_ms[hour])
    }

    /// Whether the stream is usually silent at this time.
    pub(super) fn is_closed(&self, local_ms: i64) -> bool {
        let passes_ms = || self.passes_ms((local_ms.rem_euclid(WEEK_MS) / HOUR_MS) as usize);
        self.has_closed && passes_ms() < CLOSED_BELOW_MS
    }

    /// When the next hour begins in which the stream falls silent or is, if it does so within `within_ms`: now, where
    /// this is one.
    pub(super) fn closes_at(&self, local_ms: i64, within_ms: i64) -> Option<i64> {
        if !self.has_closed {
            return None;
        }
        let mut at_ms = local_ms;
        while at_ms <= local_ms + within_ms {
            let hour = (at_ms.rem_euclid(WEEK_MS) / HOUR_MS) as usize;
            if self.passes_ms(hour) < CLOSING_BELOW_MS {
                return Some(at_ms);
            }
            at_ms = (at_ms.div_euclid(HOUR_MS) + 1) * HOUR_MS;
        }
        None
    }

    /// When the closed hours end that this moment lies in, if it does.
    pub(super) fn opens_at(&self, local_ms: i64) -> Option<i64> {
        if !self.has_closed {
            return None;
        }
        let mut at_ms = local_ms;
        for _ in 0..HOURS {
            if !self.is_closed(at_ms) {
                break;
            }
            at_ms = (at_ms.div_euclid(HOUR_MS) + 1) * HOUR_MS;
        }
        (at_ms > local_ms).then_some(at_ms)
    }

    /// Goes on to the hour of `local_ms`. At most a week of hours is walked, however long the silence was.
    pub(super) fn pass(&mut self, local_ms: i64) {
        if local_ms < (self.hour + 1) * HOUR_MS {
            return;
        }
        let hour = local_ms.div_euclid(HOUR_MS);
        for passed in (self.hour + 1).max(hour - HOURS as i64 + 1)..=hour {
            self.covered[passed.rem_euclid(HOURS as i64) as usize] *= WEEKLY_DECAY as f32;
        }
        self.hour = hour;
    }

    /// Learns that the last `gap_ms` were alive.
    pub(super) fn cover(&mut self, gap_ms: i64) {
        let hour = self.hour.rem_euclid(HOURS as i64) as usize;
        self.covered[hour] += lesser(gap_ms as f64 * (1.0 / COVERED_MS), 1.0) as f32;
    }

    /// Forgets the rhythm: the stream has changed.
    pub(super) fn forget(&mut self) {
        self.covered = [0.0; HOURS];
        self.first_hour = self.hour + 1;
    }

    /// Works out anew how fast each hour passes. Once a day is enough, and it is the only costly part.
    pub(super) fn rebuild(&mut self) {
        let visits = self.visits();
        let mut rates = self.rates(&visits);
        let squares: f64 = rates.iter().map(|rate| rate * rate).sum();
        let usual = squares / rates.iter().sum::<f64>();
        let (mut by_hour, mut by_day) = ([0.0; 24], [0.0; 7]);
        for (hour, &rate) in rates.iter().enumerate() {
            by_hour[hour % 24] += rate;
            by_day[hour / 24] += rate;
        }
        let busiest_hour = by_hour.iter().fold(0.0, |most: f64, &rate| most.max(rate));
        let busiest_day = by_day.iter().fold(0.0, |most: f64, &rate| most.max(rate));
        for (hour, rate) in rates.iter_mut().enumerate() {
            if by_hour[hour % 24] > GATE * busiest_hour && by_day[hour / 24] > GATE * busiest_day {
                *rate = rate.max(usual);
            }
        }
        (self.has_closed, self.is_flat) = (false, true);
        for hour in 0..HOURS {
            let rate = (HOURS + hour - self.radius..=HOURS + hour + self.radius)
                .fold(f64::INFINITY, |least, near| least.min(rates[near % HOURS]));
            let speed = (rate / (FULL_SPEED * usual)).clamp(CLOSED_SPEED, 1.0);
            let passes_ms = (speed * HOUR_MS as f64) as u32;
            self.has_closed |= i64::from(passes_ms) < CLOSED_BELOW_MS;
            self.is_flat &= i64::from(passes_ms) == HOUR_MS;
            self.counted_ms[hour + 1] = self.counted_ms[hour] + passes_ms;
        }
    }

    /// How often each hour of the week was there, older weeks counting less. It follows from the age alone, so it is
    /// not kept: every hour had `weeks` visits, and those of the week that has begun one more.
    fn visits(&self) -> [f64; HOURS] {
        let age = (self.hour - self.first_hour + 1).max(0);
        let (weeks, begun) = (age / HOURS as i64, age % HOURS as i64);
        let mut left = 1.0;
        for _ in 0..weeks.min(64) {
            left *= WEEKLY_DECAY;
        }
        let sum = |left: f64| (1.0 - left) / (1.0 - WEEKLY_DECAY);
        core::array::from_fn(|hour| {
            let since = (hour as i64 - self.first_hour).rem_euclid(HOURS as i64);
            sum(if since < begun { left * WEEKLY_DECAY } else { left })
        })
    }

    /// Events per visit of each hour, drawn towards the hour of the day, and that towards the whole week.
    fn rates(&self, visits: &[f64; HOURS]) -> [f64; HOURS] {
        let covered = |hour: usize| f64::from(self.covered[hour]);
        let all_covered: f64 = (0..HOURS).map(covered).sum();
        let all_visits: f64 = visits.iter().sum();
        let overall = ((all_covered + 0.5) / all_visits.max(1.0)).max(1e-4);
        let mut rates = [0.0; HOURS];
        for hour in 0..24 {
            let days = || (hour..HOURS).step_by(24);
            let day_covered: f64 = days().map(covered).sum();
            let day_visits: f64 = days().map(|at| visits[at]).sum();
            let of_day = (day_covered + PRIOR_EVENTS) / (day_visits + PRIOR_EVENTS / overall);
            for at in days() {
                rates[at] = (covered(at) + PRIOR_EVENTS) / (visits[at] + PRIOR_EVENTS / of_day);
            }
        }
        rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four weeks of a stream that speaks every five minutes from 7 to 23 o'clock.
    fn sleeper() -> Week {
        let mut week = Week::new(1);
        let mut last_ms = 0;
        week.begin(0);
        for at_ms in (0..4 * WEEK_MS).step_by(300_000) {
            if (7..23).contains(&(at_ms.rem_euclid(24 * HOUR_MS) / HOUR_MS)) {
                week.pass(at_ms);
                week.cover(at_ms - last_ms);
                last_ms = at_ms;
            }
        }
        week.rebuild();
        week
    }

    #[test]
    fn a_night_is_short_for_a_sleeper() {
        let week = sleeper();
        let evening_ms = 4 * WEEK_MS + 22 * HOUR_MS;
        let night_ms = week.counted_at(evening_ms + 10 * HOUR_MS) - week.counted_at(evening_ms);
        let day_ms = week.counted_at(evening_ms + 20 * HOUR_MS) - week.counted_at(evening_ms + 11 * HOUR_MS);
        assert!(night_ms < HOUR_MS, "{night_ms}");
        assert_eq!(day_ms, 9 * HOUR_MS);
        assert!(week.is_closed(evening_ms + 4 * HOUR_MS) && !week.is_closed(evening_ms - 5 * HOUR_MS));
        assert_eq!(week.closes_at(evening_ms - HOUR_MS, 2 * HOUR_MS), Some(evening_ms));
        assert_eq!(week.closes_at(evening_ms - 6 * HOUR_MS, 2 * HOUR_MS), None);
    }

    #[test]
    fn counted_time_can_be_turned_back() {
        let week = sleeper();
        for k in 0..5000 {
            let local_ms = -3 * WEEK_MS + k * 1_234_567;
            let again_ms = week.local_at(week.counted_at(local_ms));
            // A millisecond of a closed hour is a hundred of the wall's.
            assert!((local_ms - 100..=local_ms).contains(&again_ms), "{local_ms} {again_ms}");
            let from_ms = local_ms - k * 3_000;
            let counted_ms = week.counted_at(from_ms);
            let after_ms = week.local_after(from_ms, counted_ms, week.counted_at(local_ms) - counted_ms);
            assert!((local_ms - 400..=local_ms + 400).contains(&after_ms), "{local_ms} {after_ms}");
        }
    }

    #[test]
    fn visits_follow_from_the_age() {
        let mut week = Week::new(1);
        week.begin(5 * HOUR_MS);
        let mut counted = [0.0; HOURS];
        counted[5] = 1.0;
        for hour in 6..1500_i64 {
            week.pass(hour * HOUR_MS);
            let at = hour as usize % HOURS;
            counted[at] = counted[at] * WEEKLY_DECAY + 1.0;
            if hour % 97 == 0 {
                let visits = week.visits();
                assert!((0..HOURS).all(|at| (visits[at] - counted[at]).abs() < 1e-9), "{hour}");
            }
        }
    }
}
