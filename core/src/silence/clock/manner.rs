//! Whose clock it is.

/// What differs between the clock of a stream and one that several streams feed.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Manner {
    /// Hours on either side whose silence an hour shares.
    pub(in super::super) radius: usize,
    /// How early, against the usual hour, a silence may begin without ever having done so.
    pub(in super::super) early_least_ms: f64,
    /// Whether a day and a night without a pause tell enough. One sensor pauses for a hundred reasons, all of them together
    /// for few.
    pub(in super::super) may_be_tireless: bool,
}
