//! Events as they are sent.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::error::{Error, FrameFault};
use crate::frame::time_from_js;
use crate::ingest::Event;
use crate::schema::Schema;

/// One reading of one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventRow {
    /// The stream's name.
    pub stream: String,
    /// Milliseconds since the Unix epoch.
    pub t: f64,
    /// What was measured; `null` is a gap.
    pub value: Option<f64>,
}

/// The events of a request, in any order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventRows {
    /// One per reading.
    pub events: Vec<EventRow>,
}

impl EventRows {
    /// The events as [`Engine::push`](crate::Engine::push) takes them.
    ///
    /// ```
    /// use fourfold::{SchemaDraft, wire::EventRows};
    ///
    /// let schema = SchemaDraft::of_streams(["a", "b"]).validate()?;
    /// let text = r#"{"events": [{"stream": "b", "t": 1000, "value": 2.5}]}"#;
    /// let rows: EventRows = serde_json::from_str(text).expect("the shape of events");
    /// let events = rows.resolve(&schema)?;
    /// assert_eq!((events[0].stream, events[0].at_ms, events[0].value), (1, 1000, 2.5));
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn resolve(&self, schema: &Schema) -> Result<Vec<Event>, Error> {
        let resolve = |row: &EventRow| {
            let at_ms = time_from_js(row.t)?;
            let stream = schema
                .index_of(&row.stream)
                .ok_or_else(|| FrameFault::UnknownStream { stream: row.stream.clone(), at_ms })?;
            Ok(Event { stream, at_ms, value: row.value.unwrap_or(f64::NAN) })
        };
        self.events.iter().map(resolve).collect()
    }
}
