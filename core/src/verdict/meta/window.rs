//! The last frames of every view's score, as the meta-learner sees them.

use crate::snapshot::state;

/// Frames in a window.
pub(crate) const FRAMES: usize = 24;
/// Scores per frame.
pub(crate) const CHANNELS: usize = 10;

/// Steps between 0 and 1: half the bytes of a number, and there are some two hundred windows.
const STEPS: f32 = u16::MAX as f32;

/// A ring of frames.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    scores: [[u16; CHANNELS]; FRAMES],
    /// Where the next frame goes.
    next: usize,
    frames: usize,
}
state!(Window { scores, next, frames } where |window| window.next < FRAMES && window.frames <= FRAMES);

impl Default for Window {
    fn default() -> Self {
        Self { scores: [[0; CHANNELS]; FRAMES], next: 0, frames: 0 }
    }
}

impl Window {
    /// Takes in scores in [0, 1].
    pub(crate) fn push(&mut self, scores: [f32; CHANNELS]) {
        self.scores[self.next] = scores.map(|score| (score * STEPS + 0.5) as u16);
        self.next = (self.next + 1) % FRAMES;
        self.frames = (self.frames + 1).min(FRAMES);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.frames == FRAMES
    }

    /// A channel's scores from `start` on, oldest first.
    pub(super) fn interval(&self, channel: usize, start: usize, length: usize) -> impl Iterator<Item = f64> {
        let score =
            move |at: usize| f64::from(self.scores[(self.next + at) % FRAMES][channel]) / f64::from(STEPS);
        (start..start + length).map(score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_comes_first() {
        let mut window = Window::default();
        (0..30_u8).for_each(|frame| window.push([f32::from(frame) / 51.0; CHANNELS]));
        assert!(window.is_full());
        let is = |from, length, expected: &[u8]| {
            let scores = window.interval(3, from, length).map(|score| (score * 51.0 + 1e-6) as u8);
            assert!(scores.eq(expected.iter().copied()));
        };
        is(0, FRAMES, &core::array::from_fn::<u8, FRAMES, _>(|at| at as u8 + 6));
        is(22, 2, &[28, 29]);
    }
}
