//! Data in, verdicts out: frames, events, and the time.

use fourfold::Schema;
use fourfold::error::FrameFault;
use fourfold::frame::time_from_js;

use super::live::{Live, parsed};
use super::{Ask, Outcome, Session, load, offered};
use crate::answer::{Answer, COLUMNS, JSON, NDJSON};
use crate::body::{self, Batch};
use crate::fault::Fault;
use crate::log::{Entry, Frames, Kind, pack};
use crate::refusal::{Refusal, StorageFault};
use crate::reply;
use crate::sql::Sql;
use crate::store::Store;
use crate::verdicts::Verdicts;

/// How binary verdicts begin. Then come three little-endian `u32`: rows, streams, views; then the columns.
const VERDICTS_MAGIC: &[u8; 4] = b"4vr1";

/// What becomes of a row.
enum Fate {
    /// It was taken before: its verdict.
    Known(Vec<u8>),
    /// It is judged now: its place among the new ones.
    New(usize),
    /// It is not taken.
    Refused(Refusal),
}

impl<S: Sql> Session<S> {
    /// Frames that were taken before are answered from the log, if they say the same; the others are judged.
    pub(super) fn frames(&mut self, ask: &Ask<'_>, partial: bool) -> Result<Outcome, Refusal> {
        let media = body::media(ask.media);
        let offer: &[&str] = match (partial, media) {
            (true, Some(NDJSON)) => &[NDJSON, JSON],
            (true, _) => &[JSON, NDJSON],
            (false, Some(NDJSON)) => &[NDJSON, JSON, COLUMNS],
            (false, Some(COLUMNS)) => &[COLUMNS, JSON, NDJSON],
            (false, _) => &[JSON, NDJSON, COLUMNS],
        };
        let wanted = offered(ask, offer)?;
        let clock = self.clock(ask);
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let batch = body::frames(media, (ask.body, ask.before), &live.schema, partial)?;
        let (fates, new) = fates(store, live, clock, batch, partial)?;
        let mut taken = None;
        if !new.times_ms.is_empty() {
            live.is_ahead = true;
            taken = Some(live.judge(&new.times_ms, &new.values, ask.now_ms)?);
        }
        let said = taken.as_ref().map(|taken| &taken.verdicts);
        let answer = if partial {
            results(live, &fates, said, wanted)?
        } else {
            verdicts(live, &fates, said, wanted)?
        };
        Ok(Outcome { answer, taken })
    }

