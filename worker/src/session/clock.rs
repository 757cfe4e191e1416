//! The clock here, and how far what comes may be ahead of it: time never goes back, so what is from the future shuts out
//! all that is true.

use fourfold::Engine;

use super::{Ask, Session};
use crate::fault::Fault;
use crate::sql::Sql;

/// What time it is, and how far ahead is too far.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    now_ms: i64,
    ahead_ms: i64,
}

impl<S: Sql> Session<S> {
    pub(super) fn clock(&self, ask: &Ask<'_>) -> Clock {
        Clock { now_ms: ask.now_ms, ahead_ms: self.settings.ahead_ms }
    }
}

impl Clock {
    /// Whether a moment can be true.
    pub(super) fn check(self, at_ms: i64) -> Result<(), Fault> {
        self.ahead_s(at_ms).map_or(Ok(()), |ahead_s| {
            Err(Fault::AheadOfTime { at_ms, ahead_s, most_s: self.ahead_ms / 1000 })
        })
    }

    /// Whether an engine takes what is true now.
    pub(super) fn check_engine(self, engine: &Engine) -> Result<(), Fault> {
        let too_far = engine.newest_ms().and_then(|at_ms| Some((at_ms, self.ahead_s(at_ms)?)));
        too_far.map_or(Ok(()), |(at_ms, ahead_s)| {
            Err(Fault::EngineAheadOfTime { at_ms, ahead_s, most_s: self.ahead_ms / 1000 })
        })
    }

    /// How far a moment is ahead, in seconds, where that is too far.
    fn ahead_s(self, at_ms: i64) -> Option<i64> {
        let ahead_ms = at_ms.saturating_sub(self.now_ms);
        (ahead_ms > self.ahead_ms).then_some(ahead_ms / 1000)
    }
}
