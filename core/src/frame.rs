//! What comes in: one timestamp and one value per stream.

use crate::error::{Error, FrameFault};

/// The last millisecond that a JavaScript `Date` can hold, and that an `f64` holds exactly.
pub const TIME_MS_MAX: i64 = 8_640_000_000_000_000;

/// Larger than this is not a measurement: its square would overflow. It counts as missing.
const MAGNITUDE_MAX: f64 = 1e150;

/// One moment of all streams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame<'a> {
    /// Milliseconds since the Unix epoch, UTC.
    pub at_ms: i64,
    /// One value per stream, in the schema's order. Anything but an ordinary number is a gap.
    pub values: &'a [f64],
}

/// Milliseconds in a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Times closer than this to the epoch (116 days) are not a clock. Row numbers lie here, and so do seconds that were
/// taken for milliseconds; no measurement does.
const CLOCK_MS_MIN: u64 = 10_000_000_000;

/// A frame's time: as the world counts it, and as the clock on the wall of the watched person or machine shows it.
/// [`Schema::moment`](crate::Schema::moment) makes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since the Unix epoch, UTC.
    pub at_ms: i64,
    /// The same moment in local time: habits follow it.
    pub local_ms: i64,
}

impl Moment {
    /// A moment of somebody whose clock shows UTC.
    pub fn utc(at_ms: i64) -> Self {
        Self { at_ms, local_ms: at_ms }
    }

    /// Whether this is a time of day at all, rather than a row number.
    ///
    /// ```
    /// use fourfold::frame::Moment;
    ///
    /// assert!(Moment::utc(1_700_000_000_000).is_clock());
    /// assert!(!Moment::utc(4_711).is_clock());
    /// ```
    pub fn is_clock(self) -> bool {
        self.at_ms.unsigned_abs() >= CLOCK_MS_MIN
    }
}

/// A JavaScript time (milliseconds, possibly with a fraction) as the engine's.
///
/// ```
/// assert_eq!(fourfold::frame::time_from_js(1_700_000_000_000.25)?, 1_700_000_000_000);
/// assert!(fourfold::frame::time_from_js(f64::NAN).is_err());
/// # Ok::<(), fourfold::Error>(())
/// ```
pub fn time_from_js(ms: f64) -> Result<i64, Error> {
    let whole = crate::math::floor(ms);
    if whole.is_finite() && whole.abs() <= TIME_MS_MAX as f64 {
        Ok(whole as i64)
    } else {
        Err(FrameFault::TimeOutOfRange { at_ms: if ms.is_nan() { f64::NAN } else { ms } }.into())
    }
}

/// A value as the detectors see it: `None` is a gap. Minus zero and denormal numbers are zero, so that no path
/// through the arithmetic depends on how a target treats them.
pub(crate) fn measured(value: f64) -> Option<f64> {
    match value {
        v if v.is_normal() && v.abs() <= MAGNITUDE_MAX => Some(v),
        v if v == 0.0 || v.is_subnormal() => Some(0.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_numbers_are_measurements() {
        for (value, expected) in [
            (1.5, Some(1.5)),
            (-0.0, Some(0.0)),
            (5e-324, Some(0.0)),
            (1e308, None),
            (f64::NAN, None),
            (f64::NEG_INFINITY, None),
        ] {
            assert_eq!(measured(value).map(f64::to_bits), expected.map(f64::to_bits), "{value:e}");
        }
    }
}
