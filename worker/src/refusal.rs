//! What the API refuses, as data. Its sentences say what to do; its status is decided in `reply`.

use fourfold::error::FrameFault;

use crate::fault::Fault;
use crate::front::DoorFault;

/// Everything that is answered with a problem.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The engine refuses a schema or a frame.
    #[error(transparent)]
    Engine(#[from] fourfold::Error),
    /// A system refuses what the engine knows nothing of.
    #[error(transparent)]
    System(#[from] Fault),
    /// The front refuses a caller, before a system is asked.
    #[error(transparent)]
    Door(#[from] DoorFault),
    /// The body can not be read.
    #[error("{place}{detail}")]
    Malformed {
        /// The field or row, followed by a colon; empty where the text breaks off before there is one.
        place: String,
        /// What was found and what was expected.
        detail: String,
    },
    /// The body has more bytes than one request may.
    #[error("the body is larger than {cap_bytes} bytes: send the frames in several requests")]
    BodyTooLarge {
        /// The largest body.
        cap_bytes: usize,
    },
    /// The body has more frames than one request may.
    #[error(
        "{frames} frames are more than the {cap} that one request to this system takes: send them in several"
    )]
    TooManyFrames {
        /// Frames in the body.
        frames: usize,
        /// The most that are taken.
        cap: usize,
    },
    /// There is no such path.
    #[error("there is nothing at this path: see /openapi.json")]
    NoSuchPath,
    /// The path is there, for other methods.
    #[error("this path answers {allowed} only")]
    MethodNotAllowed {
        /// The methods, as the header `Allow` lists them.
        allowed: &'static str,
    },
    /// A system's name is outside the alphabet.
    #[error("a system's id is 1 to 64 letters, digits, `-`, `_` or `.`, and begins with a letter or digit")]
    BadId,
    /// Nobody created this system.
    #[error("there is no such system: create it with PUT and a schema")]
    UnknownSystem,
    /// This moment was already judged, with other values.
    #[error("the frame at {at_ms} was already taken with other values: a frame can not be changed")]
    FrameDiffers {
        /// The moment.
        at_ms: i64,
    },
    /// The system's storage did not do as it was told.
    #[error("{0}")]
    Storage(#[from] StorageFault),
    /// The object said nothing in time.
    #[error("the system did not answer in time: send the request again, nothing is counted twice")]
    NoAnswer,
    /// The engine does not say what it says elsewhere.
    #[error("the engine's self-test gives other verdicts than it must: deploy again")]
    NotReady,
    /// An answer could not be written.
    #[error("the answer can not be written as JSON")]
    Unwritable,
}

/// What a log answers when it can not do as it is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageFault {
    /// The write or read was refused. What was written before still stands.
    #[error("the system's storage refused: send the request again, nothing is counted twice")]
    Refused,
    /// What was read is not what was written.
    #[error("the system's storage is damaged: create the system anew under another id")]
    Damaged,
}

impl From<FrameFault> for Refusal {
    fn from(fault: FrameFault) -> Self {
        Self::Engine(fault.into())
    }
}
