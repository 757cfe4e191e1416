//! The log, and what was answered to it.

use super::{Store, Write};
use crate::log::{Entry, Kind, Tail, pack};
use crate::refusal::StorageFault;
use crate::sql::{Row, Sql};

/// Entries that are read at once. Each is at most about a megabyte.
const PAGE: u64 = 32;
/// Verdicts or scores of entries that are read at once: each of them may be a megabyte, and many once it is unpacked.
const SAID: u64 = 4;

/// What was said of an entry.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) seq: u64,
    pub(crate) era: u64,
    pub(crate) bytes: Vec<u8>,
}

/// Data that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// By the clock on the wall.
    pub(crate) came_ms: i64,
    /// The oldest moment in it.
    pub(crate) oldest_ms: i64,
    /// The newest moment in it.
    pub(crate) newest_ms: i64,
}

impl Write {
    /// Puts an entry into the log.
    pub(crate) fn entry(&mut self, entry: Entry, is_packed: bool) {
        let Entry { seq, first_seq, kind, era, first_ms, last_ms, frames, came_ms, rows } = entry;
        self.push(
            "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                seq.into(),
                first_seq.into(),
                kind.code().into(),
                era.into(),
                first_ms.into(),
                last_ms.into(),
                frames.into(),
                came_ms.into(),
                is_packed.into(),
                rows.into(),
            ],
        );
    }

    /// Keeps what was answered to an entry.
    pub(crate) fn verdicts(&mut self, seq: u64, came_ms: i64, bytes: &[u8]) {
        if !bytes.is_empty() {
            let cells = [seq.into(), came_ms.into(), bytes.to_vec().into()];
            self.push("INSERT INTO verdicts VALUES (?, ?, ?)", cells);
        }
    }

    /// Takes a run of entries out of the log, to be replaced by one.
    pub(crate) fn no_entries(&mut self, first_seq: u64, seq: u64) {
        self.push("DELETE FROM log WHERE seq BETWEEN ? AND ?", [first_seq.into(), seq.into()]);
        self.push("DELETE FROM verdicts WHERE seq BETWEEN ? AND ?", [first_seq.into(), seq.into()]);
    }

    /// Keeps the scores of a chapter.
    pub(crate) fn scores(&mut self, chapter: &Entry, bytes: Vec<u8>) {
        let Entry { seq, era, first_ms, last_ms, came_ms, .. } = *chapter;
        let cells = [seq.into(), era.into(), first_ms.into(), last_ms.into(), came_ms.into(), bytes.into()];
        self.push("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?)", cells);
    }

    /// Forgets raw data and its scores that came before a moment. What the oldest snapshot has not seen stays.
    pub(crate) fn forget_raw(&mut self, before_ms: i64, snapshot: u64) {
        let cells = [before_ms.into(), snapshot.into()];
        self.push("DELETE FROM log WHERE came_ms < ? AND seq <= ? AND packed = 1", cells.clone());
        self.push("DELETE FROM scores WHERE came_ms < ? AND seq <= ?", cells);
    }

    /// Forgets the exact verdicts of before a moment. The statistics still need those of what is not packed.
    pub(crate) fn forget_verdicts(&mut self, before_ms: i64) {
        self.push(
            "DELETE FROM verdicts WHERE came_ms < ? AND seq NOT IN (SELECT seq FROM log WHERE packed = 0)",
            [before_ms.into()],
        );
    }

    /// Forgets the exact verdicts of before a frame, by its number.
    pub(crate) fn forget_verdicts_below(&mut self, frames: u64) {
        self.push(
            "DELETE FROM verdicts WHERE seq IN (SELECT seq FROM log WHERE packed = 1 AND frames < ?)",
            [frames.into()],
        );
    }

    /// Forgets raw data of before a frame, and its scores. What the oldest snapshot has not seen stays.
    pub(crate) fn forget_raw_below(&mut self, frames: u64, snapshot: u64) {
        let cells = [frames.into(), snapshot.into()];
        self.push(
            "DELETE FROM scores WHERE seq IN
                (SELECT seq FROM log WHERE packed = 1 AND frames < ? AND seq <= ?)",
            cells.clone(),
        );
        self.push("DELETE FROM log WHERE packed = 1 AND frames < ? AND seq <= ?", cells);
    }
}

/// A statement that selects entries.
macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT seq, first_seq, kind, era, first_ms, last_ms, frames, came_ms, rows FROM log WHERE ",
            $rest
        )
    };
}

impl<S: Sql> Store<S> {
    /// The end of the log.
    pub(crate) fn tail(&self) -> Result<Tail, StorageFault> {
        let row = self.first("SELECT seq, frames FROM log ORDER BY seq DESC LIMIT 1", [])?;
        match row {
            Some(mut row) => Ok(Tail { seq: row.count()?, frames: row.count()? }),
            None => Ok(Tail::default()),
        }
    }

    /// Frames in the log before an entry.
    pub(crate) fn frames_before(&self, seq: u64) -> Result<u64, StorageFault> {
        let row =
            self.first("SELECT frames FROM log WHERE seq < ? ORDER BY seq DESC LIMIT 1", [seq.into()])?;
        row.map_or(Ok(0), |mut row| row.count())
    }

    /// The newest moment of which there are data.
    pub(crate) fn newest_ms(&self) -> Result<Option<i64>, StorageFault> {
        let mut newest_ms = None;
        for kind in [Kind::Frames, Kind::Events] {
            let row = self.first("SELECT max(last_ms) FROM log WHERE kind = ?", [kind.code().into()])?;
            newest_ms = newest_ms.max(row.ok_or(StorageFault::Damaged)?.optional_integer()?);
        }
        Ok(newest_ms)
    }

