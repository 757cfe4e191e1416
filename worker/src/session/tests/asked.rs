//! What can be read back: raw data, statistics, lists; and checkpoints.

use super::*;

#[test]
fn raw_data_comes_back_in_pages_and_means() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 500)).unwrap();
    let minute = |n: i64| START_MS + n * MINUTE_MS;
    let some = json(&get(&mut session, &format!("frames?from={}&to={}", minute(5), minute(8))));
    let expected = format!(
        r#"{{"frames":[{{"t":{},"values":{{"cpu":21.5,"disk":0.0}}}},{{"t":{},"values":{{"cpu":21.8,"disk":null}}}},
            {{"t":{},"values":{{"cpu":22.1,"disk":2.0}}}}],"next":null}}"#,
        minute(5),
        minute(6),
        minute(7)
    );
    assert_eq!(some, json(&expected));
    let hours = json(&get(&mut session, "frames?step=3600000&streams=disk"));
    let first = &hours["frames"][1];
    assert_eq!(first["t"].as_i64().unwrap() % 3_600_000, 0);
    assert!((first["values"]["disk"].as_f64().unwrap() - 2.0).abs() < 0.2, "{first}");
    assert_eq!(first["values"].as_object().unwrap().len(), 1);
    assert_eq!(say(&mut session, "GET", "frames?streams=no", "").unwrap_err().0, 422);

    let table = Ask { accept: Some("text/csv"), ..ask("GET", "frames?streams=disk,cpu", "") };
    let table = answer(&mut session, &table).unwrap();
    assert!(table.starts_with(&format!("t,disk,cpu\n{START_MS},0,20\n")), "{}", &table[..60]);
    assert_eq!(table.lines().count(), 501);
    let neither = Ask { accept: Some("image/png"), ..ask("GET", "frames", "") };
    assert_eq!(answer(&mut session, &neither).unwrap_err().0, 406);

    // More than one answer holds.
    for batch in 1..8 {
        post(&mut session, &frames(batch * 9000, (batch + 1) * 9000)).unwrap();
    }
    let (mut from, mut taken) = (0, 0);
    loop {
        let page = json(&get(&mut session, &format!("frames?from={from}")));
        taken += page["frames"].as_array().unwrap().len();
        match page["next"].as_i64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert_eq!(taken, 500 + 7 * 9000);
}

#[test]
fn events_come_back_as_moments() {
    let schema = r#"{"streams":["cpu","disk"],"frame_ms":60000}"#;
    let mut session = made(&Database::new(), schema);
    let body = r#"{"events":[{"stream":"disk","t":61000,"value":7},{"stream":"cpu","t":5000,"value":1.5}]}"#;
    say(&mut session, "POST", "events", body).unwrap();
    let expected = r#"{"frames":[{"t":5000,"values":{"cpu":1.5,"disk":null}},
        {"t":61000,"values":{"cpu":null,"disk":7.0}}],"next":null}"#;
    assert_eq!(json(&get(&mut session, "frames")), json(expected));
    let hour = json(&get(&mut session, "stats?by=hour"))["stats"][0].clone();
    assert_eq!(
        [&hour["streams"]["cpu"]["mean"], &hour["streams"]["disk"]["count"]],
        [&1.5.into(), &json("1")]
    );
}

