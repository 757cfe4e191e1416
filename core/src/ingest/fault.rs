//! Why an event was refused. A refused event changes nothing but its count.

use alloc::string::String;

/// An event that can not be taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IngestFault {
    /// The schema has no such stream.
    #[error("there is no stream {stream} (event at {at_ms}): the schema has {streams}, counted from 0")]
    UnknownStream {
        /// The place that was given.
        stream: usize,
        /// The event's time.
        at_ms: i64,
        /// Streams in the schema.
        streams: usize,
    },
    /// The time is not one that a date can hold.
    #[error("time {at_ms} is not milliseconds since 1970 within +-8.64e15")]
    TimeOutOfRange {
        /// The refused time.
        at_ms: i64,
    },
    /// The value is not an ordinary number.
    #[error("`{stream}` at {at_ms} has no number: leave out what was not measured")]
    NotANumber {
        /// The stream.
        stream: String,
        /// The event's time.
        at_ms: i64,
    },
    /// The verdict on its frame is final.
    #[error(
        "`{stream}` at {at_ms} came too late, frames before {open_from_ms} are final: allow more lateness_ms"
    )]
    TooLate {
        /// The stream.
        stream: String,
        /// The event's time.
        at_ms: i64,
        /// The beginning of the oldest frame that can still change.
        open_from_ms: i64,
    },
    /// One clock that is years ahead would close every frame for all others.
    #[error("`{stream}` at {at_ms} is ahead of time, nothing after {latest_ms} can be yet: check its clock")]
    AheadOfTime {
        /// The stream.
        stream: String,
        /// The event's time.
        at_ms: i64,
        /// The latest time that would have been taken.
        latest_ms: i64,
    },
    /// Frames are waiting to be taken.
    #[error("frames are ready: take them with `due` before the next event")]
    Undrained,
}

impl IngestFault {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownStream { .. } => "event.unknown-stream",
            Self::TimeOutOfRange { .. } => "event.time-out-of-range",
            Self::NotANumber { .. } => "event.not-a-number",
            Self::TooLate { .. } => "event.too-late",
            Self::AheadOfTime { .. } => "event.ahead-of-time",
            Self::Undrained => "event.undrained",
        }
    }

    /// The stream that the fault is about.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::NotANumber { stream, .. }
            | Self::TooLate { stream, .. }
            | Self::AheadOfTime { stream, .. } => Some(stream),
            _ => None,
        }
    }

    /// The event's time.
    pub fn at_ms(&self) -> Option<i64> {
        match self {
            Self::UnknownStream { at_ms, .. }
            | Self::TimeOutOfRange { at_ms }
            | Self::NotANumber { at_ms, .. }
            | Self::TooLate { at_ms, .. }
            | Self::AheadOfTime { at_ms, .. } => Some(*at_ms),
            Self::Undrained => None,
        }
    }
}
