//! What is said for several frames on end is told once, and again only when it has been quiet in between. Who is often
//! the only one to cry is believed less.

use crate::snapshot::state;
use crate::stats::approx::log10;

/// The mean of decades below which nobody insists on anything: most normal frames are.
const QUIET: f64 = 1.3;
/// Quiet frames after which the same may be told again.
const QUIET_FRAMES: u32 = 12;
/// What is already told must grow by so many decades to be told again.
const GROWTH: f64 = 2.0;
/// Frames over which cries are counted, the share of frames that may begin with one, and the decades that are asked for
/// each decade beyond. Streams that beat against each other have a relation that breaks for ever.
const CRY_FRAMES: f64 = 2000.0;
const CRIES_MOST: f64 = 0.001;
const DOUBT: f64 = 3.0;

/// The most that was told since it was quiet, and how often lately it was told by nobody else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Insistence {
    told: f64,
    quiet_frames: u32,
    cries: f64,
}
state!(Insistence { told, quiet_frames, cries });

impl Insistence {
    /// The decades, or nothing where they were told already.
    pub(crate) fn judge(&self, decades: f64) -> f64 {
        if self.told == 0.0 || decades > self.told + GROWTH { decades } else { 0.0 }
    }

    /// Decades that are asked beside what would do for one who is not heard every other hour.
    pub(crate) fn doubt(&self) -> f64 {
        DOUBT * log10((self.cries / CRIES_MOST).max(1.0))
    }

    /// Takes note; `was_told` where an alarm may have been raised for it, `was_loudest` where nobody else said as much.
    pub(crate) fn learn(&mut self, decades: f64, was_told: bool, was_loudest: bool) {
        let is_cry = was_told && was_loudest && self.told == 0.0;
        self.cries += (f64::from(u8::from(is_cry)) - self.cries) / CRY_FRAMES;
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
            insistence.learn(decades, news >= 2.0, false);
            news
        };
        assert_eq!([1.0, 2.5, 3.0, 2.0, 5.0, 1.4].map(&mut told), [1.0, 2.5, 0.0, 0.0, 5.0, 0.0]);
        assert!((0..12).all(|_| told(0.5) == 0.0));
        assert_eq!(told(2.5), 2.5);
    }

    #[test]
    fn who_cries_often_is_believed_less() {
        let doubt = |pause: usize, is_alone: bool| {
            let mut insistence = Insistence::default();
            for frame in 0..4000 {
                let decades = if frame % pause == 0 { 3.0 } else { 0.0 };
                insistence.learn(decades, decades > 0.0, is_alone);
            }
            insistence.doubt()
        };
        assert!(doubt(1500, true) < 1e-9 && doubt(100, false) < 1e-9);
        assert!((2.2..3.0).contains(&doubt(100, true)), "{}", doubt(100, true));
    }
}
