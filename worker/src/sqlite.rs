//! The log in the SQLite of a Durable Object.
//!
//! The platform holds every response back until the writes before it are on disk, so what was answered is there after
//! any crash.

use worker::js_sys::{Function, Reflect};
use worker::wasm_bindgen::closure::Closure;
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{SqlStorage, SqlStorageValue, Storage};

use crate::log::{Answered, Append, Entry, EpisodeRow, Kind, Log, Tail};
use crate::refusal::StorageFault;

/// A blob may have two million bytes.
const PART_BYTES: usize = 1_000_000;
/// Entries that are read at once. Each is at most about a megabyte.
const PAGE: i32 = 32;
/// Snapshots that are kept: should the newest be damaged, the one before saves reading the whole log.
const SNAPSHOTS_KEPT: i32 = 2;

/// `log.frames` is a running count, so that nobody has to add up.
const TABLES: [&str; 5] = [
    "CREATE TABLE system (one INTEGER PRIMARY KEY CHECK (one = 1), layout INTEGER NOT NULL, schema TEXT NOT NULL)",
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL, frames INTEGER NOT NULL, rows BLOB NOT NULL, verdicts TEXT NOT NULL)",
    "CREATE INDEX log_by_time ON log (kind, last_ms)",
    "CREATE TABLE episodes (id INTEGER PRIMARY KEY, json TEXT NOT NULL)",
    "CREATE TABLE snapshots (seq INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (seq, part))",
];
/// Raised when the tables change.
const LAYOUT: i32 = 1;

/// The tables of one object.
pub(crate) struct SqliteLog {
    storage: Storage,
    sql: SqlStorage,
}

type Row = Vec<SqlStorageValue>;

impl SqliteLog {
    /// The log in a storage. Nothing is written before `create`.
    pub(crate) fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage }
    }

    /// Runs a statement and reads its rows.
    fn rows(&self, statement: &str, bindings: Row) -> Result<Vec<Row>, StorageFault> {
        let cursor = self.sql.exec(statement, bindings).map_err(refused)?;
        cursor.raw().collect::<Result<_, _>>().map_err(refused)
    }

    /// Runs `work` in a transaction: all of it stands, or nothing does.
    fn at_once(
        &self,
        work: impl FnMut(&SqlStorage) -> worker::Result<()> + 'static,
    ) -> Result<(), StorageFault> {
        let (sql, mut work) = (self.sql.clone(), work);
        let work =
            Closure::<dyn FnMut() -> Result<(), JsValue>>::new(move || work(&sql).map_err(JsValue::from));
        // The crate offers only the asynchronous form, which would let another request in between.
        let storage: &JsValue = self.storage.as_raw().as_ref();
        let transaction = Reflect::get(storage, &JsValue::from_str("transactionSync"))
            .and_then(JsCast::dyn_into::<Function>)
            .map_err(|fault| refused(fault.into()))?;
        transaction.call1(storage, work.as_ref()).map_err(|fault| refused(fault.into()))?;
        Ok(())
    }
}

impl Log for SqliteLog {
    fn schema(&self) -> Result<Option<String>, StorageFault> {
        // Asked this way, an object that nobody created stays without storage.
        let tables = self.rows("SELECT 1 FROM sqlite_master WHERE name = 'system'", Vec::new())?;
        if tables.is_empty() {
            return Ok(None);
        }
        self.rows("SELECT schema FROM system", Vec::new())?
            .into_iter()
            .next()
            .map(|row| only(row, text))
            .transpose()
    }

    fn create(&self, schema: &str) -> Result<(), StorageFault> {
        let schema = schema.to_owned();
        self.at_once(move |sql| {
            for table in TABLES {
                sql.exec(table, None)?;
            }
            let bindings = vec![LAYOUT.into(), schema.as_str().into()];
            sql.exec("INSERT INTO system (one, layout, schema) VALUES (1, ?, ?)", bindings)?;
            Ok(())
        })
    }

    fn append(&self, append: Append) -> Result<(), StorageFault> {
        let mut append = Some(append);
        self.at_once(move |sql| {
            let Append { entries, episodes } = append.take().unwrap_or_default();
            for Answered { entry, verdicts } in entries {
                let Entry { seq, kind, first_ms, last_ms, frames, rows } = entry;
                let (seq, kind, frames) = (seq as i64, number_of(kind), frames as i64);
                sql.exec(
                    "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)",
                    vec![
                        seq.into(),
                        kind.into(),
                        first_ms.into(),
                        last_ms.into(),
                        frames.into(),
                        rows.into(),
                        verdicts.into(),
                    ],
                )?;
            }
            for EpisodeRow { id, json } in episodes {
                let bindings = vec![(id as i64).into(), json.into()];
                sql.exec("INSERT OR REPLACE INTO episodes VALUES (?, ?)", bindings)?;
            }
            Ok(())
        })
    }

