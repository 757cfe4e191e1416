//! A golden case on the native engine.

use std::fmt::Write;

use fourfold::wire::VerdictJson;
use fourfold::{Engine, Frame, Schema, SchemaDraft, Verdict};

use super::digest::Digest;
use super::input::{self, Call, ROWS, SEALED_BEFORE};
use crate::run::{Failure, Outcome};

/// Every so many rows a verdict is printed; alarms and verdicts on silence always are.
const PRINTED_ROWS: u32 = 50;

/// The verdicts on preset `name`, as text.
pub(crate) fn text(name: &str) -> Outcome<String> {
    let schema = SchemaDraft::preset(name)?.validate()?;
    let calls = input::calls(name, &schema);
    let mut printer = Printer::new(name, &input::digest(&calls).hex());
    let mut engine = Engine::new(schema.clone());
    for call in &calls {
        match call {
            Call::Observe { row, at_ms, values } => {
                if *row == SEALED_BEFORE {
                    engine = Engine::open(&engine.seal())?;
                }
                let verdict = engine.observe(Frame { at_ms: *at_ms, values })?;
                printer.verdict(&schema, verdict, row % PRINTED_ROWS == 0)?;
            }
            Call::Tick { at_ms } => match engine.tick(*at_ms)? {
                Some(verdict) => printer.verdict(&schema, verdict, true)?,
                None => printer.digest.nothing(),
            },
        }
    }
    Ok(printer.text)
}

/// The text as it grows, and the hash of everything that was said so far.
struct Printer {
    text: String,
    digest: Digest,
}

impl Printer {
    fn new(name: &str, inputs: &str) -> Self {
        let text = format!(
            "{name}: {ROWS} rows, inputs {inputs}\nwhat time score score_bits confidence_bits severity all_so_far\n"
        );
        Self { text, digest: Digest::new() }
    }

    fn verdict(&mut self, schema: &Schema, verdict: &Verdict, is_printed: bool) -> Outcome {
        let json = serde_json::to_value(VerdictJson::new(schema, verdict))
            .map_err(|error| Failure(format!("a verdict is no JSON: {error}")))?;
        self.digest.value(&json);
        if !is_printed && !verdict.alarm {
            return Ok(());
        }
        let what = match () {
            () if verdict.alarm => "alarm",
            () if verdict.from_silence => "silence",
            () => "frame",
        };
        let _ = writeln!(
            self.text,
            "{what} {} {} {:016x} {:016x} {} {}",
            verdict.at_ms,
            millionths(verdict.score),
            verdict.score.to_bits(),
            verdict.confidence.to_bits(),
            json["severity"].as_str().unwrap_or("?"),
            self.digest.hex()
        );
        Ok(())
    }
}

/// A score with six digits, cut and not rounded: languages round differently.
fn millionths(score: f64) -> String {
    let whole = (score * 1e6).floor() as u64;
    format!("{}.{:06}", whole / 1_000_000, whole % 1_000_000)
}
