//! Was each thing that happened noticed, and how many alarms were for nothing? An alarm is one row: where a score
//! rises to a threshold, not every row that it stays there, so that a threshold below everything finds nothing.

use alloc::vec;
use alloc::vec::Vec;

use super::{comparable, descending};

/// What a set of alarms found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Events with an alarm.
    pub found: usize,
    /// All events.
    pub events: usize,
    /// Alarms without an event.
    pub false_alarms: usize,
}

impl Found {
    /// The share of events that were found; `None` where there were none.
    pub fn recall(&self) -> Option<f64> {
        (self.events > 0).then(|| self.found as f64 / self.events as f64)
    }
}

/// Alarms as they were raised, one row each: which events (first and last row) they fall into.
pub fn by_alarm(alarms: impl IntoIterator<Item = bool>, events: &[(usize, usize)]) -> Found {
    let mut found = vec![false; events.len()];
    let mut false_alarms = 0;
    for (row, _) in alarms.into_iter().enumerate().filter(|(_, alarm)| *alarm) {
        let mut is_false = true;
        for (found, &(first, last)) in found.iter_mut().zip(events) {
            if (first..=last).contains(&row) {
                (*found, is_false) = (true, false);
            }
        }
        false_alarms += usize::from(is_false);
    }
    Found { found: found.iter().filter(|found| **found).count(), events: events.len(), false_alarms }
}

/// The most events that any threshold finds with at most so many false alarms.
///
/// ```
/// use fourfold::evaluate::events::within_budget;
///
/// let scores = [0.1, 0.9, 0.1, 0.7, 0.8, 0.1, 0.6, 0.1];
/// let events = [(3, 4), (6, 6)];
/// assert_eq!(within_budget(&scores, &events, 0).found, 0);
/// assert_eq!(within_budget(&scores, &events, 1).found, 2);
/// ```
pub fn within_budget(scores: &[f64], events: &[(usize, usize)], false_alarms_max: usize) -> Found {
    let scores = comparable(scores);
    let mut raised =
        Raised { rows: vec![false; scores.len()], alarms: vec![0; events.len()], false_alarms: 0 };
    let mut best = Found { events: events.len(), ..Found::default() };
    let order = descending(&scores);
    for (place, &row) in order.iter().enumerate() {
        raised.raise(row, events);
        let is_last_of_equals = order.get(place + 1).is_none_or(|&next| scores[next] < scores[row]);
        if is_last_of_equals && raised.false_alarms <= false_alarms_max {
            let found = raised.alarms.iter().filter(|alarms| **alarms > 0).count();
            if found > best.found {
                best = Found { found, false_alarms: raised.false_alarms, ..best };
            }
        }
    }
    best
}

/// Rows at or above the threshold, while it falls.
struct Raised {
    rows: Vec<bool>,
    /// Alarms within each event.
    alarms: Vec<usize>,
    false_alarms: usize,
}

impl Raised {
    fn raise(&mut self, row: usize, events: &[(usize, usize)]) {
        self.rows[row] = true;
        let continues = row > 0 && self.rows[row - 1];
        if !continues {
            self.count(row, events, |alarms| *alarms += 1);
        }
        if self.rows.get(row + 1) == Some(&true) {
            self.count(row + 1, events, |alarms| *alarms -= 1);
        }
    }

    fn count(&mut self, row: usize, events: &[(usize, usize)], change: impl Fn(&mut usize)) {
        let mut is_false = true;
        for (alarms, &(first, last)) in self.alarms.iter_mut().zip(events) {
            if (first..=last).contains(&row) {
                change(alarms);
                is_false = false;
            }
        }
        if is_false {
            change(&mut self.false_alarms);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts alarms afresh for every threshold.
    fn plainly(scores: &[f64], events: &[(usize, usize)], budget: usize) -> usize {
        let of = |&threshold: &f64| {
            let is_raised = |row: usize| scores[row] >= threshold;
            let alarms = (0..scores.len()).map(|row| is_raised(row) && (row == 0 || !is_raised(row - 1)));
            let found = by_alarm(alarms, events);
            if found.false_alarms <= budget { found.found } else { 0 }
        };
        scores.iter().map(of).max().unwrap_or(0)
    }

    #[test]
    fn agrees_with_counting_afresh() {
        let mut state = 1_u32;
        let mut draw = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 28)
        };
        for _ in 0..40 {
            let scores: Vec<f64> = (0..60).map(|_| draw()).collect();
            let events = [(5, 9), (20, 20), (33, 41), (58, 59)];
            for budget in 0..6 {
                assert_eq!(within_budget(&scores, &events, budget).found, plainly(&scores, &events, budget));
            }
        }
    }

    #[test]
    fn alarms_are_counted_once_each() {
        let alarms = [false, true, false, true, true, false];
        let found = by_alarm(alarms, &[(3, 5)]);
        assert_eq!(found, Found { found: 1, events: 1, false_alarms: 1 });
        assert_eq!(Found::default().recall(), None);
    }
}
