//! Who is lying? A view that repeats itself, or answers with what is no number, is outvoted and named.

use crate::snapshot::state;

/// The same answer to the last bit, so often in a row, while it is an alarming one: no honest view does that, since
/// its chance moves with every frame it learns. Within the fifty frames after which a broken part must be known.
const REPEATS_MAX: u32 = 40;
/// A repeated answer that says "all is well" harms nobody: the views on absence give it on every complete frame.
const HARMLESS_CHANCE: f64 = 0.5;
/// Honest answers in a row after which a view is heard again.
const PENANCE: u32 = 100;

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

    /// Takes note of an answer; `None` is no answer and proves nothing.
    pub(crate) fn learn(&mut self, chance: Option<f64>) {
        let Some(chance) = chance else { return };
        if !(0.0..=1.0).contains(&chance) {
            self.owed = PENANCE;
            return;
        }
        if chance.to_bits() == self.last.to_bits() && chance < HARMLESS_CHANCE {
            self.repeats = self.repeats.saturating_add(1);
        } else {
            self.repeats = 0;
            self.owed = self.owed.saturating_sub(1);
        }
        if self.repeats >= REPEATS_MAX {
            self.owed = PENANCE;
        }
        self.last = chance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(answers: impl IntoIterator<Item = f64>) -> Member {
        let mut member = Member::default();
        answers.into_iter().for_each(|chance| member.learn(Some(chance)));
        member
    }

    #[test]
    fn a_stuck_alarm_and_a_non_number_are_lies() {
        assert!(after([0.01; 50]).is_broken());
        assert!(after([f64::NAN]).is_broken());
        assert!(!after([0.9; 500]).is_broken());
        assert!(!after((1..500).map(|n| 1.0 / f64::from(n))).is_broken());
    }

    #[test]
    fn honesty_is_forgiven_in_time() {
        let honest = |count: i32| (1..=count).map(|n| 0.3 + f64::from(n) * 1e-4);
        assert!(after([0.01; 50].into_iter().chain(honest(50))).is_broken());
        assert!(!after([0.01; 50].into_iter().chain(honest(101))).is_broken());
    }
}
