//! What a system remembers, as tables. Reads come one by one; what is written is gathered in a [`Write`] and stands all
//! at once or not at all.

mod anomalies;
mod blobs;
mod keys;
mod log;
mod messages;
mod reports;
mod tables;

pub(crate) use anomalies::{AnomalyRow, Change, Status};
pub(crate) use keys::KnownAnswer;
pub(crate) use log::{Arrival, Said};
pub(crate) use messages::{MessageRow, NewsRow};
pub(crate) use reports::{ModelRow, Report};

use crate::refusal::StorageFault;
use crate::sql::{Cell, Row, Sql, Statement};

/// Kinds of [`blobs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blob {
    /// The engine after an entry of the log, by the entry's number.
    Snapshot = 0,
    /// A checkpoint, by its version.
    Model = 1,
    /// An answer, by the number of its key.
    Answer = 2,
}

/// The tables of one system.
pub(crate) struct Store<S> {
    sql: S,
}

/// What is true of the whole system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SystemRow {
    /// Its schemas are counted from 0.
    pub(crate) era: u64,
    /// The newest schema.
    pub(crate) schema: String,
    /// An episode's number is the engine's and this: an engine that begins anew counts from 1 again.
    pub(crate) shift: i64,
    /// When the house was kept last.
    pub(crate) round_ms: i64,
}

/// What is written at once.
#[derive(Debug, Default)]
pub(crate) struct Write {
    statements: Vec<Statement>,
}

impl Write {
    fn push(&mut self, text: &'static str, cells: impl Into<Vec<Cell>>) {
        self.statements.push(Statement { text, cells: cells.into() });
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Makes the tables of a new system.
    pub(crate) fn create(&mut self, schema: &str, now_ms: i64) {
        for table in tables::TABLES {
            self.push(table, []);
        }
        self.push("INSERT INTO system VALUES (1, ?, 0, 0, ?)", [tables::LAYOUT.into(), now_ms.into()]);
        self.schema(0, schema, 0);
    }

    /// From here on the system watches something else, or its episodes are counted otherwise.
    pub(crate) fn schema(&mut self, era: u64, schema: &str, shift: i64) {
        self.push("INSERT OR REPLACE INTO schemas VALUES (?, ?)", [era.into(), schema.into()]);
        self.push("UPDATE system SET era = ?, shift = ?", [era.into(), shift.into()]);
    }

    /// The house is kept.
    pub(crate) fn round(&mut self, now_ms: i64) {
        self.push("UPDATE system SET round_ms = ?", [now_ms.into()]);
    }

    /// Episodes are counted otherwise.
    pub(crate) fn shift(&mut self, shift: i64) {
        self.push("UPDATE system SET shift = ?", [shift.into()]);
    }
}

impl<S: Sql> Store<S> {
    /// The store in a database. Nothing is written before a system is created.
    pub(crate) fn new(sql: S) -> Self {
        Self { sql }
    }

    /// Writes all of it or nothing.
    pub(crate) fn commit(&self, write: Write) -> Result<(), StorageFault> {
        if write.is_empty() { Ok(()) } else { self.sql.at_once(write.statements) }
    }

    /// The system, if somebody created it.
    pub(crate) fn system(&self) -> Result<Option<SystemRow>, StorageFault> {
        // Asked this way, an object that nobody created stays without storage.
        let tables = self.rows("SELECT 1 FROM sqlite_master WHERE name = 'system'", [])?;
        if tables.is_empty() {
            return Ok(None);
        }
        let rows =
            self.rows("SELECT era, schema, shift, round_ms FROM system JOIN schemas USING (era)", [])?;
        let Some(mut row) = rows.into_iter().next() else { return Err(StorageFault::Damaged) };
        Ok(Some(SystemRow {
            era: row.count()?,
            schema: row.text()?,
            shift: row.integer()?,
            round_ms: row.integer()?,
        }))
    }

    /// A schema by its era.
    pub(crate) fn schema_of(&self, era: u64) -> Result<String, StorageFault> {
        self.first("SELECT schema FROM schemas WHERE era = ?", [era.into()])?
            .ok_or(StorageFault::Damaged)?
            .text()
    }

    fn rows(&self, text: &'static str, cells: impl Into<Vec<Cell>>) -> Result<Vec<Row>, StorageFault> {
        self.sql.rows(text, cells.into())
    }

    fn first(&self, text: &'static str, cells: impl Into<Vec<Cell>>) -> Result<Option<Row>, StorageFault> {
        Ok(self.rows(text, cells)?.into_iter().next())
    }
}
