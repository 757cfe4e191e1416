//! Shapes of answers that are put together from pieces, and so have no type of their own. Tests hold the answers against
//! them.

use std::collections::BTreeMap;

use fourfold::evaluate::Quality;
use fourfold::ingest::Counts;
use fourfold::silence::Cause;
use fourfold::wire::{EpisodeJson, HealthJson, KeptJson, MemoryJson, MonitorJson, Row, VerdictJson};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::body::Preset;
use crate::session::described::AnomalyJson;

/// What a system watches: a schema, or the name of one that ships with the engine.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) enum Watched {
    Preset(Preset),
    Schema(fourfold::SchemaDraft),
}

/// Two configurations, and on what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct Comparison {
    /// The first one; the system's own where it is absent.
    a: Option<Watched>,
    /// The second one.
    b: Watched,
    /// From this moment on.
    from: Option<f64>,
    /// Up to and without this moment.
    to: Option<f64>,
}

/// Frames, and what they are about.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) struct Question {
    /// Left out, every value that has a name is a stream.
    schema: Option<Watched>,
    /// In the order of time.
    frames: Vec<Row>,
}

macro_rules! shapes {
    ($($(#[$about:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $of:ty),* $(,)? })*) => {$(
        $(#[$about])*
        #[derive(Serialize, JsonSchema)]
        pub(super) struct $name { $($(#[$meta])* $field: $of),* }
    )*};
}

shapes! {
    /// One verdict per frame, in the order of the frames.
    Verdicts { verdicts: Vec<VerdictJson<'static>> }
    /// What became of each row, in the order of the rows.
    Results { results: Vec<ResultJson> }
    /// What became of events, and verdicts on the frames that they ended or changed.
    EventsAnswer { counts: Counts, verdicts: Vec<VerdictJson<'static>> }
    /// The episode that was meant.
    Labelled {
        anomaly: u64,
        /// Whether the engine learned from it. It does not where it has forgotten the anomaly: then the label is kept
        /// with the anomaly, and counts where configurations are compared.
        learned: bool,
    }
    /// How fit streams and views are, and the engine's own state.
    HealthAnswer {
        #[serde(flatten)]
        health: HealthJson<'static>,
        /// The moment that it is about.
        at: i64,
        monitor: MonitorJson<'static>,
    }
    /// Verdicts on frames, and the episodes in them.
    Detected { verdicts: Vec<VerdictJson<'static>>, anomalies: Vec<EpisodeJson<'static>> }
    /// A page of frames.
    FramesPage { frames: Vec<Row>, /** Where to go on. */ next: Option<i64> }
    /// A page of scores.
    ScoresPage { scores: Vec<ScoreRow>, /** Where to go on. */ next: Option<i64> }
    /// The scores of one frame.
    ScoreRow {
        t: i64,
        score: f64,
        /// By view.
        views: BTreeMap<String, Option<f64>>,
        /// By stream.
        streams: BTreeMap<String, Option<f64>>,
        /// Why values are missing, by stream.
        missing: BTreeMap<String, Missing>,
    }
    /// Why a value is missing.
    Missing { gap: Option<serde_json::Value>, silence: Option<Cause> }
    /// Statistics by hour or day.
    StatsAnswer { stats: Vec<StatsRow>, /** Where to go on. */ next: Option<i64> }
    /// One hour or day.
    StatsRow {
        start: i64,
        frames: u32,
        /// Frames that belong to an episode.
        abnormal: u32,
        alarms: u32,
        score_mean: f64,
        score_max: f64,
        streams: BTreeMap<String, StreamStatistics>,
    }
    /// One stream in it.
    StreamStatistics { count: u32, missing: u32, mean: f64, spread: f64, min: f64, max: f64 }
    /// `recent`, `critical` and `top`.
    AnomalyList { anomalies: Vec<AnomalyJson<'static>> }
    /// `trends`.
    Trends { days: Vec<TrendDay> }
    /// One day; without data it has anomalies only.
    TrendDay {
        day: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        frames: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        abnormal: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        alarms: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        score_mean: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        score_max: Option<f64>,
        anomalies: u64,
        /// Of these, severe ones.
        severe: u64,
    }
    /// `models`.
    ModelHealth {
        monitor: MonitorJson<'static>,
        memory: MemoryJson,
        snapshots: u64,
        models: u64,
        days: Vec<MonitorDay>,
    }
    /// What the engine said of itself on a day.
    MonitorDay { day: i64, monitor: MonitorJson<'static> }
    /// The checkpoints.
    ModelsAnswer { models: Vec<KeptJson<'static>> }
    /// Two configurations side by side.
    Compared {
        /// How many frames they were told.
        frames: u64,
        /// Or how many events.
        events: u64,
        from: Option<i64>,
        to: Option<i64>,
        /// Episodes with a label.
        labels: u64,
        a: Side,
        b: Side,
    }
    /// How one of them did.
    Side {
        /// Frames that it judged. Of events every configuration makes frames of its own.
        frames: u64,
        alarms: u64,
        /// Frames that belong to an episode.
        abnormal: u64,
        /// Alarms within an episode that a person called real.
        real: u64,
        /// Alarms within an episode that a person called expected.
        expected: u64,
        /// How well its scores rank the frames of real episodes, where there are labels.
        quality: Option<Quality>,
    }
}

/// What became of a row.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) enum ResultJson {
    /// It was taken.
    Verdict(VerdictJson<'static>),
    /// It was not.
    Problem(crate::reply::Problem<'static>),
}

/// Verdicts, or for `?partial=true` what became of each row.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) enum FramesAnswer {
    Whole(Verdicts),
    Partial(Results),
}

/// A verdict on the silence, or null while there is nothing to say. A system that is fed by events ends frames instead.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its shape is used")]
pub(super) enum TickAnswer {
    Frames { verdict: Option<VerdictJson<'static>> },
    Events(Verdicts),
}

/// A ready-made list.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, clippy::large_enum_variant, reason = "only its shape is used")]
pub(super) enum ViewAnswer {
    Anomalies(AnomalyList),
    Trends(Trends),
    Models(ModelHealth),
}
