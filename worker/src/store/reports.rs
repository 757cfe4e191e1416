//! Statistics, checkpoints, and what the engine said of itself.

use super::{Blob, Store, Write};
use crate::log::pack;
use crate::query::{Grain, Span};
use crate::refusal::StorageFault;
use crate::sql::{Row, Sql};

/// What the engine says of itself, day by day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// How fit streams and views are.
    Health,
    /// How good the data is.
    Quality,
    /// When streams are usually silent: the newest only.
    Gaps,
    /// What a monitor watches.
    Monitor,
}

impl Report {
    fn word(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Quality => "quality",
            Self::Gaps => "gaps",
            Self::Monitor => "monitor",
        }
    }
}

/// A checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelRow {
    /// Counts from 1.
    pub(crate) version: u64,
    /// Its description as JSON.
    pub(crate) json: String,
}

fn grain_code(grain: Grain) -> i64 {
    match grain {
        Grain::Hour => 0,
        Grain::Day => 1,
    }
}

impl Write {
    /// Keeps the statistics of an hour or a day.
    pub(crate) fn statistics(&mut self, grain: Grain, start_ms: i64, era: u64, bytes: Vec<u8>) {
        let cells = [grain_code(grain).into(), start_ms.into(), era.into(), bytes.into()];
        self.push("INSERT OR REPLACE INTO statistics VALUES (?, ?, ?, ?)", cells);
    }

    /// Keeps a report.
    pub(crate) fn report(&mut self, report: Report, day_ms: i64, json: &str) {
        if report == Report::Gaps {
            self.push("DELETE FROM reports WHERE kind = ?", [report.word().into()]);
        }
        let cells = [report.word().into(), day_ms.into(), pack::deflate(json.as_bytes()).into()];
        self.push("INSERT OR REPLACE INTO reports VALUES (?, ?, ?)", cells);
    }

    /// Forgets the reports of before a day.
    pub(crate) fn forget_reports(&mut self, before_ms: i64) {
        self.push("DELETE FROM reports WHERE day_ms < ?", [before_ms.into()]);
    }

    /// Keeps a checkpoint, and the newest few of them.
    pub(crate) fn model(&mut self, row: &ModelRow, at_ms: i64, bytes: &[u8], most: u64) {
        let cells = [row.version.into(), at_ms.into(), row.json.as_str().into()];
        self.push("INSERT INTO models VALUES (?, ?, ?)", cells);
        self.blob(Blob::Model, row.version, bytes);
        self.newest_blobs(Blob::Model, most);
        self.push(
            "DELETE FROM models WHERE version NOT IN (SELECT version FROM models ORDER BY version DESC LIMIT ?)",
            [most.into()],
        );
    }
}

impl<S: Sql> Store<S> {
    /// Statistics of hours or days that begin in a span: when they begin, their era, and their bytes.
    pub(crate) fn statistics(
        &self,
        grain: Grain,
        span: Span,
    ) -> Result<Vec<(i64, u64, Vec<u8>)>, StorageFault> {
        let rows = self.rows(
            "SELECT start_ms, era, bytes FROM statistics WHERE grain = ?1 AND (?2 IS NULL OR start_ms >= ?2)
                AND (?3 IS NULL OR start_ms < ?3) ORDER BY start_ms, era",
            [grain_code(grain).into(), span.from_ms.into(), span.to_ms.into()],
        )?;
        rows.into_iter().map(|mut row| Ok((row.integer()?, row.count()?, row.blob()?))).collect()
    }

    /// The statistics of one hour or day.
    pub(crate) fn statistics_at(
        &self,
        grain: Grain,
        start_ms: i64,
        era: u64,
    ) -> Result<Option<Vec<u8>>, StorageFault> {
        let row = self.first(
            "SELECT bytes FROM statistics WHERE grain = ? AND start_ms = ? AND era = ?",
            [grain_code(grain).into(), start_ms.into(), era.into()],
        )?;
        row.map(|mut row| row.blob()).transpose()
    }

    /// The newest day of which there is a report.
    pub(crate) fn newest_report(&self, report: Report) -> Result<Option<i64>, StorageFault> {
        let row = self.first("SELECT max(day_ms) FROM reports WHERE kind = ?", [report.word().into()])?;
        row.ok_or(StorageFault::Damaged)?.optional_integer()
    }

    /// Reports of the last days, the oldest first: the day and the JSON.
    pub(crate) fn reports(&self, report: Report, from_ms: i64) -> Result<Vec<(i64, String)>, StorageFault> {
        let text = "SELECT day_ms, json FROM reports WHERE kind = ? AND day_ms >= ? ORDER BY day_ms";
        let rows = self.rows(text, [report.word().into(), from_ms.into()])?;
        let report = |mut row: Row| {
            let (day_ms, packed) = (row.integer()?, row.blob()?);
            let json = pack::inflate(packed.get(1..).unwrap_or_default())?;
            Ok((day_ms, String::from_utf8(json).map_err(|_| StorageFault::Damaged)?))
        };
        rows.into_iter().map(report).collect()
    }

    /// The checkpoints, the newest first.
    pub(crate) fn models(&self) -> Result<Vec<ModelRow>, StorageFault> {
        let rows = self.rows("SELECT version, json FROM models ORDER BY version DESC", [])?;
        rows.into_iter()
            .map(|mut row: Row| Ok(ModelRow { version: row.count()?, json: row.text()? }))
            .collect()
    }
}
