//! What a system does by itself, by a simulated clock.

use super::*;
use crate::notice::{News, Notice};
use crate::session::upkeep::Due;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A session to which minutes `from..to` came in requests of `step`, each when it was measured.
fn fed(database: &Database, from: i64, to: i64, step: i64) -> Session<Database> {
    let mut session = Session::new(database.clone(), settings());
    for begin in (from..to).step_by(step as usize) {
        let body = frames(begin, begin + step);
        let now_ms = START_MS + (begin + step) * MINUTE_MS;
        answer(&mut session, &Ask { now_ms, ..ask("POST", "frames", &body) }).unwrap();
    }
    session
}

#[test]
fn an_alarm_is_set_only_where_it_would_ring_too_late() {
    let due = Due { silence_ms: Some(900), snapshot_ms: Some(500), ..Due::default() };
    assert_eq!(due.first(), Some(500));
    assert_eq!(due.rearm(None, 100), Some(500));
    assert_eq!(due.rearm(Some(400), 100), None, "it rings early, and is set anew then");
    assert_eq!(due.rearm(Some(600), 100), Some(500));
    assert_eq!(due.rearm(None, 700), Some(700), "what is past is due now");
    assert_eq!(Due::default().rearm(None, 100), None);

    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, 10_800, 60);
    let (mut armed, mut writes, mut rings) = (None, 0, 0);
    for minute in 10_800..11_800 {
        let now_ms = START_MS + (minute + 1) * MINUTE_MS;
        if armed.is_some_and(|armed_ms| armed_ms <= now_ms) {
            session.ring(now_ms).unwrap();
            armed = session.due().rearm(None, now_ms);
            rings += 1;
        }
        let body = frames(minute, minute + 1);
        session.answer(&Ask { now_ms, ..ask("POST", "frames", &body) }).unwrap();
        if let Some(due_ms) = session.due().rearm(armed, now_ms) {
            (armed, writes) = (Some(due_ms), writes + 1);
        }
    }
    // One that rings early is set anew, and puts off the next one for as long as nobody can be overdue.
    assert!(writes < 20 && rings < 800, "for 1000 data points: {writes} alarms set, {rings} rung");
}

#[test]
fn silence_is_told_once_while_nothing_comes() {
    let database = Database::new();
    created(&database);
    fed(&database, 0, 10_500, 500);
    let mut session = fed(&database, 10_500, 11_000, 1);
    let mut now_ms = START_MS + 11_000 * MINUTE_MS;
    let mut told = Vec::new();
    for _ in 0..40 {
        let Some(due_ms) = session.due().silence_ms else { break };
        assert!(due_ms > now_ms);
        now_ms = due_ms;
        let done = session.ring(now_ms).unwrap();
        told.extend(done.notices.into_iter().map(|notice| (now_ms, notice)));
    }
    let (at_ms, first) = &told[0];
    let silent_min = (at_ms - START_MS) / MINUTE_MS - 11_000;
    assert!(first.is_silence && (1..=2).contains(&silent_min), "after {silent_min} minutes: {first:?}");
    let opened = told.iter().filter(|(_, notice)| notice.news == News::Opened).count();
    assert_eq!(opened, 1, "{told:?}");
    assert_eq!(json(&get(&mut session, "anomalies"))["anomalies"][0]["cause"], "all_silent");

    // The next object knows what was told.
    let mut again = Session::new(database.clone(), settings());
    assert!(again.ring(now_ms + 1).unwrap().notices.is_empty());
    let next = frames(11_400, 11_420);
    let expected = post(&mut session, &next).unwrap();
    database.operate("DELETE FROM blobs");
    assert_eq!(post(&mut Session::new(database, settings()), &next), Ok(expected));
}

#[test]
fn history_that_is_filled_in_says_nothing_of_now() {
    let database = Database::new();
    let mut session = created(&database);
    let body = frames(0, 9000);
    let years_later = START_MS + 900 * DAY_MS;
    session.answer(&Ask { now_ms: years_later, ..ask("POST", "frames", &body) }).unwrap();
    assert_eq!(session.due().silence_ms, None);
    assert!(session.ring(years_later + DAY_MS).unwrap().notices.is_empty());
}