    /// The newest few entries of data, the oldest first. An entry that only tells the time is none.
    pub(crate) fn arrivals(&self, most: u64) -> Result<Vec<Arrival>, StorageFault> {
        let rows = self.rows(
            "SELECT came_ms, first_ms, last_ms FROM log WHERE kind IN (?, ?) AND length(rows) > ?
                ORDER BY seq DESC LIMIT ?",
            [
                Kind::Frames.code().into(),
                Kind::Events.code().into(),
                (pack::TICK_BYTES as u64).into(),
                most.into(),
            ],
        )?;
        let arrival = |mut row: Row| {
            let (came_ms, oldest_ms, newest_ms) = (row.integer()?, row.integer()?, row.integer()?);
            Ok(Arrival { came_ms, oldest_ms, newest_ms })
        };
        rows.into_iter().rev().map(arrival).collect()
    }

    /// The next few entries after one.
    pub(crate) fn entries_after(&self, seq: u64) -> Result<Vec<Entry>, StorageFault> {
        let rows = self.rows(entries!("seq > ? ORDER BY seq LIMIT ?"), [seq.into(), PAGE.into()])?;
        rows.into_iter().map(entry).collect()
    }

    /// The next few entries up to one that are not packed yet.
    pub(crate) fn loose(&self, until: u64, most: u64) -> Result<Vec<Entry>, StorageFault> {
        let rows =
            self.rows(entries!("packed = 0 AND seq <= ? ORDER BY seq LIMIT ?"), [until.into(), most.into()])?;
        rows.into_iter().map(entry).collect()
    }

    /// The next few entries after one that are not packed yet.
    pub(crate) fn loose_after(&self, seq: u64) -> Result<Vec<Entry>, StorageFault> {
        let rows =
            self.rows(entries!("packed = 0 AND seq > ? ORDER BY seq LIMIT ?"), [seq.into(), PAGE.into()])?;
        rows.into_iter().map(entry).collect()
    }

    /// The next few verdicts after an entry, on those that are not packed yet and reach into a span.
    pub(crate) fn loose_verdicts(
        &self,
        (from_ms, to_ms): (i64, i64),
        after: u64,
    ) -> Result<Vec<Said>, StorageFault> {
        let rows = self.rows(
            "SELECT seq, era, bytes FROM log JOIN verdicts USING (seq)
                WHERE packed = 0 AND last_ms >= ? AND first_ms < ? AND seq > ? ORDER BY seq LIMIT ?",
            [from_ms.into(), to_ms.into(), after.into(), SAID.into()],
        )?;
        rows.into_iter().map(said).collect()
    }

    /// The last entry before so many frames are exceeded: found from the log's end, where it usually is.
    pub(crate) fn entry_of_frame(&self, frames: u64) -> Result<u64, StorageFault> {
        let text = "SELECT seq FROM log WHERE frames <= ? ORDER BY seq DESC LIMIT 1";
        self.first(text, [frames.into()])?.map_or(Ok(0), |mut row| row.count())
    }

    /// How many entries are not packed yet.
    pub(crate) fn loose_count(&self) -> Result<u64, StorageFault> {
        let row = self.first("SELECT count(*) FROM log WHERE packed = 0", [])?;
        row.ok_or(StorageFault::Damaged)?.count()
    }

    /// The first entry of a kind that ends at a moment or later.
    pub(crate) fn entry_until(&self, kind: Kind, at_ms: i64) -> Result<Option<Entry>, StorageFault> {
        let cells = [kind.code().into(), at_ms.into()];
        self.first(entries!("kind = ? AND last_ms >= ? ORDER BY last_ms LIMIT 1"), cells)?
            .map(entry)
            .transpose()
    }

    /// The next few entries of a kind that end at a moment or later and come after an entry.
    pub(crate) fn entries_from(
        &self,
        kind: Kind,
        from_ms: i64,
        after: u64,
    ) -> Result<Vec<Entry>, StorageFault> {
        let cells = [kind.code().into(), from_ms.into(), after.into(), PAGE.into()];
        let rows =
            self.rows(entries!("kind = ? AND last_ms >= ? AND seq > ? ORDER BY seq LIMIT ?"), cells)?;
        rows.into_iter().map(entry).collect()
    }

    /// What was answered to an entry, while it is kept.
    pub(crate) fn verdicts(&self, seq: u64) -> Result<Option<Vec<u8>>, StorageFault> {
        let row = self.first("SELECT bytes FROM verdicts WHERE seq = ?", [seq.into()])?;
        row.map(|mut row| row.blob()).transpose()
    }

    /// The next few scores after an entry, of chapters that reach into a span.
    pub(crate) fn scores(&self, (from_ms, to_ms): (i64, i64), after: u64) -> Result<Vec<Said>, StorageFault> {
        let rows = self.rows(
            "SELECT seq, era, bytes FROM scores WHERE last_ms >= ? AND first_ms < ? AND seq > ?
                ORDER BY seq LIMIT ?",
            [from_ms.into(), to_ms.into(), after.into(), SAID.into()],
        )?;
        rows.into_iter().map(said).collect()
    }
}

fn said(mut row: Row) -> Result<Said, StorageFault> {
    Ok(Said { seq: row.count()?, era: row.count()?, bytes: row.blob()? })
}

fn entry(mut row: Row) -> Result<Entry, StorageFault> {
    Ok(Entry {
        seq: row.count()?,
        first_seq: row.count()?,
        kind: Kind::of_code(row.integer()?)?,
        era: row.count()?,
        first_ms: row.integer()?,
        last_ms: row.integer()?,
        frames: row.count()?,
        came_ms: row.integer()?,
        rows: row.blob()?,
    })
}
