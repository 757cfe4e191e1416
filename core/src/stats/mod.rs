//! Streaming statistics, one per file. They know nothing of streams or frames.

pub(crate) mod approx;
mod hold;
mod tail;
mod yardstick;

pub(crate) use hold::Hold;
pub(crate) use tail::{Place, Tail};
pub(crate) use yardstick::Yardstick;