#[test]
fn chapters_answer_as_their_entries_did() {
    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, 3000, 10);
    let asked = ["frames", "frames?step=3600000&streams=cpu", "scores"];
    let before: Vec<String> = asked.iter().map(|path| get(&mut session, path)).collect();
    // When the alarm rings, it is told as well that nothing comes any more.
    let anomalies = |session: &mut Session<Database>| {
        let mut known = json(&get(session, "anomalies"))["anomalies"].as_array().unwrap().clone();
        known.retain(|one| one["cause"] != "all_silent");
        known
    };
    let known = anomalies(&mut session);
    let hours = json(&get(&mut session, "stats?by=hour"));
    let repeated = post(&mut session, &frames(100, 110)).unwrap();
    let entries = database.number("SELECT count(*) FROM log");
    let bytes = database.number("SELECT sum(length(rows)) FROM log");
    session.ring(START_MS + 3000 * MINUTE_MS + DAY_MS).unwrap();
    assert!(database.number("SELECT count(*) FROM log") < entries / 4);
    assert!(database.number("SELECT sum(length(rows)) FROM log") < bytes / 3);
    for (path, before) in asked.iter().zip(&before) {
        assert_eq!(&get(&mut session, path), before, "{path}");
    }
    assert!(known.len() > 3);
    assert_eq!(anomalies(&mut session), known);
    let merged = json(&get(&mut session, "stats?by=hour"));
    for (part, whole) in merged["stats"].as_array().unwrap().iter().zip(hours["stats"].as_array().unwrap()) {
        assert_eq!([&part["start"], &part["frames"]], [&whole["start"], &whole["frames"]]);
        for (key, value) in whole["streams"]["disk"].as_object().unwrap() {
            let near = part["streams"]["disk"][key].as_f64().unwrap() - value.as_f64().unwrap();
            assert!(near.abs() < 1e-5, "{key}: {part} {whole}");
        }
    }
    assert_eq!(post(&mut session, &frames(100, 110)), Ok(repeated.clone()));
    // And the whole log is still the whole truth.
    let next = frames(3000, 3010);
    let expected = post(&mut session, &next).unwrap();
    database.operate("DELETE FROM blobs");
    let mut again = Session::new(database, settings());
    assert_eq!(post(&mut again, &next), Ok(expected));
    assert_eq!(post(&mut again, &frames(100, 110)), Ok(repeated));
}

#[test]
fn raw_data_goes_and_statistics_stay() {
    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, 3000, 60);
    let next = frames(3000, 3010);
    let stats = get(&mut session, "stats?by=day");
    let days = json(&stats)["stats"].as_array().unwrap().len();
    assert_eq!(days, 4);
    let frames_left =
        |session: &mut Session<Database>| json(&get(session, "frames"))["frames"].as_array().unwrap().len();
    let at = |days: i64| START_MS + 3000 * MINUTE_MS + days * DAY_MS;
    session.ring(at(4)).unwrap();
    assert!(post(&mut session, &frames(100, 110)).is_ok());
    session.ring(at(8)).unwrap();
    let forgotten = post(&mut session, &frames(100, 110)).unwrap_err();
    assert!(forgotten.0 == 409 && forgotten.1.contains("frame.verdict-forgotten"), "{forgotten:?}");
    session.ring(at(100)).unwrap();
    assert_eq!(frames_left(&mut session), 3000);
    let left = json(&get(&mut session, "anomalies"));
    let causes: Vec<_> = left["anomalies"].as_array().unwrap().iter().map(|one| &one["cause"]).collect();
    assert_eq!(causes, ["all_silent"], "what goes on is not archived");
    let archived = json(&get(&mut session, "anomalies?archived=true"));
    assert!(archived["anomalies"].as_array().unwrap().len() > 3);
    session.ring(at(182)).unwrap();
    let left = frames_left(&mut session);
    assert_eq!(left, 0, "nothing is past its time and still there");
    assert_eq!(json(&get(&mut session, "stats?by=day"))["stats"].as_array().unwrap().len(), days);

    // A new object goes on from its snapshot; without any, from what is left.
    let expected = post(&mut session, &next).unwrap();
    let mut again = Session::new(database.clone(), settings());
    assert_eq!(post(&mut again, &next), Ok(expected));
    let known = get(&mut again, "anomalies?archived=true");
    database.operate("DELETE FROM blobs");
    let mut anew = Session::new(database.clone(), settings());
    post(&mut anew, &frames(3010, 3020)).unwrap();
    let burst = format!(r#"{{"frames":[{{"t":{},"values":{{"cpu":1e12}}}}]}}"#, START_MS + 3030 * MINUTE_MS);
    post(&mut anew, &burst).unwrap();
    assert_eq!(get(&mut anew, "anomalies?archived=true"), known, "no number is given twice");
    let mut again = Session::new(database, settings());
    assert_eq!(get(&mut again, "health"), get(&mut anew, "health"), "it begins anew once");
}

