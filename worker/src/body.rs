//! Bodies, from bytes to what they mean. A slip is named by its place: `frames[3].values.temperature`.

use fourfold::SchemaDraft;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

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
#[serde(deny_unknown_fields)]
pub(crate) struct Tick {
    /// Milliseconds since the Unix epoch.
    pub(crate) now: f64,
}

/// `{"preset": "iot"}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
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

/// The most frames that one request to a system of `width` streams may have.
pub(crate) fn frames_max(width: usize) -> usize {
    FRAMES_MAX.min(VALUES_MAX / width.max(1))
}

/// Any body.
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

/// Any answer.
pub(crate) fn write(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|_| Refusal::Unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fourfold::wire::Rows;

    #[test]
    fn a_slip_is_named_by_its_place() {
        for (body, place) in [
            (r#"{"frames":[{"t":1,"values":{}},{"t":2,"values":{"cpu":"7"}}]}"#, "`frames[1].values.cpu`: "),
            (r#"{"frames":[{"t":1e999,"values":{}}]}"#, "`frames[0].t`: "),
            (r#"{"frames":[{"t":1}]}"#, "`frames[0]`: "),
            (r#"{"frames":[]} x"#, ""),
            ("", ""),
        ] {
            let Err(Refusal::Malformed { place: found, .. }) = read::<Rows>(body.as_bytes()) else {
                panic!("{body} was read");
            };
            assert_eq!(found, place, "{body}");
        }
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
