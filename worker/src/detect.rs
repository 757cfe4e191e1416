//! One question, one answer, nothing kept: frames in, verdicts and episodes out.

use std::collections::BTreeSet;

use fourfold::wire::{EpisodeJson, Row, Rows, VerdictJson};
use fourfold::{Engine, Frame, SchemaDraft};
use serde::Deserialize;

use crate::answer::Answer;
use crate::body::{self, frames_max};
use crate::refusal::Refusal;

/// Frames, and what they are about; without a schema, whatever their values are called.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// A schema, or `{"preset": "iot"}`.
    schema: Option<serde_json::Value>,
    frames: Vec<Row>,
}

/// Answers `POST /v1/detect`.
pub(crate) fn detect(bytes: &[u8]) -> Result<Answer, Refusal> {
    let Question { schema, frames } = body::read(bytes)?;
    let draft = match schema {
        Some(schema) => body::schema(body::write(&schema)?.as_bytes())?,
        None => {
            let names: BTreeSet<&String> = frames.iter().flat_map(|row| row.values.keys()).collect();
            SchemaDraft::of_streams(names.into_iter().cloned())
        }
    };
    let schema = draft.validate()?;
    let cap = frames_max(schema.streams().len());
    if frames.len() > cap {
        return Err(Refusal::TooManyFrames { frames: frames.len(), cap });
    }
    let (times_ms, values) = Rows { frames }.flatten(&schema)?;
    let mut engine = Engine::new(schema.clone());
    engine.check_batch(&times_ms, values.len())?;
    let mut json = br#"{"verdicts":["#.to_vec();
    for (place, (&at_ms, values)) in
        times_ms.iter().zip(values.chunks(schema.streams().len().max(1))).enumerate()
    {
        if place > 0 {
            json.push(b',');
        }
        let verdict = engine.observe(Frame { at_ms, values })?;
        serde_json::to_writer(&mut json, &VerdictJson::new(&schema, verdict))
            .map_err(|_| Refusal::Unwritable)?;
    }
    let episodes: Vec<_> = engine.episodes().map(|episode| EpisodeJson::new(&schema, episode)).collect();
    json.extend(format!(r#"],"anomalies":{}}}"#, body::write(&episodes)?).into_bytes());
    Ok(Answer { body: json, ..Answer::ok("") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_in_verdicts_out() {
        let rows: Vec<String> = (0..600)
            .map(|minute| {
                let load = if minute == 500 { 90 } else { minute % 7 };
                format!(r#"{{"t":{},"values":{{"load":{load}}}}}"#, minute * 60_000)
            })
            .collect();
        let answer = detect(format!(r#"{{"frames":[{}]}}"#, rows.join(",")).as_bytes()).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(said["verdicts"].as_array().unwrap().len(), 600);
        assert_eq!(said["verdicts"][500]["alarm"], true);
        assert_eq!(said["anomalies"][0]["opened"], 500 * 60_000);
        for bad in
            [r#"{"frames":[7]}"#, r#"{"frames":[{"t":1,"values":{"a":1}}],"schema":{"streams":["b"]}}"#, "7"]
        {
            assert!(detect(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
