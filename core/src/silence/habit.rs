//! What a stream's clock has learned, for whoever asks.

use super::Silence;

/// How a stream usually speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habit {
    /// The usual time between two signs of life; `None` until there were some.
    pub usual_ms: Option<i64>,
    /// The newest sign of life.
    pub last_ms: Option<i64>,
    /// When a silence that began with it is overdue.
    pub due_ms: Option<i64>,
}

impl Silence {
    /// How a stream usually speaks; nothing is known of one that is not there.
    pub fn habit(&self, stream: usize) -> Habit {
        let Some(listener) = self.streams.get(stream) else { return Habit::default() };
        let due_ms = self.due_ms[stream];
        Habit {
            usual_ms: Some(self.unscaled(listener.clock.usual_ms())).filter(|&usual_ms| usual_ms > 0),
            last_ms: listener.clock.last_ms().map(|last_ms| self.unscaled(last_ms)),
            due_ms: (due_ms < i64::MAX).then(|| self.unscaled(due_ms)),
        }
    }
}
