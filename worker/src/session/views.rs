//! Statistics, and the ready-made lists.

use std::collections::BTreeMap;

use fourfold::engine::Thresholds;
use fourfold::wire::{MemoryJson, MonitorJson};
use serde_json::{Map, Value, json};

use super::live::parsed;
use super::upkeep::day_of;
use super::{Outcome, Session};
use crate::action::{Filter, Grain, Span, View};
use crate::answer::Answer;
use crate::body;
use crate::refusal::{Refusal, StorageFault};
use crate::sql::Sql;
use crate::statistics::Statistics;
use crate::store::{AnomalyRow, Blob, Report};

/// Rows of statistics in one answer.
const ROWS_MAX: usize = 2000;
/// Episodes in a list.
const LISTED: u64 = 50;
/// Days of a trend.
const TREND_MS: i64 = 30 * 86_400_000;

/// Statistics by when they begin and by the schema that they belong to.
type Rows = BTreeMap<(i64, u64), Statistics>;

impl<S: Sql> Session<S> {
    /// Hours or days, the oldest first.
    pub(super) fn stats(&mut self, grain: Grain, span: Span) -> Result<Outcome, Refusal> {
        let rows = self.statistics(grain, span)?;
        let next = rows.keys().nth(ROWS_MAX).map(|(start_ms, _)| *start_ms);
        let mut shown = Vec::new();
        let mut names: Option<(u64, Vec<String>)> = None;
        for ((start_ms, era), row) in rows.into_iter().take(ROWS_MAX) {
            if names.as_ref().is_none_or(|(known, _)| *known != era) {
                let then = parsed(&self.store.schema_of(era)?)?;
                names = Some((era, then.streams().iter().map(|stream| stream.name.clone()).collect()));
            }
            let streams: Map<String, Value> = names
                .iter()
                .flat_map(|(_, names)| names.iter().cloned())
                .zip(row.streams.iter().map(|stream| json!(stream)))
                .collect();
            shown.push(json!({
                "start": start_ms,
                "frames": row.frames,
                "abnormal": row.abnormal,
                "alarms": row.alarms,
                "score_mean": row.score_mean,
                "score_max": row.score_max,
                "streams": streams,
            }));
        }
        Ok(Answer::ok(json!({"stats": shown, "next": next}).to_string()).into())
    }

    /// What is in the tables, and what is still to come there.
    fn statistics(&mut self, grain: Grain, span: Span) -> Result<Rows, Refusal> {
        self.exists()?;
        let mut rows = Rows::new();
        for (start_ms, era, bytes) in self.store.statistics(grain, span)? {
            rows.insert((start_ms, era), Statistics::unpacked(&bytes)?);
        }
        let is_inside = |at_ms: i64| {
            span.from_ms.is_none_or(|from_ms| at_ms >= from_ms)
                && span.to_ms.is_none_or(|to_ms| at_ms < to_ms)
        };
        for (era, calendar) in self.loose_statistics()? {
            for ((part_grain, start_ms), part) in calendar {
                if part_grain == grain && is_inside(start_ms) {
                    let width = part.streams.len();
                    rows.entry((start_ms, era)).or_insert_with(|| Statistics::new(width)).merge(&part);
                }
            }
        }
        Ok(rows)
    }

    /// One of the ready-made lists.
    pub(super) fn view(&mut self, view: View, now_ms: i64) -> Result<Outcome, Refusal> {
        self.exists()?;
        match view {
            View::Recent => {
                let filter = Filter { limit: LISTED as u32, ..Filter::default() };
                listed(&self.store.anomalies(&filter)?)
            }
            View::Critical => listed(&self.store.critical(LISTED)?),
            View::Top => listed(&self.store.top(LISTED)?),
            View::Trends => self.trends(now_ms),
            View::Models => self.model_health(),
        }
    }

    /// The last thirty days of data, day by day.
    fn trends(&mut self, now_ms: i64) -> Result<Outcome, Refusal> {
        let newest_ms = self.live()?.newest_ms.unwrap_or(now_ms);
        let from_ms = day_of(newest_ms) - TREND_MS;
        let span = Span { from_ms: Some(from_ms), to_ms: None };
        // A day on which the schema was changed is one day.
        let mut wholes: BTreeMap<i64, Statistics> = BTreeMap::new();
        for ((day_ms, _), row) in self.statistics(Grain::Day, span)? {
            wholes.entry(day_ms).or_default().merge(&row);
        }
        let mut days: BTreeMap<i64, Value> = BTreeMap::new();
        for (day_ms, row) in wholes {
            let day = json!({
                "day": day_ms, "frames": row.frames, "abnormal": row.abnormal, "alarms": row.alarms,
                "score_mean": row.score_mean, "score_max": row.score_max, "anomalies": 0, "severe": 0,
            });
            days.insert(day_ms, day);
        }
        for (day_ms, anomalies, severe) in self.store.trends(from_ms)? {
            let day = days.entry(day_ms).or_insert_with(|| json!({"day": day_ms}));
            if let Some(day) = day.as_object_mut() {
                day.insert("anomalies".to_owned(), json!(anomalies));
                day.insert("severe".to_owned(), json!(severe));
            }
        }
        let days: Vec<Value> = days.into_values().collect();
        Ok(Answer::ok(json!({"days": days}).to_string()).into())
    }

    /// How the engine itself is, now and in the last days.
    fn model_health(&mut self) -> Result<Outcome, Refusal> {
        let snapshots = self.store.blobs(Blob::Snapshot)?.len();
        let models = self.store.models()?.len();
        let live = self.live()?;
        let newest_ms = live.newest_ms;
        let monitor = live.engine.monitor(&Thresholds::default());
        let monitor = body::write(&MonitorJson::new(&live.schema, monitor))?;
        let memory = body::write(&MemoryJson::from(live.engine.memory()))?;
        let from_ms = newest_ms.map_or(0, |newest_ms| day_of(newest_ms) - TREND_MS);
        let days = self.store.reports(Report::Monitor, from_ms)?;
        let days: Vec<String> =
            days.iter().map(|(day_ms, json)| format!(r#"{{"day":{day_ms},"monitor":{json}}}"#)).collect();
        Ok(Answer::ok(format!(
            r#"{{"monitor":{monitor},"memory":{memory},"snapshots":{snapshots},"models":{models},"days":[{}]}}"#,
            days.join(",")
        ))
        .into())
    }
}

fn listed(rows: &[AnomalyRow]) -> Result<Outcome, Refusal> {
    let anomalies = rows.iter().map(super::anomalies::json).collect::<Result<Vec<_>, _>>()?;
    let anomalies = serde_json::to_value(anomalies).map_err(|_| StorageFault::Damaged)?;
    Ok(Answer::ok(json!({"anomalies": anomalies}).to_string()).into())
}
