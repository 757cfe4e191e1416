//! Streaming statistics, one per file. They know nothing of streams or frames.

pub(crate) mod approx;
mod hold;
mod ranks;
mod tail;
mod tally;

pub(crate) use hold::Hold;
pub(crate) use ranks::Ranks;
pub(crate) use tail::{COMMON_ABOVE, Place, Tail};
pub(crate) use tally::{Tally, times};

/// What the next value counts for in a mean that forgets over `memory` values, after `seen` values: the first ones
/// count evenly.
#[inline]
pub(crate) fn pace(seen: u64, memory: f64) -> f64 {
    // Most are asked for when the memory is full: no division then.
    if seen >= memory as u64 { 1.0 / memory } else { early_pace(seen, memory) }
}

fn early_pace(seen: u64, memory: f64) -> f64 {
    // Through a signed number: unsigned ones take a detour on most machines.
    let count = seen.cast_signed() as f64 + 1.0;
    if count < memory { 1.0 / count } else { 1.0 / memory }
}
