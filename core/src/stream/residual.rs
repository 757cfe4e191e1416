//! Running residual: how far a value lies from where its stream has lately been, in units of how far it usually lies.

use super::{Detector, Finding, Reason};
use crate::math::SPREAD_FLOOR;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::Tail;

/// Rows over which the level follows the stream: short, so that a slow rhythm is not a residual.
const LEVEL_ROWS: f64 = 12.0;
/// Rows over which scales and tails are remembered.
const MEMORY_ROWS: f64 = 8192.0;
/// Rows before the first answer. Two values have no spread.
const ROWS_MIN: u64 = 3;

/// Level and mean absolute residual of one stream, and the tail of their ratio.
#[derive(Clone, Debug)]
pub(crate) struct Residual {
    rows: u64,
    level: f64,
    /// Mean absolute residual. It takes extremes in whole: a stream that is wild at times is allowed to be.
    spread: f64,
    /// Mean absolute value, to tell a spread of nothing from a small one.
    size: f64,
    tail: Tail,
}
state!(Residual { rows, level, spread, size, tail });

impl Residual {
    fn oddness(&self, x: f64) -> f64 {
        let least = SPREAD_FLOOR * self.size + f64::MIN_POSITIVE;
        (x - self.level).abs() / (self.spread + least)
    }
}

impl Detector for Residual {
    fn new(_: &Stream) -> Self {
        Self { rows: 0, level: 0.0, spread: 0.0, size: 0.0, tail: Tail::new(MEMORY_ROWS) }
    }

    fn judge(&self, x: f64) -> Option<Finding> {
        (self.rows >= ROWS_MIN)
            .then(|| Finding { score: 1.0 - self.tail.chance(self.oddness(x)), reason: Reason::Residual })
    }

    fn learn(&mut self, x: f64) {
        if self.rows >= ROWS_MIN {
            self.tail.learn(self.oddness(x));
        }
        let seen = self.rows as f64;
        if self.rows > 0 {
            self.spread += ((x - self.level).abs() - self.spread) / seen.min(MEMORY_ROWS);
        }
        self.level += (x - self.level) / (seen + 1.0).min(LEVEL_ROWS);
        self.size += (x.abs() - self.size) / (seen + 1.0).min(MEMORY_ROWS);
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    #[test]
    fn the_first_change_of_a_constant_stream_stands_out() {
        let schema = SchemaDraft::of_streams(["valve"]).validate().expect("valid");
        let mut valve = Residual::new(&schema.streams()[0]);
        (0..1000).for_each(|_| valve.learn(20.0));
        assert!(valve.judge(20.0).expect("settled").score < 0.01);
        assert!(valve.judge(20.1).expect("settled").score > 0.999);
    }

    #[test]
    fn unit_and_offset_do_not_matter() {
        let schema = SchemaDraft::of_streams(["any"]).validate().expect("valid");
        let mut plain = Residual::new(&schema.streams()[0]);
        let mut scaled = plain.clone();
        for n in 0..300_u32 {
            let x = f64::from(n.wrapping_mul(2_654_435_761) >> 22);
            plain.learn(x);
            scaled.learn(1024.0 * x);
            let (a, b) = (plain.judge(3000.0), scaled.judge(1024.0 * 3000.0));
            assert_eq!(a, b);
        }
    }
}
