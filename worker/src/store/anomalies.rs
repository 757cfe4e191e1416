//! Episodes, what was said of them, and why.

use fourfold::Severity;
use fourfold::cause::Mode;

use super::{Store, Write};
use crate::notice::Notice;
use crate::query::Filter;
use crate::refusal::StorageFault;
use crate::sql::{Row, Sql};
use crate::verdicts::severity_of;

/// What people make of an episode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Nobody has looked.
    #[default]
    New,
    /// Somebody has.
    Acknowledged,
    /// It is dealt with.
    Resolved,
}

impl Status {
    /// Its word in the tables and in queries.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }

    fn of_word(word: &str) -> Result<Self, StorageFault> {
        [Self::New, Self::Acknowledged, Self::Resolved]
            .into_iter()
            .find(|status| status.word() == word)
            .ok_or(StorageFault::Damaged)
    }
}

/// An episode as it is now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AnomalyRow {
    /// Its number within the system.
    pub(crate) id: u64,
    /// The first abnormal frame.
    pub(crate) opened_ms: i64,
    /// When it was at its worst.
    pub(crate) peak_ms: i64,
    /// The frame that ended it.
    pub(crate) closed_ms: Option<i64>,
    /// The worst that it has been.
    pub(crate) severity: Severity,
    /// Its highest score.
    pub(crate) peak_score: f64,
    /// The group that it is about.
    pub(crate) group: Option<String>,
    /// What made it stand out, or why there was silence.
    pub(crate) kind: Option<String>,
    /// What people make of it. Writing the episode again leaves it, like the note.
    pub(crate) status: Status,
    /// What people wrote to it.
    pub(crate) note: Option<String>,
    /// Whether it is in the archive.
    pub(crate) is_archived: bool,
    /// The episode's JSON.
    pub(crate) json: String,
}

/// A line of an episode's history.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AnomalyChange"))]
pub(crate) struct Change {
    /// By the clock on the wall.
    pub(crate) at: i64,
    /// What changed: `opened`, `severity`, `closed`, `status`, `label` or `note`.
    pub(crate) what: String,
    /// To what.
    pub(crate) value: Option<String>,
}

const fn mode_code(mode: Mode) -> i64 {
    match mode {
        Mode::Fast => 0,
        Mode::Thorough => 1,
    }
}

impl Write {
    /// Keeps an episode as it is now; what people said of it stays.
    pub(crate) fn anomaly(&mut self, row: AnomalyRow, now_ms: i64) {
        self.push(
            "INSERT INTO anomalies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?)
                ON CONFLICT (id) DO UPDATE SET opened = excluded.opened, peak = excluded.peak, closed = excluded.closed,
                    severity = excluded.severity, peak_score = excluded.peak_score, grp = excluded.grp,
                    kind = excluded.kind, changed_ms = excluded.changed_ms, json = excluded.json",
            [
                row.id.into(),
                row.opened_ms.into(),
                row.peak_ms.into(),
                row.closed_ms.into(),
                (row.severity as u8).into(),
                row.peak_score.into(),
                row.group.into(),
                row.kind.into(),
                row.status.word().into(),
                now_ms.into(),
                row.json.into(),
            ],
        );
    }

    /// Sets what people make of an episode, and what they write to it.
    pub(crate) fn amend(&mut self, id: u64, status: Status, note: Option<&str>, now_ms: i64) {
        self.push(
            "UPDATE anomalies SET status = ?, note = ?, changed_ms = ? WHERE id = ?",
            [status.word().into(), note.map(str::to_owned).into(), now_ms.into(), id.into()],
        );
    }

    /// Adds a line to an episode's history.
    pub(crate) fn history(&mut self, anomaly: u64, now_ms: i64, what: &str, value: Option<String>) {
        self.push(
            "INSERT INTO history (anomaly, at_ms, what, value) VALUES (?, ?, ?, ?)",
            [anomaly.into(), now_ms.into(), what.into(), value.into()],
        );
    }

    /// Keeps an explanation.
    pub(crate) fn explanation(&mut self, anomaly: u64, mode: Mode, at_ms: i64, json: &str) {
        let cells = [anomaly.into(), mode_code(mode).into(), at_ms.into(), json.into()];
        self.push("INSERT OR REPLACE INTO explanations VALUES (?, ?, ?, ?)", cells);
    }

    /// Puts episodes that were last changed before a moment, and are over, into the archive.
    pub(crate) fn archive(&mut self, before_ms: i64) {
        self.push(
            "UPDATE anomalies SET archived = 1 WHERE archived = 0 AND closed IS NOT NULL AND changed_ms < ?",
            [before_ms.into()],
        );
    }

    /// Puts a notice into the outbox.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        self.push(
            "INSERT INTO outbox (at_ms, news, anomaly, severity, score, grp, silence, json)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                notice.at_ms.into(),
                notice.news.word().into(),
                notice.anomaly.into(),
                (notice.severity as u8).into(),
                notice.score.into(),
                notice.group.clone().into(),
                notice.is_silence.into(),
                notice.json.as_str().into(),
            ],
        );
    }

    /// Keeps the newest few notices only: an outbox that nobody empties has an end.
    pub(crate) fn newest_notices(&mut self, most: u64) {
        self.push("DELETE FROM outbox WHERE id <= (SELECT max(id) FROM outbox) - ?", [most.into()]);
    }
}

/// A statement that selects episodes.
macro_rules! anomalies {
    ($rest:literal) => {
        concat!(
            "SELECT id, opened, peak, closed, severity, peak_score, grp, kind, status, note, archived, json
                FROM anomalies ",
            $rest
        )
    };
}

