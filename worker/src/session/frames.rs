//! Data in, verdicts out: frames, events, and the time.

use fourfold::Schema;
use fourfold::error::FrameFault;
use fourfold::frame::time_from_js;

use super::clock::Clock;
use super::live::{Live, parsed};
use super::repeat::{self, Recipe};
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
pub(super) enum Fate {
    /// It was taken before: its verdict.
    Known(Vec<u8>),
    /// It is judged now: its place among the new ones.
    New(usize),
    /// It is not taken: the problem, as JSON.
    Refused(String),
}

/// What was watched when frames came.
#[derive(Clone, Copy)]
pub(super) struct Then<'a> {
    pub(super) schema: &'a Schema,
    pub(super) era: u64,
    /// The newest moment in the log.
    pub(super) newest_ms: Option<i64>,
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
        let answer = repeat::said(&live.schema, &fates, said, wanted, partial)?;
        let recipe = Recipe::of(live.system.era, &fates);
        Ok(Outcome { taken, ..Outcome::from(answer) }.again_by(recipe))
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
        Ok(Outcome::with(answer, taken))
    }

    /// A tick that was news once is answered from the log; one that never was changes nothing and leaves no trace.
    pub(super) fn tick(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let at_ms = time_from_js(body::words::<body::Tick>(ask.body)?.now)?;
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
        Ok(Outcome { taken, ..answer.into() })
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
    let then = Then { schema: &live.schema, era: live.system.era, newest_ms: live.newest_ms };
    let width = live.width();
    let mut new = Frames::default();
    let mut page = None;
    let mut last_ms: Option<i64> = None;
    let mut fates = Vec::with_capacity(batch.rows.len());
    let mut good = batch.times_ms.iter().zip(batch.values.chunks(width.max(1)));
    for row in batch.rows {
        let fate = match row {
            Err(refusal) => Err(refusal),
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
                        Err(FrameFault::TimeWentBack { at_ms, last_ms }.into())
                    }
                    _ if live.newest_ms.is_some_and(|newest_ms| at_ms <= newest_ms) => {
                        remembered(store, then, &mut page, at_ms, values).map(Fate::Known)
                    }
                    _ => {
                        new.times_ms.push(at_ms);
                        new.values.extend(values);
                        Ok(Fate::New(new.times_ms.len() - 1))
                    }
                }
            }
        };
        match fate {
            Err(refusal) => refuse(&mut fates, refusal, partial)?,
            Ok(fate) => fates.push(fate),
        }
    }
    Ok((fates, new))
}

/// Refuses a row, and with it all of them unless it is `partial`.
fn refuse(fates: &mut Vec<Fate>, refusal: Refusal, partial: bool) -> Result<(), Refusal> {
    if !partial {
        return Err(refusal);
    }
    fates.push(Fate::Refused(reply::problem(&refusal).1));
    Ok(())
}

/// An entry that is being read: its frames and what was answered to them, if that is still kept.
pub(super) struct Page {
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
pub(super) fn remembered(
    store: &Store<impl Sql>,
    then: Then<'_>,
    page: &mut Option<Page>,
    at_ms: i64,
    values: &[f64],
) -> Result<Vec<u8>, Refusal> {
    let width = then.schema.streams().len();
    let last_ms = then.newest_ms.unwrap_or(at_ms);
    let went_back = || Refusal::from(FrameFault::TimeWentBack { at_ms, last_ms });
    if page.as_ref().is_none_or(|page| at_ms < page.entry.first_ms || page.entry.last_ms < at_ms) {
        let entry = store.entry_until(Kind::Frames, at_ms)?.ok_or_else(went_back)?;
        if at_ms < entry.first_ms {
            return Err(went_back());
        }
        // Another schema may have the same streams, and then its frames are frames of this one.
        let is_known =
            entry.era == then.era || same_streams(&parsed(&store.schema_of(entry.era)?)?, then.schema);
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
pub(super) fn verdicts(
    schema: &Schema,
    fates: &[Fate],
    said: Option<&Verdicts>,
    wanted: &'static str,
) -> Result<Answer, Refusal> {
    let mut all = Verdicts::new(schema.streams().len());
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
            for word in [all.len(), schema.streams().len(), fourfold::verdict::View::COUNT] {
                body.extend((word as u32).to_le_bytes());
            }
            all.write_columns(&mut body)?;
        }
        NDJSON => {
            all.write_json(schema, b"\n", &mut body)?;
            body.extend(if all.len() > 0 { &b"\n"[..] } else { b"" });
        }
        _ => {
            body.extend(br#"{"verdicts":["#);
            all.write_json(schema, b",", &mut body)?;
            body.extend(b"]}");
        }
    }
    Ok(Answer { status: 200, media: wanted, body })
}

/// What became of each row: `{"verdict": …}` or `{"problem": …}`.
pub(super) fn results(
    schema: &Schema,
    fates: &[Fate],
    said: Option<&Verdicts>,
    wanted: &'static str,
) -> Result<Answer, Refusal> {
    let (begin, between, end): (&[u8], &[u8], &[u8]) = match wanted {
        NDJSON if fates.is_empty() => (b"", b"", b""),
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
            (Fate::Refused(problem), _) => {
                body.extend(format!(r#"{{"problem":{problem}}}"#).into_bytes());
                continue;
            }
            (Fate::New(_), None) => return Err(Refusal::Unwritable),
        };
        body.extend(br#"{"verdict":"#);
        Verdicts::of_bytes(schema.streams().len(), row.to_vec())?.write_json(schema, b"", &mut body)?;
        body.extend(b"}");
    }
    body.extend(end);
    Ok(Answer { status: 200, media: wanted, body })
}
