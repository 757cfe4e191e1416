//! Two configurations side by side, on what is stored.

use std::collections::VecDeque;
use std::rc::Rc;

use fourfold::evaluate::Quality;
use fourfold::frame::time_from_js;
use fourfold::ingest::Event;
use fourfold::verdict::{Standing, Verdict};
use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Frame, Label, Schema, SchemaDraft};
use serde::{Deserialize, Serialize};

use super::live::parsed;
use super::{Ask, Outcome, Session};
use crate::action::Filter;
use crate::answer::Answer;
use crate::body;
use crate::fault::Fault;
use crate::log::{Entry, Kind, Step, pack};
use crate::refusal::Refusal;
use crate::sql::Sql;

/// Frames that two configurations are compared on, and values of them: some seconds of work.
const FRAMES_MOST: usize = 5000;
const VALUES_MOST: usize = 250_000;
/// The end of time, for those who name none.
const NO_END_MS: i64 = i64::MAX >> 11;
/// The widest tolerance around an anomaly, in rows, of the volumes.
const WINDOW: usize = 100;

/// Two configurations, and on what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    /// The first one; the system's own where it is absent.
    a: Option<serde_json::Value>,
    b: serde_json::Value,
    from: Option<f64>,
    to: Option<f64>,
}

/// How one of them did.
#[derive(Default, Serialize)]
struct SideJson {
    /// What it judged. Of events every configuration may make frames of its own.
    frames: usize,
    alarms: usize,
    /// Frames that belong to an episode.
    abnormal: usize,
    /// Alarms within an episode that a person called real, and those within one that a person called expected.
    real: usize,
    expected: usize,
    /// How well its scores rank the frames of real episodes, where there are labels.
    quality: Option<Quality>,
}

/// Something that an engine was told, by the streams of its time.
struct Told {
    streams: Rc<Vec<String>>,
    what: What,
}

enum What {
    Frame { at_ms: i64, values: Vec<f64> },
    Events(Vec<Event>),
    Time(i64),
}

/// The newest that was told within a span, as much as fits.
struct Newest {
    from_ms: i64,
    to_ms: i64,
    /// A frame's length, so that a long time with few events is cut too.
    frame_ms: i64,
    told: VecDeque<Told>,
    values: usize,
}

/// Where the streams of a time are in a configuration.
type Moved = (Rc<Vec<String>>, Vec<Option<usize>>);

/// An episode that a person labelled: from when to when, and how.
type Span = (i64, i64, Label);

impl<S: Sql> Session<S> {
    /// Tells the newest frames or events of a span to two new engines, and says how each did.
    pub(super) fn compare(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let Comparison { a, b, from, to } = body::read(ask.body)?;
        let own = self.live()?.schema.clone();
        let a = a.map_or(Ok(own), |side| configuration(&side))?;
        let b = configuration(&b)?;
        let [from_ms, to_ms] = [from, to].map(|ms| ms.map(time_from_js).transpose());
        let mut newest = Newest {
            from_ms: from_ms?.unwrap_or(i64::MIN >> 11),
            to_ms: to_ms?.unwrap_or(NO_END_MS),
            frame_ms: a.frame_ms().min(b.frame_ms()),
            told: VecDeque::new(),
            values: 0,
        };
        self.gather(&mut newest)?;
        let (Some(first), Some(last)) = (newest.told.front(), newest.told.back()) else {
            return Err(Fault::NothingToCompare.into());
        };
        let (first_ms, last_ms) = (first.first_ms(), last.last_ms());
        let spans = self.labelled()?;
        let (events, frames) = newest.told.iter().fold((0, 0), |(events, frames), told| match &told.what {
            What::Frame { .. } => (events, frames + 1),
            What::Events(more) => (events + more.len(), frames),
            What::Time(_) => (events, frames),
        });
        let a = side(&a, &newest.told, &spans)?;
        let b = side(&b, &newest.told, &spans)?;
        let said = serde_json::json!({
            "frames": frames, "events": events, "from": first_ms, "to": last_ms, "labels": spans.len(),
            "a": a, "b": b,
        });
        Ok(Answer::ok(said.to_string()).into())
    }

