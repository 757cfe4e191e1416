//! The geometry of charts: pure, in numbers; drawing is elsewhere.

pub mod curve;
pub mod gaps;
pub mod graph;
pub mod pyramid;
pub mod scale;
pub mod ticks;
pub mod trace;
