//! Alerts: the rules, the news that wait for them, and the messages that wait for their receivers.

use super::{Store, Write};
use crate::refusal::StorageFault;
use crate::sql::Sql;

/// News as they lie in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewsRow {
    /// Counts without end, so that no two are taken for one.
    pub(crate) id: u64,
    pub(crate) news: String,
    pub(crate) severity: u8,
    pub(crate) score: f64,
    pub(crate) group: Option<String>,
    pub(crate) is_silence: bool,
    /// The whole notice.
    pub(crate) json: String,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MessageRow {
    /// Its number here.
    pub(crate) id: u64,
    /// Its name everywhere.
    pub(crate) name: String,
    /// Where it goes.
    pub(crate) url: String,
    /// What it says.
    pub(crate) body: String,
    /// How often that was tried.
    pub(crate) attempts: u32,
}

impl Write {
    /// Keeps the rules.
    pub(crate) fn alerts(&mut self, json: &str) {
        self.push("INSERT OR REPLACE INTO alerts VALUES (1, ?)", [json.into()]);
    }

    /// News up to a number have been looked at.
    pub(crate) fn no_news(&mut self, until: u64) {
        self.push("DELETE FROM outbox WHERE id <= ?", [until.into()]);
    }

    /// Nobody waits for the news of before.
    pub(crate) fn no_news_at_all(&mut self) {
        self.push("DELETE FROM outbox", []);
    }

    /// A message that is due at once.
    pub(crate) fn message(&mut self, name: String, url: &str, body: &str, now_ms: i64) {
        self.push(
            "INSERT INTO messages (name, url, body, attempts, due_ms) VALUES (?, ?, ?, 0, ?)",
            [name.into(), url.into(), body.into(), now_ms.into()],
        );
    }

    /// A message that was not taken and is sent again.
    /// While it was away, another system may have come in the place of its own: numbers begin anew, names do not.
    pub(crate) fn message_again(&mut self, row: &MessageRow, attempts: u32, due_ms: i64) {
        self.push(
            "UPDATE messages SET attempts = ?, due_ms = ? WHERE id = ? AND name = ?",
            [u64::from(attempts).into(), due_ms.into(), row.id.into(), row.name.as_str().into()],
        );
    }

    /// A message that was taken or given up.
    pub(crate) fn no_message(&mut self, row: &MessageRow) {
        self.push(
            "DELETE FROM messages WHERE id = ? AND name = ?",
            [row.id.into(), row.name.as_str().into()],
        );
    }

    /// Messages to an address that is no webhook any more.
    pub(crate) fn no_messages_to(&mut self, url: &str) {
        self.push("DELETE FROM messages WHERE url = ?", [url.into()]);
    }
}

impl<S: Sql> Store<S> {
    /// The rules, if there are any.
    pub(crate) fn alerts(&self) -> Result<Option<String>, StorageFault> {
        self.first("SELECT json FROM alerts", [])?.map(|mut row| row.text()).transpose()
    }

    /// The oldest news.
    pub(crate) fn news(&self, most: u64) -> Result<Vec<NewsRow>, StorageFault> {
        let rows = self.rows(
            "SELECT id, news, severity, score, grp, silence, json FROM outbox ORDER BY id LIMIT ?",
            [most.into()],
        )?;
        let news = rows.into_iter().map(|mut row| {
            Ok(NewsRow {
                id: row.count()?,
                news: row.text()?,
                severity: u8::try_from(row.count()?).map_err(|_| StorageFault::Damaged)?,
                score: row.real()?,
                group: row.optional_text()?,
                is_silence: row.count()? != 0,
                json: row.text()?,
            })
        });
        news.collect()
    }

    /// Messages that are due, the oldest first.
    pub(crate) fn messages(&self, now_ms: i64, most: u64) -> Result<Vec<MessageRow>, StorageFault> {
        let rows = self.rows(
            "SELECT id, name, url, body, attempts FROM messages WHERE due_ms <= ? ORDER BY due_ms, id LIMIT ?",
            [now_ms.into(), most.into()],
        )?;
        let messages = rows.into_iter().map(|mut row| {
            Ok(MessageRow {
                id: row.count()?,
                name: row.text()?,
                url: row.text()?,
                body: row.text()?,
                attempts: u32::try_from(row.count()?).map_err(|_| StorageFault::Damaged)?,
            })
        });
        messages.collect()
    }

    /// When the next message is due.
    pub(crate) fn next_message_ms(&self) -> Result<Option<i64>, StorageFault> {
        match self.first("SELECT min(due_ms) FROM messages", [])? {
            Some(mut row) => row.optional_integer(),
            None => Ok(None),
        }
    }

    /// How many messages wait.
    pub(crate) fn message_count(&self) -> Result<u64, StorageFault> {
        self.first("SELECT count(*) FROM messages", [])?.map_or(Ok(0), |mut row| row.count())
    }
}
