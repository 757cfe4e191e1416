//! How bad it is: how unlikely, and how lasting.
//!
//! How unlikely a moment is, is known in two ways. Its calibrated chance is no smaller than the past is long: after two
//! thousand frames nothing is rarer than one in two thousand. The strength of its news knows size: it goes on where no
//! chance was ever seen, so that a value sixty deviations off is worse than one that is five off.

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
    /// Of an abnormal frame: how many decades less likely than what raises an alarm, and how many were abnormal so far.
    pub(crate) fn of(decades: f64, frames: u64) -> Self {
        let is_lasting = frames >= LASTING_FRAMES;
        match decades {
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
        assert_eq!(Severity::of(0.1, 1), Severity::Low);
        assert_eq!(Severity::of(1.1, 1), Severity::Medium);
        assert_eq!(Severity::of(2.1, 1), Severity::High);
        assert_eq!(Severity::of(3.1, 1), Severity::Critical);
        assert_eq!(Severity::of(0.1, 30), Severity::High);
        assert_eq!(Severity::of(2.1, 30), Severity::Critical);
    }
}
