//! Raw data and scores back.

use std::collections::BTreeMap;

use fourfold::Schema;
use fourfold::error::FrameFault;
use fourfold::verdict::View;
use serde_json::{Map, Value, json};

use super::live::parsed;
use super::{Ask, Outcome, Session, offered};
use crate::action::Stretch;
use crate::answer::{Answer, CSV, JSON, NDJSON};
use crate::log::{Entry, Kind, Step, pack};
use crate::refusal::{Refusal, StorageFault};
use crate::scores;
use crate::sql::Sql;
use crate::store::Said;
use crate::verdicts::Verdicts;

/// Values in one answer: some megabytes.
const VALUES_MAX: usize = 100_000;
/// The end of time, for those who name none.
const FOREVER_MS: i64 = i64::MAX >> 11;

/// Moments with what there is of each stream that was asked for: how many values, and their sum.
type Table = BTreeMap<i64, Vec<(u32, f64)>>;

impl<S: Sql> Session<S> {
    /// Frames as they came, or the means of so many milliseconds. Where there are more than one answer holds, `next` is
    /// where to go on.
    pub(super) fn read_frames(&mut self, ask: &Ask<'_>, stretch: &Stretch) -> Result<Outcome, Refusal> {
        let media = offered(ask, &[JSON, NDJSON, CSV])?;
        let schema = self.live()?.schema.clone();
        let names = chosen(&schema, stretch)?;
        let (from_ms, to_ms) = span(stretch);
        let most = (VALUES_MAX / names.len().max(1)).max(1);
        let mut table = Table::new();
        for kind in [Kind::Frames, Kind::Events] {
            let mut after = 0;
            // One row more than there is room for says where to go on.
            while table.len() <= most {
                let entries = self.store.entries_from(kind, from_ms, after)?;
                let Some(last) = entries.last() else { break };
                after = last.seq;
                for entry in entries.iter().filter(|entry| entry.first_ms < to_ms) {
                    self.fill(&mut table, entry, stretch, &names)?;
                }
                if kind == Kind::Frames && last.first_ms >= to_ms {
                    break;
                }
            }
        }
        let next = table.keys().nth(most).copied();
        let rows = table.into_iter().take(most).map(|(at_ms, cells)| {
            let mean = |(count, sum): (u32, f64)| (count > 0).then(|| sum / f64::from(count));
            (at_ms, cells.into_iter().map(mean).collect())
        });
        Ok(written(media, &names, rows, next)?.into())
    }

    /// Puts what an entry says of a span into the table.
    fn fill(
        &self,
        table: &mut Table,
        entry: &Entry,
        stretch: &Stretch,
        names: &[String],
    ) -> Result<(), Refusal> {
        let then = parsed(&self.store.schema_of(entry.era)?)?;
        let places: Vec<Option<usize>> = (then.streams().iter())
            .map(|stream| names.iter().position(|name| *name == stream.name))
            .collect();
        let (from_ms, to_ms) = span(stretch);
        let mut put = |at_ms: i64, stream: usize, value: f64| {
            if at_ms < from_ms || at_ms >= to_ms {
                return;
            }
            let at_ms = stretch.step_ms.map_or(at_ms, |step_ms| at_ms.div_euclid(step_ms) * step_ms);
            let row = table.entry(at_ms).or_insert_with(|| vec![(0, 0.0); names.len()]);
            if let Some(place) = places.get(stream).copied().flatten()
                && let Some((count, sum)) = row.get_mut(place)
                && value.is_finite()
            {
                *count += 1;
                *sum += value;
            }
        };
        if entry.kind == Kind::Frames {
            let width = places.len();
            let frames = pack::frames(&entry.rows, width)?;
            for (at_ms, row) in frames.times_ms.iter().zip(frames.values.chunks(width.max(1))) {
                row.iter().enumerate().for_each(|(stream, value)| put(*at_ms, stream, *value));
            }
            return Ok(());
        }
        for step in pack::steps(&entry.rows)? {
            if let Step::Push(events) = step {
                events.iter().for_each(|event| put(event.at_ms, event.stream, event.value));
            }
        }
        Ok(())
    }

    /// Scores of every frame, those of the views and streams, and why values are missing.
    pub(super) fn read_scores(&mut self, ask: &Ask<'_>, stretch: &Stretch) -> Result<Outcome, Refusal> {
        let media = offered(ask, &[JSON, NDJSON])?;
        let schema = self.live()?.schema.clone();
        let names = chosen(&schema, stretch)?;
        let most = (VALUES_MAX / (names.len() + View::COUNT)).max(1);
        let mut rows = Vec::new();
        // What is packed is older than what is not. One row more than there is room for says where to go on.
        for is_packed in [true, false] {
            let mut after = 0;
            while rows.len() <= most {
                let chapters = match is_packed {
                    true => self.store.scores(span(stretch), after)?,
                    false => self.store.loose_verdicts(span(stretch), after)?,
                };
                let Some(last) = chapters.last() else { break };
                after = last.seq;
                for chapter in chapters {
                    self.score(chapter, is_packed, stretch, &names, &mut rows)?;
                }
            }
        }
        rows.sort_by_key(|(at_ms, _)| *at_ms);
        let next = rows.get(most).map(|(at_ms, _)| *at_ms);
        rows.truncate(most);
        let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        Ok(listed(media, "scores", &rows, next)?.into())
    }
}

