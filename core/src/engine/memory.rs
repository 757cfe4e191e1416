//! What an engine holds, part by part.

use super::Engine;
use crate::schema::Schema;
use crate::snapshot::State;

/// Bytes that an engine holds, by part. They are fixed by the schema and do not grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct Memory {
    /// Tier 1.
    pub streams: usize,
    /// Tier 2.
    pub joint: usize,
    /// Tier 3.
    pub verdict: usize,
    /// Tier 4.
    pub cause: usize,
    /// The clocks.
    pub silence: usize,
    /// Open frames of events, and what becomes of events.
    pub ingest: usize,
    /// What reports are made of.
    pub record: usize,
    /// The copy that runs ahead over frames that are not final: as much as tiers and clocks together, from the first
    /// provisional verdict on. Nothing for who gives frames, or allows no lateness.
    pub draft: usize,
    /// The schema: names, units, patterns.
    pub schema: usize,
}

impl Memory {
    /// All parts together.
    pub fn total(&self) -> usize {
        let Self { streams, joint, verdict, cause, silence, ingest, record, draft, schema } = self;
        streams + joint + verdict + cause + silence + ingest + record + draft + schema
    }
}

impl Engine {
    /// Bytes held, by part.
    pub fn memory(&self) -> Memory {
        let Self { schema, state, draft, .. } = self;
        Memory {
            streams: state.learned.streams.heap_bytes(),
            joint: state.learned.joint.heap_bytes(),
            verdict: state.learned.tier3.heap_bytes(),
            cause: state.learned.history.heap_bytes() + state.network.heap_bytes(),
            silence: state.learned.silence.heap_bytes(),
            ingest: state.ingest.heap_bytes() + state.ingest.lent_bytes(),
            record: state.record.heap_bytes(),
            draft: draft.as_ref().map_or(0, |draft| size_of_val(&**draft) + draft.heap_bytes()),
            schema: schema_bytes(schema),
        }
    }
}

/// Lists and texts, without the slack of their buffers.
fn schema_bytes(schema: &Schema) -> usize {
    let streams = schema.streams().iter().map(|stream| {
        let unit = stream.unit.as_ref().map_or(0, |unit| unit.len());
        size_of_val(stream) + size_of::<usize>() + stream.name.len() + unit
    });
    let patterns = schema.patterns().iter().map(|pattern| {
        let action = pattern.action.as_ref().map_or(0, |action| action.len());
        size_of_val(pattern) + pattern.name.len() + action + size_of_val(pattern.steps.as_slice())
    });
    let groups = schema.groups().iter().map(|group| size_of_val(group) + group.len());
    streams.chain(patterns).chain(groups).sum::<usize>() + size_of_val(schema.links()) + schema.name().len()
}
