//! Why a schema was refused, one fault per broken rule.

use alloc::string::String;

use super::pattern::{ACTION_BYTES_MAX, PATTERNS_MAX, STEPS_MAX, WITHIN_MS_MAX};
use super::validate::{
    CADENCE_MS_MAX, FRAME_MS_MAX, FRAMES_LATE_MAX, LINKS_MAX, NAME_BYTES_MAX, SEED_MAX, STREAMS_MAX,
};
use super::zone::{CHANGES_MAX, OFFSET_MINUTES_MAX};

/// A rule that a schema breaks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SchemaFault {
    /// The text is not a schema at all.
    #[error("this is not a schema: {0}")]
    Malformed(String),
    /// There is no preset of this name.
    #[error("there is no preset `{0}`: the presets are lifelog, service, iot, transactions, network")]
    UnknownPreset(String),
    /// Memory is fixed by the schema, so a schema has an end.
    #[error("{0} streams are more than {STREAMS_MAX}: split them over several systems")]
    TooManyStreams(usize),
    /// A name is 1 to 128 bytes without control characters.
    #[error("stream {place} has the name `{name}`: a name is 1 to {NAME_BYTES_MAX} bytes of printable text")]
    BadName {
        /// The stream's place, from 0.
        place: usize,
        /// The refused name.
        name: String,
    },
    /// A snapshot takes no longer text than a name.
    #[error("`{name}` has a name, unit or group of {bytes} bytes: use at most {NAME_BYTES_MAX}")]
    TextTooLong {
        /// Whose text it is.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// Two streams have one name.
    #[error("the name `{0}` stands for two streams: give each its own")]
    DuplicateName(String),
    /// A cadence is between a millisecond and a year.
    #[error("stream `{stream}` has the cadence {cadence_ms} ms: use 1 to {CADENCE_MS_MAX}, or leave it out")]
    BadCadence {
        /// The stream.
        stream: String,
        /// The refused cadence.
        cadence_ms: f64,
    },
    /// Bounds are two numbers, the lower one first.
    #[error("stream `{stream}` has the bounds {low} to {high}: use two numbers, the lower one first")]
    BadBounds {
        /// The stream.
        stream: String,
        /// The refused lower bound.
        low: f64,
        /// The refused upper bound.
        high: f64,
    },
    /// A link joins two different streams of the schema.
    #[error("the link `{from}` -> `{to}` does not join two different streams of this schema")]
    BadLink {
        /// The cause.
        from: String,
        /// The effect.
        to: String,
    },
    /// Links are walked one by one.
    #[error("{0} links are more than {LINKS_MAX}")]
    TooManyLinks(usize),
    /// An offset from UTC is a whole number of minutes that some place could have.
    #[error("the zone offset {0} is not a whole number of minutes within +-{OFFSET_MINUTES_MAX}")]
    BadZoneOffset(f64),
    /// A zone has an offset, and its changes stand in the order of time.
    #[error("the zone needs an offset, or at most {CHANGES_MAX} changes in the order of time")]
    BadZone,
    /// A frame lasts between a millisecond and a day.
    #[error("the frame length {0} ms is not within 1 to {FRAME_MS_MAX}")]
    BadFrameLength(f64),
    /// Late events are kept for every frame of the window, so the window has an end.
    #[error("the lateness {lateness_ms} ms is not within 0 and {FRAMES_LATE_MAX} frames of {frame_ms} ms")]
    BadLateness {
        /// The refused window.
        lateness_ms: f64,
        /// The length of a frame.
        frame_ms: f64,
    },
    /// Patterns are compared one by one.
    #[error("{0} patterns are more than {PATTERNS_MAX}")]
    TooManyPatterns(usize),
    /// A pattern has a name of its own, some steps, and an action of a few sentences.
    #[error(
        "pattern {place} `{name}`: use a name of its own, 1 to {STEPS_MAX} steps, \
         and an action of at most {ACTION_BYTES_MAX} bytes"
    )]
    BadPattern {
        /// The pattern's place, from 0.
        place: usize,
        /// Its name.
        name: String,
    },
    /// A step names a stream of the schema and a time that can pass.
    #[error(
        "a step of pattern `{pattern}` names `{stream}`: \
         use a stream of this schema, and within 1 to {WITHIN_MS_MAX} ms"
    )]
    BadStep {
        /// The pattern.
        pattern: String,
        /// The step's stream.
        stream: String,
    },
    /// A false-alarm rate is above 0 and below 0.5.
    #[error("the false-alarm rate {0} is not above 0 and below 0.5")]
    BadRate(f64),
    /// A seed must survive JavaScript.
    #[error("the seed {0} is above {SEED_MAX}, the largest whole number that JavaScript holds")]
    BadSeed(u64),
}

impl SchemaFault {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "schema.malformed",
            Self::UnknownPreset(_) => "schema.unknown-preset",
            Self::TooManyStreams(_) => "schema.too-many-streams",
            Self::BadName { .. } => "schema.bad-name",
            Self::TextTooLong { .. } => "schema.text-too-long",
            Self::DuplicateName(_) => "schema.duplicate-name",
            Self::BadCadence { .. } => "schema.bad-cadence",
            Self::BadBounds { .. } => "schema.bad-bounds",
            Self::BadLink { .. } => "schema.bad-link",
            Self::TooManyLinks(_) => "schema.too-many-links",
            Self::BadZoneOffset(_) => "schema.bad-zone-offset",
            Self::BadZone => "schema.bad-zone",
            Self::BadFrameLength(_) => "schema.bad-frame-length",
            Self::BadLateness { .. } => "schema.bad-lateness",
            Self::TooManyPatterns(_) => "schema.too-many-patterns",
            Self::BadPattern { .. } => "schema.bad-pattern",
            Self::BadStep { .. } => "schema.bad-step",
            Self::BadRate(_) => "schema.bad-rate",
            Self::BadSeed(_) => "schema.bad-seed",
        }
    }

    /// The stream that the fault is about.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::BadName { name: stream, .. }
            | Self::TextTooLong { name: stream, .. }
            | Self::DuplicateName(stream)
            | Self::BadCadence { stream, .. }
            | Self::BadBounds { stream, .. }
            | Self::BadStep { stream, .. }
            | Self::BadLink { from: stream, .. } => Some(stream),
            _ => None,
        }
    }
}
