//! A golden case on the native engine.

use std::fmt::Write;

use fourfold::cause::{Ask, Mode};
use fourfold::ingest::Standing;
use fourfold::verdict::End;
use fourfold::wire::{
    EpisodeJson, ExplanationJson, GapsJson, HealthJson, MonitorJson, QualityJson, VerdictJson,
};
use fourfold::{Engine, Episode, Error, Frame, Schema, SchemaDraft, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use super::digest::Digest;
use super::events::of_events;
use super::input::{self, Call, Deed, ROWS, SEALED_BEFORE, START_MS};
use crate::run::{Failure, Outcome};

/// Every so many rows a verdict is printed; alarms and verdicts on silence always are.
const PRINTED_ROWS: u32 = 50;

/// What a case is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Frames,
    Events,
}

/// The verdicts on preset `name`, as text.
pub(crate) fn text(name: &str, kind: Kind) -> Outcome<String> {
    let schema = SchemaDraft::preset(name)?.validate()?;
    let calls = match kind {
        Kind::Frames => input::of_frames(name, &schema),
        Kind::Events => of_events(name, &schema),
    };
    let mut printer = Printer::new(name, kind, &input::digest(&calls).hex(), &schema);
    let mut engine = Engine::new(schema.clone());
    for call in &calls {
        let row = match call {
            Call::Observe { row, .. } | Call::Push { row, .. } => Some(*row),
            _ => None,
        };
        if row == Some(SEALED_BEFORE) {
            engine = Engine::open(&engine.seal())?;
        }
        play(&mut engine, call, &mut printer)?;
    }
    Ok(printer.text)
}

/// Makes a call, and prints what came of it.
fn play(engine: &mut Engine, call: &Call, printer: &mut Printer) -> Outcome {
    match call {
        Call::Observe { row, at_ms, values } => {
            let verdict = engine.observe(Frame { at_ms: *at_ms, values })?;
            printer.verdict(verdict, row % PRINTED_ROWS == 0)
        }
        Call::Tick { at_ms } => {
            let mut told = Vec::new();
            engine.tick(*at_ms, |verdict| told.push(verdict.clone()))?;
            printer.told(&told)
        }
        Call::Push { events, .. } => {
            let mut told = Vec::new();
            let counts = engine.push(events, |verdict| told.push(verdict.clone()))?;
            printer.digest.value(&value(counts)?);
            printer.told(&told)
        }
        Call::Say { deed, back } => {
            let said = say(engine, *deed, *back);
            let word = said.map_or_else(|error| error.code(), |()| "ok");
            printer.line(&format!("{} {word}", deed.word()));
            Ok(())
        }
        Call::Report { at_ms } => {
            printer.digest.value(&reports(engine, *at_ms)?);
            printer.digest.bytes(&engine.seal());
            printer.line(&format!("report {at_ms}"));
            Ok(())
        }
    }
}

pub(super) fn say(engine: &mut Engine, deed: Deed, back: usize) -> Result<(), Error> {
    let is_lasting = |episode: &&Episode| matches!(episode.end, End::Open | End::NewNormal);
    let any = engine.episodes().rev().nth(back).map_or(0, |episode| episode.id);
    let lasting = engine.episodes().rev().find(is_lasting).map_or(0, |episode| episode.id);
    match deed {
        Deed::Label(label) => engine.label(any, label),
        Deed::Adopt => engine.adopt(lasting),
        Deed::Undo => engine.undo().map(|_| ()),
        Deed::Rate(rate) => engine.set_false_alarm_rate(rate),
    }
}

/// All that the engine says of itself, but for the memory: a pointer is not as long on every target.
fn reports(engine: &Engine, now_ms: i64) -> Outcome<Value> {
    let schema = engine.schema();
    let episodes: Vec<_> = engine.episodes().map(|episode| EpisodeJson::new(schema, episode)).collect();
    Ok(json!([
        value(HealthJson::new(schema, &engine.health(now_ms)))?,
        value(GapsJson::new(schema, &engine.gaps()))?["streams"],
        value(QualityJson::new(schema, &engine.quality(now_ms)))?["streams"],
        value(MonitorJson::new(schema, engine.monitor(&Default::default())))?,
        value(episodes)?,
        why(engine, Ask::default())?,
        why(engine, Ask { at_ms: peak(engine), mode: Mode::Thorough, ..Ask::default() })?,
    ]))
}

/// When the newest episode was worst.
fn peak(engine: &Engine) -> Option<i64> {
    engine.episodes().next_back().map(|episode| episode.peak_ms)
}

/// An explanation, or why there is none: that is an answer too.
fn why(engine: &Engine, ask: Ask) -> Outcome<Value> {
    match engine.explain(ask) {
        Ok(why) => value(ExplanationJson::new(engine.schema(), &why)),
        Err(error) => Ok(json!(error.code())),
    }
}

fn value(shape: impl Serialize) -> Outcome<Value> {
    serde_json::to_value(shape).map_err(|error| Failure(format!("what the engine says is no JSON: {error}")))
}

/// The text as it grows, and the hash of everything that was said so far.
struct Printer {
    text: String,
    digest: Digest,
    schema: Schema,
}

impl Printer {
    fn new(name: &str, kind: Kind, inputs: &str, schema: &Schema) -> Self {
        let what = match kind {
            Kind::Frames => "frames",
            Kind::Events => "events",
        };
        let text = format!(
            "{name}: {ROWS} rows of {what}, inputs {inputs}\nwhat time score score_bits confidence_bits severity all_so_far\n"
        );
        Self { text, digest: Digest::new(), schema: schema.clone() }
    }

    /// What a call said that may say anything or nothing.
    fn told(&mut self, told: &[Verdict]) -> Outcome {
        if told.is_empty() {
            self.digest.nothing();
        }
        told.iter().try_for_each(|verdict| {
            let frame_ms = self.schema.frame_ms();
            let row = (verdict.at_ms - START_MS).div_euclid(frame_ms);
            let is_printed = verdict.standing == Standing::Final && row % i64::from(PRINTED_ROWS) == 0;
            self.verdict(verdict, is_printed || verdict.from_silence)
        })
    }

    fn verdict(&mut self, verdict: &Verdict, is_printed: bool) -> Outcome {
        let json = value(VerdictJson::new(&self.schema, verdict))?;
        self.digest.value(&json);
        if !is_printed && !verdict.alarm {
            return Ok(());
        }
        let what = match () {
            () if verdict.alarm => "alarm",
            () if verdict.from_silence => "silence",
            () => "frame",
        };
        self.line(&format!(
            "{what} {} {} {:016x} {:016x} {}",
            verdict.at_ms,
            millionths(verdict.score),
            verdict.score.to_bits(),
            verdict.confidence.to_bits(),
            json["severity"].as_str().unwrap_or("?"),
        ));
        Ok(())
    }

    fn line(&mut self, what: &str) {
        let _ = writeln!(self.text, "{what} {}", self.digest.hex());
    }
}

/// A score with six digits, cut and not rounded: languages round differently.
fn millionths(score: f64) -> String {
    let whole = (score * 1e6).floor() as u64;
    format!("{}.{:06}", whole / 1_000_000, whole % 1_000_000)
}
