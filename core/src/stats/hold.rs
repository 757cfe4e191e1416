//! One event, one alarm: only what surprises more than anything lately is passed on.

use crate::snapshot::state;

/// Rows after which a surprise is forgotten.
const HOLD_ROWS: u32 = 60;

/// The greatest surprise of late.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hold {
    greatest: f64,
    rows: u32,
}
state!(Hold { greatest, rows });

impl Hold {
    /// The surprise, or nothing where a greater one was passed on lately.
    pub(crate) fn judge(&self, surprise: f64) -> f64 {
        if surprise > self.least() { surprise } else { 0.0 }
    }

    /// What a surprise must exceed to be passed on: a greater one was lately, or nothing.
    #[inline]
    pub(crate) fn least(&self) -> f64 {
        if self.rows >= HOLD_ROWS { 0.0 } else { self.greatest }
    }

    pub(crate) fn learn(&mut self, surprise: f64) {
        if self.judge(surprise) > 0.0 {
            (self.greatest, self.rows) = (surprise, 0);
        } else {
            // Past its time, a surprise is nothing: the next one of any size is passed on.
            self.rows = (self.rows + 1).min(HOLD_ROWS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_on_what_grows_and_what_comes_later() {
        let mut hold = Hold::default();
        let mut passed = |surprise| {
            let out = hold.judge(surprise);
            hold.learn(surprise);
            out
        };
        assert_eq!([3.0, 2.0, 5.0, 5.0].map(&mut passed), [3.0, 0.0, 5.0, 0.0]);
        assert!((0..58).all(|_| passed(4.0) == 0.0));
        assert_eq!([4.0, 4.0, 4.0].map(&mut passed), [0.0, 4.0, 0.0]);
    }
}
