//! The session over a log in memory that works, refuses, or refuses but kept what it was given.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::*;
use crate::action::Filter;
use crate::log::{Append, Entry, Tail};
use crate::reply::problem;

/// What happens to the next append.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Works,
    Refuses,
    RefusesButKeeps,
}

#[derive(Default)]
struct Memory {
    schema: Option<String>,
    entries: Vec<Answered>,
    episodes: Vec<(u64, String)>,
    snapshots: Vec<(u64, Vec<u8>)>,
}

/// Clones share one memory, as objects that follow each other share one storage.
#[derive(Clone)]
struct FakeLog {
    memory: Rc<RefCell<Memory>>,
    mood: Rc<Cell<Mood>>,
}

impl FakeLog {
    fn new() -> Self {
        Self { memory: Rc::default(), mood: Rc::new(Cell::new(Mood::Works)) }
    }
}

impl Log for FakeLog {
    fn schema(&self) -> Result<Option<String>, StorageFault> {
        Ok(self.memory.borrow().schema.clone())
    }

    fn create(&self, schema: &str) -> Result<(), StorageFault> {
        self.memory.borrow_mut().schema = Some(schema.to_owned());
        Ok(())
    }

    fn append(&self, append: Append) -> Result<(), StorageFault> {
        let mood = self.mood.replace(Mood::Works);
        if mood == Mood::Refuses {
            return Err(StorageFault::Refused);
        }
        let mut memory = self.memory.borrow_mut();
        memory.entries.extend(append.entries);
        for episode in append.episodes {
            memory.episodes.retain(|(id, _)| *id != episode.id);
            memory.episodes.push((episode.id, episode.json));
        }
        if mood == Mood::RefusesButKeeps { Err(StorageFault::Refused) } else { Ok(()) }
    }

    fn tail(&self) -> Result<Tail, StorageFault> {
        let memory = self.memory.borrow();
        let tail = |last: &Answered| Tail { seq: last.entry.seq, frames: last.entry.frames };
        Ok(memory.entries.last().map(tail).unwrap_or_default())
    }

    fn entries_after(&self, seq: u64) -> Result<Vec<Entry>, StorageFault> {
        let memory = self.memory.borrow();
        let after = memory.entries.iter().map(|answered| &answered.entry).filter(|entry| entry.seq > seq);
        Ok(after.take(3).cloned().collect())
    }

    fn entry_until(&self, kind: Kind, at_ms: i64) -> Result<Option<Answered>, StorageFault> {
        let memory = self.memory.borrow();
        let mut entries = memory.entries.iter();
        Ok(entries.find(|known| known.entry.kind == kind && known.entry.last_ms >= at_ms).cloned())
    }

    fn episodes(&self, most: u32) -> Result<Vec<String>, StorageFault> {
        let memory = self.memory.borrow();
        Ok(memory.episodes.iter().rev().take(most as usize).map(|(_, json)| json.clone()).collect())
    }

    fn snapshots(&self) -> Result<Vec<u64>, StorageFault> {
        Ok(self.memory.borrow().snapshots.iter().rev().map(|(seq, _)| *seq).collect())
    }

    fn snapshot(&self, seq: u64) -> Result<Vec<u8>, StorageFault> {
        let memory = self.memory.borrow();
        Ok(memory.snapshots.iter().find(|(at, _)| *at == seq).map(|(_, bytes)| bytes.clone()).unwrap())
    }

    fn keep_snapshot(&self, seq: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.memory.borrow_mut().snapshots.push((seq, bytes.to_vec()));
        Ok(())
    }
}

/// Frames `from..to`, a minute apart; every 523rd is abnormal, every 7th lacks a stream.
/// A real date: row numbers have no days.
const START_MS: u64 = 1_700_000_000_000;

