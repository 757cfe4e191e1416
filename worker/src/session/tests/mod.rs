//! The session over a real SQLite that works, refuses, or refuses but keeps what it was given.

mod alerts;
mod asked;
mod carried;
mod database;
mod durable;
mod house;
mod people;
mod repeated;

use super::*;
use crate::reply::problem;
use database::{Database, Mood};

/// A real date: row numbers have no days.
const START_MS: i64 = 1_700_000_000_000;
const MINUTE_MS: i64 = 60_000;

/// Frames `from..to`, a minute apart; every 523rd is abnormal, every 7th lacks a stream.
fn frames(from: i64, to: i64) -> String {
    let rows = (from..to).map(|minute| {
        // Each burst is larger than any before it: what was seen once is no news.
        let burst = 900.0 * (1_u64 << (minute / 523).min(40)) as f64;
        let cpu = if minute % 523 == 522 { burst } else { 20.0 + (minute % 11) as f64 * 0.3 };
        let disk = if minute % 7 == 6 { "null".to_owned() } else { (minute % 5).to_string() };
        format!(r#"{{"t":{},"values":{{"cpu":{cpu},"disk":{disk}}}}}"#, START_MS + minute * MINUTE_MS)
    });
    format!(r#"{{"frames":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
}

/// As a deployment has them, but for the clock: frames may come days before their time here.
fn settings() -> Settings {
    Settings { ahead_ms: i64::MAX, ..Settings::default() }
}

fn ask<'a>(method: &str, path: &str, body: &'a str) -> Ask<'a> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let rest: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let action = Action::parse(method, &rest, query).unwrap();
    Ask {
        id: "s",
        action,
        body: body.as_bytes(),
        before: 0,
        media: None,
        accept: None,
        key: None,
        now_ms: START_MS,
    }
}

type Said = Result<String, (u16, String)>;

/// As the object does: a snapshot comes after the answer.
fn answer(session: &mut Session<Database>, ask: &Ask<'_>) -> Said {
    let answered = session.answer(ask);
    session.snapshot();
    answered.map(|done| String::from_utf8(done.answer.body).unwrap()).map_err(|refusal| problem(&refusal))
}

fn say(session: &mut Session<Database>, method: &str, path: &str, body: &str) -> Said {
    answer(session, &ask(method, path, body))
}

fn post(session: &mut Session<Database>, body: &str) -> Said {
    say(session, "POST", "frames", body)
}

fn get(session: &mut Session<Database>, path: &str) -> String {
    say(session, "GET", path, "").unwrap()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn made(database: &Database, schema: &str) -> Session<Database> {
    let mut session = Session::new(database.clone(), settings());
    let done = session.answer(&ask("PUT", "", schema)).map(|done| done.answer.status);
    assert_eq!(done.map_err(|refusal| refusal.to_string()), Ok(201));
    session
}

fn created(database: &Database) -> Session<Database> {
    made(database, r#"{"streams":["cpu","disk"]}"#)
}

/// What a session that nothing ever happened to answers to `bodies`.
fn uninterrupted(bodies: &[String]) -> Vec<String> {
    let mut session = created(&Database::new());
    bodies.iter().map(|body| post(&mut session, body).unwrap()).collect()
}

fn batches() -> Vec<String> {
    (0..12).map(|batch| frames(batch * 70, (batch + 1) * 70)).collect()
}
