//! What page and engine thread say to each other: one definition for both sides.
//!
//! A message is an object `{ head, parts }`. `head` is one of the enums below; `parts` are typed arrays or a file,
//! which are moved, not copied. What belongs in `parts` is said at each message.

pub mod desk;
pub mod schema;
pub mod scorer;

use std::collections::BTreeMap;

use fourfold::Label;
use fourfold::cause::Mode;
use fourfold::schema::Kind;
use fourfold::wire::{EpisodeJson, ExplanationJson};
use serde::{Deserialize, Serialize};

use crate::live::message::{LiveReport, LiveRequest};
use crate::table::{Choices, Note};

/// From the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Read and judge the file in `parts[0]`, a `Blob`.
    Open {
        /// Comes back in every report on this file, so that late reports on another are told apart.
        job: u32,
        /// What a person says of it.
        settings: Settings,
    },
    /// About this device's sensors.
    Live(LiveRequest),
    /// Stop working on it.
    Cancel {
        /// Which.
        job: u32,
    },
    /// Say why an episode happened.
    Explain {
        /// In which file.
        job: u32,
        /// The frame that is asked about.
        at_ms: f64,
        /// Where its trouble ended.
        until_ms: f64,
        /// How thorough the answer is to be.
        mode: Mode,
    },
    /// A person says what an episode was.
    Label {
        /// In which file.
        job: u32,
        /// The first frame of the episode.
        opened_ms: f64,
        /// What it was.
        label: Label,
    },
    /// The newest word is taken back.
    Undo {
        /// In which file.
        job: u32,
    },
}

/// From the engine thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The thread listens. Whatever is sent to it before is lost.
    Ready,
    /// The file is being read.
    Reading {
        /// Of which file.
        job: u32,
        /// Read so far.
        bytes: f64,
        /// Rows so far.
        rows: u32,
    },
    /// The file is read. `parts[0]`: the times, a `Float64Array`. One [`Report::Lane`] per stream follows.
    Read {
        /// Of which file.
        job: u32,
        /// The streams, in the order of the columns.
        streams: Vec<StreamNote>,
        /// Which stream moves which, as places.
        links: Vec<(u32, u32)>,
        /// The shipped schema that they follow, if any.
        preset: Option<String>,
        /// What to say about the reading.
        note: Box<Note>,
        /// How often the engine may be wrong, which is the line that an alarm crosses.
        false_alarm_rate: f64,
    },
    /// A stream's values. `parts[0]`: a `Float64Array`.
    Lane {
        /// Of which file.
        job: u32,
        /// The place of the stream.
        place: u32,
    },
    /// More is judged. `parts`: times, scores and confidences, three `Float64Array`s to be added to those before.
    Judged {
        /// Of which file.
        job: u32,
        /// Rows judged so far.
        rows: u32,
        /// All episodes so far that are new or have changed.
        episodes: Vec<EpisodeJson<'static>>,
    },
    /// All is judged.
    Done {
        /// Of which file.
        job: u32,
        /// Stands for every bit of every verdict: equal here and natively.
        digest: String,
        /// Reading took so long.
        reading_ms: f64,
        /// Judging took so long.
        judging_ms: f64,
    },
    /// About this device's sensors.
    Live(LiveReport),
    /// Why it happened.
    Explained {
        /// In which file.
        job: u32,
        /// The explanation.
        why: Box<ExplanationJson>,
        /// How those go together of whom it says that one leads the other.
        curves: Vec<Curve>,
        /// Answering took so long.
        took_ms: f64,
    },
    /// It can not be explained.
    NotExplained {
        /// In which file.
        job: u32,
        /// For a person.
        message: String,
    },
    /// What follows a row is being judged again. What was reported of it is void; more [`Report::Judged`] come.
    Again {
        /// In which file.
        job: u32,
        /// Rows that stand.
        rows: u32,
        /// Verdicts that stand.
        verdicts: u32,
        /// All that people have said.
        said: Vec<Said>,
    },
    /// Nothing more will come.
    Cancelled {
        /// Of which file.
        job: u32,
    },
    /// It can not be done; the sentence says why and what to do.
    Failed {
        /// Of which file.
        job: u32,
        /// For a person.
        message: String,
    },
}

/// What a person says of a file. All that is left out is guessed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The shipped schema that it follows, or [`schema::NO_PRESET`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// How it is read.
    pub table: Choices,
    /// How streams behave, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, Kind>,
    /// The share of normal frames that may raise an alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_alarm_rate: Option<f64>,
}

/// What a person called an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The episode's first frame. (Its number may change when an earlier one is gone.)
    pub opened_ms: i64,
    /// What it was.
    pub label: Label,
}

/// How two streams go together when one is moved against the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Who is said to lead.
    pub first: String,
    /// Who follows.
    pub then: String,
    /// By how many milliseconds the first one is ahead, and their correlation then.
    pub points: Vec<(f64, Option<f64>)>,
}

/// A stream as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamNote {
    /// Its name.
    pub name: String,
    /// Its group, where the schema has groups.
    pub group: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// How it behaves.
    pub kind: Kind,
}
