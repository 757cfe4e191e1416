//! Idempotency keys: which request each belongs to, and what was answered.

use super::{Blob, Store, Write};
use crate::answer::{Answer, COLUMNS, CSV, JSON, NDJSON};
use crate::refusal::StorageFault;
use crate::sql::Sql;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KnownAnswer {
    /// Its number.
    pub(crate) id: u64,
    /// The request that it belongs to.
    pub(crate) digest: String,
    /// Of the answer.
    pub(crate) status: u16,
    /// Of the answer.
    pub(crate) media: &'static str,
}

impl Write {
    /// Keeps a key and what kind of answer there was. A key that was used before is past its time.
    pub(crate) fn key(&mut self, id: u64, key: &str, digest: &str, answer: &Answer, now_ms: i64) {
        self.push(
            "DELETE FROM blobs WHERE kind = ? AND id = (SELECT id FROM keys WHERE key = ?)",
            [(Blob::Answer as u8).into(), key.into()],
        );
        self.push("DELETE FROM keys WHERE key = ?", [key.into()]);
        self.push(
            "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?)",
            [
                id.into(),
                key.into(),
                now_ms.into(),
                digest.into(),
                i64::from(answer.status).into(),
                answer.media.into(),
            ],
        );
    }

    /// Forgets the keys of before a moment.
    pub(crate) fn forget_keys(&mut self, before_ms: i64) {
        let kind = Blob::Answer as u8;
        self.push(
            "DELETE FROM blobs WHERE kind = ? AND id IN (SELECT id FROM keys WHERE at_ms < ?)",
            [kind.into(), before_ms.into()],
        );
        self.push("DELETE FROM keys WHERE at_ms < ?", [before_ms.into()]);
    }
}

impl<S: Sql> Store<S> {
    /// What is known of a key that came at a moment or later.
    pub(crate) fn key(&self, key: &str, since_ms: i64) -> Result<Option<KnownAnswer>, StorageFault> {
        let row = self.first(
            "SELECT id, digest, status, media FROM keys WHERE key = ? AND at_ms >= ?",
            [key.into(), since_ms.into()],
        )?;
        let Some(mut row) = row else { return Ok(None) };
        Ok(Some(KnownAnswer {
            id: row.count()?,
            digest: row.text()?,
            status: u16::try_from(row.integer()?).map_err(|_| StorageFault::Damaged)?,
            media: match row.text()?.as_str() {
                NDJSON => NDJSON,
                CSV => CSV,
                COLUMNS => COLUMNS,
                _ => JSON,
            },
        }))
    }

    /// A number for the next key.
    pub(crate) fn next_key(&self) -> Result<u64, StorageFault> {
        let row = self.first("SELECT coalesce(max(id), 0) + 1 FROM keys", [])?;
        row.ok_or(StorageFault::Damaged)?.count()
    }
}
