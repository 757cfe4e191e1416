//! A file as columns of numbers over time.

mod cell;
mod choices;
mod elements;
mod json;
mod long;
mod reader;
mod record;
mod shape;
mod time;
mod unit;
mod utf16;
mod wall;
mod whole;
mod wide;
pub(crate) mod zone;

pub use choices::{Choices, ColumnPlan, DateOrder, Decimal, Plan, Role};
pub use reader::Reader;
pub use time::{Written, civil, parse_time};
pub use wall::Zones;
pub use zone::{Shown, Zone, offset_name};

use fourfold::{Engine, Schema};
use serde::{Deserialize, Serialize};

/// As many streams as one page can show.
pub const STREAMS_MAX: usize = 32;

/// What was read: every column has one value per time, NaN where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Strictly ascending.
    pub times_ms: Vec<i64>,
    /// The streams.
    pub columns: Vec<Column>,
    /// Which rows somebody knows to be abnormal; empty where nobody says.
    pub labels: Vec<bool>,
    /// How the reading went.
    pub note: Note,
}

impl Table {
    /// The usual distance between rows.
    pub fn interval_ms(&self) -> i64 {
        let mut steps: Vec<i64> = self.times_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let middle = steps.len() / 2;
        if steps.is_empty() { 1 } else { *steps.select_nth_unstable(middle).1 }
    }
}

impl Table {
    /// A table without rows, for the streams of a schema.
    pub fn of_streams(schema: &Schema) -> Self {
        let column = |name: &String| Column { name: name.clone(), ..Column::default() };
        let columns = schema.streams().iter().map(|stream| column(&stream.name)).collect();
        let time_column = Some(String::new());
        Self { columns, note: Note { time_column, ..Note::default() }, ..Self::default() }
    }

    /// The rows that an engine still remembers, and how unusual each was.
    pub fn recalled(engine: &Engine) -> (Self, Vec<f64>) {
        let (mut table, mut scores) = (Self::of_streams(engine.schema()), Vec::new());
        engine.recall(|frame| {
            table.times_ms.push(frame.at_ms);
            table.columns.iter_mut().zip(frame.values).for_each(|(column, &value)| column.values.push(value));
            scores.push(frame.score);
        });
        table.note.rows = scores.len() as u64;
        // Shown on the wall where it was measured.
        table.note.plan.zone = Self::zone_of(engine);
        (table, scores)
    }

    /// The clock that an engine's habits follow.
    pub fn zone_of(engine: &Engine) -> Zone {
        engine.schema().to_draft().zone.map_or_else(Zone::default, Zone::from)
    }

    /// Puts the columns in the order of an engine's streams, and drops the rows that it has learned already.
    pub fn go_on_after(&mut self, engine: &Engine) -> Result<(), TableFault> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for stream in engine.schema().streams() {
            let place = self.columns.iter().position(|column| column.name == stream.name);
            let place = place.ok_or_else(|| TableFault::OtherStreams(stream.name.clone()))?;
            columns.push(self.columns.swap_remove(place));
        }
        self.note.text_columns.extend(self.columns.drain(..).map(|column| column.name));
        let from =
            engine.last_frame_ms().map_or(0, |last_ms| self.times_ms.partition_point(|&at| at <= last_ms));
        self.times_ms.drain(..from);
        columns.iter_mut().for_each(|column| _ = column.values.drain(..from));
        self.labels.drain(..from.min(self.labels.len()));
        self.columns = columns;
        self.note.rows = self.times_ms.len() as u64;
        if self.times_ms.is_empty() { Err(TableFault::NothingNew) } else { Ok(()) }
    }
}

/// One stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// As in the header.
    pub name: String,
    /// One per row.
    pub values: Vec<f64>,
    /// The thing that it is about, where the file says so.
    pub group: Option<String>,
    /// What its numbers count, where the cells say so.
    pub unit: Option<String>,
}

/// What a person should know about how their file was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Rows that became frames.
    pub rows: u64,
    /// Rows that could not be read: the wrong number of cells, or no time.
    pub bad_rows: u64,
    /// The first few of them.
    pub bad_lines: Vec<BadLine>,
    /// Rows on single things that were gathered in frames; 0 where rows are frames.
    pub events: u64,
    /// Cells with text where a number should be. They count as missing.
    pub unreadable_cells: u64,
    /// Cells without a value.
    pub missing_cells: u64,
    /// Whether the rows had to be put in the order of time.
    pub sorted: bool,
    /// Rows that had the time of another and were merged into it.
    pub merged_rows: u64,
    /// Rows in an hour that the clock showed twice; their order tells which it was.
    pub doubled_rows: u64,
    /// Rows in an hour that the clock skips.
    pub skipped_rows: u64,
    /// The column that says when, if there is one; otherwise rows are numbered.
    pub time_column: Option<String>,
    /// The column that says which thing a row is about.
    pub group_column: Option<String>,
    /// The column that says which rows are abnormal.
    pub label_column: Option<String>,
    /// Rows that are known to be abnormal.
    pub labelled_rows: u64,
    /// Columns that hold no numbers, or are left out on purpose.
    pub text_columns: Vec<String>,
    /// Numeric columns beyond the first 32.
    pub surplus_columns: Vec<String>,
    /// How the table was understood.
    pub plan: Plan,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// Counts from 1.
    pub line: u64,
    /// Why.
    pub why: String,
    /// What it says, or its beginning.
    pub text: String,
}

/// Why a file is not a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// Nothing in it.
    Empty,
    /// A format that only looks like a table on screen; carries what it seems to be.
    Foreign(&'static str),
    /// No column of numbers.
    NoNumbers,
    /// A header and nothing else that could be read.
    NoRows,
    /// The session that is open watches a stream that the file does not have.
    OtherStreams(String),
    /// The session that is open has learned all of it already.
    NothingNew,
    /// The engine can not take it; carries its sentence.
    Refused(String),
}

impl std::fmt::Display for TableFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty. Choose one with a header and rows of numbers."),
            Self::Foreign(what) => {
                write!(f, "This looks like {what}, not a text table. Save it as CSV and drop that.")
            }
            Self::OtherStreams(name) => write!(
                f,
                "The session that is open watches “{name}”, which this file does not have. Drop one with the same \
                 columns, or go to the start to judge it by itself."
            ),
            Self::NothingNew => f.write_str(
                "The session that is open has learned all rows of this file already. Drop one that goes on later, or \
                 go to the start to judge it by itself.",
            ),
            Self::Refused(why) => {
                write!(f, "This table can not be taken: {why}. Change it, or what is said of it.")
            }
            Self::NoNumbers => f.write_str(
                "No column holds numbers. A file needs a header row, one column of times (or none), and \
                 at least one column of numbers.",
            ),
            Self::NoRows => f.write_str(
                "There is a header but no row that can be read. Each row needs as many cells as the header.",
            ),
        }
    }
}

impl std::error::Error for TableFault {}
