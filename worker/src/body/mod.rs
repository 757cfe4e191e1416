//! Bodies, from bytes to what they mean. A slip is named by its place: `frames[3].values.temperature`.

mod accept;
mod events;
mod frames;
mod row;

pub(crate) use accept::wanted;
pub(crate) use events::events;
pub(crate) use frames::{Batch, frames};

use fourfold::{Label, SchemaDraft};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::answer::{COLUMNS, CSV, JSON, NDJSON, SEALED};
use crate::refusal::{Refusal, StorageFault};
use crate::store::Status;

/// The largest body. A thousand frames of thirty streams are about a tenth of it, and a Worker has 128 MB for
/// everything.
pub(crate) const BODY_BYTES_MAX: usize = 8 << 20;
/// The most frames in one request.
const FRAMES_MAX: usize = 10_000;
/// The most values in one request. A value becomes up to 300 bytes of verdict, of which three copies can live at once
/// (the lines, the log's rows, the answer): 90 MB at worst, 40 MB with names of usual length.
const VALUES_MAX: usize = 100_000;

/// `{"now": 1700000000000}`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Tick {
    /// Milliseconds since the Unix epoch.
    pub(crate) now: f64,
}

/// `{"anomaly": 7, "label": "expected"}`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Labelling {
    /// The episode.
    pub(crate) anomaly: u64,
    /// What it was.
    pub(crate) label: Label,
}

/// What is to change of an episode: what is absent stays.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Amendment {
    /// What people make of it.
    pub(crate) status: Option<Status>,
    /// What it was.
    pub(crate) label: Option<Label>,
    /// What they write to it.
    pub(crate) note: Option<String>,
}

/// `{"note": "before the firmware update"}`, or nothing at all.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// Why there is a checkpoint.
    #[serde(default)]
    pub(crate) note: String,
}

/// `{"preset": "iot"}`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Preset {
    preset: String,
}

/// Tells a preset from a schema: only the former has this field.
#[derive(Debug, Deserialize)]
struct Probe {
    preset: Option<IgnoredAny>,
}

/// A schema, or the name of one that ships with the engine.
pub(crate) fn schema(bytes: &[u8]) -> Result<SchemaDraft, Refusal> {
    if read::<Probe>(bytes)?.preset.is_some() {
        Ok(SchemaDraft::preset(&read::<Preset>(bytes)?.preset)?)
    } else {
        read(bytes)
    }
}

/// What a body is, by what it is said to be; JSON where nothing is said, which is what browsers and curl do otherwise.
pub(crate) fn media(said: Option<&str>) -> Option<&'static str> {
    let name = said.map(|said| said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match name.as_deref() {
        None | Some("" | "text/plain" | "application/x-www-form-urlencoded") => Some(JSON),
        Some("application/jsonl" | "application/ndjson") => Some(NDJSON),
        Some(name) => [JSON, NDJSON, CSV, COLUMNS, SEALED].into_iter().find(|known| *known == name),
    }
}

/// The most frames that one request to a system of `width` streams may have.
pub(crate) fn frames_max(width: usize) -> usize {
    FRAMES_MAX.min(VALUES_MAX / width.max(1))
}

/// A body of a few words: a slip is found without its place.
pub(crate) fn words<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Refusal> {
    let malformed =
        |fault: serde_json::Error| Refusal::Malformed { place: String::new(), detail: fault.to_string() };
    serde_json::from_slice(bytes).map_err(malformed)
}

/// Any other body.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut text).map_err(|fault| {
        let place = fault.path().to_string();
        let place = if place == "." { String::new() } else { format!("`{place}`: ") };
        Refusal::Malformed { place, detail: fault.inner().to_string() }
    })?;
    match text.end() {
        Ok(()) => Ok(value),
        Err(fault) => Err(Refusal::Malformed { place: String::new(), detail: fault.to_string() }),
    }
}

/// What was written here before, and is no caller's: nobody has to be told where it is wrong.
pub(crate) fn kept<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, StorageFault> {
    serde_json::from_slice(json).map_err(|_| StorageFault::Damaged)
}

/// Any answer.
pub(crate) fn write(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|_| Refusal::Unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_what_it_is_said_to_be() {
        assert_eq!(media(None), Some(JSON));
        assert_eq!(media(Some("TEXT/CSV; charset=utf-8")), Some(CSV));
        assert_eq!(media(Some("image/png")), None);
    }

    #[test]
    fn a_body_is_a_schema_or_a_preset() {
        assert_eq!(schema(br#"{"preset":"iot"}"#).map(|draft| draft.streams.len()).ok(), Some(4));
        assert_eq!(schema(br#"{"streams":["a","b"]}"#).map(|draft| draft.streams.len()).ok(), Some(2));
        assert!(matches!(schema(br#"{"preset":"no"}"#), Err(Refusal::Engine(_))));
        assert!(matches!(schema(br#"{"preset":"iot","seed":1}"#), Err(Refusal::Malformed { .. })));
        assert!(matches!(schema(b"[]"), Err(Refusal::Malformed { .. })));
    }
}
