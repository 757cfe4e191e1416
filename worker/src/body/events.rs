//! Events, in any of the ways in which they are sent.

use fourfold::Schema;
use fourfold::ingest::Event;
use fourfold::wire::{EventRow, EventRows};

use super::read;
use crate::answer::{JSON, NDJSON};
use crate::fault::Fault;
use crate::refusal::Refusal;

/// The most events in one request.
const EVENTS_MAX: usize = 50_000;

/// Reads events: `{"events": [{"stream", "t", "value"}, …]}`, or one of them per line.
pub(crate) fn events(
    media: Option<&'static str>,
    bytes: &[u8],
    schema: &Schema,
) -> Result<Vec<Event>, Refusal> {
    let rows = match media {
        Some(JSON) => read::<EventRows>(bytes)?,
        Some(NDJSON) => EventRows { events: lines(bytes)? },
        _ => return Err(Fault::BadMedia { known: "application/json and application/x-ndjson" }.into()),
    };
    if rows.events.len() > EVENTS_MAX {
        let remedy = "send them in several requests";
        return Err(Fault::TooMuch { cap: EVENTS_MAX, what: "events", remedy }.into());
    }
    Ok(rows.resolve(schema)?)
}

fn lines(bytes: &[u8]) -> Result<Vec<EventRow>, Refusal> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let one = |(place, line): (usize, &[u8])| {
        serde_json::from_slice(line).map_err(|fault| Refusal::Malformed {
            place: format!("line {}: ", place + 1),
            detail: fault.to_string(),
        })
    };
    lines.map(one).collect()
}