#[test]
fn statistics_say_what_was_there() {
    let mut session = created(&Database::new());
    post(&mut session, &frames(0, 3000)).unwrap();
    let days = json(&get(&mut session, "stats"));
    let days = days["stats"].as_array().unwrap();
    let sum = |key: &str| days.iter().map(|day| day[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum("frames"), 3000);
    assert_eq!(
        sum("alarms"),
        json(&get(&mut session, "anomalies"))["anomalies"].as_array().unwrap().len() as u64
    );
    let missing = days.iter().map(|day| day["streams"]["disk"]["missing"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(missing, (0..3000).filter(|minute| minute % 7 == 6).count() as u64);
    let from = days[1]["start"].as_i64().unwrap();
    let one = json(&get(&mut session, &format!("stats?by=day&from={from}&to={}", from + 1)));
    assert_eq!(one["stats"], serde_json::json!([days[1]]));

    let scores = json(&get(&mut session, &format!("scores?from={START_MS}&streams=disk")));
    let row = &scores["scores"][6];
    assert_eq!(row["streams"].as_object().unwrap().len(), 1);
    assert_eq!(row["missing"]["disk"]["gap"], "point", "{row}");
    assert_eq!(row["views"].as_object().unwrap().len(), 6);
}

#[test]
fn ready_made_lists() {
    let mut session = created(&Database::new());
    post(&mut session, &frames(0, 5000)).unwrap();
    let all = json(&get(&mut session, "anomalies"))["anomalies"].clone();
    assert_eq!(json(&get(&mut session, "views/recent"))["anomalies"], all);
    let top = json(&get(&mut session, "views/top"))["anomalies"].clone();
    let scores: Vec<f64> =
        top.as_array().unwrap().iter().map(|row| row["peak_score"].as_f64().unwrap()).collect();
    assert_eq!(scores.len(), all.as_array().unwrap().len());
    assert!(json(&get(&mut session, "views/critical"))["anomalies"].is_array());
    let trend = json(&get(&mut session, "views/trends"));
    let anomalies: u64 =
        trend["days"].as_array().unwrap().iter().map(|day| day["anomalies"].as_u64().unwrap()).sum();
    assert_eq!(anomalies, all.as_array().unwrap().len() as u64);
}

#[test]
fn an_engine_goes_back_to_a_checkpoint() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 2000)).unwrap();
    let kept = session.live().unwrap().engine.seal();
    let made = json(&say(&mut session, "POST", "models", r#"{"note":"before the flood"}"#).unwrap());
    assert_eq!(
        (&made["version"], &made["note"], &made["frames"]),
        (&json("1"), &"before the flood".into(), &json("2000"))
    );
    post(&mut session, &frames(2000, 4000)).unwrap();
    let newest = json(&get(&mut session, "anomalies"))["anomalies"][0]["id"].as_u64().unwrap();
    assert_eq!(say(&mut session, "POST", "models/9/restore", "").unwrap_err().0, 404);
    assert_eq!(json(&say(&mut session, "POST", "models/1/restore", "").unwrap()), made);
    assert_eq!(session.live().unwrap().engine.seal(), kept);

    // Data and episodes stay, time goes on, and episodes are counted on.
    assert!(get(&mut session, "").contains(r#""frames":4000"#));
    assert!(post(&mut session, &frames(3999, 4000)).is_ok());
    let burst = format!(r#"{{"frames":[{{"t":{},"values":{{"cpu":1e12}}}}]}}"#, START_MS + 4001 * MINUTE_MS);
    let said = post(&mut session, &burst).unwrap();
    assert_eq!(json(&said)["verdicts"][0]["episode"], newest + 1);
    let old = r#"{"anomaly":1,"label":"real"}"#;
    let said_so = say(&mut session, "POST", "labels", old);
    assert_eq!(said_so, Ok(r#"{"anomaly":1,"learned":false}"#.to_owned()));

    // Who comes back finds the same, with the snapshot and without.
    let expected = session.live().unwrap().engine.seal();
    for harm in ["DELETE FROM blobs WHERE kind = 2", "DELETE FROM blobs WHERE kind = 0"] {
        database.operate(harm);
        let mut again = Session::new(database.clone(), settings());
        assert_eq!(post(&mut again, &burst), Ok(said.clone()));
        assert!(again.live().unwrap().engine.seal() == expected);
    }
    assert_eq!(json(&get(&mut session, "models"))["models"].as_array().unwrap().len(), 1);
    say(&mut session, "PUT", "", r#"{"streams":["fan"]}"#).unwrap();
    assert_eq!(say(&mut session, "POST", "models/1/restore", "").unwrap_err().0, 409);
}

#[test]
fn two_configurations_side_by_side() {
    let mut session = created(&Database::new());
    post(&mut session, &frames(0, 4000)).unwrap();
    say(&mut session, "POST", "labels", r#"{"anomaly":2,"label":"real"}"#).unwrap();
    let body = r#"{"b":{"streams":["disk"]}}"#;
    let said = json(&say(&mut session, "POST", "compare", body).unwrap());
    assert_eq!((&said["frames"], &said["labels"]), (&json("4000"), &json("1")));
    assert!(said["a"]["real"].as_u64() == Some(1) && said["b"]["real"].as_u64() == Some(0), "{said}");
    let auc = |side: &str| said[side]["quality"]["auc_roc"].as_f64().unwrap();
    assert!(auc("a") > 0.7 && auc("b") < auc("a"), "{said}");
    let nothing = r#"{"b":{"preset":"iot"},"from":0,"to":1}"#;
    assert_eq!(say(&mut session, "POST", "compare", nothing).unwrap_err().0, 409);
    assert_eq!(say(&mut session, "POST", "compare", r#"{"b":{"streams":["a","a"]}}"#).unwrap_err().0, 422);
}

#[test]
fn a_change_of_schema_hides_no_statistics() {
    let database = Database::new();
    let mut session = created(&database);
    post(&mut session, &frames(0, 700)).unwrap();
    say(&mut session, "PUT", "", r#"{"streams":["cpu","disk","fan"]}"#).unwrap();
    post(&mut session, &frames(700, 1000)).unwrap();
    // Before anything is packed, and after.
    for _ in 0..2 {
        let hours = json(&get(&mut session, "stats?by=hour"))["stats"].clone();
        let hours = hours.as_array().unwrap();
        assert_eq!(hours.iter().map(|hour| hour["frames"].as_u64().unwrap()).sum::<u64>(), 1000);
        let cpu = hours.iter().map(|hour| hour["streams"]["cpu"]["count"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(cpu, 1000);
        let days = json(&get(&mut session, "views/trends"))["days"].clone();
        let frames = days.as_array().unwrap().iter().map(|day| day["frames"].as_u64().unwrap());
        assert_eq!(frames.sum::<u64>(), 1000, "{days}");
        session.ring(START_MS + 400 * 86_400_000).unwrap();
    }
}

#[test]
fn scores_come_in_pages_however_many_there_are() {
    let database = Database::new();
    let mut session = created(&database);
    for batch in 0..5 {
        post(&mut session, &frames(batch * 5000, (batch + 1) * 5000)).unwrap();
    }
    // Some of it is packed, some is not.
    session.ring(START_MS + 86_400_000).unwrap();
    for batch in 5..7 {
        post(&mut session, &frames(batch * 5000, (batch + 1) * 5000)).unwrap();
    }
    let (mut from, mut taken, mut pages) = (0, Vec::new(), 0);
    loop {
        let page = json(&get(&mut session, &format!("scores?from={from}")));
        taken.extend(page["scores"].as_array().unwrap().iter().map(|row| row["t"].as_i64().unwrap()));
        pages += 1;
        match page["next"].as_i64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert!(
        pages > 2 && taken.len() == 35_000 && taken.is_sorted_by(|one, next| one < next),
        "{pages} pages"
    );
}
