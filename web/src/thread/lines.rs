//! Verdicts as lines of a table.

use std::fmt::Write as _;

use fourfold::{Schema, Verdict};

use crate::table::civil;

/// The first line.
pub const CSV_HEAD: &str =
    "time,score,oddness,confidence,alarm,severity,episode,from_silence,stream,reason\n";

/// One line: of the streams, the one that carries the moment.
pub fn csv_line(text: &mut String, schema: &Schema, verdict: &Verdict) {
    let carrier = verdict.carrier().filter(|_| verdict.episode.is_some());
    let name = carrier.and_then(|place| Some(schema.streams().get(place)?.name.as_str())).unwrap_or_default();
    let reason =
        carrier.and_then(|place| verdict.streams.get(place)?.reason).map_or("", |reason| reason.word());
    let severity = format!("{:?}", verdict.severity).to_lowercase();
    let episode = verdict.episode.map(|id| id.to_string()).unwrap_or_default();
    let _ = writeln!(
        text,
        "{},{},{},{},{},{severity},{episode},{},{},{reason}",
        stamp(verdict.at_ms),
        verdict.score,
        verdict.oddness,
        verdict.confidence,
        u8::from(verdict.alarm),
        u8::from(verdict.from_silence),
        quoted(name),
    );
}

fn stamp(at_ms: i64) -> String {
    let (year, month, day) = civil(at_ms);
    let ms = at_ms.rem_euclid(86_400_000);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
}

fn quoted(text: &str) -> String {
    let needs_quotes = text.contains([',', '"', '\n', '\r']);
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use fourfold::{Engine, Frame, SchemaDraft};

    use super::*;

    #[test]
    fn a_line_says_when_how_odd_and_who() {
        let draft = SchemaDraft::of_streams(["a, \"quoted\"", "b"]);
        let mut engine = Engine::new(draft.validate().expect("two names"));
        let mut text = String::from(CSV_HEAD);
        let schema = engine.schema().clone();
        for minute in 0..600_i64 {
            let a = if minute == 590 { 900.0 } else { (minute % 9) as f64 };
            let values = [a, (minute % 7) as f64];
            let verdict = engine.observe(Frame { at_ms: 60_000 * minute, values: &values });
            csv_line(&mut text, &schema, verdict.expect("a good frame"));
        }
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 601);
        assert!(lines[591].starts_with("1970-01-01T09:50:00.000Z,0.99"), "{}", lines[591]);
        assert!(
            lines[591].contains(",1,") && lines[591].contains("\"a, \"\"quoted\"\"\","),
            "{}",
            lines[591]
        );
        assert!(lines[1].contains(",none,,0,,"), "{}", lines[1]);
    }
}
