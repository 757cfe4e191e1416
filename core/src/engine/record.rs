//! What is remembered of past frames for reports alone. No verdict depends on it.

use alloc::vec;
use alloc::vec::Vec;

use crate::frame::measured;
use crate::opinion::Health;
use crate::schema::Schema;
use crate::snapshot::state;
use crate::stats::pace;
use crate::stream::{Gap, Reason};
use crate::verdict::{Verdict, View};

/// Frames that shares are taken over: "lately".
const MEMORY_FRAMES: f64 = 1024.0;
/// Frames for which a drift or a new level is shown after it was found.
const SHOWN_FRAMES: u32 = 60;
/// A drift or a new level is one if its stream's score says so too.
const TELLING_SCORE: f64 = 0.99;
const GAPS: [Gap; 6] = [Gap::None, Gap::Point, Gap::Short, Gap::Medium, Gap::LongOutage, Gap::Permanent];
const HEALTHS: [Health; 4] = [Health::Cold, Health::Ready, Health::Starved, Health::Broken];

/// The record of all streams and views.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) frames: u64,
    pub(super) streams: Vec<StreamRecord>,
    views: [u8; View::COUNT],
    /// The share of frames that belong to an episode, lately.
    pub(super) anomaly_rate: f64,
    /// The share of streams that had a value, lately.
    pub(super) available: f64,
}
state!(Record { frames, streams, views, anomaly_rate, available });

/// The record of one stream.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamRecord {
    /// Numbers that came, of any kind.
    pub(super) values: u64,
    /// Those that are no ordinary number, and those that are so far off that they can not be a measurement.
    pub(super) not_a_number: u64,
    pub(super) insane: u64,
    pub(super) out_of_bounds: u64,
    /// The share of frames with a value, lately.
    pub(super) complete: f64,
    pub(super) last_ms: Option<i64>,
    pub(super) fitness: f64,
    gap: u8,
    pub(super) needs_retraining: bool,
    /// Frames for which a drift is still shown.
    drift_left: u32,
}
state!(StreamRecord {
    values,
    not_a_number,
    insane,
    out_of_bounds,
    complete,
    last_ms,
    fitness,
    gap,
    needs_retraining,
    drift_left
});

impl Record {
    pub(super) fn new(schema: &Schema) -> Self {
        Self {
            frames: 0,
            streams: vec![StreamRecord::default(); schema.streams().len()],
            views: [Health::Cold as u8; View::COUNT],
            anomaly_rate: 0.0,
            available: 0.0,
        }
    }

    /// Takes note of a frame, as it came, and of the verdict on it.
    pub(super) fn learn(&mut self, schema: &Schema, raw: &[f64], verdict: &Verdict) {
        let pace = pace(self.frames, MEMORY_FRAMES);
        self.frames = self.frames.saturating_add(1);
        let mut here = 0.0;
        let of_streams = schema.streams().iter().zip(&verdict.streams).zip(raw);
        for (record, ((stream, said), &value)) in self.streams.iter_mut().zip(of_streams) {
            let is_here = f64::from(u8::from(said.present));
            here += is_here;
            record.complete += pace * (is_here - record.complete);
            record.count(value, said.present, stream.bounds);
            if said.present {
                record.last_ms = Some(verdict.at_ms);
            }
            record.fitness = said.fitness;
            record.gap = said.gap as u8;
            record.needs_retraining = said.needs_retraining;
            let is_drifting = matches!(said.reason, Some(Reason::Drift | Reason::Level))
                && said.score.is_some_and(|score| score > TELLING_SCORE);
            record.drift_left = if is_drifting { SHOWN_FRAMES } else { record.drift_left.saturating_sub(1) };
        }
        self.available += pace * (here / self.streams.len().max(1) as f64 - self.available);
        let is_abnormal = f64::from(u8::from(verdict.episode.is_some()));
        self.anomaly_rate += pace * (is_abnormal - self.anomaly_rate);
        for (record, view) in self.views.iter_mut().zip(&verdict.views) {
            *record = view.health as u8;
        }
    }

    /// How the views were at the newest frame, in the order of [`View::ALL`].
    pub(super) fn views(&self) -> [Health; View::COUNT] {
        self.views.map(|place| HEALTHS.get(usize::from(place)).copied().unwrap_or_default())
    }
}

impl StreamRecord {
    /// Counts a value that came; NaN is none. `is_sane` says whether tier 1 took it for a measurement.
    fn count(&mut self, value: f64, is_sane: bool, bounds: Option<[f64; 2]>) {
        if value.is_nan() {
            return;
        }
        self.values = self.values.saturating_add(1);
        let is_within = |x: f64| bounds.is_none_or(|[low, high]| (low..=high).contains(&x));
        let fault = match measured(value) {
            None => &mut self.not_a_number,
            Some(_) if !is_sane => &mut self.insane,
            Some(x) if !is_within(x) => &mut self.out_of_bounds,
            Some(_) => return,
        };
        *fault = fault.saturating_add(1);
    }

    /// Values that were no good, for one reason or another.
    pub(super) fn invalid(&self) -> u64 {
        self.not_a_number.saturating_add(self.insane).saturating_add(self.out_of_bounds)
    }

    pub(super) fn gap(&self) -> Gap {
        GAPS.get(usize::from(self.gap)).copied().unwrap_or_default()
    }

    pub(super) fn is_drifting(&self) -> bool {
        self.drift_left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_places() {
        assert!(GAPS.iter().enumerate().all(|(place, gap)| *gap as usize == place));
        assert!(HEALTHS.iter().enumerate().all(|(place, health)| *health as usize == place));
    }
}
