//! A file as columns of numbers over time.

mod cell;
mod choices;
mod json;
mod long;
mod reader;
mod record;
mod shape;
mod time;
mod wide;

pub use choices::{Choices, ColumnPlan, DateOrder, Decimal, Plan, Role};
pub use reader::Reader;
pub use time::{Written, civil, parse_time};

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

/// One stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// As in the header.
    pub name: String,
    /// One per row.
    pub values: Vec<f64>,
    /// The thing that it is about, where the file says so.
    pub group: Option<String>,
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
