//! What is told to webhooks, without a network.

use super::*;

const DAY_MS: i64 = 86_400_000;
const WEBHOOK: &str =
    r#"[{"url":"https://a.example/","secrets":["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}]"#;

fn set(session: &mut Session<Database>, rules: &str) {
    let body = format!(r#"{{"rules":{rules},"webhooks":{WEBHOOK}}}"#);
    say(session, "PUT", "alerts", &body).unwrap();
}

fn types(session: &Session<Database>, now_ms: i64) -> Vec<String> {
    let parcels = session.parcels(now_ms).unwrap();
    parcels.iter().map(|parcel| json(&parcel.row.body)["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_happened_before_anybody_asked_is_not_told() {
    let mut session = created(&Database::new());
    post(&mut session, &frames(0, 600)).unwrap();
    set(&mut session, "[{}]");
    session.ring(START_MS).unwrap();
    assert_eq!(types(&session, START_MS), [""; 0]);
    post(&mut session, &frames(600, 1_100)).unwrap();
    assert!(session.due().outbox_ms.is_some());
    session.ring(START_MS).unwrap();
    assert!(types(&session, START_MS).contains(&"anomaly.opened".to_owned()));
    session.ring(START_MS).unwrap();
    let names: Vec<_> =
        session.parcels(START_MS).unwrap().into_iter().map(|parcel| parcel.row.name).collect();
    assert!(
        !names.is_empty()
            && names.iter().all(|name| names.iter().filter(|other| *other == name).count() == 1)
    );
}

#[test]
fn a_message_is_given_up_after_two_days() {
    let database = Database::new();
    let mut session = created(&database);
    set(&mut session, "[{}]");
    post(&mut session, &frames(0, 530)).unwrap();
    session.ring(START_MS).unwrap();
    let (mut now_ms, mut attempts) = (START_MS, 0);
    while let Some(due_ms) = session.due().outbox_ms {
        assert!(due_ms >= now_ms && attempts < 100);
        now_ms = due_ms;
        let parcels = session.parcels(now_ms).unwrap();
        let outcomes: Vec<_> = parcels.into_iter().map(|parcel| (parcel.row, false)).collect();
        let deliveries = session.sent(&outcomes, now_ms).unwrap();
        attempts += deliveries.failed + deliveries.given_up;
        // An object that slept in between knows as much.
        session = Session::new(database.clone(), settings());
        session.ring(now_ms).unwrap();
    }
    assert_eq!(attempts % 9, 0, "nine attempts each");
    assert!((DAY_MS..3 * DAY_MS).contains(&(now_ms - START_MS)), "{}", now_ms - START_MS);
    assert_eq!(json(&get(&mut session, "alerts"))["waiting"], 0);
}

#[test]
fn the_worker_tells_of_itself_when_it_changes() {
    let mut session = created(&Database::new());
    set(&mut session, r#"[{"about":"worker","name":"self"}]"#);
    let absent = |from: i64, to: i64| {
        let rows =
            (from..to).map(|minute| format!(r#"{{"t":{},"values":{{}}}}"#, START_MS + minute * MINUTE_MS));
        format!(r#"{{"frames":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
    };
    post(&mut session, &frames(0, 200)).unwrap();
    session.ring(START_MS).unwrap();
    assert_eq!(types(&session, START_MS), [""; 0]);
    post(&mut session, &absent(200, 2_200)).unwrap();
    session.ring(START_MS).unwrap();
    let raised = types(&session, START_MS);
    assert!(raised.contains(&"worker.raised".to_owned()), "{raised:?}");
    assert!(raised.iter().all(|kind| kind.starts_with("worker.")), "{raised:?}");
    session.ring(START_MS).unwrap();
    assert_eq!(types(&session, START_MS), raised, "once");
    let parcels = session.parcels(START_MS).unwrap();
    assert!(parcels.iter().any(|parcel| json(&parcel.row.body)["data"]["alert"] == "availability"));
    post(&mut session, &frames(2_200, 6_200)).unwrap();
    session.ring(START_MS).unwrap();
    assert!(types(&session, START_MS).contains(&"worker.cleared".to_owned()));
}

#[test]
fn messages_to_a_webhook_that_is_gone_are_gone() {
    let mut session = created(&Database::new());
    set(&mut session, "[{}]");
    post(&mut session, &frames(0, 530)).unwrap();
    session.ring(START_MS).unwrap();
    assert!(!session.parcels(START_MS).unwrap().is_empty());
    say(&mut session, "PUT", "alerts", r#"{"rules":[],"webhooks":[]}"#).unwrap();
    assert_eq!(json(&get(&mut session, "alerts"))["waiting"], 0);
    assert!(session.parcels(START_MS).unwrap().is_empty());
}
