//! The last frames of every view's score, as the meta-learner sees them.

use crate::snapshot::state;

/// Frames in a window.
pub(crate) const FRAMES: usize = 24;
/// Scores per frame.
pub(crate) const CHANNELS: usize = 10;

/// A ring of frames.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    scores: [[f32; CHANNELS]; FRAMES],
    /// Where the next frame goes.
    next: usize,
    frames: usize,
}
state!(Window { scores, next, frames } where |window| window.next < FRAMES && window.frames <= FRAMES);

impl Default for Window {
    fn default() -> Self {
        Self { scores: [[0.0; CHANNELS]; FRAMES], next: 0, frames: 0 }
    }
}

impl Window {
    pub(crate) fn push(&mut self, scores: [f32; CHANNELS]) {
        self.scores[self.next] = scores;
        self.next = (self.next + 1) % FRAMES;
        self.frames = (self.frames + 1).min(FRAMES);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.frames == FRAMES
    }

    /// A channel's scores from `start` on, oldest first.
    pub(super) fn interval(&self, channel: usize, start: usize, length: usize) -> impl Iterator<Item = f64> {
        (start..start + length).map(move |at| f64::from(self.scores[(self.next + at) % FRAMES][channel]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_comes_first() {
        let mut window = Window::default();
        (0..30_u8).for_each(|frame| window.push([f32::from(frame); CHANNELS]));
        assert!(window.is_full());
        assert!(window.interval(3, 0, FRAMES).eq((6..30).map(f64::from)));
        assert!(window.interval(0, 22, 2).eq([28.0, 29.0]));
    }
}
