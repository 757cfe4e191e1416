//! "This was fine", "this was real": what people say of episodes, and how to take it back.

use super::episode::{End, Episode, Episodes};
use super::meta::{Lesson, Meta, Window};
use super::signature::Signature;
use crate::error::{LABELS_UNDONE_MAX, LabelFault};
use crate::snapshot::{Capped, state, words};

/// Kinds of episodes that are remembered.
const KINDS: usize = 64;
/// Episodes whose course is remembered, so that a label can still teach the meta-learner.
const COURSES: usize = 64;

/// What a person calls an episode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// It was worth an alarm.
    #[default]
    Real,
    /// It was fine: its like shall raise no alarm.
    Expected,
}
words!(Label { Label::Real, Label::Expected });

/// A kind of episode and what a person said of it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Kind {
    opening: Signature,
    peak: Signature,
    label: Label,
}
state!(Kind { opening, peak, label });

/// What an episode's scores looked like when it opened.
#[derive(Clone, Debug, Default, PartialEq)]
struct Course {
    episode: u64,
    window: Window,
}
state!(Course { episode, window });

/// What undo needs to know.
#[derive(Clone, Debug, Default, PartialEq)]
struct Deed {
    episode: u64,
    label_before: Option<Label>,
    closed_ms_before: Option<i64>,
    end_before: End,
    has_taught: bool,
}
state!(Deed { episode, label_before, closed_ms_before, end_before, has_taught });

/// Everything that people have said.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    kinds: Capped<Kind>,
    courses: Capped<Course>,
    deeds: Capped<Deed>,
}
state!(Labels { kinds, courses, deeds });

impl Labels {
    pub(crate) fn new() -> Self {
        Self {
            kinds: Capped::new(KINDS),
            courses: Capped::new(COURSES),
            deeds: Capped::new(LABELS_UNDONE_MAX),
        }
    }

    /// Whether somebody called this kind expected, and nobody has called it real since.
    pub(crate) fn is_expected(&self, signature: &Signature) -> bool {
        let alike = |kind: &&Kind| signature.is_like(&kind.peak) || signature.is_like(&kind.opening);
        self.kinds.iter().rev().find(alike).is_some_and(|kind| kind.label == Label::Expected)
    }

    /// Remembers the course of a new episode.
    pub(crate) fn remember(&mut self, episode: u64, window: &Window) {
        self.courses.push(Course { episode, window: window.clone() });
    }

    pub(crate) fn label(
        &mut self,
        id: u64,
        label: Label,
        episodes: &mut Episodes,
        meta: &mut Meta,
    ) -> Result<(), LabelFault> {
        let remembered = episodes.iter().len();
        let episode = episodes.find_mut(id).ok_or(LabelFault::UnknownEpisode { id, remembered })?;
        let course = self.courses.iter().find(|course| course.episode == id);
        self.deeds.push(Deed {
            episode: id,
            label_before: episode.label,
            closed_ms_before: episode.closed_ms,
            end_before: episode.end,
            has_taught: course.is_some(),
        });
        self.kinds.push(Kind { opening: episode.opening, peak: episode.peak, label });
        episode.label = Some(label);
        if label == Label::Expected && matches!(episode.end, End::Open | End::NewNormal) {
            adopt(episode);
        }
        if let Some(course) = course {
            meta.teach(Lesson { is_real: label == Label::Real, window: course.window.clone() });
        }
        Ok(())
    }

    /// Takes the newest label back, to the bit.
    pub(crate) fn undo(&mut self, episodes: &mut Episodes, meta: &mut Meta) -> Result<u64, LabelFault> {
        let deed = self.deeds.pop_newest().ok_or(LabelFault::NothingToUndo)?;
        self.kinds.pop_newest();
        if deed.has_taught {
            meta.unteach();
        }
        if let Some(episode) = episodes.find_mut(deed.episode) {
            episode.label = deed.label_before;
            episode.closed_ms = deed.closed_ms_before;
            episode.end = deed.end_before;
        }
        Ok(deed.episode)
    }
}

/// The answer to "adopt as normal?".
fn adopt(episode: &mut Episode) {
    let at_ms = episode.closed_ms.unwrap_or(episode.last_ms);
    episode.finish(at_ms, End::Adopted);
}