#[test]
fn a_storage_that_refuses_to_read_is_no_reason_to_begin_anew() {
    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, 700, 70);
    let next = frames(700, 710);
    for reads in 0..12 {
        let mut again = Session::new(database.clone(), settings());
        database.reads_until_refusal.set(Some(reads));
        let refused = post(&mut again, &next);
        database.reads_until_refusal.set(None);
        if let Err((status, _)) = refused {
            assert_eq!(status, 503, "after {reads} reads");
            let expected = session.live().unwrap().engine.seal();
            assert!(again.live().unwrap().engine.seal() == expected, "after {reads} reads");
        } else {
            assert!(reads > 4);
            return;
        }
    }
}

#[test]
fn however_fast_data_comes_exact_verdicts_have_an_end() {
    let database = Database::new();
    let mut session = made(&database, r#"{"streams":["cpu","disk"]}"#);
    for batch in 0..11 {
        post(&mut session, &frames(batch * 5000, (batch + 1) * 5000)).unwrap();
    }
    session.ring(START_MS + DAY_MS).unwrap();
    let kept = database.number("SELECT sum(length(bytes)) FROM verdicts") as usize;
    let row_bytes = Verdicts::row_bytes(2);
    assert!((50_000..=52_000).contains(&(kept / row_bytes)), "{} frames", kept / row_bytes);
    assert!(post(&mut session, &frames(54_000, 54_010)).is_ok());
    let (status, problem) = post(&mut session, &frames(10, 20)).unwrap_err();
    assert!(status == 409 && problem.contains("frame.verdict-forgotten"), "{problem}");
}

#[test]
fn many_small_requests_leave_little_behind() {
    let database = Database::new();
    let mut session = made(&database, r#"{"streams":["a"],"frame_ms":3600000,"lateness_ms":0}"#);
    let mut rounds = 0;
    for second in 0..9000_i64 {
        let now_ms = START_MS + second * 1000;
        let body = format!(r#"{{"events":[{{"stream":"a","t":{now_ms},"value":{}}}]}}"#, second % 7);
        answer(&mut session, &Ask { now_ms, ..ask("POST", "events", &body) }).unwrap();
        if session.due().round_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            session.ring(now_ms).unwrap();
            rounds += 1;
        }
    }
    assert!((2..8).contains(&rounds), "{rounds}");
    assert!(database.number("SELECT count(*) FROM log") < 3100);
    let expected = get(&mut session, "health");
    assert_eq!(get(&mut Session::new(database, settings()), "health"), expected);
}

#[test]
fn an_idle_object_leaves_a_snapshot() {
    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, 100, 100);
    let due_ms = session.due().snapshot_ms.unwrap();
    assert_eq!(database.number("SELECT count(*) FROM blobs"), 0);
    session.ring(due_ms).unwrap();
    assert_eq!(database.number("SELECT max(id) FROM blobs WHERE kind = 0"), 1);
    assert_eq!(session.due().snapshot_ms, None);
}

#[test]
fn reports_are_kept_day_by_day() {
    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, 300, 100);
    for day in 1..4 {
        let morning_ms = START_MS / DAY_MS * DAY_MS + day * DAY_MS + HOUR_MS;
        session.ring(morning_ms).unwrap();
        session.ring(morning_ms + 7 * HOUR_MS).unwrap();
    }
    let count = |kind: &str| database.number(&format!("SELECT count(*) FROM reports WHERE kind = '{kind}'"));
    assert_eq!([count("health"), count("quality"), count("monitor"), count("gaps")], [3, 3, 3, 1]);
    let shown = json(&get(&mut session, "views/models"));
    assert_eq!(shown["days"].as_array().unwrap().len(), 3, "{shown}");
    assert_eq!(shown["monitor"]["frames"], 300);
}

