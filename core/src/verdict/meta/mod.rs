//! The meta-learner: what the user's labels teach about the course of the scores.
//!
//! A time-series forest (Deng and others, 2013) reads the last frames of every view's score and says how likely it is
//! that a person would call this real. It is heard only as far as it predicts labels that it was not trained on.

mod forest;
mod window;

pub(crate) use window::{CHANNELS, Window};

use alloc::vec::Vec;

use crate::snapshot::{Capped, state};
use forest::{Forest, Sample};

/// Windows of ordinary frames that are kept as the other side of every label.
const BACKGROUND: usize = 48;
/// Frames between two of them, growing with their number so that the whole past is covered.
const BACKGROUND_FRAMES: u64 = 64;
/// Labels that are remembered, and that can be undone.
pub(crate) const LABELS: usize = 64;
/// Fewer labels say nothing about the learner's merit.
const LABELS_MIN: usize = 3;
/// Steps that undo can go back.
const UNDO: usize = 8;

/// What is remembered of a label.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lesson {
    pub(crate) is_real: bool,
    pub(crate) window: Window,
}
state!(Lesson { is_real, window });

/// The forest, what it was taught, and how to take the last lesson back.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    recent: Window,
    background: Capped<Window>,
    frames: u64,
    lessons: Capped<Lesson>,
    forest: Forest,
    /// The forests before the newest lessons.
    before: Capped<Forest>,
    seed: u64,
}
state!(Meta { recent, background, frames, lessons, forest, before; seed });

impl Meta {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            recent: Window::default(),
            background: Capped::new(BACKGROUND),
            frames: 0,
            lessons: Capped::new(LABELS),
            forest: Forest::default(),
            before: Capped::new(UNDO),
            seed,
        }
    }

    /// The course of the scores up to now.
    pub(crate) fn recent(&self) -> &Window {
        &self.recent
    }

    /// How likely a person would call this real, and the share of the verdict that the forest has earned.
    pub(crate) fn judge(&self) -> Option<(f64, f64)> {
        let merit = self.forest.merit();
        (merit > 0.0).then(|| (self.forest.chance_of_real(&self.recent), merit))
    }

    /// Takes in a frame's scores. `is_calm` frames are the background against which labels are learned.
    pub(crate) fn learn(&mut self, scores: [f32; CHANNELS], is_calm: bool) {
        self.recent.push(scores);
        self.frames += 1;
        if is_calm && self.frames.is_multiple_of(BACKGROUND_FRAMES) && self.recent.is_full() {
            self.background.push(self.recent.clone());
        }
    }

    /// Learns that a person called the episode with this course real or expected.
    pub(crate) fn teach(&mut self, lesson: Lesson) {
        self.before.push(self.forest.clone());
        self.lessons.push(lesson);
        self.train();
    }

    /// Forgets the newest lesson; `false` when there is none that can be taken back.
    pub(crate) fn unteach(&mut self) -> bool {
        let Some(forest) = self.before.pop_newest() else { return false };
        self.lessons.pop_newest();
        self.forest = forest;
        true
    }

    fn train(&mut self) {
        // Who has called nothing real has taught no difference: a forest of that would call nothing real.
        if self.lessons.iter().len() < LABELS_MIN || !self.lessons.iter().any(|lesson| lesson.is_real) {
            return;
        }
        let labelled = self.lessons.iter().map(|lesson| Sample {
            window: &lesson.window,
            is_real: lesson.is_real,
            is_label: true,
        });
        let background =
            self.background.iter().map(|window| Sample { window, is_real: false, is_label: false });
        let samples: Vec<Sample<'_>> = labelled.chain(background).collect();
        // The same labels give the same forest, whenever they came.
        self.forest = Forest::train(&samples, self.seed);
    }
}
