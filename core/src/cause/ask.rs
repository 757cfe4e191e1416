//! What can be asked, and why a question is refused.

/// How thorough an answer is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// What was known at the frame that is asked about.
    #[default]
    Fast,
    /// The whole of the trouble around the frame, as far as it has been seen.
    Thorough,
}

/// A question: why is this frame as it is?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The frame, or the newest one before that time; `None` asks about the newest of all.
    pub at_ms: Option<i64>,
    /// The stream whose trouble is to be explained, as a place in the schema's streams, where it is known.
    pub target: Option<usize>,
    /// How thorough the answer is to be.
    pub mode: Mode,
}

/// Why a question was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskFault {
    /// There was no frame yet.
    #[error("nothing can be explained before the first frame")]
    NoFrames,
    /// The frame is no longer remembered.
    #[error("time {at_ms} is forgotten: frames from {oldest_ms} on can be explained")]
    Forgotten {
        /// The time that was asked about.
        at_ms: i64,
        /// The oldest frame that is remembered.
        oldest_ms: i64,
    },
    /// There is no such stream.
    #[error("there is no stream {stream}: the schema has {streams}")]
    UnknownStream {
        /// The place that was named.
        stream: usize,
        /// Streams in the schema.
        streams: usize,
    },
}

impl AskFault {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoFrames => "ask.no-frames",
            Self::Forgotten { .. } => "ask.forgotten",
            Self::UnknownStream { .. } => "ask.unknown-stream",
        }
    }
}
