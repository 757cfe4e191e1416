//! The page's pulse. A beat that is missed says that the device slept: then nobody listened, and what lies between is
//! no silence.

/// Time between two beats.
pub const BEAT_MS: i32 = 250;
/// A page that is seen is never late by this much, however busy it is. One that is put to sleep is.
const ASLEEP_MS: f64 = 5000.0;

/// When it beat last, and whether the page is asleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beat {
    last_ms: Option<f64>,
    is_asleep: bool,
}

/// What a beat or a change of the page's state brings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// Nothing is to be done.
    Rest,
    /// The readings since the last beat are due.
    Due,
    /// The device fell asleep at this time.
    Slept(f64),
    /// It slept from one time to another, and nobody noticed until now.
    Missed(f64, f64),
}

impl Beat {
    /// The clock struck.
    pub fn strike(&mut self, now_ms: f64) -> Turn {
        if self.is_asleep {
            return Turn::Rest;
        }
        match self.last_ms.replace(now_ms) {
            Some(last_ms) if now_ms - last_ms > ASLEEP_MS => Turn::Missed(last_ms, now_ms),
            // The clock was set back. Frames wait until it has caught up.
            Some(last_ms) if now_ms < last_ms => Turn::Rest,
            _ => Turn::Due,
        }
    }

    /// The page is not seen any more, or is seen again.
    pub fn set_asleep(&mut self, is_asleep: bool, now_ms: f64) -> Turn {
        let was_asleep = std::mem::replace(&mut self.is_asleep, is_asleep);
        match (was_asleep, is_asleep) {
            (false, true) => Turn::Slept(self.last_ms.unwrap_or(now_ms).max(now_ms - ASLEEP_MS)),
            (true, false) => {
                self.last_ms = Some(now_ms);
                Turn::Due
            }
            _ => Turn::Rest,
        }
    }

    /// Whether nobody listens.
    pub fn is_asleep(&self) -> bool {
        self.is_asleep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_due_until_the_page_is_hidden() {
        let mut beat = Beat::default();
        assert_eq!(beat.strike(0.0), Turn::Due);
        assert_eq!(beat.strike(260.0), Turn::Due);
        assert_eq!(beat.set_asleep(true, 300.0), Turn::Slept(260.0));
        assert_eq!(beat.strike(1300.0), Turn::Rest);
        assert_eq!(beat.set_asleep(true, 1400.0), Turn::Rest);
        assert_eq!(beat.set_asleep(false, 60_000.0), Turn::Due);
        assert_eq!(beat.strike(60_250.0), Turn::Due);
    }

    #[test]
    fn a_beat_that_comes_much_too_late_was_a_sleep() {
        let mut beat = Beat::default();
        beat.strike(0.0);
        assert_eq!(beat.strike(4000.0), Turn::Due, "a busy page");
        assert_eq!(beat.strike(64_000.0), Turn::Missed(4000.0, 64_000.0));
        assert_eq!(beat.strike(64_250.0), Turn::Due);
        assert_eq!(beat.strike(3_000.0), Turn::Rest, "a clock that was set back");
    }
}
