//! Was each thing that happened noticed, and how many alarms were for nothing? An alarm is a run of neighbouring rows
//! at or above a threshold; it is false if it touches no event.

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
/// let scores = [0.1, 0.9, 0.2, 0.7, 0.8, 0.1, 0.6, 0.1];
/// let events = [(3, 4), (6, 6)];
/// assert_eq!(within_budget(&scores, &events, 0).found, 0);
/// assert_eq!(within_budget(&scores, &events, 1).found, 2);
/// ```
pub fn within_budget(scores: &[f64], events: &[(usize, usize)], false_alarms_max: usize) -> Found {
    let scores = comparable(scores);
    let mut runs = Runs::new(scores.len(), events);
    let mut best = Found { events: events.len(), ..Found::default() };
    let order = descending(&scores);
    for (place, &row) in order.iter().enumerate() {
        runs.raise(row);
        let is_last_of_equals = order.get(place + 1).is_none_or(|&next| scores[next] < scores[row]);
        // The lowest score is no threshold: with it everything is one alarm.
        let is_threshold = is_last_of_equals && place + 1 < order.len();
        if is_threshold && runs.false_runs <= false_alarms_max && runs.found > best.found {
            best = Found { found: runs.found, false_alarms: runs.false_runs, ..best };
        }
    }
    best
}

/// Runs of raised rows, while the threshold falls.
struct Runs {
    is_event: Vec<bool>,
    /// For the first and the last row of a run, the other end and whether it touches an event.
    ends: Vec<Option<(usize, bool)>>,
    is_found: Vec<bool>,
    spans: Vec<(usize, usize)>,
    found: usize,
    false_runs: usize,
}

impl Runs {
    fn new(rows: usize, events: &[(usize, usize)]) -> Self {
        let mut is_event = vec![false; rows];
        for &(first, last) in events {
            is_event.iter_mut().take(last.saturating_add(1)).skip(first).for_each(|row| *row = true);
        }
        Self {
            is_event,
            ends: vec![None; rows],
            is_found: vec![false; events.len()],
            spans: events.to_vec(),
            found: 0,
            false_runs: 0,
        }
    }

    fn raise(&mut self, row: usize) {
        let mut touches = self.is_event[row];
        if touches {
            for (is_found, &(first, last)) in self.is_found.iter_mut().zip(&self.spans) {
                if !*is_found && (first..=last).contains(&row) {
                    *is_found = true;
                    self.found += 1;
                }
            }
        }
        let (mut first, mut last) = (row, row);
        let before = row.checked_sub(1).and_then(|left| self.ends[left]);
        let after = self.ends.get(row + 1).copied().flatten();
        for (end, touched, is_before) in [(before, true), (after, false)]
            .into_iter()
            .filter_map(|(run, at)| run.map(|run| (run.0, run.1, at)))
        {
            self.false_runs -= usize::from(!touched);
            touches |= touched;
            if is_before {
                first = end;
            } else {
                last = end;
            }
        }
        self.false_runs += usize::from(!touches);
        self.ends[first] = Some((last, touches));
        self.ends[last] = Some((first, touches));
        if row != first && row != last {
            self.ends[row] = Some((row, touches));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts runs afresh for every threshold.
    fn plainly(scores: &[f64], events: &[(usize, usize)], budget: usize) -> usize {
        let lowest = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let thresholds = scores.iter().filter(|score| **score > lowest);
        let of = |&threshold: &f64| {
            let raised: Vec<bool> = scores.iter().map(|&score| score >= threshold).collect();
            let hits = |&(first, last): &(usize, usize)| raised[first..=last].contains(&true);
            let is_event = |row: usize| events.iter().any(|&(first, last)| (first..=last).contains(&row));
            let false_runs = (crate::evaluate::segments(&raised).into_iter())
                .filter(|&(first, last)| !(first..=last).any(is_event))
                .count();
            if false_runs <= budget { events.iter().filter(|event| hits(event)).count() } else { 0 }
        };
        thresholds.map(of).max().unwrap_or(0)
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