fn frames(from: u64, to: u64) -> String {
    let rows = (from..to).map(|minute| {
        // Each burst is larger than any before it: what was seen once is no news.
        let burst = 900.0 * (1_u64 << (minute / 523).min(40)) as f64;
        let cpu = if minute % 523 == 522 { burst } else { 20.0 + (minute % 11) as f64 * 0.3 };
        let disk = if minute % 7 == 6 { "null".to_owned() } else { (minute % 5).to_string() };
        format!(r#"{{"t":{},"values":{{"cpu":{cpu},"disk":{disk}}}}}"#, START_MS + minute * 60_000)
    });
    format!(r#"{{"frames":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
}

fn created(log: &FakeLog) -> Session<FakeLog> {
    let mut session = Session::new(log.clone());
    let answer = session.answer("s", Action::Put, br#"{"streams":["cpu","disk"]}"#);
    assert_eq!(answer.map(|answer| answer.status).map_err(|refusal| refusal.to_string()), Ok(201));
    session
}

fn say(session: &mut Session<FakeLog>, action: Action, body: &str) -> Result<String, (u16, String)> {
    session
        .answer("s", action, body.as_bytes())
        .map(|answer| String::from_utf8(answer.body).unwrap())
        .map_err(|refusal| problem(&refusal))
}

/// What a session that nothing ever happened to answers to `bodies`.
fn uninterrupted(bodies: &[String]) -> Vec<String> {
    let mut session = created(&FakeLog::new());
    bodies.iter().map(|body| say(&mut session, Action::Frames { partial: false }, body).unwrap()).collect()
}

fn batches() -> Vec<String> {
    (0..12).map(|batch| frames(batch * 70, (batch + 1) * 70)).collect()
}

#[test]
fn after_a_refused_write_memory_and_log_agree() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    for mood in [Mood::Refuses, Mood::RefusesButKeeps] {
        for broken in 0..batches.len() {
            let log = FakeLog::new();
            let mut session = created(&log);
            for (place, batch) in batches.iter().enumerate() {
                if place == broken {
                    log.mood.set(mood);
                    assert_eq!(
                        say(&mut session, Action::Frames { partial: false }, batch).unwrap_err().0,
                        503
                    );
                    let described = say(&mut session, Action::Describe, "").unwrap();
                    let kept = if mood == Mood::Refuses { place } else { place + 1 };
                    assert!(described.contains(&format!(r#""frames":{}"#, kept * 70)), "{described}");
                }
                assert_eq!(
                    say(&mut session, Action::Frames { partial: false }, batch).as_ref(),
                    Ok(&expected[place])
                );
            }
        }
    }
}

#[test]
fn a_new_session_goes_on_with_the_same_bits() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    let log = FakeLog::new();
    created(&log);
    for (batch, expected) in batches.iter().zip(&expected) {
        let mut session = Session::new(log.clone());
        assert_eq!(say(&mut session, Action::Frames { partial: false }, batch).as_ref(), Ok(expected));
    }
    assert!(!log.memory.borrow().snapshots.is_empty());
    assert!(!log.memory.borrow().episodes.is_empty());
}

#[test]
fn damaged_snapshots_cost_time_and_no_bits() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    for damaged in 0..=2 {
        let log = FakeLog::new();
        let mut session = created(&log);
        for batch in &batches[..11] {
            say(&mut session, Action::Frames { partial: false }, batch).unwrap();
        }
        {
            let mut memory = log.memory.borrow_mut();
            assert_eq!(memory.snapshots.len(), 2);
            memory.snapshots.iter_mut().rev().take(damaged).for_each(|(_, bytes)| bytes[50] ^= 1);
        }
        let mut session = Session::new(log);
        assert_eq!(
            say(&mut session, Action::Frames { partial: false }, &batches[11]).as_ref(),
            Ok(&expected[11]),
            "{damaged}"
        );
    }
}

#[test]
fn a_frame_is_judged_once() {
    let log = FakeLog::new();
    let mut session = created(&log);
    let first = say(&mut session, Action::Frames { partial: false }, &frames(0, 40)).unwrap();
    assert_eq!(say(&mut session, Action::Frames { partial: false }, &frames(0, 40)).unwrap(), first);
    assert_eq!(log.memory.borrow().entries.len(), 1);

    // A batch that overlaps is answered partly from the log.
    let all = uninterrupted(&[frames(0, 60)]);
    say(&mut session, Action::Frames { partial: false }, &frames(40, 50)).unwrap();
    assert_eq!(say(&mut session, Action::Frames { partial: false }, &frames(0, 60)).as_ref(), Ok(&all[0]));

    let one = |t: u64| format!(r#"{{"frames":[{{"t":{t},"values":{{"cpu":1}}}}]}}"#);
    let (status, body) =
        say(&mut session, Action::Frames { partial: false }, &one(START_MS + 60_000)).unwrap_err();
    assert!(status == 409 && body.contains("frame.differs") && body.contains("at\":1700000060000"), "{body}");
    let (status, body) =
        say(&mut session, Action::Frames { partial: false }, &one(START_MS + 60_001)).unwrap_err();
    assert!(status == 409 && body.contains("frame.time-went-back"), "{body}");
    let unordered = r#"{"frames":[{"t":9e9,"values":{}},{"t":9e9,"values":{}}]}"#;
    assert_eq!(say(&mut session, Action::Frames { partial: false }, unordered).unwrap_err().0, 409);
    assert!(say(&mut session, Action::Describe, "").unwrap().contains(r#""frames":60"#));
}

#[test]
fn ticks_are_in_the_log_when_they_are_news() {
    let log = FakeLog::new();
    let mut session = created(&log);
    // Habits take a week to learn; a silence is told against them.
    let last = 11_000;
    say(&mut session, Action::Frames { partial: false }, &frames(0, 9000)).unwrap();
    say(&mut session, Action::Frames { partial: false }, &frames(9000, last)).unwrap();
    let entries = log.memory.borrow().entries.len();
    let early = format!(r#"{{"now":{}}}"#, START_MS + last * 60_000);
    assert_eq!(say(&mut session, Action::Tick, &early).unwrap(), r#"{"verdict":null}"#);
    assert_eq!(log.memory.borrow().entries.len(), entries);

    let late = format!(r#"{{"now":{}}}"#, START_MS + (last + 60) * 60_000);
    let verdict = say(&mut session, Action::Tick, &late).unwrap();
    assert!(verdict.contains(r#""from_silence":true"#), "{verdict}");
    assert_eq!(say(&mut session, Action::Tick, &late).unwrap(), verdict);
    assert_eq!(log.memory.borrow().entries.len(), entries + 1);

    let next = frames(last + 80, last + 100);
    let expected = say(&mut session, Action::Frames { partial: false }, &next).unwrap();
    log.memory.borrow_mut().entries.truncate(entries + 1);
    let mut again = Session::new(log);
    assert_eq!(say(&mut again, Action::Frames { partial: false }, &next).unwrap(), expected);
}

#[test]
fn a_tick_that_is_no_news_leaves_the_engine_as_it_was() {
    let schema = SchemaDraft::of_streams(["a"]).validate().unwrap();
    let mut engine = fourfold::Engine::new(schema);
    for at_ms in [0, 1000, 2000] {
        engine.observe(fourfold::Frame { at_ms, values: &[1.0] }).unwrap();
    }
    let before = engine.seal();
    engine.tick(3000, |verdict| panic!("no news: {verdict:?}")).unwrap();
    assert_eq!(engine.seal(), before);
}

#[test]
fn creating_twice_is_creating_once() {
    let log = FakeLog::new();
    let mut session = Session::new(log);
    assert_eq!(say(&mut session, Action::Describe, "").unwrap_err().0, 404);
    assert_eq!(say(&mut session, Action::Frames { partial: false }, "{}").unwrap_err().0, 404);
    assert_eq!(say(&mut session, Action::Anomalies(Filter::default()), "").unwrap_err().0, 404);
    let made = say(&mut session, Action::Put, r#"{"preset":"iot"}"#).unwrap();
    assert_eq!(say(&mut session, Action::Put, r#"{"preset":"iot"}"#), Ok(made.clone()));
    assert_eq!(say(&mut session, Action::Describe, ""), Ok(made));
    let (status, body) = say(&mut session, Action::Put, r#"{"preset":"network"}"#).unwrap_err();
    assert!(status == 409 && body.contains("system.schema-differs"), "{body}");
    assert_eq!(say(&mut session, Action::Put, r#"{"streams":["a","a"]}"#).unwrap_err().0, 422);
}

#[test]
fn a_batch_has_an_end() {
    let mut session = created(&FakeLog::new());
    let (status, body) =
        say(&mut session, Action::Frames { partial: false }, &frames(0, 10_001)).unwrap_err();
    assert!(status == 413 && body.contains("10000"), "{body}");
}

#[test]
fn long_batches_are_cut_into_entries_that_storage_takes() {
    let log = FakeLog::new();
    let mut session = created(&log);
    let whole = say(&mut session, Action::Frames { partial: false }, &frames(0, 9000)).unwrap();
    let entries = log.memory.borrow().entries.clone();
    assert!(entries.len() > 2);
    assert!(entries.iter().all(|known| known.entry.rows.len() + known.verdicts.len() <= 1_000_000));
    assert_eq!(entries.last().unwrap().entry.frames, 9000);
    let mut again = Session::new(log);
    let alarms = whole.matches(r#""alarm":true"#).count();
    assert!(alarms > 3);
    assert_eq!(say(&mut again, Action::Frames { partial: false }, &frames(0, 9000)), Ok(whole));
    assert_eq!(
        say(&mut again, Action::Anomalies(Filter::default()), "").unwrap().matches(r#""id":"#).count(),
        alarms
    );
}
