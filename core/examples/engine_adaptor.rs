//! The engine as a program that reads rows and answers one number each: `{"t": "2014-07-01 00:00:00", "v": [1.5]}` in,
//! `0.73` out, in lock-step. `t` may be a row number instead, which is no clock. `--output rank` (the default) ranks every
//! row, `--output score` says its chance in decades, `--output alarm` speaks only when an alarm is raised.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "an example that speaks on standard output")]

use std::io::{BufRead, Write};

use fourfold::verdict::Output;
use fourfold::{Engine, Frame, SchemaDraft};
use serde_json::Value;

fn main() {
    let output = match std::env::args().skip_while(|argument| argument != "--output").nth(1).as_deref() {
        Some("alarm") => Output::Alarm,
        Some("score") => Output::Score,
        _ => Output::Rank,
    };
    let mut engine: Option<Engine> = None;
    let mut said = 0.0;
    let mut to = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line.expect("a readable line")).expect("a row of JSON");
        let cells = row["v"].as_array().expect("a list of values");
        let values: Vec<f64> = cells.iter().map(|cell| cell.as_f64().unwrap_or(f64::NAN)).collect();
        let engine = engine.get_or_insert_with(|| {
            let names = (0..values.len()).map(|stream| format!("v{stream}"));
            Engine::new(SchemaDraft::of_streams(names).validate().expect("a valid schema"))
        });
        // A row whose time does not follow the one before is not a frame.
        said = match engine.observe(Frame { at_ms: time_ms(&row["t"]), values: &values }) {
            Ok(verdict) => output.of(verdict),
            Err(_) => output.held(said),
        };
        writeln!(to, "{said:?}").and_then(|()| to.flush()).expect("a reader");
    }
}

/// A date on the clock in UTC, or one millisecond per numbered row: so short that no daily rhythm can be seen in it.
fn time_ms(time: &Value) -> i64 {
    let Some(text) = time.as_str() else { return time.as_i64().expect("a date or a row number") };
    let mut parts = text.split(['-', ' ', 'T', ':']).map(|part| part.parse::<f64>().unwrap_or(0.0));
    let mut next = || parts.next().unwrap_or(0.0);
    let (year, month, day) = (next() as i64, next() as i64, next() as i64);
    let seconds = next() * 3600.0 + next() * 60.0 + next();
    // Years begin in March, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let in_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days =
        year.div_euclid(400) * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719_468;
    days * 86_400_000 + (seconds * 1000.0) as i64
}