/// A system to which `step` minutes come at a time, each delivery `lag` minutes after its newest frame, as the platform
/// would run it: what its alarm told until `end`, and when.
fn watched(from: i64, to: i64, step: i64, lag: i64, end: i64) -> (Vec<(i64, Notice)>, u64, u64) {
    let database = Database::new();
    created(&database);
    let mut session = fed(&database, 0, from, 600);
    let (mut armed, mut writes, mut rings) = (None, 0, 0);
    let mut told = Vec::new();
    let deliveries = (from..to).step_by(step as usize);
    let moments = deliveries.map(|begin| (begin + step - 1 + lag, Some(begin))).chain([(end, None)]);
    for (minute, begin) in moments {
        let now_ms = START_MS + minute * MINUTE_MS;
        while let Some(armed_ms) = armed.filter(|armed_ms| *armed_ms <= now_ms) {
            let done = session.ring(armed_ms).unwrap();
            told.extend(done.notices.into_iter().map(|notice| (armed_ms, notice)));
            rings += 1;
            armed = session.due().rearm(None, armed_ms);
            writes += u64::from(armed.is_some());
        }
        let Some(begin) = begin else { break };
        session.answer(&Ask { now_ms, ..ask("POST", "frames", &frames(begin, begin + step)) }).unwrap();
        if let Some(due_ms) = session.due().rearm(armed, now_ms) {
            (armed, writes) = (Some(due_ms), writes + 1);
        }
    }
    told.retain(|(_, notice)| notice.is_silence && notice.news == News::Opened);
    (told, writes, rings)
}

#[test]
fn an_outage_is_told_within_two_intervals_of_whoever_sends() {
    let (begin, end) = (10_800, 11_520);
    for (step, lag, latest) in
        [(1, 0, 150), (1, 17, 150), (1, -5, 150), (1, 150, 150), (1, -600, 150), (10, 0, 1260), (60, 3, 7500)]
    {
        let (mut told, writes, rings) = watched(begin, end, step, lag, end + 300);
        // It takes a few deliveries to know how they come.
        told.retain(|(at_ms, _)| *at_ms > START_MS + (begin + 20 + 4 * step + lag.max(0)) * MINUTE_MS);
        assert_eq!(told.len(), 1, "{step} at a time, {lag} late: {told:?}");
        let silent_s = (told[0].0 - START_MS) / 1000 - (end - 1 + lag) * 60;
        assert!((120..=latest).contains(&silent_s), "{step} at a time, {lag} late: after {silent_s} s");
        assert!(writes <= rings + 12 && rings < 400, "{writes} alarms set and {rings} rung, for 720 frames");
    }
}

#[test]
fn a_frame_of_events_ends_by_the_alarm_however_seldom_they_come() {
    let database = Database::new();
    let mut session = made(&database, r#"{"streams":["a"],"frame_ms":60000,"lateness_ms":0}"#);
    for event in 0..8 {
        let at_ms = START_MS + event * 10 * MINUTE_MS;
        let body = format!(r#"{{"events":[{{"stream":"a","t":{at_ms},"value":{event}}}]}}"#);
        let now_ms = at_ms + 500;
        session.answer(&Ask { now_ms, ..ask("POST", "events", &body) }).unwrap();
        if event == 0 {
            continue;
        }
        let due_ms = session.due().silence_ms.unwrap();
        assert!(due_ms - now_ms <= MINUTE_MS, "after {} ms", due_ms - now_ms);
        let before = json(&get(&mut session, ""))["frames"].as_u64().unwrap();
        assert!(session.ring(due_ms).unwrap().frames > 0);
        assert!(json(&get(&mut session, ""))["frames"].as_u64().unwrap() > before);
    }
}
