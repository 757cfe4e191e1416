//! What was there to be seen: presence before and during the trouble.

use alloc::vec::Vec;

use crate::cause::Scene;

/// Frames before the trouble by which presence is known.
const HABIT_ROWS: usize = 200;
/// The share of them with a value from which on a stream's silence is one, and from which on its absence is a loss.
const MOSTLY: f64 = 0.8;
const OFTEN: f64 = 0.2;

/// Presence of every stream.
pub(super) struct Seen {
    /// The share of frames with a value, before; `None` of streams that never had one.
    before: Vec<Option<f64>>,
    /// The same, during.
    during: Vec<f64>,
}

impl Seen {
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let history = scene.history;
        let share = |stream: usize, rows: core::ops::Range<usize>| {
            let count = rows.len().max(1) as f64;
            rows.filter(|&row| !history.value(row, stream).is_nan()).count() as f64 / count
        };
        let habit = scene.onset.saturating_sub(HABIT_ROWS)..scene.onset;
        let streams = 0..history.width();
        Self {
            before: (streams.clone())
                .map(|stream| (!history.anchor(stream).is_nan()).then(|| share(stream, habit.clone())))
                .collect(),
            during: streams.map(|stream| share(stream, scene.onset..scene.end + 1)).collect(),
        }
    }

    /// Whether a stream that is mostly there was mostly away.
    pub(super) fn is_silent(&self, stream: usize) -> bool {
        self.is_usually_there(stream) && self.during[stream] <= 0.5
    }

    pub(super) fn is_usually_there(&self, stream: usize) -> bool {
        self.before[stream].is_some_and(|share| share >= MOSTLY)
    }

    /// Streams that often have a value, or never had one, and had none now.
    pub(super) fn unseen(&self) -> Vec<usize> {
        let is_missed = |stream: &usize| self.before[*stream].is_none_or(|share| share >= OFTEN);
        (0..self.during.len()).filter(is_missed).filter(|&stream| self.during[stream] == 0.0).collect()
    }

    /// The share of streams that were seen: so likely is it that the right one is among them.
    pub(super) fn coverage(&self, unseen: &[usize]) -> f64 {
        1.0 - unseen.len() as f64 / self.during.len().max(1) as f64
    }
}
