//! The JSON shapes, defined once for every shell. They are made from the engine's own types at the last moment, and
//! name streams where those count them. (A schema's shape is [`SchemaDraft`](crate::SchemaDraft) itself.)

pub mod codes;
mod events;
mod explain;
mod report;

pub use events::{EventRow, EventRows};
pub use explain::{
    AttributionJson, CandidateJson, ContributionJson, CounterfactualJson, CulpritKind, EvidenceJson,
    ExplanationJson, FoundJson, HappeningJson, LinkJson, SilenceJson, SuspectJson,
};
pub use report::{GapsJson, HealthJson, KeptJson, MemoryJson, MonitorJson, QualityJson};

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::error::{Error, FrameFault};
use crate::frame::time_from_js;
use crate::opinion::Health;
use crate::schema::Schema;
use crate::silence::Cause;
use crate::stream::Reason;
use crate::verdict::{End, Episode, Label, Severity, Standing, Verdict, View};

/// One frame as a row: only the streams that spoke need to be named, and `null` is missing too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Milliseconds since the Unix epoch.
    pub t: f64,
    /// Values by stream.
    pub values: BTreeMap<String, Option<f64>>,
}

/// The rows of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// One per moment, in the order of time.
    pub frames: Vec<Row>,
}

impl Rows {
    /// Times and values as [`Engine::observe_batch`](crate::Engine::observe_batch) takes them.
    pub fn flatten(&self, schema: &Schema) -> Result<(Vec<i64>, Vec<f64>), Error> {
        let width = schema.streams().len();
        let mut times_ms = Vec::with_capacity(self.frames.len());
        let mut values = alloc::vec![f64::NAN; self.frames.len() * width];
        for (row, frame) in self.frames.iter().enumerate() {
            let at_ms = time_from_js(frame.t)?;
            times_ms.push(at_ms);
            for (name, value) in &frame.values {
                let place = schema
                    .index_of(name)
                    .ok_or_else(|| FrameFault::UnknownStream { stream: name.clone(), at_ms })?;
                values[row * width + place] = value.unwrap_or(f64::NAN);
            }
        }
        Ok((times_ms, values))
    }
}

/// A verdict.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct VerdictJson<'a> {
    /// The moment, in milliseconds since 1970.
    t: i64,
    /// Whether late events may still change it.
    standing: Standing,
    /// From 0 to 1: only one normal frame in 1 / (1 - score) is as unusual.
    score: f64,
    /// How unusual, without a limit: what moments are ranked by.
    oddness: f64,
    /// How strong the news is, in decades: what raises alarms.
    news: f64,
    /// Whether this frame begins an episode.
    alarm: bool,
    /// From 0 to 1: how much of the moment could be judged.
    confidence: f64,
    /// How bad it is, `none` where nothing is wrong.
    severity: Severity,
    /// The episode that it belongs to.
    episode: Option<u64>,
    /// Whether it was said without a frame, because somebody is overdue.
    from_silence: bool,
    /// Each stream by itself, in the order of the schema.
    streams: Vec<StreamJson<'a>>,
    /// What each view says of all streams together.
    views: Vec<ViewJson>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct StreamJson<'a> {
    /// Its name.
    stream: &'a str,
    /// Whether it has a value in this frame.
    present: bool,
    /// From 0 to 1 as above, for this stream alone; absent where it says nothing.
    score: Option<f64>,
    /// What makes it stand out most.
    reason: Option<Reason>,
    /// Why it is silent, where that is more than a missed reading.
    silence: Option<Cause>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct ViewJson {
    /// Its name.
    view: View,
    /// From 0 to 1 as above, by this view; absent where it has nothing to go by.
    score: Option<f64>,
    /// From 0 to 1: how far it is believed.
    weight: f64,
    /// Whether it is ready, still learning, without data, or caught lying.
    health: Health,
}

impl<'a> VerdictJson<'a> {
    /// The shape of `verdict`, which is about `schema`.
    pub fn new(schema: &'a Schema, verdict: &Verdict) -> Self {
        let streams = schema.streams().iter().zip(&verdict.streams);
        Self {
            t: verdict.at_ms,
            standing: verdict.standing,
            score: verdict.score,
            oddness: verdict.oddness,
            news: verdict.news,
            alarm: verdict.alarm,
            confidence: verdict.confidence,
            severity: verdict.severity,
            episode: verdict.episode,
            from_silence: verdict.from_silence,
            streams: streams
                .map(|(stream, said)| StreamJson {
                    stream: &stream.name,
                    present: said.present,
                    score: said.score,
                    reason: said.reason,
                    silence: said.silence,
                })
                .collect(),
            views: (View::ALL.into_iter().zip(&verdict.views))
                .map(|(view, said)| ViewJson {
                    view,
                    score: said.score,
                    weight: said.weight,
                    health: said.health,
                })
                .collect(),
        }
    }
}

/// An episode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct EpisodeJson<'a> {
    /// Counts from 1 within its system.
    pub id: u64,
    /// The first abnormal frame.
    pub opened: i64,
    /// The newest abnormal frame.
    pub last: i64,
    /// The frame that ended it.
    pub closed: Option<i64>,
    /// Its highest score.
    pub peak_score: f64,
    /// When it was highest.
    pub peak: i64,
    /// Its abnormal frames.
    pub frames: u64,
    /// The worst that it has been.
    pub severity: Severity,
    /// The most unusual stream; absent where silence was the finding.
    pub stream: Option<Cow<'a, str>>,
    /// What made that stream stand out.
    pub reason: Option<Cow<'a, str>>,
    /// Why nobody spoke, where silence was the finding.
    pub cause: Option<Cause>,
    /// The group that fell silent, where one did.
    pub group: Option<Cow<'a, str>>,
    /// How it ended, or `open`.
    pub end: End,
    /// What a person called it.
    pub label: Option<Label>,
}

impl<'a> EpisodeJson<'a> {
    /// The shape of `episode`, which is about `schema`.
    pub fn new(schema: &'a Schema, episode: &Episode) -> Self {
        Self {
            id: episode.id,
            opened: episode.opened_ms,
            last: episode.last_ms,
            closed: episode.closed_ms,
            peak_score: episode.peak_score,
            peak: episode.peak_ms,
            frames: episode.frames,
            severity: episode.severity,
            stream: (episode.stream)
                .and_then(|place| Some(Cow::Borrowed(schema.streams().get(place)?.name.as_str()))),
            reason: episode.reason.map(|reason| Cow::Borrowed(reason.word())),
            cause: episode.cause,
            group: (episode.group)
                .and_then(|place| Some(Cow::Borrowed(schema.groups().get(place)?.as_str()))),
            end: episode.end,
            label: episode.label,
        }
    }
}

/// An error: what it is, in a word and in a sentence, and what it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct ErrorJson {
    /// A stable word, such as `frame.time-went-back`.
    pub code: String,
    /// A sentence that says what to do.
    pub message: String,
    /// The stream it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// The time it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
}

impl From<&Error> for ErrorJson {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code().to_string(),
            message: error.to_string(),
            stream: error.stream().map(ToString::to_string),
            at: error.at_ms(),
        }
    }
}
