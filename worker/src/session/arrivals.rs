//! How data comes: by whose clock, and how much at a time.
//!
//! A sender may have a clock that is wrong, be late by habit, or send in one piece what it gathered. Nothing of that is
//! silence: who asks for silence asks on the sender's clock, and waits for what may still be on its way.

use crate::store::Arrival;

/// Data that is older than this when it comes is history, and says nothing of who is silent now.
const LIVE_MS: i64 = 3_600_000;
/// Unless so many arrivals kept pace with the wall's clock: then it is the sender's clock that is wrong.
const PACED: usize = 4;
/// Arrivals that are remembered: one that was late, or carried the backlog of an outage, has no majority among them.
pub(super) const REMEMBERED: usize = 6;

/// The newest arrivals, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals(Vec<Arrival>);

impl Arrivals {
    /// Data came. What comes at once in several pieces is one arrival.
    pub(super) fn note(&mut self, arrival: Arrival) {
        let before_ms = self.0.last().map_or(arrival.newest_ms, |last| last.newest_ms);
        let newest_ms = arrival.newest_ms.max(before_ms);
        match self.0.last_mut().filter(|last| last.came_ms == arrival.came_ms) {
            Some(last) => {
                last.newest_ms = newest_ms;
                last.oldest_ms = last.oldest_ms.min(arrival.oldest_ms);
            }
            None => self.0.push(Arrival { newest_ms, ..arrival }),
        }
        if self.0.len() > REMEMBERED {
            self.0.remove(0);
        }
    }

    /// When the newest data came.
    pub(super) fn came_ms(&self) -> Option<i64> {
        self.0.last().map(|last| last.came_ms)
    }

    /// The time on the sender's clock, unless what came last was history.
    pub(super) fn sender_ms(&self, now_ms: i64) -> Option<i64> {
        Some(now_ms - self.lag_ms()?)
    }

    /// When a silence that is overdue on the sender's clock is one on the wall: where a sender gathers, not before two
    /// deliveries are overdue as well, and a little for their jitter.
    pub(super) fn silent_at_ms(&self, overdue_ms: i64) -> Option<i64> {
        let newest_ms = self.0.last()?.newest_ms;
        let wait_ms = self.gathered_ms()?.saturating_mul(33) / 16;
        Some(overdue_ms.max(newest_ms.saturating_add(wait_ms)) + self.lag_ms()?)
    }

    /// How far the newest moment usually is behind the wall's clock when it comes.
    fn lag_ms(&self) -> Option<i64> {
        self.0.last().filter(|last| self.is_live(last))?;
        middle(self.0.iter().filter(|one| self.is_live(one)).map(Arrival::lag_ms).collect())
    }

    fn is_live(&self, one: &Arrival) -> bool {
        one.lag_ms() <= LIVE_MS || self.keeps_pace()
    }

    /// Whether as much time passes in the data as on the wall: history is filled in faster.
    fn keeps_pace(&self) -> bool {
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else { return false };
        let wall_ms = last.came_ms - first.came_ms;
        let sender_ms = last.newest_ms - first.newest_ms;
        self.0.len() >= PACED && wall_ms > 0 && (sender_ms - wall_ms).abs() <= wall_ms / 4
    }

    /// How much time a delivery usually gathers: none where each is of one moment, or of a few that are close.
    fn gathered_ms(&self) -> Option<i64> {
        let pairs = self.0.iter().zip(self.0.iter().skip(1)).filter(|(_, one)| self.is_live(one));
        let gathered = |(before, one): (&Arrival, &Arrival)| {
            let stretch_ms = one.newest_ms - before.newest_ms;
            let is_spread = (one.newest_ms - one.oldest_ms).saturating_mul(4) >= stretch_ms;
            if is_spread { stretch_ms } else { 0 }
        };
        middle(pairs.map(gathered).collect())
    }
}

