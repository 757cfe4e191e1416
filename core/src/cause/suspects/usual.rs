//! What is usual for a stream: what it did before the trouble began.

use crate::math::sqrt;

/// A deviation is never taken for less than this share of the level.
const FLOOR_SHARE: f64 = 0.001;

/// A stream's usual level and spread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usual {
    pub(super) level: f64,
    pub(super) spread: f64,
}

impl Usual {
    /// Of the values before the trouble, of which none is NaN; `anchor` is what they are counted from.
    pub(super) fn of(values: &mut [f64], anchor: f64) -> Option<Self> {
        let level = median(values)?;
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
        let spread = sqrt(variance).max(FLOOR_SHARE * (level + anchor).abs());
        Some(Self { level, spread: if spread > 0.0 { spread } else { 1e-9 } })
    }

    pub(super) fn measure(&self, x: f64) -> f64 {
        (x - self.level) / self.spread
    }
}

/// The middle one, or the mean of the two in the middle; `None` of nothing.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    match count {
        0 => None,
        _ => Some(0.5 * (values[(count - 1) / 2] + values[count / 2])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_the_middle_and_the_spread_has_a_floor() {
        let usual = Usual::of(&mut [3.0, 1.0, 2.0, 2.0], 0.0).expect("there are values");
        assert_eq!((usual.level, usual.spread), (2.0, sqrt(0.5)));
        assert!((usual.measure(2.0 + sqrt(0.5)) - 1.0).abs() < 1e-12);
        let constant = Usual::of(&mut [0.0; 3], 500.0).expect("there are values");
        assert_eq!(constant.spread, 0.5);
        assert!(Usual::of(&mut [], 0.0).is_none());
    }
}
