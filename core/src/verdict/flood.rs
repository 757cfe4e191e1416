//! The last resort against a flood of alarms. Each alarm is already one episode; when episodes themselves come in
//! numbers that nobody can read, the surplus is held back and counted.

use crate::snapshot::state;

/// Alarms that may come at once.
const BURST: f64 = 12.0;
/// Frames that earn one more alarm: a dozen an hour on minute data.
const FRAMES_PER_ALARM: f64 = 5.0;

/// A token bucket in frames, since the engine has no other clock.
#[derive(Clone, Debug)]
pub(crate) struct Flood {
    tokens: f64,
    held_back: u64,
}
state!(Flood { tokens, held_back });

impl Flood {
    pub(crate) fn new() -> Self {
        Self { tokens: BURST, held_back: 0 }
    }

    /// Alarms held back so far.
    pub(crate) fn held_back(&self) -> u64 {
        self.held_back
    }

    /// Counts a frame, and says whether its alarm may go out.
    pub(crate) fn admit(&mut self, is_alarm: bool) -> bool {
        self.tokens = (self.tokens + 1.0 / FRAMES_PER_ALARM).min(BURST);
        if !is_alarm {
            return false;
        }
        if self.tokens < 1.0 {
            self.held_back += 1;
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_damped_and_counted() {
        let mut flood = Flood::new();
        let out = (0..100).filter(|_| flood.admit(true)).count();
        assert_eq!(out, 12 + 19);
        assert_eq!(flood.held_back(), 100 - 31);
        assert!((0..100).all(|_| !flood.admit(false)));
        assert!(flood.admit(true));
    }
}
