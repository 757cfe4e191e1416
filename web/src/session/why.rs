//! What the page knows of explanations, and of what people taught the engine.

use fourfold::Label;
use fourfold::wire::ExplanationJson;
use fourfold_web::thread::Curve;
use leptos::prelude::*;

use super::Session;

/// Where the explanation of the selected episode stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Why {
    /// None is wanted.
    #[default]
    Nothing,
    /// The engine was asked.
    Asked,
    /// The answer.
    Told(Box<Told>),
    /// A sentence that says why there is none.
    Refused(String),
}

/// An explanation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) json: ExplanationJson,
    pub(crate) curves: Vec<Curve>,
    pub(crate) took_ms: f64,
}

/// What somebody said, and what it changed in the rest of the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lesson {
    /// What was said; `None` where a word was taken back.
    pub(crate) label: Option<Label>,
    /// When the episodes opened that there were before.
    before: Vec<i64>,
    /// Episodes that are gone, and new ones; `None` while the engine is at it.
    pub(crate) changed: Option<(usize, usize)>,
}

impl Session {
    /// Remembers what there is, to tell later what a word has changed.
    pub(crate) fn begin_lesson(&self, label: Option<Label>) {
        let before = self.openings();
        self.lesson.set(Some(Lesson { label, before, changed: None }));
    }

    pub(crate) fn finish_lesson(&self) {
        let after = self.openings();
        self.lesson.maybe_update(|lesson| {
            let Some(lesson) = lesson.as_mut().filter(|lesson| lesson.changed.is_none()) else {
                return false;
            };
            let count = |these: &[i64], those: &[i64]| these.iter().filter(|at| !those.contains(at)).count();
            lesson.changed = Some((count(&lesson.before, &after), count(&after, &lesson.before)));
            true
        });
    }

    /// What people call the episode that opened then: the newest word on it, or what the engine was told before.
    pub(crate) fn label_of(&self, opened_ms: i64) -> Option<Label> {
        let said = self
            .said
            .with(|said| said.iter().rev().find(|said| said.opened_ms == opened_ms).map(|said| said.label));
        said.or_else(|| {
            self.episodes.with(|known| {
                known.iter().find(|episode| episode.opened == opened_ms).and_then(|episode| episode.label)
            })
        })
    }

    fn openings(&self) -> Vec<i64> {
        self.episodes.with_untracked(|episodes| episodes.iter().map(|episode| episode.opened).collect())
    }
}