impl<S: Sql> Store<S> {
    /// Episodes that a filter lets through, the newest first.
    pub(crate) fn anomalies(&self, filter: &Filter) -> Result<Vec<AnomalyRow>, StorageFault> {
        let rows = self.rows(
            anomalies!(
                "WHERE archived = ?1 AND (?2 IS NULL OR status = ?2) AND (?3 IS NULL OR severity >= ?3)
                    AND (?4 IS NULL OR grp = ?4) AND (?5 IS NULL OR kind = ?5)
                    AND (?6 IS NULL OR opened >= ?6) AND (?7 IS NULL OR opened < ?7)
                    AND (?8 IS NULL OR id < ?8) ORDER BY id DESC LIMIT ?9"
            ),
            [
                filter.is_archived.into(),
                filter.status.clone().into(),
                filter.severity.into(),
                filter.group.clone().into(),
                filter.kind.clone().into(),
                filter.since_ms.into(),
                filter.until_ms.into(),
                filter.below.into(),
                u64::from(filter.limit).into(),
            ],
        )?;
        rows.into_iter().map(anomaly).collect()
    }

    /// Critical episodes that are not over, the newest first.
    pub(crate) fn critical(&self, most: u64) -> Result<Vec<AnomalyRow>, StorageFault> {
        let rows = self.rows(
            anomalies!("WHERE severity = ? AND closed IS NULL ORDER BY id DESC LIMIT ?"),
            [(Severity::Critical as u8).into(), most.into()],
        )?;
        rows.into_iter().map(anomaly).collect()
    }

    /// The most unusual episodes, the worst first.
    pub(crate) fn top(&self, most: u64) -> Result<Vec<AnomalyRow>, StorageFault> {
        let rows =
            self.rows(anomalies!("ORDER BY severity DESC, peak_score DESC, id DESC LIMIT ?"), [most.into()])?;
        rows.into_iter().map(anomaly).collect()
    }

    /// One episode.
    pub(crate) fn anomaly(&self, id: u64) -> Result<Option<AnomalyRow>, StorageFault> {
        self.first(anomalies!("WHERE id = ?"), [id.into()])?.map(anomaly).transpose()
    }

    /// Episodes that are not over.
    pub(crate) fn open_anomalies(&self) -> Result<Vec<AnomalyRow>, StorageFault> {
        let rows = self.rows(anomalies!("WHERE closed IS NULL ORDER BY id"), [])?;
        rows.into_iter().map(anomaly).collect()
    }

    /// The episode whose label is the newest that stands.
    pub(crate) fn newest_labelled(&self) -> Result<Option<AnomalyRow>, StorageFault> {
        let newest = anomalies!(
            "WHERE id = (SELECT anomaly FROM history WHERE value IS NOT NULL AND id IN
                (SELECT max(id) FROM history WHERE what = 'label' GROUP BY anomaly) ORDER BY id DESC LIMIT 1)"
        );
        self.first(newest, [])?.map(anomaly).transpose()
    }

    /// The highest number of an episode.
    pub(crate) fn newest_anomaly(&self) -> Result<u64, StorageFault> {
        let row = self.first("SELECT max(id) FROM anomalies", [])?;
        Ok(row.ok_or(StorageFault::Damaged)?.optional_integer()?.unwrap_or(0).unsigned_abs())
    }

    /// What happened to an episode, the oldest first.
    pub(crate) fn history(&self, anomaly: u64) -> Result<Vec<Change>, StorageFault> {
        let rows = self
            .rows("SELECT at_ms, what, value FROM history WHERE anomaly = ? ORDER BY id", [anomaly.into()])?;
        let change =
            |mut row: Row| Ok(Change { at: row.integer()?, what: row.text()?, value: row.optional_text()? });
        rows.into_iter().map(change).collect()
    }

    /// An explanation that was made before, and the moment that it is about.
    pub(crate) fn explanation(
        &self,
        anomaly: u64,
        mode: Mode,
    ) -> Result<Option<(i64, String)>, StorageFault> {
        let text = "SELECT at_ms, json FROM explanations WHERE anomaly = ? AND mode = ?";
        let row = self.first(text, [anomaly.into(), mode_code(mode).into()])?;
        row.map(|mut row| Ok((row.integer()?, row.text()?))).transpose()
    }

    /// Days of the last ones, with how many episodes began in each, how many of them were severe, and the highest score.
    pub(crate) fn trends(&self, from_ms: i64) -> Result<Vec<(i64, u64, u64)>, StorageFault> {
        let rows = self.rows(
            "SELECT (opened - (opened % 86400000 + 86400000) % 86400000) AS day, count(*),
                coalesce(sum(severity >= 3), 0) FROM anomalies WHERE opened >= ? GROUP BY day ORDER BY day",
            [from_ms.into()],
        )?;
        rows.into_iter().map(|mut row| Ok((row.integer()?, row.count()?, row.count()?))).collect()
    }
}

fn anomaly(mut row: Row) -> Result<AnomalyRow, StorageFault> {
    Ok(AnomalyRow {
        id: row.count()?,
        opened_ms: row.integer()?,
        peak_ms: row.integer()?,
        closed_ms: row.optional_integer()?,
        severity: severity_of(row.integer()?)?,
        peak_score: row.real()?,
        group: row.optional_text()?,
        kind: row.optional_text()?,
        status: Status::of_word(&row.text()?)?,
        note: row.optional_text()?,
        is_archived: row.integer()? == 1,
        json: row.text()?,
    })
}
