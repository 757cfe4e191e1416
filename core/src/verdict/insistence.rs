//! What is said for several frames on end is told once, and again only when it has been quiet in between.

use crate::snapshot::state;

/// The mean of decades below which nobody insists on anything: most normal frames are.
const QUIET: f64 = 1.3;
/// Quiet frames after which the same may be told again.
const QUIET_FRAMES: u32 = 12;
/// What is already told must grow by so many decades to be told again.
const GROWTH: f64 = 2.0;

/// The most that was told since it was quiet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Insistence {
    told: f64,
    quiet_frames: u32,
}
state!(Insistence { told, quiet_frames });

impl Insistence {
    /// The decades, or nothing where they were told already.
    pub(crate) fn judge(&self, decades: f64) -> f64 {
        if self.told == 0.0 || decades > self.told + GROWTH { decades } else { 0.0 }
    }

    /// Takes note; `was_told` where an alarm may have been raised for it.
    pub(crate) fn learn(&mut self, decades: f64, was_told: bool) {
        if was_told && decades > self.told.max(QUIET) {
            self.told = decades;
        }
        self.quiet_frames = if decades < QUIET { self.quiet_frames.saturating_add(1) } else { 0 };
        if self.quiet_frames >= QUIET_FRAMES {
            self.told = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_told_once() {
        let mut insistence = Insistence::default();
        let mut told = |decades: f64| {
            let news = insistence.judge(decades);
            insistence.learn(decades, news >= 2.0);
            news
        };
        assert_eq!([1.0, 2.5, 3.0, 2.0, 5.0, 1.4].map(&mut told), [1.0, 2.5, 0.0, 0.0, 5.0, 0.0]);
        assert!((0..12).all(|_| told(0.5) == 0.0));
        assert_eq!(told(2.5), 2.5);
    }
}
