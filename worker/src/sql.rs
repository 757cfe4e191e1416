//! What a store needs of SQLite, and nothing of whose SQLite it is: that of a Durable Object, or any other in tests.

use crate::refusal::StorageFault;

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// A whole number, of at most 53 bits: a Worker has no longer ones.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// One statement with its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    /// The statement.
    pub(crate) text: &'static str,
    /// What its question marks stand for.
    pub(crate) cells: Vec<Cell>,
}

/// A SQLite database.
pub(crate) trait Sql {
    /// Runs a statement and reads its rows.
    fn rows(&self, text: &str, cells: Vec<Cell>) -> Result<Vec<Row>, StorageFault>;
    /// Runs statements in a transaction: all of them stand, or nothing does.
    fn at_once(&self, statements: Vec<Statement>) -> Result<(), StorageFault>;
}

/// A row whose cells are taken from the left. What is not of the expected kind is damage.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Cell>);

impl Row {
    pub(crate) fn new(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }

    pub(crate) fn integer(&mut self) -> Result<i64, StorageFault> {
        match self.0.next() {
            Some(Cell::Integer(number)) => Ok(number),
            _ => Err(StorageFault::Damaged),
        }
    }

    pub(crate) fn optional_integer(&mut self) -> Result<Option<i64>, StorageFault> {
        match self.0.next() {
            Some(Cell::Integer(number)) => Ok(Some(number)),
            Some(Cell::Null) => Ok(None),
            _ => Err(StorageFault::Damaged),
        }
    }

    pub(crate) fn count(&mut self) -> Result<u64, StorageFault> {
        u64::try_from(self.integer()?).map_err(|_| StorageFault::Damaged)
    }

    pub(crate) fn text(&mut self) -> Result<String, StorageFault> {
        match self.0.next() {
            Some(Cell::Text(text)) => Ok(text),
            _ => Err(StorageFault::Damaged),
        }
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, StorageFault> {
        match self.0.next() {
            Some(Cell::Text(text)) => Ok(Some(text)),
            Some(Cell::Null) => Ok(None),
            _ => Err(StorageFault::Damaged),
        }
    }

    /// A whole number is a number, too.
    pub(crate) fn real(&mut self) -> Result<f64, StorageFault> {
        match self.0.next() {
            Some(Cell::Real(number)) => Ok(number),
            Some(Cell::Integer(number)) => Ok(number as f64),
            _ => Err(StorageFault::Damaged),
        }
    }

    pub(crate) fn blob(&mut self) -> Result<Vec<u8>, StorageFault> {
        match self.0.next() {
            Some(Cell::Blob(bytes)) => Ok(bytes),
            _ => Err(StorageFault::Damaged),
        }
    }
}

/// `None` is null, and what does not fit into a Worker's numbers is cut to the largest that does.
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        const MOST: i64 = (1 << 53) - 1;
        Self::Integer(number.clamp(-MOST, MOST))
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        i64::try_from(number).unwrap_or(i64::MAX).into()
    }
}

impl From<u8> for Cell {
    fn from(number: u8) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Cell {
    fn from(is_so: bool) -> Self {
        Self::Integer(is_so.into())
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Cell {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}
