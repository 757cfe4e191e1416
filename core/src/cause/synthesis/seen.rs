//! What was there to be seen: presence before and during the trouble.

use alloc::vec::Vec;

use crate::cause::Scene;

/// Frames before the trouble that say whether a stream is mostly there, with the share that it takes.
const HABIT_ROWS: usize = 200;
const MOSTLY: f64 = 0.8;
/// The share of all frames before from which on a stream's absence is a loss, and of how many of them it is taken.
const OFTEN: f64 = 0.2;
const SAMPLES: usize = 128;

/// Presence of every stream, in shares of frames.
pub(super) struct Seen {
    lately: Vec<f64>,
    ever: Vec<f64>,
    during: Vec<f64>,
}

impl Seen {
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let Scene { history, onset, end, .. } = *scene;
        let shares = |from: usize, to: usize, step: usize| -> Vec<f64> {
            let rows = (from..to).step_by(step);
            let count = rows.len().max(1) as f64;
            let is_there = |stream: usize| move |row: &usize| !history.value(*row, stream).is_nan();
            let share = |stream: usize| rows.clone().filter(is_there(stream)).count() as f64 / count;
            (0..history.width()).map(share).collect()
        };
        Self {
            lately: shares(onset.saturating_sub(HABIT_ROWS), onset, 1),
            ever: shares(0, onset, onset.div_ceil(SAMPLES).max(1)),
            during: shares(onset, end + 1, 1),
        }
    }

    /// Whether a stream that is mostly there was mostly away.
    pub(super) fn is_silent(&self, stream: usize) -> bool {
        self.is_usually_there(stream) && self.during[stream] <= 0.5
    }

    pub(super) fn is_usually_there(&self, stream: usize) -> bool {
        self.lately[stream] >= MOSTLY
    }

    /// Streams that often have a value, or have had none for as long as anybody remembers, and had none now.
    pub(super) fn unseen(&self) -> Vec<usize> {
        let is_missed = |stream: &usize| self.ever[*stream] >= OFTEN || self.ever[*stream] == 0.0;
        (0..self.during.len()).filter(is_missed).filter(|&stream| self.during[stream] == 0.0).collect()
    }

    /// The share of streams that were seen: so likely is it that the right one is among them. Who is away half of the time
    /// is no loss, and who never had a value is not counted: the ranking knows of those what it can be sure of.
    pub(super) fn coverage(&self, unseen: &[usize]) -> f64 {
        let lost: f64 = unseen.iter().map(|&stream| (2.0 * self.ever[stream] - 1.0).max(0.0)).sum();
        1.0 - lost / self.during.len().max(1) as f64
    }
}