    /// Events, in any order: what became of them, and the verdicts on the frames that they ended or changed.
    pub(super) fn events(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        offered(ask, &[JSON])?;
        let clock = self.clock(ask);
        let live = self.live()?;
        let events = body::events(body::media(ask.media), ask.body, &live.schema)?;
        events.iter().try_for_each(|event| clock.check(event.at_ms))?;
        live.is_ahead = true;
        let (taken, counts) = live.push(events, ask.now_ms)?;
        let mut json = format!(r#"{{"counts":{},"verdicts":["#, body::write(&counts)?).into_bytes();
        taken.verdicts.write_json(&live.schema, b",", &mut json)?;
        json.extend(b"]}");
        let answer = Answer { status: 200, media: JSON, body: json };
        Ok(Outcome { answer, taken: Some(taken) })
    }

    /// A tick that was news once is answered from the log; one that never was changes nothing and leaves no trace.
    pub(super) fn tick(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let at_ms = time_from_js(body::read::<body::Tick>(ask.body)?.now)?;
        self.clock(ask).check(at_ms)?;
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let is_fed_by_events = live.engine.is_fed_by_events();
        if let Some(entry) = store.entry_until(Kind::Tick, at_ms)?
            && entry.first_ms == at_ms
            && let Some(bytes) = store.verdicts(entry.seq)?
        {
            let known = Verdicts::of_bytes(live.width(), bytes)?;
            return Ok(ticked(live, Some(&known), is_fed_by_events)?.into());
        }
        live.is_ahead = true;
        let taken = live.tick(at_ms, ask.now_ms)?;
        live.is_ahead = taken.is_some();
        let answer = ticked(live, taken.as_ref().map(|taken| &taken.verdicts), is_fed_by_events)?;
        Ok(Outcome { answer, taken })
    }
}

impl<S: Sql> Session<S> {
    fn clock(&self, ask: &Ask<'_>) -> Clock {
        Clock { now_ms: ask.now_ms, ahead_ms: self.settings.ahead_ms }
    }
}

/// The clock here, and how far what comes may be ahead of it.
#[derive(Clone, Copy)]
struct Clock {
    now_ms: i64,
    ahead_ms: i64,
}

impl Clock {
    /// Whether a moment can be true.
    fn check(self, at_ms: i64) -> Result<(), Fault> {
        let ahead_ms = at_ms.saturating_sub(self.now_ms);
        if ahead_ms <= self.ahead_ms {
            return Ok(());
        }
        Err(Fault::AheadOfTime { at_ms, ahead_s: ahead_ms / 1000, most_s: self.ahead_ms / 1000 })
    }
}

/// A system that is given frames has one thing to say of a silence, or nothing; one that is given events ends frames.
fn ticked(live: &Live, said: Option<&Verdicts>, is_fed_by_events: bool) -> Result<Answer, Refusal> {
    let mut lines = Vec::new();
    if let Some(said) = said {
        said.write_json(&live.schema, b",", &mut lines)?;
    }
    let lines = String::from_utf8(lines).map_err(|_| Refusal::Unwritable)?;
    Ok(Answer::ok(match (is_fed_by_events, lines.is_empty()) {
        (true, _) => format!(r#"{{"verdicts":[{lines}]}}"#),
        (false, true) => r#"{"verdict":null}"#.to_owned(),
        (false, false) => format!(r#"{{"verdict":{lines}}}"#),
    }))
}

/// What becomes of each row, and the frames that are new. Unless it is `partial`, one refusal refuses all.
fn fates(
    store: &Store<impl Sql>,
    live: &Live,
    clock: Clock,
    batch: Batch,
    partial: bool,
) -> Result<(Vec<Fate>, Frames), Refusal> {
    let width = live.width();
    let mut new = Frames::default();
    let mut page = None;
    let mut last_ms: Option<i64> = None;
    let mut fates = Vec::with_capacity(batch.rows.len());
    let mut good = batch.times_ms.iter().zip(batch.values.chunks(width.max(1)));
    for row in batch.rows {
        let fate = match row {
            Err(refusal) => Fate::Refused(refusal),
            Ok(()) => {
                let Some((&at_ms, values)) = good.next() else { break };
                if let Err(fault) = clock.check(at_ms) {
                    refuse(&mut fates, fault.into(), partial)?;
                    continue;
                }
                let before_ms = last_ms.replace(at_ms.max(last_ms.unwrap_or(at_ms)));
                match before_ms {
                    // Within a request rows are in order, so that the same request is answered the same way twice.
                    Some(last_ms) if at_ms <= last_ms => {
                        Fate::Refused(FrameFault::TimeWentBack { at_ms, last_ms }.into())
                    }
                    _ if live.newest_ms.is_some_and(|newest_ms| at_ms <= newest_ms) => {
                        let known = remembered(store, live, &mut page, at_ms, values);
                        known.map_or_else(Fate::Refused, Fate::Known)
                    }
                    _ => {
                        new.times_ms.push(at_ms);
                        new.values.extend(values);
                        Fate::New(new.times_ms.len() - 1)
                    }
                }
            }
        };
        match fate {
            Fate::Refused(refusal) => refuse(&mut fates, refusal, partial)?,
            fate => fates.push(fate),
        }
    }
    Ok((fates, new))
}

/// Refuses a row, and with it all of them unless it is `partial`.
fn refuse(fates: &mut Vec<Fate>, refusal: Refusal, partial: bool) -> Result<(), Refusal> {
    if !partial {
        return Err(refusal);
    }
    fates.push(Fate::Refused(refusal));
    Ok(())
}

/// An entry that is being read: its frames and what was answered to them, if that is still kept.
struct Page {
    entry: Entry,
    frames: Frames,
    verdicts: Option<Verdicts>,
}

fn same_streams(one: &Schema, other: &Schema) -> bool {
    let names =
        |schema: &Schema| schema.streams().iter().map(|stream| stream.name.clone()).collect::<Vec<_>>();
    names(one) == names(other)
}

/// What was answered to a frame that was taken before.
fn remembered(
    store: &Store<impl Sql>,
    live: &Live,
    page: &mut Option<Page>,
    at_ms: i64,
    values: &[f64],
) -> Result<Vec<u8>, Refusal> {
    let width = live.width();
    let last_ms = live.newest_ms.unwrap_or(at_ms);
    let went_back = || Refusal::from(FrameFault::TimeWentBack { at_ms, last_ms });
    if page.as_ref().is_none_or(|page| at_ms < page.entry.first_ms || page.entry.last_ms < at_ms) {
        let entry = store.entry_until(Kind::Frames, at_ms)?.ok_or_else(went_back)?;
        if at_ms < entry.first_ms {
            return Err(went_back());
        }
        // Another schema may have the same streams, and then its frames are frames of this one.
        let is_known = entry.era == live.system.era
            || same_streams(&parsed(&store.schema_of(entry.era)?)?, &live.schema);
        if !is_known {
            return Err(Fault::VerdictForgotten { at_ms }.into());
        }
        let frames = pack::frames(&entry.rows, width)?;
        let verdicts =
            store.verdicts(entry.seq)?.map(|bytes| Verdicts::of_bytes(width, bytes)).transpose()?;
        *page = Some(Page { entry, frames, verdicts });
    }
    let Some(Page { frames, verdicts, .. }) = page else { return Err(StorageFault::Damaged.into()) };
    let Ok(row) = frames.times_ms.binary_search(&at_ms) else { return Err(went_back()) };
    let kept = frames.values.get(row * width..(row + 1) * width).unwrap_or_default();
    let is_same = |(came, kept): (&f64, &f64)| came == kept || came.is_nan() && kept.is_nan();
    if kept.len() != values.len() || !values.iter().zip(kept).all(is_same) {
        return Err(Refusal::FrameDiffers { at_ms });
    }
    match verdicts {
        Some(verdicts) => Ok(verdicts.row(row)?.to_owned()),
        None => Err(Fault::VerdictForgotten { at_ms }.into()),
    }
}

/// The verdicts in the order of the rows, in the form that is wanted.
fn verdicts(
    live: &Live,
    fates: &[Fate],
    said: Option<&Verdicts>,
    wanted: &'static str,
) -> Result<Answer, Refusal> {
    let mut all = Verdicts::new(live.width());
    for fate in fates {
        match (fate, said) {
            (Fate::Known(row), _) => all.push_row(row),
            (Fate::New(place), Some(said)) => all.push_row(said.row(*place)?),
            _ => return Err(Refusal::Unwritable),
        }
    }
    let mut body = Vec::new();
    match wanted {
        COLUMNS => {
            body.extend(VERDICTS_MAGIC);
            for word in [all.len(), live.width(), fourfold::verdict::View::COUNT] {
                body.extend((word as u32).to_le_bytes());
            }
            all.write_columns(&mut body)?;
        }
        NDJSON => {
            all.write_json(&live.schema, b"\n", &mut body)?;
            body.extend(b"\n");
        }
        _ => {
            body.extend(br#"{"verdicts":["#);
            all.write_json(&live.schema, b",", &mut body)?;
            body.extend(b"]}");
        }
    }
    Ok(Answer { status: 200, media: wanted, body })
}

/// What became of each row: `{"verdict": …}` or `{"problem": …}`.
fn results(
    live: &Live,
    fates: &[Fate],
    said: Option<&Verdicts>,
    wanted: &'static str,
) -> Result<Answer, Refusal> {
    let (begin, between, end): (&[u8], &[u8], &[u8]) = match wanted {
        NDJSON => (b"", b"\n", b"\n"),
        _ => (br#"{"results":["#, b",", b"]}"),
    };
    let mut body = begin.to_vec();
    for (place, fate) in fates.iter().enumerate() {
        if place > 0 {
            body.extend(between);
        }
        let row = match (fate, said) {
            (Fate::Known(row), _) => row.as_slice(),
            (Fate::New(place), Some(said)) => said.row(*place)?,
            (Fate::Refused(refusal), _) => {
                let (_, problem) = reply::problem(refusal);
                body.extend(format!(r#"{{"problem":{problem}}}"#).into_bytes());
                continue;
            }
            (Fate::New(_), None) => return Err(Refusal::Unwritable),
        };
        body.extend(br#"{"verdict":"#);
        Verdicts::of_bytes(live.width(), row.to_vec())?.write_json(&live.schema, b"", &mut body)?;
        body.extend(b"}");
    }
    body.extend(end);
    Ok(Answer { status: 200, media: wanted, body })
}
