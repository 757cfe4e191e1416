//! The ordered log of what a system was told: the truth, of which everything else can be made again. A snapshot only
//! saves the time of reading it from the start.

pub(crate) mod column;
pub(crate) mod pack;

use fourfold::ingest::Event;

use crate::refusal::StorageFault;

/// The bytes of an entry. Storage takes two million a row; one frame more than this must fit below that.
pub(crate) const ENTRY_BYTES: usize = 900_000;

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Frames came.
    Frames,
    /// Nothing came, and that was news.
    Tick,
    /// Events came, or the time was told to a system that makes frames of events.
    Events,
    /// A person said something: [`Word`] as JSON.
    Word,
    /// The engine went back to a checkpoint.
    Restored,
    /// The system watches something else from here on: the schema as JSON.
    Schema,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Frames, Self::Tick, Self::Events, Self::Word, Self::Restored, Self::Schema];

    /// Its number in the tables.
    pub(crate) fn code(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_code(code: i64) -> Result<Self, StorageFault> {
        let place = usize::try_from(code).map_err(|_| StorageFault::Damaged)?;
        Self::ALL.get(place).copied().ok_or(StorageFault::Damaged)
    }
}

/// A run of frames, or one of the other things, in the order in which the engine took them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Counts from 1. An entry that was made of several stands for all numbers from `first_seq` on, so there is no hole.
    pub(crate) seq: u64,
    /// The first number that it stands for.
    pub(crate) first_seq: u64,
    /// What it says.
    pub(crate) kind: Kind,
    /// The schema that its values belong to: counts from 0.
    pub(crate) era: u64,
    /// The first moment.
    pub(crate) first_ms: i64,
    /// The last moment.
    pub(crate) last_ms: i64,
    /// Frames in the log up to and including this entry.
    pub(crate) frames: u64,
    /// When it came, by the clock on the wall.
    pub(crate) came_ms: i64,
    /// What it says, as its kind has it; see [`pack`] for frames and events.
    pub(crate) rows: Vec<u8>,
}

/// The end of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The newest entry.
    pub(crate) seq: u64,
    /// Frames in the log.
    pub(crate) frames: u64,
}

/// What a person says of episodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// What an episode was, by the engine's own number.
    Label(u64, fourfold::Label),
    /// The newest label was wrong.
    Undo,
}

/// One step of an engine that is fed by events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Events that came together.
    Push(Vec<Event>),
    /// The time was told.
    Tick(i64),
}

/// Times and values of frames, as the engine takes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frames {
    /// In order.
    pub(crate) times_ms: Vec<i64>,
    /// One value per stream for each time.
    pub(crate) values: Vec<f64>,
}
