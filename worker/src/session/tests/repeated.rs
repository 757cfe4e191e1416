//! Frames with a key: whatever happened since, the same request has the same answer.

use super::*;

const DAY_MS: i64 = 86_400_000;

fn keyed<'a>(path: &str, key: &'a str, body: &'a str, now_ms: i64) -> Ask<'a> {
    Ask { key: Some(key), now_ms, ..ask("POST", path, body) }
}

#[test]
fn frames_are_answered_alike_after_a_change_of_schema() {
    let database = Database::new();
    let mut session = created(&database);
    let body = frames(0, 40);
    let first = answer(&mut session, &keyed("frames", "k", &body, START_MS)).unwrap();
    let columns = Ask { accept: Some(crate::answer::COLUMNS), ..keyed("frames", "c", &body, START_MS) };
    let binary = session.answer(&columns).unwrap().answer;
    for schema in [r#"{"streams":["disk"]}"#, r#"{"streams":["disk","cpu","net"]}"#] {
        say(&mut session, "PUT", "", schema).unwrap();
        assert_eq!(answer(&mut session, &keyed("frames", "k", &body, START_MS + DAY_MS)), Ok(first.clone()));
    }
    say(&mut session, "POST", "models", "").unwrap();
    post(&mut session, r#"{"frames":[{"t":1700086400000,"values":{"net":1}}]}"#).unwrap();
    say(&mut session, "POST", "models/1/restore", "").unwrap();
    let mut again = Session::new(database.clone(), settings());
    assert_eq!(answer(&mut again, &keyed("frames", "k", &body, START_MS + 1)), Ok(first));
    assert_eq!(again.answer(&columns).unwrap().answer, binary);
    assert_eq!(json(&get(&mut again, ""))["frames"], 41, "nothing was counted twice");
    // It belongs to its request, as ever, and for a day.
    let other = frames(0, 39);
    assert_eq!(answer(&mut again, &keyed("frames", "k", &other, START_MS)).unwrap_err().0, 422);
    assert!(answer(&mut again, &keyed("frames", "k", &body, START_MS + DAY_MS + 1)).is_err());
}

#[test]
fn rows_that_were_refused_stay_refused() {
    let database = Database::new();
    let ahead = Settings { ahead_ms: DAY_MS, ..Settings::default() };
    let mut session = Session::new(database.clone(), ahead);
    say(&mut session, "PUT", "", r#"{"streams":["cpu","disk"]}"#).unwrap();
    let t = |minute: i64| START_MS + minute * MINUTE_MS;
    let row = |t: i64, values: &str| format!(r#"{{"t":{t},"values":{{{values}}}}}"#);
    let rows = [
        row(t(0), r#""cpu":1"#),
        row(t(1), r#""no":1"#),
        row(t(0), r#""cpu":2"#),
        row(t(2), r#""cpu":3"#),
        row(t(0) + 2 * DAY_MS, r#""cpu":4"#),
    ];
    let body = format!(r#"{{"frames":[{}]}}"#, rows.join(","));
    let first = answer(&mut session, &keyed("frames?partial=true", "p", &body, START_MS)).unwrap();
    let results = json(&first)["results"].as_array().unwrap().clone();
    let is_refused: Vec<bool> = results.iter().map(|result| result.get("problem").is_some()).collect();
    assert_eq!(is_refused, [false, true, true, false, true]);
    // By now the last one would be taken, and the stream is known.
    say(&mut session, "PUT", "", r#"{"streams":["cpu","no"]}"#).unwrap();
    let later = START_MS + DAY_MS - 1;
    assert_eq!(answer(&mut session, &keyed("frames?partial=true", "p", &body, later)), Ok(first.clone()));
    assert_eq!(json(&get(&mut session, ""))["frames"], 2);
    let next_day = later + MINUTE_MS;
    assert_ne!(answer(&mut session, &keyed("frames?partial=true", "p", &body, next_day)), Ok(first));
}
