//! Watches: each looks for one kind of trouble and has one word for it.
//!
//! A watch boils its kind down to one number that stays below 1 as long as nothing is the matter, and asks how often
//! the number has been this large on this stream. A stream that often does what the watch looks for is thereby
//! allowed to.

mod bounds;
mod drift;
mod flat;
mod jump;
mod level;
mod spread;

pub(crate) use bounds::Bounds;
pub(crate) use drift::Drift;
pub(crate) use flat::Flat;
pub(crate) use jump::Jump;
pub(crate) use level::Level;
pub(crate) use spread::Spread;

use crate::stats::Tally;

/// Rows before a watch speaks.
const COLD_ROWS: u32 = 50;

/// The chance of a measure, once there is enough to compare with.
#[inline]
fn chance(tally: &Tally, measure: f64) -> Option<f64> {
    if tally.total() >= COLD_ROWS { tally.chance(measure) } else { None }
}
