//! What is watched. A [`SchemaDraft`] is what people and programs write; validated, it becomes a [`Schema`], and
//! nothing downstream checks again.

mod draft;
pub(crate) mod fault;
mod preset;
mod sealed;
mod validate;

pub use draft::{LinkDraft, SchemaDraft, StreamDraft};
pub use preset::PRESETS;

use alloc::string::String;
use alloc::vec::Vec;

/// How a stream behaves. It decides how its values are judged and how its silence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Changes slowly: a heart rate, a temperature.
    #[default]
    ContinuousSmooth,
    /// Changes at every reading: acceleration, sound.
    ContinuousNoisy,
    /// Counts of things that happen: app launches, requests.
    DiscreteEvents,
    /// Speaks only now and then: a payment, a door.
    Sporadic,
}

/// One stream, as the engine knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Its name, unique in the schema.
    pub name: String,
    /// How it behaves.
    pub kind: Kind,
    /// Its place in [`Schema::groups`].
    pub group: Option<usize>,
    /// The unit of its values, for people.
    pub unit: Option<String>,
    /// Milliseconds between readings, where they are regular.
    pub cadence_ms: Option<i64>,
    /// The range that a true reading can have.
    pub bounds: Option<[f64; 2]>,
}

/// "The first moves the second", as places in [`Schema::streams`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The cause.
    pub from: usize,
    /// The effect.
    pub to: usize,
}

/// A validated schema: every rule holds, every name is resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    name: String,
    streams: Vec<Stream>,
    groups: Vec<String>,
    links: Vec<Link>,
    false_alarm_rate: f64,
    seed: u64,
    /// Places in `streams`, in the order of their names, for look-up without a hash.
    by_name: Vec<usize>,
}

impl Schema {
    /// What the watched thing is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The streams, in the order of a frame's values.
    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    /// The names of the groups, in the order of their first stream.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Which stream moves which.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The share of normal frames that may raise an alarm.
    pub fn false_alarm_rate(&self) -> f64 {
        self.false_alarm_rate
    }

    /// The seed of everything random.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A stream's place in a frame.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        let at = self.by_name.binary_search_by(|&place| self.streams[place].name.as_str().cmp(name)).ok()?;
        Some(self.by_name[at])
    }

    /// The schema as somebody would have written it: validating the result gives an equal schema.
    pub fn to_draft(&self) -> SchemaDraft {
        let name_of = |place: usize| self.streams[place].name.clone();
        SchemaDraft {
            name: Some(self.name.clone()),
            streams: (self.streams.iter())
                .map(|stream| StreamDraft {
                    name: stream.name.clone(),
                    kind: stream.kind,
                    group: stream.group.map(|group| self.groups[group].clone()),
                    unit: stream.unit.clone(),
                    cadence_ms: stream.cadence_ms.map(|ms| ms as f64),
                    bounds: stream.bounds,
                })
                .collect(),
            links: (self.links.iter())
                .map(|link| LinkDraft { from: name_of(link.from), to: name_of(link.to) })
                .collect(),
            false_alarm_rate: self.false_alarm_rate,
            seed: self.seed,
        }
    }
}
