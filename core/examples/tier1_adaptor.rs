//! Tier 1 as a program: one JSON row in (`{"t": "2014-07-01 00:00:00", "v": [1.5]}`), one number out.
//!
//! `--output row` ranks rows, `alarm` is above 0 once per event, `score` is the calibrated one of the first stream.
//! `--time STREAMS` instead prints the cost of a frame.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a tool that measures and prints")]

use std::io::{BufRead, Write};
use std::time::Instant;

use fourfold::{Engine, Frame, SchemaDraft};

/// Days from the first of March of year 0 to the Unix epoch.
const EPOCH_DAYS: i64 = 719_468;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|place| arguments.get(place + 1))
    };
    if let Some(streams) = option("--time") {
        return time(streams.parse()?);
    }
    let output = option("--output").map_or("row", String::as_str);
    let mut engine = Engine::new(SchemaDraft::of_streams(["value"]).validate()?);
    let mut last_ms = -1_i64;
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        // A clock that goes back, as at the end of summer time, stands still here: rows keep their order.
        let at_ms = time_of(&row["t"]).unwrap_or(last_ms + 1).max(last_ms + 1);
        last_ms = at_ms;
        let value = row["v"][0].as_f64().unwrap_or(f64::NAN);
        let verdict = &engine.observe(Frame { at_ms, values: &[value] })?.streams[0];
        let answer = match output {
            "row" => verdict.row,
            "alarm" => verdict.surprise,
            "score" => verdict.score.unwrap_or(0.0),
            other => return Err(format!("--output {other}: row, alarm or score").into()),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// A row number as it is, a date and time as milliseconds since the epoch.
fn time_of(time: &serde_json::Value) -> Option<i64> {
    if let Some(row) = time.as_i64() {
        return Some(row);
    }
    let text = time.as_str()?;
    if let Ok(row) = text.parse() {
        return Some(row);
    }
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse::<i64>().ok());
    let mut next = || numbers.next().flatten();
    let (year, month, day) = (next()?, next()?, next()?);
    let (hour, minute, second) = (next().unwrap_or(0), next().unwrap_or(0), next().unwrap_or(0));
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - EPOCH_DAYS;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

/// Prints what a frame costs once every memory is full.
fn time(streams: usize) -> Result<(), Box<dyn std::error::Error>> {
    let names: Vec<String> = (0..streams).map(|n| format!("s{n}")).collect();
    let mut engine = Engine::new(SchemaDraft::of_streams(&names).validate()?);
    let mut random = 88_172_645_463_325_252_u64;
    let mut uniform = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as f64 / (1_u64 << 53) as f64
    };
    // Level and noise change every few dozen rows, by orders of magnitude: that fills the memory of states.
    let mut moods = vec![(0.0, 1.0); streams];
    let mut frames = Vec::new();
    for row in 0..20_000_i64 {
        let at_ms = 1_700_000_000_000 + 300_000 * row;
        let daily = (row as f64 / 288.0 * std::f64::consts::TAU).sin();
        let values: Vec<f64> = (moods.iter_mut())
            .map(|(level, noise)| {
                if uniform() < 0.02 {
                    *level = 10.0 * (uniform() - 0.5) / (uniform() + 0.02);
                    *noise = (5.0 * uniform()).exp2();
                }
                20.0 + 3.0 * daily + *level + *noise * (uniform() - 0.5)
            })
            .collect();
        frames.push((at_ms, values));
        if frames.len() == 1000 {
            let start = Instant::now();
            for (at_ms, values) in &frames {
                engine.observe(Frame { at_ms: *at_ms, values })?;
            }
            let us = start.elapsed().as_secs_f64() * 1e6 / frames.len() as f64;
            println!("{} frames: {us:.2} us per frame, {} bytes", row + 1, engine.memory().streams);
            frames.clear();
        }
    }
    Ok(())
}
