//! The answer to "why".

use alloc::vec::Vec;

use super::suspects::Suspect;

/// Why a frame is as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The frame that was explained.
    pub at_ms: i64,
    /// Where the trouble around it began.
    pub onset_ms: i64,
    /// The streams that may have caused it, the likeliest first.
    pub suspects: Vec<Suspect>,
    /// The chance that the first suspect is the right one, in [0, 1].
    pub known: f64,
}
