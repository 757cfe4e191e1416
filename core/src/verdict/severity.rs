//! How bad it is: how unlikely, and how lasting.

use crate::math::log10;
use crate::snapshot::words;

/// Frames after which an episode is lasting.
const LASTING_FRAMES: u64 = 30;

/// How bad an episode is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub enum Severity {
    /// Nothing is wrong.
    #[default]
    None,
    /// Unusual enough for an alarm, no more.
    Low,
    /// Ten times less likely than what raises an alarm.
    Medium,
    /// A hundred times less likely, or lasting.
    High,
    /// A thousand times less likely, or high and lasting.
    Critical,
}
words!(Severity { Severity::None, Severity::Low, Severity::Medium, Severity::High, Severity::Critical });

impl Severity {
    /// Of an abnormal frame: `rate` is the chance that raises an alarm, `frames` how many were abnormal so far.
    pub(crate) fn of(chance: f64, rate: f64, frames: u64) -> Self {
        let magnitudes = log10(rate / chance);
        let is_lasting = frames >= LASTING_FRAMES;
        match magnitudes {
            m if m >= 3.0 || (m >= 2.0 && is_lasting) => Self::Critical,
            m if m >= 2.0 || is_lasting => Self::High,
            m if m >= 1.0 => Self::Medium,
            _ => Self::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_with_unlikeliness_and_with_time() {
        let of = |chance, frames| Severity::of(chance, 1e-3, frames);
        assert_eq!(of(9e-4, 1), Severity::Low);
        assert_eq!(of(9e-5, 1), Severity::Medium);
        assert_eq!(of(9e-6, 1), Severity::High);
        assert_eq!(of(9e-7, 1), Severity::Critical);
        assert_eq!(of(9e-4, 30), Severity::High);
        assert_eq!(of(9e-6, 30), Severity::Critical);
    }
}
