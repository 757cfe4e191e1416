//! What people do with a system: create, change, ask, label.

use super::*;

#[test]
fn creating_twice_is_creating_once() {
    let mut session = Session::new(Database::new(), settings());
    assert_eq!(say(&mut session, "GET", "", "").unwrap_err().0, 404);
    assert_eq!(post(&mut session, "{}").unwrap_err().0, 404);
    let read =
        ["", "frames", "scores", "anomalies", "anomalies/1", "anomalies/1/explanation", "health", "gaps"];
    let more = ["quality", "stats", "alerts", "models", "views/recent", "views/trends", "views/models"];
    let said = ["models", "models/1/restore", "labels/undo"].map(|path| ("POST", path, ""));
    let bodies = [
        ("POST", "events", r#"{"events":[]}"#),
        ("POST", "tick", r#"{"now":1}"#),
        ("POST", "labels", r#"{"anomaly":1,"label":"real"}"#),
        ("POST", "compare", r#"{"b":{"streams":["a"]}}"#),
        ("PATCH", "anomalies/1", "{}"),
        ("PUT", "alerts", r#"{"rules":[],"webhooks":[]}"#),
        ("DELETE", "", ""),
    ];
    let asked = read.iter().chain(&more).map(|path| ("GET", *path, ""));
    for (method, path, body) in asked.chain(said).chain(bodies) {
        let (status, problem) = say(&mut session, method, path, body).unwrap_err();
        assert!(status == 404 && problem.contains("system.unknown"), "{method} {path}: {problem}");
    }
    let made = say(&mut session, "PUT", "", r#"{"preset":"iot"}"#).unwrap();
    assert_eq!(say(&mut session, "PUT", "", r#"{"preset":"iot"}"#), Ok(made.clone()));
    assert_eq!(get(&mut session, ""), made);
    assert_eq!(say(&mut session, "PUT", "", r#"{"streams":["a","a"]}"#).unwrap_err().0, 422);
    assert_eq!(get(&mut session, ""), made);
}

#[test]
fn a_schema_change_keeps_what_can_be_kept() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 3000)).unwrap();
    let before = json(&get(&mut session, "anomalies"))["anomalies"].clone();
    let newest = before[0]["id"].as_u64().unwrap();

    // Another rate of false alarms: everything stays, to the bit.
    let kept = say(&mut session, "PUT", "", r#"{"streams":["cpu","disk"],"false_alarm_rate":0.0005}"#);
    assert_eq!(json(&kept.unwrap())["change"]["reset"], serde_json::json!([]));
    assert_eq!(json(&get(&mut session, "anomalies"))["anomalies"], before);

    // Another stream: the others have learned from what is stored, and episodes are counted on.
    let changed = say(&mut session, "PUT", "", r#"{"streams":["fan","cpu"]}"#).unwrap();
    let change = json(&changed)["change"].clone();
    assert_eq!(change["kept"], serde_json::json!(["cpu"]));
    assert_eq!(change["new"], serde_json::json!(["fan"]));
    assert_eq!(change["removed"], serde_json::json!(["disk"]));
    assert_eq!(json(&get(&mut session, "health"))["streams"][1]["available"], 1.0);
    let burst = |t: i64, cpu: f64| {
        format!(r#"{{"frames":[{{"t":{},"values":{{"cpu":{cpu},"fan":1}}}}]}}"#, START_MS + t * MINUTE_MS)
    };
    let said = json(&post(&mut session, &burst(3000, 1e9)).unwrap());
    assert_eq!(said["verdicts"][0]["episode"], newest + 1, "{said}");
    assert_eq!(json(&get(&mut session, "anomalies"))["anomalies"][0]["id"], newest + 1);

    // Who comes back goes on with the same bits, with a snapshot and without.
    let next = burst(3001, 20.3);
    let expected = {
        let mut again = Session::new(database.clone(), settings());
        database.mood.set(Mood::Refuses);
        assert_eq!(post(&mut again, &next).unwrap_err().0, 503);
        post(&mut Session::new(database.clone(), settings()), &next).unwrap()
    };
    database.operate("DELETE FROM blobs");
    assert_eq!(post(&mut Session::new(database.clone(), settings()), &next), Ok(expected));
    // Frames of before the change are not known by their streams any more.
    assert_eq!(post(&mut session, &frames(5, 6)).unwrap_err().0, 422);
}

#[test]
fn a_schema_change_is_learned_again_to_the_bit() {
    let database = Database::new();
    let mut session = created(&database);
    for batch in 0..5 {
        post(&mut session, &frames(batch * 5000, (batch + 1) * 5000)).unwrap();
    }
    say(&mut session, "PUT", "", r#"{"streams":["fan","cpu","disk"]}"#).unwrap();
    for batch in 5..7 {
        post(&mut session, &frames(batch * 5000, (batch + 1) * 5000)).unwrap();
    }
    let expected = session.live().unwrap().engine.seal();
    // Packed in chapters, with more frames after it, and without a snapshot.
    session.ring(START_MS + 86_400_000).unwrap();
    database.operate("DELETE FROM blobs");
    assert!(Session::new(database, settings()).live().unwrap().engine.seal() == expected);
}

#[test]
fn pages_of_anomalies_do_not_shift() {
    let mut session = created(&Database::new());
    post(&mut session, &frames(0, 9000)).unwrap();
    let whole = json(&get(&mut session, "anomalies"))["anomalies"].clone();
    let whole = whole.as_array().unwrap();
    assert!(whole.len() > 5);
    let mut paged = Vec::new();
    let mut next = String::new();
    let mut later = 9000;
    loop {
        let page = json(&get(&mut session, &format!("anomalies?limit=2{next}")));
        paged.extend(page["anomalies"].as_array().unwrap().iter().cloned());
        // More happen while one reads.
        later += 523;
        post(&mut session, &frames(later - 523, later)).unwrap();
        match page["next"].as_u64() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    let ids = |list: &[serde_json::Value]| list.iter().map(|row| row["id"].as_u64()).collect::<Vec<_>>();
    assert_eq!(ids(&paged), ids(whole));

    let count = |session: &mut Session<Database>, query: &str| {
        json(&get(session, &format!("anomalies?{query}")))["anomalies"].as_array().unwrap().len()
    };
    let opened = whole[2]["opened"].as_i64().unwrap();
    assert_eq!(count(&mut session, &format!("since={opened}&until={}", opened + 1)), 1);
    assert_eq!(count(&mut session, "status=resolved"), 0);
    assert_eq!(count(&mut session, "group=none"), 0);
    assert_eq!(count(&mut session, "archived=true"), 0);
    let kind = whole[2]["reason"].as_str().unwrap();
    assert!(count(&mut session, &format!("kind={kind}&severity=low")) > 0);
}

#[test]
fn labels_teach_are_taken_back_and_survive() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 2000)).unwrap();
    let before = session.live().unwrap().engine.seal();
    let path = "anomalies/1";
    let labelled = r#"{"label":"expected","status":"resolved","note":"a test run"}"#;
    let amended = json(&say(&mut session, "PATCH", path, labelled).unwrap());
    assert_eq!(
        [&amended["label"], &amended["status"], &amended["note"]],
        ["expected", "resolved", "a test run"]
    );
    assert_ne!(session.live().unwrap().engine.seal(), before);
    let shown = json(&get(&mut Session::new(database.clone(), settings()), path));
    assert_eq!([&shown["label"], &shown["status"]], ["expected", "resolved"]);
    let whats: Vec<&str> =
        shown["history"].as_array().unwrap().iter().filter_map(|line| line["what"].as_str()).collect();
    assert_eq!(whats, ["opened", "closed", "label", "status", "note"]);
    assert_eq!(json(&get(&mut session, "anomalies?status=resolved"))["anomalies"][0]["id"], 1);

    // The new session has replayed the label.
    let mut again = Session::new(database.clone(), settings());
    assert_eq!(json(&say(&mut again, "POST", "labels/undo", "").unwrap())["anomaly"], 1);
    assert_eq!(again.live().unwrap().engine.seal(), before);
    assert_eq!(json(&get(&mut again, path))["label"], serde_json::Value::Null);
    assert_eq!(say(&mut again, "POST", "labels/undo", "").unwrap_err().0, 409);
    let named = r#"{"anomaly":1,"label":"real"}"#;
    assert_eq!(say(&mut again, "POST", "labels", named).unwrap(), r#"{"anomaly":1,"learned":true}"#);
    assert_eq!(say(&mut again, "POST", "labels", r#"{"anomaly":99,"label":"real"}"#).unwrap_err().0, 404);
    assert_eq!(say(&mut again, "PATCH", "anomalies/99", "{}").unwrap_err().0, 404);
    assert_eq!(say(&mut again, "PATCH", path, r#"{"status":"odd"}"#).unwrap_err().0, 400);
}

#[test]
fn labels_on_what_the_engine_forgot_are_kept_all_the_same() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 400)).unwrap();
    say(&mut session, "POST", "models", "").unwrap();
    post(&mut session, &frames(400, 2000)).unwrap();
    let labelled = say(&mut session, "PATCH", "anomalies/1", r#"{"label":"real"}"#);
    assert_eq!(json(&labelled.unwrap())["learned"], true);
    say(&mut session, "POST", "models/1/restore", "").unwrap();
    let before = session.live().unwrap().engine.seal();
    let amended = json(&say(&mut session, "PATCH", "anomalies/2", r#"{"label":"expected"}"#).unwrap());
    assert_eq!([&amended["label"], &amended["learned"]], [&json(r#""expected""#), &json("false")]);
    let named = r#"{"anomaly":3,"label":"real"}"#;
    let said = say(&mut session, "POST", "labels", named);
    assert_eq!(said, Ok(r#"{"anomaly":3,"learned":false}"#.to_owned()));
    assert_eq!(say(&mut session, "POST", "labels", named), said, "twice is once");
    assert_eq!(session.live().unwrap().engine.seal(), before);

    // It is in the records, for whoever comes next, and counts where configurations are compared.
    let mut again = Session::new(database.clone(), settings());
    let shown = json(&get(&mut again, "anomalies/3"));
    assert_eq!(shown["label"], "real");
    let labels = |shown: &serde_json::Value| {
        let lines = shown["history"].as_array().unwrap().iter();
        lines.filter(|line| line["what"] == "label").map(|line| line["value"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(labels(&shown), ["real"]);
    let compared = r#"{"b":{"streams":["cpu"]}}"#;
    assert_eq!(json(&say(&mut again, "POST", "compare", compared).unwrap())["labels"], 3);

    // The newest label comes back first, whoever knows of it.
    for anomaly in [3, 2, 1] {
        let undone = json(&say(&mut again, "POST", "labels/undo", "").unwrap());
        assert_eq!((&undone["anomaly"], &undone["learned"]), (&json(&anomaly.to_string()), &json("false")));
    }
    assert_eq!(say(&mut again, "POST", "labels/undo", "").unwrap_err().0, 409);
    assert_eq!(json(&get(&mut again, "anomalies/2"))["label"], serde_json::Value::Null);
}

#[test]
fn configurations_are_compared_on_events_too() {
    let mut session =
        made(&Database::new(), r#"{"streams":["cpu","disk"],"frame_ms":60000,"lateness_ms":60000}"#);
    let event = |minute: i64| {
        let cpu = if minute % 523 == 522 { 9e5 } else { 20.0 + (minute % 11) as f64 };
        let t = START_MS + minute * MINUTE_MS;
        format!(
            r#"{{"stream":"cpu","t":{t},"value":{cpu}}},{{"stream":"disk","t":{t},"value":{}}}"#,
            minute % 5
        )
    };
    for batch in 0..20 {
        let events: Vec<String> = (batch * 60..(batch + 1) * 60).map(event).collect();
        say(&mut session, "POST", "events", &format!(r#"{{"events":[{}]}}"#, events.join(","))).unwrap();
    }
    let [opened, last] = {
        let first =
            json(&get(&mut session, "anomalies"))["anomalies"].as_array().unwrap().last().unwrap().clone();
        say(&mut session, "POST", "labels", &format!(r#"{{"anomaly":{},"label":"real"}}"#, first["id"]))
            .unwrap();
        [first["opened"].as_i64().unwrap(), first["last"].as_i64().unwrap()]
    };
    let coarse = r#"{"streams":["cpu"],"frame_ms":300000,"lateness_ms":0}"#;
    let said = json(&say(&mut session, "POST", "compare", &format!(r#"{{"b":{coarse}}}"#)).unwrap());
    assert_eq!([&said["frames"], &said["events"], &said["labels"]], [0, 2400, 1], "{said}");
    let of = |side: &str, what: &str| said[side][what].as_u64().unwrap();
    assert!((1197..=1200).contains(&of("a", "frames")) && (238..=240).contains(&of("b", "frames")), "{said}");
    assert!(of("a", "alarms") > 0 && of("a", "real") > 0, "{said}");
    assert!(said["a"]["quality"]["auc_roc"].as_f64().unwrap() > 0.9, "{said}");

    // What the system's own configuration says is what it said.
    let alarms = json(&get(&mut session, "anomalies"))["anomalies"].as_array().unwrap().len() as u64;
    assert_eq!(of("a", "alarms"), alarms);
    let part =
        format!(r#"{{"b":{coarse},"from":{},"to":{}}}"#, opened - 30 * MINUTE_MS, last + 30 * MINUTE_MS);
    let part = json(&say(&mut session, "POST", "compare", &part).unwrap());
    assert!(part["events"].as_u64().unwrap() < 400, "{part}");
    let nothing = r#"{"b":{"streams":["cpu"]},"from":5,"to":6}"#;
    assert_eq!(say(&mut session, "POST", "compare", nothing).unwrap_err().0, 409);
}

#[test]
fn an_explanation_is_kept() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 700)).unwrap();
    let path = |mode: &str| format!("anomalies/1/explanation?mode={mode}");
    let whys = ["fast", "thorough"].map(|mode| {
        let why = get(&mut session, &path(mode));
        assert_eq!([&json(&why)["mode"], &json(&why)["suspects"][0]["stream"]], [mode, "cpu"], "{why}");
        why
    });
    // It was made when the episode began and when it was over, whoever asks.
    assert_eq!(database.number("SELECT count(*) FROM explanations"), 2);
    // The engine forgets frames after a thousand; what was said of them stays.
    post(&mut session, &frames(700, 3000)).unwrap();
    let mut again = Session::new(database.clone(), settings());
    for (mode, why) in ["fast", "thorough"].iter().zip(&whys) {
        assert_eq!(&get(&mut session, &path(mode)), why);
        assert_eq!(&get(&mut again, &path(mode)), why);
    }
    database.operate("DELETE FROM explanations");
    assert_eq!(say(&mut again, "GET", &path("fast"), "").unwrap_err().0, 422);
}

#[test]
fn news_are_told_and_kept_for_delivery() {
    let database = Database::new();
    let mut session = created(&database);
    let mut told = Vec::new();
    for batch in batches() {
        let done = session.answer(&ask("POST", "frames", &batch)).unwrap();
        told.extend(done.notices);
    }
    let first: Vec<&str> =
        told.iter().filter(|notice| notice.anomaly == 1).map(|notice| notice.news.word()).collect();
    assert_eq!((first.first(), first.last()), (Some(&"opened"), Some(&"closed")), "{first:?}");
    assert_eq!(database.number("SELECT count(*) FROM outbox"), told.len() as i64);
    let shown = json(&told[0].json);
    assert_eq!((&shown["notice"], &shown["anomaly"]["stream"]), (&"opened".into(), &"cpu".into()));
    database.mood.set(Mood::Refuses);
    assert!(session.answer(&ask("POST", "frames", &frames(840, 1100))).is_err());
    assert_eq!(database.number("SELECT count(*) FROM outbox"), told.len() as i64);
}

#[test]
fn a_key_makes_two_requests_one() {
    let database = Database::new();
    let schema = r#"{"streams":["cpu","disk"],"frame_ms":60000,"lateness_ms":0}"#;
    let mut session = made(&database, schema);
    let body = r#"{"events":[{"stream":"cpu","t":1700000000000,"value":1},{"stream":"cpu","t":1700000100000,"value":2}]}"#;
    let keyed = |key, body, now_ms| Ask { key: Some(key), now_ms, ..ask("POST", "events", body) };
    let first = answer(&mut session, &keyed("k1", body, START_MS)).unwrap();
    assert!(first.contains(r#""taken":2"#), "{first}");
    assert_eq!(answer(&mut session, &keyed("k1", body, START_MS + 1000)), Ok(first.clone()));
    let mut again = Session::new(database.clone(), settings());
    assert_eq!(answer(&mut again, &keyed("k1", body, START_MS + 1000)), Ok(first.clone()));
    let unkeyed = say(&mut again, "POST", "events", body).unwrap();
    assert!(unkeyed.contains(r#""taken":0"#), "{unkeyed}");
    let (status, problem) = answer(&mut again, &keyed("k1", r#"{"events":[]}"#, START_MS)).unwrap_err();
    assert!(status == 422 && problem.contains("idempotency.key-reused"), "{problem}");
    assert_eq!(answer(&mut again, &keyed("", body, START_MS)).unwrap_err().0, 400);
    // After a day it is free again, for whatever request, even before the house is kept.
    let (day_ms, other) = (86_400_000, r#"{"events":[]}"#);
    assert_eq!(answer(&mut again, &keyed("k1", other, START_MS + day_ms - 1)).unwrap_err().0, 422);
    assert!(answer(&mut again, &keyed("k1", other, START_MS + day_ms + 1)).is_ok());

    // A refused write takes the key with it.
    let more = r#"{"events":[{"stream":"cpu","t":1700000200000,"value":1}]}"#;
    database.mood.set(Mood::Refuses);
    assert_eq!(answer(&mut again, &keyed("k2", more, START_MS)).unwrap_err().0, 503);
    assert!(answer(&mut again, &keyed("k2", more, START_MS)).unwrap().contains(r#""taken":1"#));
}

#[test]
fn a_bad_row_is_answered_by_itself_where_that_is_asked() {
    let mut session = created(&Database::new());
    let t = |minute: i64| START_MS + minute * MINUTE_MS;
    post(&mut session, &frames(0, 5)).unwrap();
    let row = |t: i64, values: &str| format!(r#"{{"t":{t},"values":{{{values}}}}}"#);
    let rows = [
        row(t(1), r#""cpu":999"#),
        row(t(4), r#""cpu":21.2,"disk":4"#),
        row(t(6), r#""cpu":1"#),
        row(t(7), r#""no":1"#),
        row(t(6), r#""cpu":2"#),
        row(t(8), ""),
    ];
    let body = format!(r#"{{"frames":[{}]}}"#, rows.join(","));
    assert_eq!(post(&mut session, &body).unwrap_err().0, 422);
    assert!(get(&mut session, "").contains(r#""frames":5"#), "nothing of a refused batch is kept");
    let said = json(&say(&mut session, "POST", "frames?partial=true", &body).unwrap());
    let codes: Vec<&str> = said["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["problem"]["code"].as_str().unwrap_or("taken"))
        .collect();
    let unknown = "frame.unknown-stream";
    assert_eq!(codes, ["frame.differs", "taken", "taken", unknown, "frame.time-went-back", "taken"]);
    assert!(get(&mut session, "").contains(r#""frames":7"#));
    let again = json(&say(&mut session, "POST", "frames?partial=true", &body).unwrap());
    assert_eq!(again, said);
}

#[test]
fn one_moment_from_the_future_does_not_shut_out_the_present() {
    let mut session = Session::new(Database::new(), Settings::default());
    say(&mut session, "PUT", "", r#"{"streams":["cpu","disk"]}"#).unwrap();
    post(&mut session, &frames(-10, 0)).unwrap();
    let row = |t: i64| format!(r#"{{"t":{t},"values":{{"cpu":1}}}}"#);
    let day_ms = 86_400_000;
    // A clock that begins in another century, and one in another zone.
    let [wrong, zone] = [4_102_444_800_000, START_MS + day_ms - 1];
    let (status, problem) = post(&mut session, &format!(r#"{{"frames":[{}]}}"#, row(wrong))).unwrap_err();
    assert!(
        status == 422 && problem.contains("time.ahead-of-clock") && problem.contains("\"at\":4102444800000")
    );
    let some = format!(r#"{{"frames":[{},{},{}]}}"#, row(wrong), row(START_MS), row(START_MS + 1));
    let said = json(&say(&mut session, "POST", "frames?partial=true", &some).unwrap());
    assert_eq!(said["results"][0]["problem"]["code"], "time.ahead-of-clock");
    assert!(said["results"][1]["verdict"]["t"] == START_MS && said["results"][2]["verdict"].is_object());
    assert!(post(&mut session, &format!(r#"{{"frames":[{}]}}"#, row(zone))).is_ok());
    assert_eq!(say(&mut session, "POST", "tick", &format!(r#"{{"now":{wrong}}}"#)).unwrap_err().0, 422);
    let mut events = Session::new(Database::new(), Settings::default());
    say(&mut events, "PUT", "", r#"{"streams":["cpu"]}"#).unwrap();
    let event = |t: i64| format!(r#"{{"events":[{{"stream":"cpu","t":{t},"value":1}}]}}"#);
    assert_eq!(say(&mut events, "POST", "events", &event(wrong)).unwrap_err().0, 422);
    assert!(say(&mut events, "POST", "events", &event(START_MS)).is_ok());
}

#[test]
fn a_forgotten_system_is_gone() {
    let mut session = created(&Database::new());
    let done = session.answer(&ask("DELETE", "", "")).unwrap();
    assert_eq!((done.answer.status, done.is_forgotten), (204, true));
    let mut nobody = Session::new(Database::new(), settings());
    assert!(nobody.answer(&ask("DELETE", "", "")).is_err());
}
