//! Why a schema was refused, one fault per broken rule.

use alloc::string::String;

use super::validate::{CADENCE_MS_MAX, NAME_BYTES_MAX, SEED_MAX, STREAMS_MAX};

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
            Self::DuplicateName(_) => "schema.duplicate-name",
            Self::BadCadence { .. } => "schema.bad-cadence",
            Self::BadBounds { .. } => "schema.bad-bounds",
            Self::BadLink { .. } => "schema.bad-link",
            Self::BadRate(_) => "schema.bad-rate",
            Self::BadSeed(_) => "schema.bad-seed",
        }
    }

    /// The stream that the fault is about.
    pub fn stream(&self) -> Option<&str> {
        match self {
            Self::BadName { name: stream, .. }
            | Self::DuplicateName(stream)
            | Self::BadCadence { stream, .. }
            | Self::BadBounds { stream, .. }
            | Self::BadLink { from: stream, .. } => Some(stream),
            _ => None,
        }
    }
}
