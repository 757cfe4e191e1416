//! What waits to be sent to a Worker, and when to try again. Only used after a person connected one by hand.

use std::collections::BTreeMap;

use fourfold::wire::{Row, Rows};

use super::streams::{COUNT_OF_STREAMS, name};

/// Frames in one request.
const BATCH: usize = 60;
/// Frames that wait at most: ten minutes without a network. Then the oldest are let go.
const WAITING_MAX: usize = 600;
/// Between two requests that went well.
const PACE_MS: f64 = 2000.0;
/// After a failure, doubled with each further one up to the last.
const RETRY_MS: [f64; 2] = [2000.0, 60_000.0];

/// Frames on their way.
#[derive(Clone, Debug, Default)]
pub struct Uplink {
    waiting: Vec<Row>,
    next_ms: f64,
    failures: i32,
    on_the_way: usize,
    /// Frames that arrived.
    pub sent: u64,
    /// Frames that were let go because too many waited.
    pub dropped: u64,
}

impl Uplink {
    /// Takes a frame. What has no value is left out: missing is not zero.
    pub fn add(&mut self, at_ms: f64, values: &[f64]) {
        let spoke = values.iter().take(COUNT_OF_STREAMS).enumerate().filter(|(_, value)| value.is_finite());
        let values: BTreeMap<String, Option<f64>> =
            spoke.map(|(place, &value)| (name(place).to_string(), Some(value))).collect();
        self.waiting.push(Row { t: at_ms, values });
        // What is on its way may not be let go: its answer would be taken for another's.
        if self.waiting.len() > WAITING_MAX && self.on_the_way == 0 {
            self.waiting.remove(0);
            self.dropped += 1;
        }
    }

    /// What to send now, if it is time and nothing is on its way.
    pub fn next(&mut self, now_ms: f64) -> Option<Rows> {
        if self.on_the_way > 0 || self.waiting.is_empty() || now_ms < self.next_ms {
            return None;
        }
        let frames: Vec<Row> = self.waiting.iter().take(BATCH).cloned().collect();
        self.on_the_way = frames.len();
        Some(Rows { frames })
    }

    /// It arrived.
    pub fn arrived(&mut self, now_ms: f64) {
        self.waiting.drain(..self.on_the_way);
        self.sent += self.on_the_way as u64;
        (self.on_the_way, self.failures) = (0, 0);
        // A queue that has grown is worked off without a pause.
        self.next_ms = if self.waiting.len() > BATCH { now_ms } else { now_ms + PACE_MS };
    }

    /// It did not arrive; it is sent again later. The Worker knows a frame that comes twice.
    pub fn failed(&mut self, now_ms: f64) {
        let [first_ms, last_ms] = RETRY_MS;
        let wait_ms = (0..self.failures).fold(first_ms, |wait_ms, _| (wait_ms * 2.0).min(last_ms));
        self.next_ms = now_ms + wait_ms;
        self.failures += 1;
        self.on_the_way = 0;
    }

    /// Frames that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::streams::Stream;

    fn row(shake: f64) -> Vec<f64> {
        let mut values = vec![f64::NAN; COUNT_OF_STREAMS];
        values[Stream::Shake as usize] = shake;
        values
    }

    #[test]
    fn frames_go_once_in_order_and_gaps_are_left_out() {
        let mut uplink = Uplink::default();
        (0..3).for_each(|second| uplink.add(f64::from(second) * 1000.0, &row(0.5)));
        let rows = uplink.next(0.0).expect("three wait");
        assert_eq!(rows.frames.iter().map(|row| row.t).collect::<Vec<_>>(), [0.0, 1000.0, 2000.0]);
        assert_eq!(rows.frames[0].values, BTreeMap::from([("shake".to_string(), Some(0.5))]));
        assert!(uplink.next(5000.0).is_none(), "one request at a time");
        uplink.add(3000.0, &row(0.6));
        uplink.arrived(5000.0);
        assert!(uplink.next(5500.0).is_none(), "not faster than the pace");
        assert_eq!(uplink.next(7000.0).map(|rows| rows.frames.len()), Some(1));
        uplink.arrived(7000.0);
        assert_eq!((uplink.sent, uplink.waiting()), (4, 0));
    }

    #[test]
    fn what_fails_is_tried_again_later_and_later() {
        let mut uplink = Uplink::default();
        uplink.add(0.0, &row(1.0));
        let mut now_ms = 0.0;
        let mut waits = Vec::new();
        for _ in 0..8 {
            let since_ms = now_ms;
            while uplink.next(now_ms).is_none() {
                now_ms += 500.0;
            }
            waits.push(now_ms - since_ms);
            uplink.failed(now_ms);
        }
        assert_eq!(waits, [0.0, 2000.0, 4000.0, 8000.0, 16_000.0, 32_000.0, 60_000.0, 60_000.0]);
        assert_eq!(uplink.waiting(), 1);
    }

    #[test]
    fn a_long_time_without_a_network_lets_the_oldest_go_and_counts_them() {
        let mut uplink = Uplink::default();
        (0..WAITING_MAX + 5).for_each(|second| uplink.add(second as f64, &row(1.0)));
        assert_eq!((uplink.waiting(), uplink.dropped), (WAITING_MAX, 5));
        assert_eq!(uplink.next(0.0).map(|rows| rows.frames[0].t), Some(5.0));
    }
}