    fn tail(&self) -> Result<Tail, StorageFault> {
        let rows = self.rows("SELECT seq, frames FROM log ORDER BY seq DESC LIMIT 1", Vec::new())?;
        let Some(row) = rows.into_iter().next() else { return Ok(Tail::default()) };
        let mut row = row.into_iter();
        Ok(Tail { seq: count(row.next())?, frames: count(row.next())? })
    }

    fn entries_after(&self, seq: u64) -> Result<Vec<Entry>, StorageFault> {
        let rows = self.rows(
            "SELECT seq, kind, first_ms, last_ms, frames, rows FROM log WHERE seq > ? ORDER BY seq LIMIT ?",
            vec![(seq as i64).into(), PAGE.into()],
        )?;
        rows.into_iter().map(|row| entry(&mut row.into_iter())).collect()
    }

    fn entry_until(&self, kind: Kind, at_ms: i64) -> Result<Option<Answered>, StorageFault> {
        let rows = self.rows(
            "SELECT seq, kind, first_ms, last_ms, frames, rows, verdicts FROM log
                WHERE kind = ? AND last_ms >= ? ORDER BY last_ms LIMIT 1",
            vec![number_of(kind).into(), at_ms.into()],
        )?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let mut row = row.into_iter();
        Ok(Some(Answered { entry: entry(&mut row)?, verdicts: text(row.next())? }))
    }

    fn episodes(&self, most: u32) -> Result<Vec<String>, StorageFault> {
        let rows =
            self.rows("SELECT json FROM episodes ORDER BY id DESC LIMIT ?", vec![i64::from(most).into()])?;
        rows.into_iter().map(|row| only(row, text)).collect()
    }

    fn snapshots(&self) -> Result<Vec<u64>, StorageFault> {
        let rows = self.rows("SELECT DISTINCT seq FROM snapshots ORDER BY seq DESC", Vec::new())?;
        rows.into_iter().map(|row| only(row, count)).collect()
    }

    fn snapshot(&self, seq: u64) -> Result<Vec<u8>, StorageFault> {
        let parts =
            self.rows("SELECT bytes FROM snapshots WHERE seq = ? ORDER BY part", vec![(seq as i64).into()])?;
        let parts: Result<Vec<_>, _> = parts.into_iter().map(|row| only(row, blob)).collect();
        Ok(parts?.concat())
    }

    fn keep_snapshot(&self, seq: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        let bytes = bytes.to_vec();
        self.at_once(move |sql| {
            for (part, bytes) in bytes.chunks(PART_BYTES).enumerate() {
                let bindings = vec![(seq as i64).into(), (part as i64).into(), bytes.to_vec().into()];
                sql.exec("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)", bindings)?;
            }
            sql.exec(
                "DELETE FROM snapshots WHERE seq NOT IN
                    (SELECT DISTINCT seq FROM snapshots ORDER BY seq DESC LIMIT ?)",
                vec![SNAPSHOTS_KEPT.into()],
            )?;
            Ok(())
        })
    }
}

/// The reason stays in the object's own log: it is about tables, not about anything that the caller could change.
fn refused(fault: worker::Error) -> StorageFault {
    worker::console_error!("storage: {fault}");
    StorageFault::Refused
}

fn number_of(kind: Kind) -> i32 {
    match kind {
        Kind::Frames => 0,
        Kind::Tick => 1,
    }
}

fn entry(row: &mut impl Iterator<Item = SqlStorageValue>) -> Result<Entry, StorageFault> {
    Ok(Entry {
        seq: count(row.next())?,
        kind: match integer(row.next())? {
            0 => Kind::Frames,
            1 => Kind::Tick,
            _ => return Err(StorageFault::Damaged),
        },
        first_ms: integer(row.next())?,
        last_ms: integer(row.next())?,
        frames: count(row.next())?,
        rows: blob(row.next())?,
    })
}

fn only<T>(
    row: Row,
    read: impl FnOnce(Option<SqlStorageValue>) -> Result<T, StorageFault>,
) -> Result<T, StorageFault> {
    read(row.into_iter().next())
}

fn integer(value: Option<SqlStorageValue>) -> Result<i64, StorageFault> {
    match value {
        Some(SqlStorageValue::Integer(number)) => Ok(number),
        _ => Err(StorageFault::Damaged),
    }
}

fn count(value: Option<SqlStorageValue>) -> Result<u64, StorageFault> {
    u64::try_from(integer(value)?).map_err(|_| StorageFault::Damaged)
}

fn text(value: Option<SqlStorageValue>) -> Result<String, StorageFault> {
    match value {
        Some(SqlStorageValue::String(text)) => Ok(text),
        _ => Err(StorageFault::Damaged),
    }
}

fn blob(value: Option<SqlStorageValue>) -> Result<Vec<u8>, StorageFault> {
    match value {
        Some(SqlStorageValue::Blob(bytes)) => Ok(bytes),
        _ => Err(StorageFault::Damaged),
    }
}
