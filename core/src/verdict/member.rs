//! Who is lying? A view that repeats itself while the data moves, or answers with what is no number, is outvoted and named.

use crate::opinion::Opinion;
use crate::snapshot::state;

/// The same answer to the last bit, so often in a row: no honest view of moving values does that. Within the fifty frames
/// after which a broken part must be known.
const REPEATS_MAX: u32 = 40;
/// The views on absence say the same of every complete frame. For them only an alarming answer must not be repeated.
const ALARMING_CHANCE: f64 = 0.1;
/// Honest answers in a row after which a view is heard again.
const PENANCE: u32 = 100;

/// What a view looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gaze {
    /// Values, which move.
    Values,
    /// Who is there and who acts, which may stay the same.
    Presence,
}

/// The record of one view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Member {
    last: f64,
    repeats: u32,
    /// Honest frames that are still owed; above zero the view is broken.
    owed: u32,
}
state!(Member { last, repeats, owed });

impl Member {
    pub(crate) fn is_broken(&self) -> bool {
        self.owed > 0
    }

    /// Takes note of an answer; no answer proves nothing. `is_moving` where the values are not those of the last frame.
    pub(crate) fn learn(&mut self, opinion: &Opinion, gaze: Gaze, is_moving: bool) {
        let Some(oddness) = opinion.oddness else { return };
        if !oddness.is_finite() || !(0.0..=1.0).contains(&opinion.chance) {
            self.owed = PENANCE;
            return;
        }
        let is_telling = gaze == Gaze::Values || opinion.chance < ALARMING_CHANCE;
        if oddness.to_bits() != self.last.to_bits() || !is_telling {
            self.repeats = 0;
            self.owed = self.owed.saturating_sub(1);
        } else if is_moving {
            self.repeats = self.repeats.saturating_add(1);
        }
        if self.repeats >= REPEATS_MAX {
            self.owed = PENANCE;
        }
        self.last = oddness;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(gaze: Gaze, is_moving: bool, answers: impl IntoIterator<Item = f64>) -> Member {
        let mut member = Member::default();
        for chance in answers {
            let opinion = Opinion { oddness: Some(1.0 - chance), chance, ..Opinion::default() };
            member.learn(&opinion, gaze, is_moving);
        }
        member
    }

    #[test]
    fn a_stuck_answer_and_a_non_number_are_lies() {
        assert!(after(Gaze::Values, true, [0.01; 50]).is_broken());
        assert!(after(Gaze::Values, true, [0.9; 50]).is_broken());
        assert!(after(Gaze::Presence, true, [0.01; 50]).is_broken());
        assert!(after(Gaze::Values, false, [f64::NAN]).is_broken());
        assert!(!after(Gaze::Presence, true, [0.9; 500]).is_broken());
        assert!(!after(Gaze::Values, false, [0.01; 500]).is_broken(), "constant data has constant answers");
        assert!(!after(Gaze::Values, true, (1..500).map(|n| 1.0 / f64::from(n))).is_broken());
    }

    #[test]
    fn honesty_is_forgiven_in_time() {
        let honest = |count: i32| (1..=count).map(|n| 0.3 + f64::from(n) * 1e-4);
        let after = |answers: &mut dyn Iterator<Item = f64>| after(Gaze::Values, true, answers);
        assert!(after(&mut [0.01; 50].into_iter().chain(honest(50))).is_broken());
        assert!(!after(&mut [0.01; 50].into_iter().chain(honest(101))).is_broken());
    }
}