impl<S: Sql> Session<S> {
    /// Puts the scores of a chapter that lie in a span behind the others.
    fn score(
        &self,
        chapter: Said,
        is_packed: bool,
        stretch: &Stretch,
        names: &[String],
        rows: &mut Vec<(i64, Value)>,
    ) -> Result<(), Refusal> {
        let then = parsed(&self.store.schema_of(chapter.era)?)?;
        let width = then.streams().len();
        let packed = match is_packed {
            true => chapter.bytes,
            false => scores::pack(&Verdicts::of_bytes(width, chapter.bytes)?, width)?,
        };
        let (from_ms, to_ms) = span(stretch);
        let scored = scores::unpack(&packed, width)?;
        let inside = scored.into_iter().filter(|row| (from_ms..to_ms).contains(&row.at_ms));
        rows.extend(inside.map(|row| (row.at_ms, scored_json(&then, names, row))));
        Ok(())
    }
}

fn span(stretch: &Stretch) -> (i64, i64) {
    (stretch.span.from_ms.unwrap_or(-FOREVER_MS), stretch.span.to_ms.unwrap_or(FOREVER_MS))
}

/// The streams that are asked for.
fn chosen(schema: &Schema, stretch: &Stretch) -> Result<Vec<String>, Refusal> {
    let at_ms = stretch.span.from_ms.unwrap_or(0);
    let is_known = |name: &str| schema.index_of(name).is_some();
    let names = stretch.streams.names(is_known);
    if let Some(stream) = names.iter().find(|name| !is_known(name)) {
        return Err(FrameFault::UnknownStream { stream: stream.clone(), at_ms }.into());
    }
    let all = schema.streams().iter().map(|stream| stream.name.clone());
    Ok(if names.is_empty() { all.collect() } else { names })
}

fn scored_json(schema: &Schema, names: &[String], row: scores::Scored) -> Value {
    let views: Map<String, Value> = (View::ALL.iter().zip(row.views))
        .filter_map(|(view, score)| {
            Some((serde_json::to_value(view).ok()?.as_str()?.to_owned(), json!(score)))
        })
        .collect();
    let (mut streams, mut missing) = (Map::new(), Map::new());
    for ((stream, score), absence) in schema.streams().iter().zip(row.streams).zip(row.missing) {
        if names.contains(&stream.name) {
            streams.insert(stream.name.clone(), json!(score));
            if let Some((gap, cause)) = absence {
                missing.insert(stream.name.clone(), json!({"gap": gap, "silence": cause}));
            }
        }
    }
    json!({"t": row.at_ms, "score": row.score, "views": views, "streams": streams, "missing": missing})
}

/// Rows in the form that is wanted.
fn written(
    media: &'static str,
    names: &[String],
    rows: impl Iterator<Item = (i64, Vec<Option<f64>>)>,
    next: Option<i64>,
) -> Result<Answer, Refusal> {
    if media == CSV {
        let mut table = csv::Writer::from_writer(Vec::new());
        let unwritable = |_| Refusal::Unwritable;
        table.write_record(["t"].into_iter().chain(names.iter().map(String::as_str))).map_err(unwritable)?;
        for (at_ms, cells) in rows {
            let cells = cells.iter().map(|cell| cell.map_or(String::new(), |value| value.to_string()));
            table.write_record([at_ms.to_string()].into_iter().chain(cells)).map_err(unwritable)?;
        }
        let body = table.into_inner().map_err(|_| Refusal::Unwritable)?;
        return Ok(Answer { status: 200, media, body });
    }
    let row = |(at_ms, cells): (i64, Vec<Option<f64>>)| {
        let values: Map<String, Value> =
            names.iter().zip(cells).map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({"t": at_ms, "values": values})
    };
    listed(media, "frames", &rows.map(row).collect::<Vec<_>>(), next)
}

/// A list, as one value or one per line.
fn listed(media: &'static str, name: &str, rows: &[Value], next: Option<i64>) -> Result<Answer, Refusal> {
    if media == NDJSON {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        return Ok(Answer { status: 200, media, body: lines.into_bytes() });
    }
    let mut whole = Map::new();
    whole.insert(name.to_owned(), Value::Array(rows.to_vec()));
    whole.insert("next".to_owned(), json!(next));
    let body = serde_json::to_vec(&whole).map_err(|_| StorageFault::Damaged)?;
    Ok(Answer { status: 200, media, body })
}