impl Arrival {
    fn lag_ms(&self) -> i64 {
        self.came_ms - self.newest_ms
    }
}

/// The one in the middle; the smaller of two.
fn middle(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    numbers.get(numbers.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    /// When each came, and of which minutes it was.
    fn arrivals(list: &[(i64, std::ops::RangeInclusive<i64>)]) -> Arrivals {
        let mut arrivals = Arrivals::default();
        for (came, of) in list {
            let [came_ms, oldest_ms, newest_ms] =
                [*came, *of.start(), *of.end()].map(|minute| minute * MINUTE_MS);
            arrivals.note(Arrival { came_ms, oldest_ms, newest_ms });
        }
        arrivals
    }

    #[test]
    fn a_sender_has_a_clock_and_a_step() {
        let steady = arrivals(&[(3, 1..=1), (4, 2..=2), (5, 3..=3)]);
        assert_eq!(steady.sender_ms(6 * MINUTE_MS), Some(4 * MINUTE_MS));
        // One frame a minute: the engine's own limit decides.
        assert_eq!(steady.silent_at_ms(3 * MINUTE_MS + 130_000), Some(5 * MINUTE_MS + 130_000));
        // An hour at a time: whatever the engine says of the minutes in it.
        let hourly = arrivals(&[(60, 1..=60), (120, 61..=120), (180, 121..=180)]);
        let told_ms = hourly.silent_at_ms(182 * MINUTE_MS).unwrap();
        assert!((300 * MINUTE_MS..305 * MINUTE_MS).contains(&told_ms), "{told_ms}");
        // A moment an hour, whose frame is over after a minute: nobody gathers, so there is nothing to wait for.
        let seldom = arrivals(&[(60, 60..=60), (120, 119..=120), (180, 180..=180)]);
        assert_eq!(seldom.silent_at_ms(181 * MINUTE_MS), Some(181 * MINUTE_MS));
    }

    #[test]
    fn one_that_is_odd_changes_nothing() {
        let late = arrivals(&[(1, 1..=1), (2, 2..=2), (3, 3..=3), (50, 4..=4), (51, 5..=51), (52, 52..=52)]);
        assert_eq!(late.sender_ms(53 * MINUTE_MS), Some(53 * MINUTE_MS));
        assert_eq!(late.silent_at_ms(55 * MINUTE_MS), Some(55 * MINUTE_MS));
    }

    #[test]
    fn a_clock_that_is_wrong_by_hours_is_a_clock() {
        for hours in [-13, -2, 2, 14] {
            let lag = hours * 60;
            let minutes: Vec<_> = (0..6).map(|n| (1000 + n + lag, 1000 + n..=1000 + n)).collect();
            let wrong = arrivals(&minutes);
            assert_eq!(wrong.sender_ms((1010 + lag) * MINUTE_MS), Some(1010 * MINUTE_MS), "{hours} hours");
            assert_eq!(wrong.silent_at_ms(1008 * MINUTE_MS), Some((1008 + lag) * MINUTE_MS), "{hours} hours");
        }
        // Yesterday's hours, one a minute.
        let filled: Vec<_> = (0..6).map(|n| (3000 + n, 60 * n..=60 * n + 59)).collect();
        assert_eq!(arrivals(&filled).sender_ms(3010 * MINUTE_MS), None);
    }

    #[test]
    fn history_says_nothing_of_now() {
        let history = arrivals(&[(900, 0..=5), (901, 6..=400)]);
        assert_eq!(history.sender_ms(902 * MINUTE_MS), None);
        assert_eq!(history.silent_at_ms(402 * MINUTE_MS), None);
        // From the first frame of now on.
        let filled = arrivals(&[(900, 0..=5), (901, 6..=899), (902, 901..=901)]);
        assert_eq!(filled.silent_at_ms(910 * MINUTE_MS), Some(911 * MINUTE_MS));
        assert_eq!(Arrivals::default().came_ms(), None);
    }
}
