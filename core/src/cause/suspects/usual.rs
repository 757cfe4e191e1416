//! What is usual for a stream: what it did before the trouble began.

use crate::math::sqrt;
use crate::order;

/// A deviation is never taken for less than this share of the level.
const FLOOR_SHARE: f64 = 0.001;
/// Fewer values than this say nothing.
const VALUES_LEAST: usize = 4;

/// A stream's usual level and spread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Usual {
    pub(super) level: f64,
    /// 0 where the stream is always the same.
    pub(super) spread: f64,
}

impl Usual {
    /// Of values of which none is NaN, in any order; `anchor` is what they are counted from.
    pub(super) fn of(values: &mut [f64], anchor: f64) -> Option<Self> {
        if values.len() < VALUES_LEAST {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
        let middle = values.len() / 2;
        let level = order::nth(values, middle);
        let anchor = if anchor.is_nan() { 0.0 } else { anchor };
        Some(Self { level, spread: sqrt(variance).max(FLOOR_SHARE * (level + anchor).abs()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_the_middle_and_the_spread_has_a_floor() {
        let usual = Usual::of(&mut [3.0, 1.0, 2.0, 2.0], 0.0).expect("there are values");
        assert_eq!(usual, Usual { level: 2.0, spread: sqrt(0.5) });
        let constant = Usual::of(&mut [0.0; 4], 500.0).expect("there are values");
        assert_eq!(constant.spread, 0.5);
        assert!(Usual::of(&mut [1.0; 3], 0.0).is_none());
    }
}
