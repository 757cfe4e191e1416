//! What can go wrong, as data. A fault carries the stream, the moment and the rule; its sentence is made only when
//! somebody reads it. An error leaves the engine as it was.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use crate::cause::AskFault;
pub use crate::ingest::IngestFault;
pub use crate::schema::fault::SchemaFault;
pub use crate::snapshot::SnapshotFault;

/// Everything that the engine refuses.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The schema breaks rules; all of them are listed.
    #[error("{}", Listed(.0))]
    Schema(Vec<SchemaFault>),
    /// A frame can not be taken.
    #[error(transparent)]
    Frame(#[from] FrameFault),
    /// An event can not be taken.
    #[error(transparent)]
    Ingest(#[from] IngestFault),
    /// A label can not be given or taken back.
    #[error(transparent)]
    Label(#[from] LabelFault),
    /// A question can not be answered.
    #[error(transparent)]
    Ask(#[from] AskFault),
    /// A snapshot can not be opened.
    #[error(transparent)]
    Snapshot(#[from] SnapshotFault),
}

/// Why a frame was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FrameFault {
    /// Frames come in the order of their time, each later than the one before.
    #[error("time {at_ms} is not after {last_ms}, the last frame: send frames in order, one per timestamp")]
    TimeWentBack {
        /// The refused time.
        at_ms: i64,
        /// The newest time that was taken.
        last_ms: i64,
    },
    /// The time is not a number of milliseconds that a date can hold.
    #[error("time {at_ms} is not milliseconds since 1970 within +-8.64e15")]
    TimeOutOfRange {
        /// The refused time, as it came.
        at_ms: f64,
    },
    /// A frame has exactly one value per stream.
    #[error("time {at_ms} has {got} values, the schema has {expected} streams: send NaN for what is missing")]
    WrongWidth {
        /// The refused time.
        at_ms: i64,
        /// Values in the frame.
        got: usize,
        /// Streams in the schema.
        expected: usize,
    },
    /// A batch is rows of one length.
    #[error("{values} values do not make {rows} rows of {streams} streams")]
    RaggedBatch {
        /// Timestamps in the batch.
        rows: usize,
        /// Values in the batch.
        values: usize,
        /// Streams in the schema.
        streams: usize,
    },
    /// Frames are made of events already.
    #[error("time {at_ms} is a frame, but this engine makes its frames of events: push the values as events")]
    FedByEvents {
        /// The refused time.
        at_ms: i64,
    },
    /// A row names a stream that the schema does not have.
    #[error("there is no stream `{stream}` (row at {at_ms}): add it to the schema or drop it from the row")]
    UnknownStream {
        /// The name as it came.
        stream: String,
        /// The row's time.
        at_ms: i64,
    },
}

/// Why a label was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelFault {
    /// The episode never was, or is no longer remembered.
    #[error("episode {id} is not among the {remembered} that the engine remembers")]
    UnknownEpisode {
        /// As asked for.
        id: u64,
        /// How many there are.
        remembered: usize,
    },
    /// Only a provisional verdict knows the episode: late events may still undo it.
    #[error("episode {id} is not final yet: label it once the frame that opened it is")]
    NotFinal {
        /// As asked for.
        id: u64,
    },
    /// The episode left no new level behind.
    #[error("episode {id} is over, and all is as it was: there is nothing to adopt")]
    NothingToAdopt {
        /// As asked for.
        id: u64,
    },
    /// There is no deed left to take back.
    #[error(
        "there is nothing to undo: the newest {LABELS_UNDONE_MAX} labels can be taken back, the newest first"
    )]
    NothingToUndo,
}

/// Labels that can be taken back.
pub(crate) const LABELS_UNDONE_MAX: usize = 8;

impl Error {
    /// A stable word for programs, such as `frame.time-went-back`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Schema(faults) => faults.first().map_or("schema", SchemaFault::code),
            Self::Frame(fault) => match fault {
                FrameFault::TimeWentBack { .. } => "frame.time-went-back",
                FrameFault::TimeOutOfRange { .. } => "frame.time-out-of-range",
                FrameFault::WrongWidth { .. } => "frame.wrong-width",
                FrameFault::RaggedBatch { .. } => "frame.ragged-batch",
                FrameFault::FedByEvents { .. } => "frame.fed-by-events",
                FrameFault::UnknownStream { .. } => "frame.unknown-stream",
            },
            Self::Ingest(fault) => fault.code(),
            Self::Snapshot(fault) => fault.code(),
            Self::Ask(fault) => fault.code(),
            Self::Label(LabelFault::UnknownEpisode { .. }) => "label.unknown-episode",
            Self::Label(LabelFault::NotFinal { .. }) => "label.not-final",
            Self::Label(LabelFault::NothingToAdopt { .. }) => "label.nothing-to-adopt",
            Self::Label(LabelFault::NothingToUndo) => "label.nothing-to-undo",
        }
    }

    /// The stream that the error is about, where it is about one.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::Schema(faults) => faults.iter().find_map(SchemaFault::stream),
            Self::Frame(FrameFault::UnknownStream { stream, .. }) => Some(stream),
            Self::Ingest(fault) => fault.stream(),
            _ => None,
        }
    }

    /// The time that the error is about, in milliseconds, where it is about one.
    pub fn at_ms(&self) -> Option<f64> {
        match self {
            Self::Frame(
                FrameFault::TimeWentBack { at_ms, .. }
                | FrameFault::WrongWidth { at_ms, .. }
                | FrameFault::FedByEvents { at_ms }
                | FrameFault::UnknownStream { at_ms, .. },
            ) => Some(*at_ms as f64),
            Self::Frame(FrameFault::TimeOutOfRange { at_ms }) => Some(*at_ms),
            Self::Ingest(fault) => fault.at_ms().map(|at_ms| at_ms as f64),
            Self::Ask(AskFault::Forgotten { at_ms, .. }) => Some(*at_ms as f64),
            _ => None,
        }
    }
}

/// Several faults as one sentence each, one per line.
struct Listed<'a>(&'a [SchemaFault]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { "\n" };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}
