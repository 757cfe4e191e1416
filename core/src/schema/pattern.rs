//! Named sequences: "first this stream rises, within ten minutes that one falls". They are kept as data here; the
//! explanation matches episodes against them.

use alloc::string::String;
use alloc::vec::Vec;

use super::fault::SchemaFault;
use super::validate::{NAME_BYTES_MAX, printable};

/// More steps than this are not a pattern but a recording.
pub(super) const STEPS_MAX: usize = 32;
pub(super) const PATTERNS_MAX: usize = 1024;
pub(super) const ACTION_BYTES_MAX: usize = 1024;
/// Four weeks.
pub(super) const WITHIN_MS_MAX: i64 = 28 * 86_400_000;

/// What a stream does in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Its value rises.
    Up,
    /// Its value falls.
    Down,
    /// It is silent.
    Absent,
    /// It speaks where it is usually silent.
    Present,
    /// Anything unusual.
    #[default]
    Any,
}

/// A pattern of a draft.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PatternDraft {
    /// What it is called.
    pub name: String,
    /// What happens, in order.
    pub steps: Vec<StepDraft>,
    /// What to do about it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// One step of a pattern.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepDraft {
    /// The stream, by name.
    pub stream: String,
    /// What it does.
    #[serde(default)]
    pub change: Change,
    /// At most this long after the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<f64>,
}

/// A named sequence of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What it is called, unique in the schema.
    pub name: String,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// What to do about it, for people.
    pub action: Option<String>,
}

/// One step of a [`Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stream's place in [`Schema::streams`](super::Schema::streams).
    pub stream: usize,
    /// What it does.
    pub change: Change,
    /// At most this long after the step before.
    pub within_ms: Option<i64>,
}

impl Pattern {
    pub(super) fn to_draft(&self, name_of: impl Fn(usize) -> String) -> PatternDraft {
        PatternDraft {
            name: self.name.clone(),
            steps: (self.steps.iter())
                .map(|step| StepDraft {
                    stream: name_of(step.stream),
                    change: step.change,
                    within_ms: step.within_ms.map(|ms| ms as f64),
                })
                .collect(),
            action: self.action.clone(),
        }
    }
}

/// Resolves the patterns of a draft; what breaks a rule is left out and reported.
pub(super) fn check(
    drafts: &[PatternDraft],
    place_of: impl Fn(&str) -> Option<usize>,
    faults: &mut Vec<SchemaFault>,
) -> Vec<Pattern> {
    if drafts.len() > PATTERNS_MAX {
        faults.push(SchemaFault::TooManyPatterns(drafts.len()));
        return Vec::new();
    }
    let mut patterns = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.iter().enumerate() {
        let name = &draft.name;
        let action_fits = draft.action.as_ref().is_none_or(|text| text.len() <= ACTION_BYTES_MAX);
        let is_sound = printable(name, NAME_BYTES_MAX)
            && (1..=STEPS_MAX).contains(&draft.steps.len())
            && !drafts[..place].iter().any(|other| other.name == *name)
            && action_fits;
        if !is_sound {
            faults.push(SchemaFault::BadPattern { place, name: name.clone() });
        }
        let mut steps = Vec::with_capacity(draft.steps.len());
        for step in &draft.steps {
            let in_range = step.within_ms.is_none_or(|ms| ms >= 1.0 && ms <= WITHIN_MS_MAX as f64);
            match place_of(&step.stream) {
                Some(stream) if in_range => {
                    let within_ms = step.within_ms.map(|ms| ms as i64);
                    steps.push(Step { stream, change: step.change, within_ms });
                }
                _ => faults.push(SchemaFault::BadStep { pattern: name.clone(), stream: step.stream.clone() }),
            }
        }
        patterns.push(Pattern { name: name.clone(), steps, action: draft.action.clone() });
    }
    patterns
}
