//! What page and engine thread say to each other: one definition for both sides.
//!
//! A message is an object `{ head, parts }`. `head` is one of the enums below; `parts` are typed arrays or a file,
//! which are moved, not copied. What belongs in `parts` is said at each message.

pub mod curve;
pub mod desk;
pub mod health;
pub mod lines;
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
        /// What was said of its episodes before the page was loaded again.
        before: Before,
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
    /// Tell the episodes at another false-alarm rate, without judging again.
    Rate {
        /// In which file.
        job: u32,
        /// The share of normal frames that may raise an alarm.
        rate: f64,
    },
    /// Judge at another pace from now on.
    Pace {
        /// Wait until another pace is asked for.
        is_paused: bool,
        /// Not faster than this; `None` as fast as it goes.
        rows_per_s: Option<f64>,
    },
    /// Judge all of it once more, for who wants to watch.
    Replay {
        /// Which file.
        job: u32,
    },
    /// Make a file of what is known.
    Export {
        /// Of which file.
        job: u32,
        /// What is wanted.
        what: Export,
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
        /// First and last moment of what the file itself calls abnormal.
        labelled: Vec<(f64, f64)>,
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
        /// Words taken back that the engine came with.
        taken_back: u32,
        /// And how many of those are left.
        taught: u32,
    },
    /// All episodes, at another false-alarm rate.
    Retold {
        /// In which file.
        job: u32,
        /// The rate.
        rate: f64,
        /// All of them.
        episodes: Vec<EpisodeJson<'static>>,
        /// Telling them took so long.
        took_ms: f64,
    },
    /// How every stream is, at the last row.
    Health {
        /// In which file.
        job: u32,
        /// In the order of the streams.
        streams: Vec<HealthNote>,
    },
    /// How well the alarms agree with the file's own labels.
    Scored {
        /// In which file.
        job: u32,
        /// How well.
        agreement: Agreement,
    },
    /// A session was opened: an engine that has learned, and no rows yet. [`Report::Read`] says what it watches.
    Resumed {
        /// The session.
        job: u32,
        /// Frames that it has learned.
        frames: u64,
        /// The last of them.
        last_ms: Option<i64>,
        /// Words that it heard and that can be taken back.
        taught: u32,
    },
    /// A file that was asked for. `parts[0]`: a `Blob`.
    Exported {
        /// Of which file.
        job: u32,
        /// What it is.
        what: Export,
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

/// What a person had done with a file before the page was loaded again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// What they said of episodes.
    pub said: Vec<Said>,
    /// How many words they took back that a session came with.
    pub taken_back: u32,
    /// The false-alarm rate at which they looked at it, where they chose one.
    pub rate: Option<f64>,
}

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Export {
    /// Every verdict, a line each.
    Csv,
    /// Every verdict whole, one JSON object a line.
    Json,
    /// The engine with all that it has learned.
    Session,
}

/// How a stream is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HealthNote {
    /// The share of frames with a value, lately.
    pub available: f64,
    /// The gap that it is in, in a word; `none` where it is there.
    pub gap: String,
    /// How fit it is to be judged.
    pub fitness: f64,
    /// What is to be said beside that, in words.
    pub remarks: Vec<String>,
    /// The usual time between two values.
    pub usual_gap_ms: Option<f64>,
    /// The model that forecasts it.
    pub model: String,
    /// Its late mean error, in the stream's unit.
    pub error: Option<f64>,
    /// That of the model it is held against.
    pub rival_error: Option<f64>,
    /// Values so far.
    pub values: u64,
    /// The share of them that could be measurements.
    pub validity: Option<f64>,
}

/// How well alarms agree with labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Labelled stretches.
    pub events: u32,
    /// Those in which an alarm was raised.
    pub found: u32,
    /// Alarms outside.
    pub false_alarms: u32,
    /// The chance that an abnormal row ranks above a normal one.
    pub auc_roc: Option<f64>,
    /// The mean precision of the ranking.
    pub auc_pr: Option<f64>,
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
