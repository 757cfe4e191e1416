//! A stream in units of itself, so that a model's first guesses fit millivolts and megabytes alike.

use crate::snapshot::state;

/// Values that set the unit.
const VALUES: u32 = 16;
/// A value is taken for at most this many units, so that no product overflows.
const UNITS_MAX: f64 = 1e6;
/// Beyond this ratio the unit no longer fits the stream, and everything in it is learned anew.
const RATIO_MAX: f64 = 1000.0;
/// Values over which the present unit is watched.
const MEMORY: f64 = 256.0;

/// Offset and unit, set once by the first values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Anchor {
    values: u32,
    offset: f64,
    unit: f64,
    /// Mean absolute value in the unit, to notice when it no longer fits.
    size: f64,
}
state!(Anchor { values, offset, unit, size });

impl Anchor {
    /// The value in the stream's own unit; `None` while the unit is being found.
    #[inline]
    pub(super) fn scaled(&self, x: f64) -> Option<f64> {
        (self.values >= VALUES).then(|| ((x - self.offset) / self.unit).clamp(-UNITS_MAX, UNITS_MAX))
    }

    /// Back to the stream's numbers.
    pub(super) fn unscaled(&self, z: f64) -> f64 {
        self.offset + z * self.unit
    }

    /// A distance, back in the stream's numbers.
    pub(super) fn unscaled_distance(&self, z: f64) -> f64 {
        z * self.unit
    }

    /// Takes a value in, with what it is in the unit. True when the unit has become useless and was dropped: the model
    /// must start anew.
    #[inline]
    pub(super) fn learn(&mut self, x: f64, scaled: Option<f64>) -> bool {
        let Some(z) = scaled else {
            self.values += 1;
            let pace = 1.0 / f64::from(self.values);
            let off = x - self.offset;
            self.offset += pace * off;
            self.unit += pace * (off.abs() - self.unit);
            if self.values == VALUES && self.unit <= 1e-9 * self.offset.abs() {
                // A constant has no unit of its own.
                self.unit = self.offset.abs().max(1.0);
            }
            return false;
        };
        self.size += (z.abs() - self.size) / MEMORY;
        if self.size > RATIO_MAX {
            *self = Self::default();
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(anchor: &mut Anchor, x: f64) -> bool {
        let scaled = anchor.scaled(x);
        anchor.learn(x, scaled)
    }

    #[test]
    fn every_stream_is_about_one() {
        for (scale, offset) in [(1e-6, 0.0), (1.0, 20.0), (1e9, -1e9)] {
            let mut anchor = Anchor::default();
            (0..16).for_each(|n| assert!(!learn(&mut anchor, offset + scale * f64::from(n % 4))));
            let z = anchor.scaled(offset + scale * 3.0).expect("the unit is known");
            assert!(z > 0.5 && z < 5.0, "{z}");
            assert!((anchor.unscaled(z) - (offset + scale * 3.0)).abs() < 1e-6 * scale);
        }
    }

    #[test]
    fn a_unit_that_no_longer_fits_is_dropped() {
        let mut anchor = Anchor::default();
        (0..16).for_each(|n| assert!(!learn(&mut anchor, f64::from(n % 4))));
        assert!((0..500).any(|n| learn(&mut anchor, f64::from(n) * 1e6)));
        assert_eq!(anchor.scaled(1.0), None);
    }
}