    /// Reads the log in its order: events are told again as they came.
    fn gather(&self, newest: &mut Newest) -> Result<(), Refusal> {
        for kind in [Kind::Frames, Kind::Events] {
            let mut after = match kind {
                Kind::Frames if newest.has_no_end() => {
                    self.store.entry_of_frame(self.store.tail()?.frames.saturating_sub(FRAMES_MOST as u64))?
                }
                _ => 0,
            };
            loop {
                let entries = self.store.entries_from(kind, newest.from_ms, after)?;
                let Some(last) = entries.last() else { break };
                after = last.seq;
                let mut streams: Option<(u64, Rc<Vec<String>>)> = None;
                for entry in &entries {
                    if streams.as_ref().is_none_or(|(era, _)| *era != entry.era) {
                        let then = parsed(&self.store.schema_of(entry.era)?)?;
                        let names = then.streams().iter().map(|stream| stream.name.clone()).collect();
                        streams = Some((entry.era, Rc::new(names)));
                    }
                    if let Some((_, streams)) = &streams {
                        newest.take(entry, streams)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn labelled(&self) -> Result<Vec<Span>, Refusal> {
        let mut spans = Vec::new();
        for is_archived in [false, true] {
            let filter = Filter { is_archived, limit: 1000, ..Filter::default() };
            for row in self.store.anomalies(&filter)? {
                let episode: EpisodeJson<'_> = body::kept(row.json.as_bytes())?;
                spans.extend(episode.label.map(|label| (episode.opened, episode.last, label)));
            }
        }
        Ok(spans)
    }
}

impl Newest {
    /// Takes what an entry says of the span.
    fn take(&mut self, entry: &Entry, streams: &Rc<Vec<String>>) -> Result<(), Refusal> {
        let width = streams.len();
        if entry.kind == Kind::Frames {
            let frames = pack::frames(&entry.rows, width)?;
            for (at_ms, values) in frames.times_ms.into_iter().zip(frames.values.chunks(width.max(1))) {
                if self.is_inside(at_ms) {
                    self.push(streams, What::Frame { at_ms, values: values.to_vec() });
                }
            }
            return Ok(());
        }
        for step in pack::steps(&entry.rows)? {
            match step {
                Step::Push(mut events) => {
                    events.retain(|event| self.is_inside(event.at_ms));
                    if !events.is_empty() {
                        self.push(streams, What::Events(events));
                    }
                }
                // Time that was told before the first event began nothing.
                Step::Tick(now_ms) if !self.told.is_empty() && now_ms < self.to_ms => {
                    self.push(streams, What::Time(now_ms));
                }
                Step::Tick(_) => {}
            }
        }
        Ok(())
    }

    fn has_no_end(&self) -> bool {
        self.to_ms == NO_END_MS
    }

    fn is_inside(&self, at_ms: i64) -> bool {
        (self.from_ms..self.to_ms).contains(&at_ms)
    }

    /// Adds what is newest, and lets go of what is oldest where it gets too much.
    fn push(&mut self, streams: &Rc<Vec<String>>, what: What) {
        let told = Told { streams: streams.clone(), what };
        let begin_ms = match &told.what {
            What::Frame { .. } => i64::MIN,
            _ => told.last_ms().saturating_sub(self.frame_ms.saturating_mul(FRAMES_MOST as i64)),
        };
        self.values += told.values();
        self.told.push_back(told);
        while let Some(oldest) = self.told.front()
            && (self.told.len() > FRAMES_MOST || self.values > VALUES_MOST || oldest.last_ms() < begin_ms)
        {
            self.values -= oldest.values();
            self.told.pop_front();
        }
    }
}

impl Told {
    fn values(&self) -> usize {
        match &self.what {
            What::Frame { values, .. } => values.len(),
            What::Events(events) => events.len(),
            What::Time(_) => 0,
        }
    }

    fn first_ms(&self) -> i64 {
        match &self.what {
            What::Frame { at_ms, .. } | What::Time(at_ms) => *at_ms,
            What::Events(events) => events.iter().map(|event| event.at_ms).min().unwrap_or(0),
        }
    }

    fn last_ms(&self) -> i64 {
        match &self.what {
            What::Frame { at_ms, .. } | What::Time(at_ms) => *at_ms,
            What::Events(events) => events.iter().map(|event| event.at_ms).max().unwrap_or(0),
        }
    }
}

/// A schema, or a preset.
fn configuration(side: &serde_json::Value) -> Result<Schema, Refusal> {
    let draft: SchemaDraft = body::schema(body::write(side)?.as_bytes())?;
    Ok(draft.validate()?)
}

/// How a configuration does on what was told.
fn side(schema: &Schema, told: &VecDeque<Told>, spans: &[Span]) -> Result<SideJson, Refusal> {
    let mut engine = Engine::new(schema.clone());
    let mut judged = Judged { spans, side: SideJson::default(), scores: Vec::new(), labels: Vec::new() };
    let mut row = vec![f64::NAN; schema.streams().len()];
    let mut places: Option<Moved> = None;
    for Told { streams, what } in told {
        if places.as_ref().is_none_or(|(known, _)| !Rc::ptr_eq(known, streams)) {
            let found = streams.iter().map(|name| schema.index_of(name)).collect();
            places = Some((streams.clone(), found));
        }
        let Some((_, places)) = &places else { continue };
        match what {
            What::Frame { at_ms, values } => {
                row.fill(f64::NAN);
                for (place, value) in places.iter().zip(values) {
                    if let Some(slot) = place.and_then(|place| row.get_mut(place)) {
                        *slot = *value;
                    }
                }
                judged.note(engine.observe(Frame { at_ms: *at_ms, values: &row })?);
            }
            What::Events(events) => {
                let moved = events.iter().filter_map(|event| {
                    let stream = places.get(event.stream).copied().flatten()?;
                    Some(Event { stream, ..*event })
                });
                engine.push(&moved.collect::<Vec<_>>(), |verdict| judged.note(verdict))?;
            }
            What::Time(now_ms) => engine.tick(*now_ms, |verdict| judged.note(verdict))?,
        }
    }
    Ok(judged.finish())
}

/// What a configuration said so far.
struct Judged<'a> {
    spans: &'a [Span],
    side: SideJson,
    scores: Vec<f64>,
    labels: Vec<bool>,
}

impl Judged<'_> {
    /// Counts a verdict. An alarm is raised once, and may come before its frame is final; everything else is counted
    /// where no late event will change it.
    fn note(&mut self, verdict: &Verdict) {
        let is_in = |label: Label| {
            let holds =
                |(from_ms, to_ms, said): &Span| *said == label && (from_ms..=to_ms).contains(&&verdict.at_ms);
            self.spans.iter().any(holds)
        };
        let is_real = is_in(Label::Real);
        self.side.alarms += usize::from(verdict.alarm);
        self.side.real += usize::from(verdict.alarm && is_real);
        self.side.expected += usize::from(verdict.alarm && is_in(Label::Expected));
        if verdict.standing != Standing::Final {
            return;
        }
        self.side.frames += 1;
        self.side.abnormal += usize::from(verdict.episode.is_some());
        self.scores.push(verdict.oddness);
        self.labels.push(is_real);
    }

    fn finish(self) -> SideJson {
        let Self { scores, labels, side, .. } = self;
        let quality = labels.contains(&true).then(|| Quality::of(&scores, &labels, WINDOW));
        SideJson { quality, ..side }
    }
}
