//! Engines that come from elsewhere, and go there.

use super::*;
use crate::answer::SEALED;

fn bring(session: &mut Session<Database>, method: &str, path: &str, bytes: &[u8]) -> Said {
    let said = ask(method, path, "");
    answer(session, &Ask { body: bytes, media: Some(SEALED), ..said })
}

/// Status and word of a refusal.
fn refused(said: Said) -> (u16, String) {
    let (status, problem) = said.unwrap_err();
    (status, json(&problem)["code"].as_str().unwrap().to_owned())
}

fn take(session: &mut Session<Database>, version: u64) -> Vec<u8> {
    session.answer(&ask("GET", &format!("models/{version}"), "")).unwrap().answer.body
}

fn scores(verdicts: &str) -> Vec<String> {
    let verdicts = json(verdicts);
    let list = verdicts["verdicts"].as_array().unwrap();
    assert!(!list.is_empty());
    list.iter().map(|verdict| verdict["score"].to_string()).collect()
}

#[test]
fn an_engine_goes_on_where_it_stopped_elsewhere() {
    let mut there = created(&Database::new());
    post(&mut there, &frames(0, 400)).unwrap();
    say(&mut there, "POST", "models", "").unwrap();
    let sealed = take(&mut there, 1);
    assert_eq!(fourfold::Engine::open(&sealed).unwrap().seal(), sealed);

    let database = Database::new();
    let mut here = Session::new(database.clone(), settings());
    let made = json(&bring(&mut here, "PUT", "", &sealed).unwrap());
    assert_eq!(made["schema"]["streams"][1]["name"], "disk");
    let expected = scores(&post(&mut there, &frames(400, 470)).unwrap());
    // Somebody else finds it as it was made.
    let mut here = Session::new(database.clone(), settings());
    assert_eq!(scores(&post(&mut here, &frames(400, 470)).unwrap()), expected);
    assert_eq!(json(&get(&mut here, ""))["frames"], 70);
    assert_eq!(refused(bring(&mut here, "PUT", "", &sealed)), (409, "model.system-in-use".to_owned()));

    // Back at where it was, by the way of checkpoints.
    let version = json(&bring(&mut here, "POST", "models", &sealed).unwrap())["version"].as_u64().unwrap();
    assert_eq!((version, take(&mut here, 2)), (2, sealed));
    say(&mut here, "POST", "models/2/restore", "").unwrap();
    let late = r#"{"frames":[{"t":1700086400000,"values":{"cpu":1.0,"disk":2.0}}]}"#;
    assert_eq!(scores(&post(&mut here, late).unwrap()).len(), 1);
}

#[test]
fn what_is_no_engine_of_this_system_changes_nothing() {
    let mut other = made(&Database::new(), r#"{"streams":["cpu"]}"#);
    say(&mut other, "POST", "models", "").unwrap();
    let mut damaged = take(&mut other, 1);
    let foreign = damaged.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;

    let database = Database::new();
    let mut session = Session::new(database.clone(), settings());
    for bytes in [&damaged[..], b"", b"{}"] {
        assert_eq!(refused(bring(&mut session, "PUT", "", bytes)), (422, "model.unreadable".to_owned()));
    }
    assert_eq!(say(&mut session, "GET", "", "").unwrap_err().0, 404);

    let mut session = created(&database);
    assert_eq!(bring(&mut session, "POST", "models", &damaged).unwrap_err().0, 422);
    let foreign_kept = bring(&mut session, "POST", "models", &foreign);
    assert_eq!(refused(foreign_kept), (409, "model.not-of-this-schema".to_owned()));
    assert_eq!(bring(&mut session, "PUT", "", &foreign).unwrap_err().0, 409);
    assert_eq!(json(&get(&mut session, "models"))["models"].as_array().unwrap().len(), 0);
    assert_eq!(say(&mut session, "GET", "models/1", "").unwrap_err().0, 404);
}

/// Taken, an engine from the future would refuse every frame of now.
#[test]
fn an_engine_from_the_future_is_refused_and_changes_nothing() {
    const DAY_MS: i64 = 86_400_000;
    let at =
        |days: i64| format!(r#"{{"frames":[{{"t":{},"values":{{"cpu":1}}}}]}}"#, START_MS + days * DAY_MS);
    let sealed = |schema: &str, path: &str, body: &str| {
        let mut there = made(&Database::new(), schema);
        say(&mut there, "POST", path, body).unwrap();
        say(&mut there, "POST", "models", "").unwrap();
        take(&mut there, 1)
    };
    let schema = r#"{"streams":["cpu","disk"]}"#;
    let by_events = r#"{"streams":["cpu","disk"],"frame_ms":60000,"lateness_ms":0}"#;
    let event = format!(r#"{{"events":[{{"stream":"cpu","t":{},"value":1}}]}}"#, START_MS + 2 * DAY_MS);
    let tick = format!(r#"{{"now":{}}}"#, START_MS + 2 * DAY_MS);
    let usual = || Session::new(Database::new(), Settings::default());
    let mut told = made(&Database::new(), by_events);
    say(&mut told, "POST", "events", r#"{"events":[{"stream":"cpu","t":1700000000000,"value":1}]}"#).unwrap();
    say(&mut told, "POST", "tick", &tick).unwrap();
    say(&mut told, "POST", "models", "").unwrap();
    let from_future =
        [sealed(schema, "frames", &at(2)), sealed(by_events, "events", &event), take(&mut told, 1)];
    let ahead = || (422, "model.ahead-of-clock".to_owned());
    for bytes in &from_future {
        let mut session = usual();
        let (status, problem) = bring(&mut session, "PUT", "", bytes).unwrap_err();
        assert_eq!(status, 422);
        let problem = json(&problem);
        assert_eq!(problem["code"], ahead().1);
        assert_eq!(problem["at"], (START_MS + 2 * DAY_MS) as f64);
        assert!(problem["detail"].as_str().unwrap().contains("86400 s"), "{problem}");
        assert_eq!(say(&mut session, "GET", "", "").unwrap_err().0, 404, "there is no system");
    }
    let mut session = usual();
    say(&mut session, "PUT", "", schema).unwrap();
    assert_eq!(refused(bring(&mut session, "POST", "models", &from_future[0])), ahead());
    assert_eq!(json(&get(&mut session, "models"))["models"].as_array().unwrap().len(), 0);
    // As far ahead as frames may be is near enough, here as there.
    bring(&mut session, "POST", "models", &sealed(schema, "frames", &at(1))).unwrap();

    // One that was kept before there was a limit stays, and stays where it is.
    let database = Database::new();
    let mut before = created(&database);
    bring(&mut before, "POST", "models", &from_future[0]).unwrap();
    let mut session = Session::new(database.clone(), Settings::default());
    assert_eq!(refused(say(&mut session, "POST", "models/1/restore", "")), ahead());
    post(&mut session, &at(0)).unwrap();
    assert_eq!(json(&get(&mut session, ""))["frames"], 1);
}
