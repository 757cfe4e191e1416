//! One rule for all: what did the bad numbers change in the scores of the rows after them?

use super::script::{LATER, LATER_NORMAL};

/// Rows of the shift in which a score has to have risen.
const PATIENCE: usize = 100;

/// A score per row, and where the tool decides for itself, whether it raised an alarm.
#[derive(Default)]
pub(super) struct Said {
    pub(super) scores: Vec<f64>,
    pub(super) flags: Vec<bool>,
}

pub(super) struct Findings {
    /// The share of later scores that are numbers.
    pub(super) numbers: f64,
    /// Whether later scores are, to the bit, those of the run without.
    pub(super) is_same: bool,
    pub(super) is_found: bool,
    pub(super) is_found_without: bool,
}

pub(super) fn judge(poisoned: &Said, clean: &Said) -> Findings {
    let (later, expected) = (tail(&poisoned.scores), tail(&clean.scores));
    let is_equal = |(one, other): (&f64, &f64)| one.to_bits() == other.to_bits();
    Findings {
        numbers: later.iter().filter(|score| score.is_finite()).count() as f64 / later.len().max(1) as f64,
        is_same: later.len() == expected.len() && later.iter().zip(expected).all(is_equal),
        is_found: is_found(poisoned),
        is_found_without: is_found(clean),
    }
}

/// The rows after the last bad number: runs may differ in what they have before.
fn tail<T>(rows: &[T]) -> &[T] {
    &rows[rows.len().saturating_sub(LATER)..]
}

/// A flag in the shift; without flags, a mean score that has left its usual range.
fn is_found(said: &Said) -> bool {
    if !said.flags.is_empty() {
        return tail(&said.flags).iter().skip(LATER_NORMAL).any(|flag| *flag);
    }
    let later = tail(&said.scores);
    let (usual, shifted) = later.split_at(LATER_NORMAL.min(later.len()));
    let shifted = &shifted[..PATIENCE.min(shifted.len())];
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let center = mean(usual);
    let spread = mean(&usual.iter().map(|score| (score - center).powi(2)).collect::<Vec<_>>()).sqrt();
    mean(shifted) > center + spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(of: impl Fn(usize) -> f64) -> Said {
        Said { scores: (0..LATER).map(of).collect(), flags: vec![] }
    }

    #[test]
    fn a_score_that_rises_has_found_the_shift() {
        let noise = |row: usize| (row * 7919 % 101) as f64 / 101.0;
        let risen = scores(|row| noise(row) + if row >= LATER_NORMAL { 2.0 } else { 0.0 });
        let blind = scores(noise);
        let findings = judge(&blind, &risen);
        assert!(!findings.is_same && !findings.is_found && findings.is_found_without);
        assert!(judge(&risen, &risen).is_same);
        let poisoned = scores(|_| f64::NAN);
        let findings = judge(&poisoned, &risen);
        assert!(findings.numbers == 0.0 && !findings.is_found);
    }

    #[test]
    fn flags_outside_of_the_shift_find_nothing() {
        let mut said = scores(|_| 0.0);
        said.flags = (0..LATER).map(|row| row < LATER_NORMAL).collect();
        assert!(!judge(&said, &said).is_found);
        said.flags[LATER - 1] = true;
        assert!(judge(&said, &said).is_found);
    }
}
