//! Who was pulled along: a stream that is not where the others let expect it may be right, and one of the others wrong.
//!
//! Where the heart races and nobody moves, heart and movement contradict each other. Both leave what is expected of them;
//! but movement is where it always is, and the heart is not. So where one stream that is held to be wrong is far off by
//! itself, the others are believed to be wrong as far as they are off by themselves, too.

use alloc::vec::Vec;

use super::look::Look;
use super::weight::evidence;

/// A stream with so much evidence against it, and so many deviations off, pulls others along.
const PULLS_FROM: f64 = 0.4;
const PULLS_OFF: f64 = 2.5;
/// What is believed of the evidence against a stream that is not off at all.
const BELIEVED_LEAST: f64 = 0.5;

/// The share of the evidence against each stream that is believed.
pub(super) fn credits(looks: &[Look]) -> Vec<f64> {
    let off = |look: &Look| look.furthest().abs() / PULLS_OFF;
    let pulls = looks.iter().any(|look| evidence(look) >= PULLS_FROM && off(look) >= 1.0);
    let credit = |look: &Look| match pulls {
        true => BELIEVED_LEAST + (1.0 - BELIEVED_LEAST) * off(look).min(1.0),
        false => 1.0,
    };
    looks.iter().map(credit).collect()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn who_is_in_place_is_believed_less_beside_one_who_is_not() {
        let look = |level: f64, apart| Look { level: vec![level, 0.0], apart, ..Look::default() };
        let [racing, resting] = [look(-3.0, 20.0), look(0.0, 20.0)];
        assert_eq!(credits(&[racing.clone(), resting.clone(), look(1.25, 0.0)]), [1.0, 0.5, 0.75]);
        assert_eq!(
            credits(&[resting.clone(), look(9.0, 0.0)]),
            [1.0, 1.0],
            "nothing is held against who is off"
        );
        assert_eq!(credits(&[look(2.0, 20.0), resting]), [1.0, 1.0], "nobody is far off");
    }
}
