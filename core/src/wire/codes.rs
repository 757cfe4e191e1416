//! Words as small numbers, for shells that tell verdicts in columns of bytes.

use serde::Serialize;

use crate::opinion::Health;
use crate::silence::Cause;
use crate::stream::{Reason, StreamVerdict};
use crate::verdict::{Severity, View};

/// No value.
const ABSENT: u8 = 0;
/// A value that no detector had an opinion on.
const PRESENT: u8 = 1;
/// From here on: a value, and the reason's place in the vocabulary.
const REASON: u8 = 2;

/// The words behind the codes, in the order of the codes: readers need no list of their own. A severity and a health are
/// their places; a stream's note is 0 for no value, 1 for one that nobody had an opinion on, and from 2 on a reason; a
/// silence is 0 for none, and from 1 on a cause.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Vocabulary {
    /// Of verdicts.
    pub severities: [Severity; 5],
    /// Of views.
    pub healths: [Health; 4],
    /// In the order in which verdicts have them.
    pub views: [View; View::COUNT],
    /// Of streams' notes.
    pub reasons: &'static [Reason],
    /// Of streams' silences.
    pub silences: &'static [Cause],
}

/// All of them.
pub const VOCABULARY: Vocabulary = Vocabulary {
    severities: [Severity::None, Severity::Low, Severity::Medium, Severity::High, Severity::Critical],
    healths: [Health::Cold, Health::Ready, Health::Starved, Health::Broken],
    views: View::ALL,
    reasons: &Reason::ALL,
    silences: &Cause::ALL,
};

/// What a stream said.
pub fn note(said: &StreamVerdict) -> u8 {
    match said.reason {
        _ if !said.present => ABSENT,
        None => PRESENT,
        Some(reason) => REASON + reason as u8,
    }
}

/// Whether there was a value, and what made its score. `None` where it is no note.
pub fn of_note(code: u8) -> Option<(bool, Option<Reason>)> {
    match code.checked_sub(REASON) {
        None => Some((code == PRESENT, None)),
        Some(place) => Some((true, Some(*Reason::ALL.get(usize::from(place))?))),
    }
}

/// Why a stream is silent.
pub fn silence(cause: Option<Cause>) -> u8 {
    cause.map_or(0, |cause| 1 + cause as u8)
}

/// Why a stream is silent. `None` where it is no silence.
pub fn of_silence(code: u8) -> Option<Option<Cause>> {
    match code.checked_sub(1) {
        None => Some(None),
        Some(place) => Cause::ALL.get(usize::from(place)).copied().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_places() {
        let Vocabulary { severities, healths, views, reasons, silences } = VOCABULARY;
        assert!(severities.iter().enumerate().all(|(place, severity)| *severity as usize == place));
        assert!(healths.iter().enumerate().all(|(place, health)| *health as usize == place));
        assert!(views.iter().enumerate().all(|(place, view)| *view as usize == place));
        assert!(reasons.iter().enumerate().all(|(place, reason)| *reason as usize == place));
        assert!(silences.iter().enumerate().all(|(place, cause)| *cause as usize == place));
    }

    #[test]
    fn codes_come_back_as_words() {
        let reasons = Reason::ALL.into_iter().map(Some).chain([None]);
        for (present, reason) in reasons.map(|reason| (true, reason)).chain([(false, None)]) {
            let said = StreamVerdict { present, reason, ..StreamVerdict::default() };
            assert_eq!(of_note(note(&said)), Some((present, reason)));
        }
        for cause in Cause::ALL.into_iter().map(Some).chain([None]) {
            assert_eq!(of_silence(silence(cause)), Some(cause));
        }
        assert_eq!((of_note(200), of_silence(200)), (None, None));
    }
}
