//! What a registry remembers, in the SQLite of its object.
//!
//! Every change is one piece without a wait, and the platform writes such a piece as a whole, before the answer leaves.

use std::cell::Cell;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use worker::{SqlStorage, SqlStorageValue, Storage};

use super::KeyDraft;
use super::answers::{
    AuditJson, AuditLine, KeyJson, KeysJson, MadeKeyJson, SystemLine, SystemsJson, TenantsJson,
};
use super::keys::KeyRow;
use super::order::{Act, Actor, Page};
use crate::access::{Digest, Key, REPEAT_MS};
use crate::answer::Answer;
use crate::body;
use crate::counts::Counts;
use crate::fault::Fault;
use crate::front::DoorFault;
use crate::journal;
use crate::refusal::{Refusal, StorageFault};

/// Keys of one tenant: whoever needs more wants another tenant.
const KEYS_MAX: u32 = 1_000;

/// The audit log goes back two years.
const AUDIT_MS: i64 = 2 * 366 * 86_400_000;

const TABLES: [&str; 7] = [
    "CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, digest TEXT NOT NULL, json TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS systems (id TEXT PRIMARY KEY, made_ms INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL,
        act TEXT NOT NULL, target TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS tenants (id TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS counts (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL)",
    // Keys that were made with an `Idempotency-Key`: from which salt, and what they were then.
    "CREATE TABLE IF NOT EXISTS wishes (repeat TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, request TEXT NOT NULL,
        salt TEXT NOT NULL, digest TEXT NOT NULL, json TEXT NOT NULL)",
    // Who listens where by which key, or did so once.
    "CREATE TABLE IF NOT EXISTS listeners (key TEXT NOT NULL, system TEXT NOT NULL, PRIMARY KEY (key, system))",
];

pub(super) struct Tables {
    sql: SqlStorage,
    /// Whether there are tables, as far as it is known: a registry that nobody wrote to stays without storage.
    are_there: Cell<bool>,
    /// Whether all of them are known to be there: some are younger than the registry.
    are_all_there: Cell<bool>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Deserialize)]
struct KeptKey {
    digest: String,
    json: String,
}

