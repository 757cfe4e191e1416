//! A file as columns of numbers over time.

mod reader;
mod record;
mod shape;
mod time;

pub use reader::Reader;
pub use time::{civil, parse_time};

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
    /// How the reading went.
    pub note: Note,
}

/// One stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// As in the header.
    pub name: String,
    /// One per row.
    pub values: Vec<f64>,
}

/// What a person should know about how their file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Rows that became frames.
    pub rows: u64,
    /// Rows that could not be read: the wrong number of cells, or no time.
    pub bad_rows: u64,
    /// The line of the first of them, from 1.
    pub first_bad_line: Option<u64>,
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
    /// Columns that hold no numbers.
    pub text_columns: Vec<String>,
    /// Numeric columns beyond the first 32.
    pub surplus_columns: Vec<String>,
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
}

impl std::fmt::Display for TableFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty. Choose one with a header and rows of numbers."),
            Self::Foreign(what) => {
                write!(f, "This looks like {what}, not a text table. Save it as CSV and drop that.")
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
