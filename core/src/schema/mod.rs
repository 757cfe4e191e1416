//! What is watched. A [`SchemaDraft`] is what people and programs write; validated, it becomes a [`Schema`], and nothing
//! downstream checks again.
//!
//! # What it says
//!
//! | Part | Means | Left out |
//! |---|---|---|
//! | [`kind`](StreamDraft::kind) | how a stream behaves, and so which model suits it | changes slowly |
//! | [`group`](StreamDraft::group) | which streams come from one device: they fall silent together, and have a forest of their own | stands alone |
//! | [`bounds`](StreamDraft::bounds) | what a true reading can be | anything |
//! | [`aggregate`](StreamDraft::aggregate) | how the events of a frame become one value | the mean, or the sum of what is counted |
//! | [`links`](SchemaDraft::links) | which stream moves which | nothing is known |
//! | [`patterns`](SchemaDraft::patterns) | sequences with a name and an action | nothing has a name |
//! | [`zone`](SchemaDraft::zone) | the clock on the wall, which habits follow | UTC |
//! | [`false_alarm_rate`](SchemaDraft::false_alarm_rate) | the share of normal frames that may raise an alarm | one in a thousand |
//!
//! Nobody has to write one: [`PRESETS`] are shipped, names alone are enough, and [`infer`](SchemaDraft::infer) reads kind,
//! cadence and groups off a table.
//!
//! # When it is wrong
//!
//! - All faults are told at once, and none is mended silently; what is valid can still be untrue. Bounds that are too narrow
//!   are alarms.
//! - A guess from a table is one: it takes whole numbers that are often zero for counts, and never guesses bounds.
//! - Whoever knows the zone writes its changes down. The engine has no data base of them.
//!
//! # Example
//!
//! ```
//! use fourfold::{Error, SchemaDraft};
//!
//! let draft = SchemaDraft::from_json(r#"{"streams": ["cpu", {"name": "disk", "bounds": [100, 0]}], "seed": 7}"#)?;
//! let Err(Error::Schema(faults)) = draft.validate() else { panic!("the bounds are upside down") };
//! assert_eq!((faults[0].code(), faults[0].stream()), ("schema.bad-bounds", Some("disk")));
//!
//! let schema = SchemaDraft::preset("service")?.validate()?;
//! assert_eq!(schema.to_draft().validate()?, schema);
//! # Ok::<(), Error>(())
//! ```

mod draft;
pub(crate) mod fault;
mod infer;
mod pattern;
mod preset;
mod sealed;
mod validate;
mod zone;

pub use draft::{LinkDraft, SchemaDraft, StreamDraft};
pub use pattern::{Change, Pattern, PatternDraft, Step, StepDraft};
pub use preset::PRESETS;
pub use zone::{ZoneChangeDraft, ZoneDraft};

use alloc::string::String;
use alloc::vec::Vec;

use crate::frame::Moment;
use zone::Zone;

/// How a stream behaves. It decides how its values are judged and how its silence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
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

/// How the events of one stream within one frame become one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Their mean.
    #[default]
    Mean,
    /// The newest of them.
    Last,
    /// Their sum.
    Sum,
    /// The largest of them.
    Max,
    /// How many there were, whatever they said.
    Count,
}

impl Aggregate {
    /// What suits a kind: a state is averaged, things that happen are added up.
    pub fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::ContinuousSmooth | Kind::ContinuousNoisy => Self::Mean,
            Kind::DiscreteEvents | Kind::Sporadic => Self::Sum,
        }
    }
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
    /// How its events within one frame become one value.
    pub aggregate: Aggregate,
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
    patterns: Vec<Pattern>,
    zone: Zone,
    frame_ms: i64,
    lateness_ms: i64,
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

    /// Named sequences that explain an episode.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The length of the frames that irregular events are gathered in.
    pub fn frame_ms(&self) -> i64 {
        self.frame_ms
    }

    /// How long after the end of a frame an event of it may still arrive.
    pub fn lateness_ms(&self) -> i64 {
        self.lateness_ms
    }

    /// What the clock on the wall says, in milliseconds: UTC plus the zone's offset at that time.
    ///
    /// ```
    /// use fourfold::{SchemaDraft, schema::{ZoneChangeDraft, ZoneDraft}};
    ///
    /// let mut draft = SchemaDraft::of_streams(["a"]);
    /// let summer = ZoneChangeDraft { from: 1_000_000.0, offset_minutes: 120.0 };
    /// draft.zone = Some(ZoneDraft { offset_minutes: Some(60.0), changes: vec![summer] });
    /// let schema = draft.validate()?;
    /// assert_eq!(schema.local_ms(999_999), 999_999 + 3_600_000);
    /// assert_eq!(schema.local_ms(1_000_000), 1_000_000 + 7_200_000);
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn local_ms(&self, at_ms: i64) -> i64 {
        self.zone.local_ms(at_ms)
    }

    /// A moment with its local time.
    pub fn moment(&self, at_ms: i64) -> Moment {
        Moment { at_ms, local_ms: self.local_ms(at_ms) }
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
        validate::place_of(name, &self.by_name, &self.streams, |stream| &stream.name)
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
                    aggregate: (stream.aggregate != Aggregate::of_kind(stream.kind))
                        .then_some(stream.aggregate),
                })
                .collect(),
            links: (self.links.iter())
                .map(|link| LinkDraft { from: name_of(link.from), to: name_of(link.to) })
                .collect(),
            patterns: self.patterns.iter().map(|pattern| pattern.to_draft(name_of)).collect(),
            zone: self.zone.to_draft(),
            frame_ms: Some(self.frame_ms as f64),
            lateness_ms: Some(self.lateness_ms as f64),
            false_alarm_rate: self.false_alarm_rate,
            seed: self.seed,
        }
    }
}
