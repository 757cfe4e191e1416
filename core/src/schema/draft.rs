//! A schema as people write it, in JSON or in Rust. It is also the JSON shape: there is no second definition.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use super::{Aggregate, Kind, PatternDraft, ZoneDraft};

/// The share of normal frames that may raise an alarm, where nobody says otherwise: one in a thousand.
pub(super) const FALSE_ALARM_RATE: f64 = 0.001;

/// A schema that nobody has checked yet.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemaDraft {
    /// What the watched thing is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The streams, in the order of a frame's values. In JSON a bare name is enough.
    pub streams: Vec<StreamDraft>,
    /// Which stream moves which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkDraft>,
    /// Named sequences that explain an episode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<PatternDraft>,
    /// The clock on the wall. Left out, habits are learned in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneDraft>,
    /// The length of the frames that irregular events are gathered in. Left out: five minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_ms: Option<f64>,
    /// How long after the end of a frame an event of it may still arrive. Left out: two frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_ms: Option<f64>,
    /// The share of normal frames that may raise an alarm, between 0 and 0.5.
    #[serde(default = "default_rate")]
    pub false_alarm_rate: f64,
    /// The seed of everything random, at most 2^53 - 1 so that JavaScript can hold it.
    #[serde(default)]
    pub seed: u64,
}

fn default_rate() -> f64 {
    FALSE_ALARM_RATE
}

/// One stream of a draft.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct StreamDraft {
    /// Its name.
    pub name: String,
    /// How it behaves.
    pub kind: Kind,
    /// The streams of a group come from one device or one part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The unit of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Milliseconds between readings, where they are regular.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cadence_ms: Option<f64>,
    /// The lowest and the highest value that a true reading can have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 2]>,
    /// How its events within one frame become one value. Left out, the kind decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
}

/// "The first moves the second", by name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkDraft {
    /// The cause.
    pub from: String,
    /// The effect.
    pub to: String,
}

impl SchemaDraft {
    /// A draft with nothing but names: everything else is the default.
    pub fn of_streams<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let streams = names.into_iter().map(|name| StreamDraft { name: name.into(), ..Default::default() });
        Self {
            name: None,
            streams: streams.collect(),
            links: Vec::new(),
            patterns: Vec::new(),
            zone: None,
            frame_ms: None,
            lateness_ms: None,
            false_alarm_rate: FALSE_ALARM_RATE,
            seed: 0,
        }
    }
}

/// The long form of a stream; the short one is its name alone.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LongStream {
    name: String,
    #[serde(default)]
    kind: Kind,
    group: Option<String>,
    unit: Option<String>,
    cadence_ms: Option<f64>,
    bounds: Option<[f64; 2]>,
    aggregate: Option<Aggregate>,
}

impl<'de> Deserialize<'de> for StreamDraft {
    // By hand because serde's `untagged` would answer any typing slip with "did not match any variant".
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrStream;
        impl<'de> Visitor<'de> for NameOrStream {
            type Value = StreamDraft;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a stream's name, or an object with a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<StreamDraft, E> {
                Ok(StreamDraft { name: name.into(), ..Default::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StreamDraft, A::Error> {
                let LongStream { name, kind, group, unit, cadence_ms, bounds, aggregate } =
                    LongStream::deserialize(MapAccessDeserializer::new(map))?;
                Ok(StreamDraft { name, kind, group, unit, cadence_ms, bounds, aggregate })
            }
        }
        deserializer.deserialize_any(NameOrStream)
    }
}