impl Tables {
    pub(super) fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), are_there: Cell::default(), are_all_there: Cell::default() }
    }

    pub(super) fn exec(&self, statement: &str, bindings: Vec<SqlStorageValue>) -> Result<(), StorageFault> {
        self.sql.exec(statement, bindings).map(|_| ()).map_err(refused)
    }

    pub(super) fn rows<T: DeserializeOwned>(
        &self,
        statement: &str,
        bindings: Vec<SqlStorageValue>,
    ) -> Result<Vec<T>, StorageFault> {
        self.sql.exec(statement, bindings).and_then(|cursor| cursor.to_array()).map_err(refused)
    }

    /// Whether anything was ever written.
    fn are_there(&self) -> Result<bool, StorageFault> {
        if !self.are_there.get() {
            let found: Vec<Text> =
                self.rows("SELECT name AS text FROM sqlite_master WHERE name = 'audit'", Vec::new())?;
            self.are_there.set(!found.is_empty());
        }
        Ok(self.are_there.get())
    }

    pub(super) fn ensure(&self) -> Result<(), StorageFault> {
        if !self.are_all_there.get() {
            for table in TABLES {
                self.exec(table, Vec::new())?;
            }
            self.are_there.set(true);
            self.are_all_there.set(true);
        }
        Ok(())
    }

    pub(super) fn key(&self, id: &str) -> Result<Option<KeyRow>, StorageFault> {
        if !self.are_there()? {
            return Ok(None);
        }
        let found: Vec<KeptKey> = self.rows("SELECT digest, json FROM keys WHERE id = ?", vec![id.into()])?;
        found.into_iter().next().map(KeptKey::open).transpose()
    }

    pub(super) fn keys(&self, page: &Page) -> Result<Answer, Refusal> {
        let found: Vec<Text> = self.page(
            "SELECT json AS text FROM keys WHERE id > ? ORDER BY id LIMIT ?",
            page.after.clone().unwrap_or_default().into(),
            page,
        )?;
        let keys = found.iter().map(|row| body::kept::<KeyJson>(row.text.as_bytes()));
        let keys = keys.collect::<Result<Vec<_>, _>>().map_err(|_| StorageFault::Damaged)?;
        let (keys, next) = cut(keys, page, |key| key.id.clone());
        Ok(Answer::ok(body::write(&KeysJson { keys, next })?))
    }

    pub(super) fn make_key(
        &self,
        tenant: &str,
        draft: KeyDraft,
        by: &Actor,
        now_ms: u64,
    ) -> Result<Answer, Refusal> {
        let (key, text) = Key::make(tenant).ok_or(Refusal::NoAnswer)?;
        let about = draft.accept(key.id.clone(), now_ms)?;
        self.ensure()?;
        self.keep_key(&key, &about, by, now_ms)?;
        MadeKeyJson { key: &text, about: &about }.shown()
    }

    /// Keeps a new key, if there is room for it.
    pub(super) fn keep_key(
        &self,
        key: &Key,
        about: &KeyJson,
        by: &Actor,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        let known: Vec<Text> =
            self.rows("SELECT id AS text FROM keys LIMIT ?", vec![i64::from(KEYS_MAX).into()])?;
        if known.len() >= KEYS_MAX as usize {
            return Err(DoorFault::TooManyKeys { cap: KEYS_MAX }.into());
        }
        self.exec(
            "INSERT INTO keys VALUES (?, ?, ?)",
            vec![key.id.as_str().into(), key.digest.hex().into(), body::write(about)?.into()],
        )?;
        Ok(self.note(Act::KeyMade, &key.id, by, now_ms)?)
    }

    /// Deletes a key; and to which systems somebody may listen by it.
    pub(super) fn drop_key(&self, id: &str, by: &Actor, now_ms: u64) -> Result<Vec<String>, Refusal> {
        if self.key(id)?.is_none() {
            return Err(DoorFault::UnknownKey.into());
        }
        self.ensure()?;
        let systems: Vec<Text> =
            self.rows("SELECT system AS text FROM listeners WHERE key = ?", vec![id.into()])?;
        self.exec("DELETE FROM listeners WHERE key = ?", vec![id.into()])?;
        self.exec("DELETE FROM keys WHERE id = ?", vec![id.into()])?;
        self.note(Act::KeyDeleted, id, by, now_ms)?;
        Ok(systems.into_iter().map(|row| row.text).collect())
    }

    /// Notes that somebody listens to a system by a key.
    pub(super) fn listen(&self, key: &str, system: &str) -> Result<(), StorageFault> {
        self.ensure()?;
        self.exec("INSERT OR IGNORE INTO listeners VALUES (?, ?)", vec![key.into(), system.into()])
    }

    pub(super) fn systems(&self, page: &Page) -> Result<Answer, Refusal> {
        let systems: Vec<SystemLine> = self.page(
            "SELECT id, made_ms AS made FROM systems WHERE id > ? ORDER BY id LIMIT ?",
            page.after.clone().unwrap_or_default().into(),
            page,
        )?;
        let (systems, next) = cut(systems, page, |system| system.id.clone());
        Ok(Answer::ok(body::write(&SystemsJson { systems, next })?))
    }

    /// The newest first: what is written meanwhile does not move the pages that follow.
    pub(super) fn audit(&self, page: &Page) -> Result<Answer, Refusal> {
        let before = match &page.after {
            None => i64::MAX >> 11,
            Some(text) => text.parse().map_err(|_| Fault::BadQuery {
                name: "cursor".to_owned(),
                detail: "it is the `next` of the page before",
            })?,
        };
        let entries: Vec<AuditLine> = self.page(
            "SELECT seq, at_ms AS at, act, target, key, request FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?",
            SqlStorageValue::Integer(before),
            page,
        )?;
        let (entries, next) = cut(entries, page, |entry| entry.seq.to_string());
        Ok(Answer::ok(body::write(&AuditJson { entries, next })?))
    }

    /// Adds to what was counted since ever.
    pub(super) fn count(&self, more: &Counts) -> Result<(), Refusal> {
        self.ensure()?;
        let mut counts = self.counts()?;
        counts.add(more);
        let json = body::write(&counts)?;
        Ok(self.exec("INSERT OR REPLACE INTO counts VALUES (1, ?)", vec![json.into()])?)
    }

    /// What was counted since ever. Counts that can not be read begin anew, as after a restart elsewhere.
    pub(super) fn counts(&self) -> Result<Counts, StorageFault> {
        if !self.are_there()? {
            return Ok(Counts::default());
        }
        let found: Vec<Text> = self.rows("SELECT json AS text FROM counts", Vec::new())?;
        Ok(found.first().and_then(|row| body::kept(row.text.as_bytes()).ok()).unwrap_or_default())
    }

    pub(super) fn count_systems(&self) -> Result<u64, StorageFault> {
        #[derive(Deserialize)]
        struct Count {
            count: u64,
        }
        if !self.are_there()? {
            return Ok(0);
        }
        let found: Vec<Count> = self.rows("SELECT count(*) AS count FROM systems", Vec::new())?;
        Ok(found.first().map_or(0, |row| row.count))
    }

    /// Notes an act, and what it means for the list of systems.
    pub(super) fn acted(
        &self,
        act: Act,
        target: &str,
        by: &Actor,
        now_ms: u64,
        is_newest: bool,
    ) -> Result<(), StorageFault> {
        self.ensure()?;
        if !is_newest {
            // Another act came after it there, and is known here: the list is as it must be.
            return self.note(act, target, by, now_ms);
        }
        if act == Act::SystemDeleted && !self.has_system(target)? {
            // The deletion was carried out and noted before, and is only asked for again.
            return Ok(());
        }
        match act {
            Act::SystemPut => self.exec(
                "INSERT OR IGNORE INTO systems VALUES (?, ?)",
                vec![target.into(), (now_ms as i64).into()],
            )?,
            Act::SystemDeleted => {
                self.exec("DELETE FROM listeners WHERE system = ?", vec![target.into()])?;
                self.exec("DELETE FROM systems WHERE id = ?", vec![target.into()])?;
            }
            Act::ModelRestored | Act::AlertsSet | Act::KeyMade | Act::KeyDeleted => {}
        }
        self.note(act, target, by, now_ms)
    }

    pub(super) fn enroll(&self, tenant: &str) -> Result<Answer, Refusal> {
        self.ensure()?;
        self.exec("INSERT OR IGNORE INTO tenants VALUES (?)", vec![tenant.into()])?;
        Ok(Answer::ok("{}"))
    }

    pub(super) fn tenants(&self, page: &Page) -> Result<Answer, Refusal> {
        let found: Vec<Text> = self.page(
            "SELECT id AS text FROM tenants WHERE id > ? ORDER BY id LIMIT ?",
            page.after.clone().unwrap_or_default().into(),
            page,
        )?;
        let tenants = found.into_iter().map(|row| row.text).collect();
        let (tenants, next) = cut(tenants, page, String::clone);
        Ok(Answer::ok(body::write(&TenantsJson { tenants, next })?))
    }

    /// Keys that expired, what they left behind, and acts of long ago.
    pub(super) fn upkeep(&self, now_ms: u64) -> Result<Answer, Refusal> {
        if self.are_there()? {
            self.ensure()?;
            let before = |kept_ms| vec![(now_ms as i64).saturating_sub(kept_ms).into()];
            self.exec("DELETE FROM audit WHERE at_ms < ?", before(AUDIT_MS))?;
            self.exec("DELETE FROM wishes WHERE at_ms < ?", before(REPEAT_MS))?;
            self.exec("DELETE FROM keys WHERE json ->> 'expires' < ?", before(0))?;
            self.exec("DELETE FROM listeners WHERE key NOT IN (SELECT id FROM keys)", Vec::new())?;
        }
        Ok(Answer::ok("{}"))
    }

    /// Whether a system is in the list.
    pub(super) fn has_system(&self, id: &str) -> Result<bool, StorageFault> {
        let found: Vec<Text> = self.rows("SELECT id AS text FROM systems WHERE id = ?", vec![id.into()])?;
        Ok(!found.is_empty())
    }

    fn note(&self, act: Act, target: &str, by: &Actor, now_ms: u64) -> Result<(), StorageFault> {
        let act = serde_json::to_value(act).map_err(|_| StorageFault::Refused)?;
        self.exec(
            "INSERT INTO audit (at_ms, act, target, key, request) VALUES (?, ?, ?, ?, ?)",
            vec![
                (now_ms as i64).into(),
                act.as_str().unwrap_or_default().into(),
                target.into(),
                by.key.as_str().into(),
                by.request.as_str().into(),
            ],
        )
    }

    /// One row more than asked for tells whether there is another page.
    fn page<T: DeserializeOwned>(
        &self,
        statement: &str,
        after: SqlStorageValue,
        page: &Page,
    ) -> Result<Vec<T>, StorageFault> {
        if !self.are_there()? {
            return Ok(Vec::new());
        }
        self.rows(statement, vec![after, (i64::from(page.limit) + 1).into()])
    }
}

impl KeptKey {
    fn open(self) -> Result<KeyRow, StorageFault> {
        let json = body::kept(self.json.as_bytes())?;
        Ok(KeyRow { digest: Digest::from_hex(&self.digest).ok_or(StorageFault::Damaged)?, json })
    }
}

/// The rows of a page, and the cursor of the next one if there is one.
fn cut<T>(mut rows: Vec<T>, page: &Page, cursor: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let has_more = rows.len() > page.limit as usize;
    rows.truncate(page.limit as usize);
    let next = if has_more { rows.last().map(cursor) } else { None };
    (rows, next)
}

/// The reason stays in the object's own log: it is about tables, not about anything that the caller could change.
fn refused(fault: worker::Error) -> StorageFault {
    journal::error("registry", fault);
    StorageFault::Refused
}
