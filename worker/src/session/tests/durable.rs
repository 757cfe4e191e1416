//! Whatever happens to writes and snapshots: no frame lost, none judged twice, the same bits.

use super::*;

#[test]
fn after_a_refused_write_memory_and_log_agree() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    for mood in [Mood::Refuses, Mood::RefusesButKeeps] {
        for broken in 0..batches.len() {
            let database = Database::new();
            let mut session = created(&database);
            for (place, batch) in batches.iter().enumerate() {
                if place == broken {
                    database.mood.set(mood);
                    assert_eq!(post(&mut session, batch).unwrap_err().0, 503);
                    let described = get(&mut session, "");
                    let kept = if mood == Mood::Refuses { place } else { place + 1 };
                    assert!(described.contains(&format!(r#""frames":{}"#, kept * 70)), "{described}");
                }
                assert_eq!(post(&mut session, batch).as_ref(), Ok(&expected[place]));
            }
        }
    }
}

#[test]
fn a_new_session_goes_on_with_the_same_bits() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    let database = Database::new();
    created(&database);
    for (batch, expected) in batches.iter().zip(&expected) {
        let mut session = Session::new(database.clone(), settings());
        assert_eq!(post(&mut session, batch).as_ref(), Ok(expected));
    }
    assert_eq!(database.number("SELECT count(DISTINCT id) FROM blobs WHERE kind = 0"), 2);
    assert!(database.number("SELECT count(*) FROM anomalies") > 0);
}

#[test]
fn damaged_snapshots_cost_time_and_no_bits() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    let harm = "UPDATE blobs SET bytes = CAST(substr(bytes, 1, 50) || x'5a' || substr(bytes, 52) AS BLOB)
        WHERE kind = 0 AND id IN (SELECT DISTINCT id FROM blobs WHERE kind = 0 ORDER BY id DESC LIMIT ";
    for damaged in 0..=2 {
        let database = Database::new();
        let mut session = created(&database);
        for batch in &batches[..11] {
            post(&mut session, batch).unwrap();
        }
        assert!(database.operate(&format!("{harm}{damaged})")) >= damaged);
        let mut session = Session::new(database, settings());
        assert_eq!(post(&mut session, &batches[11]).as_ref(), Ok(&expected[11]), "{damaged}");
    }
}

#[test]
fn whoever_dies_before_a_snapshot_is_made_loses_nothing() {
    let batches = batches();
    let expected = uninterrupted(&batches);
    let database = Database::new();
    let mut session = created(&database);
    for (batch, expected) in batches.iter().zip(&expected) {
        let done = session.answer(&ask("POST", "frames", batch)).unwrap();
        assert_eq!(String::from_utf8(done.answer.body).as_ref(), Ok(expected));
    }
    assert!(session.is_snapshot_due());
    assert_eq!(database.number("SELECT count(*) FROM blobs WHERE kind = 0"), 0);
    let next = frames(840, 850);
    let mut again = Session::new(database.clone(), settings());
    let said = post(&mut again, &next).unwrap();
    assert!(!again.is_snapshot_due() && database.number("SELECT count(*) FROM blobs WHERE kind = 0") == 1);
    // Made at last, it is the engine as it is, and one that is ahead of its log makes none.
    database.mood.set(Mood::Refuses);
    assert!(session.answer(&ask("POST", "frames", &next)).is_err());
    assert!(!session.is_snapshot_due());
    assert_eq!(post(&mut session, &next), Ok(said));
}

#[test]
fn a_frame_is_judged_once() {
    let database = Database::new();
    let mut session = created(&database);
    let first = post(&mut session, &frames(0, 40)).unwrap();
    assert_eq!(post(&mut session, &frames(0, 40)).unwrap(), first);
    assert_eq!(database.number("SELECT count(*) FROM log"), 1);

    // A batch that overlaps is answered partly from the log.
    let all = uninterrupted(&[frames(0, 60)]);
    post(&mut session, &frames(40, 50)).unwrap();
    assert_eq!(post(&mut session, &frames(0, 60)).as_ref(), Ok(&all[0]));

    let one = |t: i64| format!(r#"{{"frames":[{{"t":{t},"values":{{"cpu":1}}}}]}}"#);
    let (status, body) = post(&mut session, &one(START_MS + MINUTE_MS)).unwrap_err();
    assert!(status == 409 && body.contains("frame.differs") && body.contains("at\":1700000060000"), "{body}");
    let (status, body) = post(&mut session, &one(START_MS + MINUTE_MS + 1)).unwrap_err();
    assert!(status == 409 && body.contains("frame.time-went-back"), "{body}");
    let unordered = r#"{"frames":[{"t":9e12,"values":{}},{"t":9e12,"values":{}}]}"#;
    assert_eq!(post(&mut session, unordered).unwrap_err().0, 409);
    assert!(get(&mut session, "").contains(r#""frames":60"#));
}

#[test]
fn ticks_are_in_the_log_when_they_are_news() {
    let database = Database::new();
    let mut session = created(&database);
    // Habits take a week to learn; a silence is told against them.
    let last = 11_000;
    post(&mut session, &frames(0, 9000)).unwrap();
    post(&mut session, &frames(9000, last)).unwrap();
    let entries = || database.number("SELECT count(*) FROM log");
    let before = entries();
    let tick = |minute: i64| format!(r#"{{"now":{}}}"#, START_MS + minute * MINUTE_MS);
    assert_eq!(say(&mut session, "POST", "tick", &tick(last)).unwrap(), r#"{"verdict":null}"#);
    assert_eq!(entries(), before);

    let late = tick(last + 60);
    let verdict = say(&mut session, "POST", "tick", &late).unwrap();
    assert!(verdict.contains(r#""from_silence":true"#), "{verdict}");
    assert_eq!(say(&mut session, "POST", "tick", &late).unwrap(), verdict);
    assert_eq!(entries(), before + 1);

    let next = frames(last + 80, last + 100);
    let expected = post(&mut session, &next).unwrap();
    database.operate(&format!("DELETE FROM log WHERE seq > {}", before + 1));
    database.operate(&format!("DELETE FROM verdicts WHERE seq > {}", before + 1));
    let mut again = Session::new(database.clone(), settings());
    assert_eq!(post(&mut again, &next).unwrap(), expected);
}

#[test]
fn a_tick_that_is_no_news_leaves_the_engine_as_it_was() {
    let schema = fourfold::SchemaDraft::of_streams(["a"]).validate().unwrap();
    let mut engine = fourfold::Engine::new(schema);
    for at_ms in [0, 1000, 2000] {
        engine.observe(fourfold::Frame { at_ms, values: &[1.0] }).unwrap();
    }
    let before = engine.seal();
    engine.tick(3000, |verdict| panic!("no news: {verdict:?}")).unwrap();
    assert_eq!(engine.seal(), before);
}

#[test]
fn long_batches_are_cut_into_entries_that_storage_takes() {
    let database = Database::new();
    let mut session = created(&database);
    let whole = post(&mut session, &frames(0, 9000)).unwrap();
    assert!(database.number("SELECT count(*) FROM log") > 2);
    assert!(database.number("SELECT max(length(rows)) FROM log") < 1_000_000);
    assert!(database.number("SELECT max(length(bytes)) FROM verdicts") < 1_000_000);
    let mut again = Session::new(database, settings());
    let alarms = whole.matches(r#""alarm":true"#).count();
    assert!(alarms > 3);
    assert_eq!(post(&mut again, &frames(0, 9000)), Ok(whole));
    let listed = json(&get(&mut again, "anomalies"));
    assert_eq!(listed["anomalies"].as_array().unwrap().len(), alarms);
}

/// Events of minutes `from..to` in a scrambled order, some of them late by up to two minutes.
fn events(from: i64, to: i64) -> String {
    let mut rows: Vec<(i64, String)> = (from * 6..to * 6)
        .map(|n| {
            let t = START_MS + n * 10_000;
            let value = if n % 3001 == 3000 { 900.0 } else { (n % 11) as f64 };
            let row =
                format!(r#"{{"stream":"{}","t":{t},"value":{value}}}"#, ["cpu", "disk"][(n % 2) as usize]);
            (n + n * 7 % 13, row)
        })
        .collect();
    rows.sort();
    let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
    format!(r#"{{"events":[{}]}}"#, rows.join(","))
}

#[test]
fn events_are_replayed_to_the_bit() {
    let schema = r#"{"streams":["cpu","disk"],"frame_ms":60000,"lateness_ms":120000}"#;
    let bodies: Vec<String> = (0..20).map(|batch| events(batch * 50, (batch + 1) * 50)).collect();
    let mut calm = made(&Database::new(), schema);
    let database = Database::new();
    made(&database, schema);
    let mut finals = 0;
    for body in &bodies {
        let expected = say(&mut calm, "POST", "events", body).unwrap();
        let mut session = Session::new(database.clone(), settings());
        assert_eq!(say(&mut session, "POST", "events", body).as_ref(), Ok(&expected));
        finals += expected.matches(r#""standing":"final""#).count();
    }
    assert!(finals > 900);
    let described = get(&mut calm, "");
    assert!(described.contains(&format!(r#""frames":{finals}"#)), "{described}");
    assert_eq!(
        get(&mut Session::new(database.clone(), settings()), "anomalies"),
        get(&mut calm, "anomalies")
    );
    assert!(database.number("SELECT count(*) FROM anomalies") > 0);

    // Once events make the frames, nobody else does; and a tick ends frames.
    assert_eq!(post(&mut calm, &frames(2000, 2001)).unwrap_err().0, 422);
    let late = format!(r#"{{"now":{}}}"#, START_MS + 1010 * MINUTE_MS);
    let ticked = say(&mut calm, "POST", "tick", &late).unwrap();
    assert!(ticked.contains(r#""standing":"final""#), "{ticked}");
    let mut again = Session::new(database, settings());
    assert_eq!(say(&mut again, "POST", "tick", &late), Ok(ticked));
}
