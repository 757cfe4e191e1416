//! Schemas: local time, aggregation, patterns and pace are checked as a whole; a schema can be guessed from a table.

use fourfold::error::SchemaFault;
use fourfold::schema::{Aggregate, Change, Kind, PatternDraft, StepDraft, ZoneChangeDraft, ZoneDraft};
use fourfold::{Engine, Error, SchemaDraft};

fn faults_of(draft: SchemaDraft) -> Vec<SchemaFault> {
    match draft.validate() {
        Err(Error::Schema(faults)) => faults,
        other => panic!("expected faults, got {other:?}"),
    }
}

fn codes_of(text: &str) -> Vec<&'static str> {
    faults_of(SchemaDraft::from_json(text).expect("JSON")).iter().map(SchemaFault::code).collect()
}

#[test]
fn every_new_rule_can_be_broken_and_all_are_reported_at_once() {
    let codes = codes_of(
        r#"{"streams": ["a"], "frame_ms": 0, "zone": {"offset_minutes": 0.5, "changes": [
            {"from": 5, "offset_minutes": 60}, {"from": 4, "offset_minutes": 5000}]},
            "patterns": [{"name": "", "steps": [{"stream": "b", "change": "up"}]},
                         {"name": "x", "steps": [{"stream": "a", "within_ms": 0}]}]}"#,
    );
    assert_eq!(
        codes,
        [
            "schema.bad-pattern",
            "schema.bad-step",
            "schema.bad-step",
            "schema.bad-zone-offset",
            "schema.bad-zone-offset",
            "schema.bad-zone",
            "schema.bad-frame-length"
        ]
    );
    assert_eq!(codes_of(r#"{"streams": ["a"], "lateness_ms": -1}"#), ["schema.bad-lateness"]);
    assert_eq!(codes_of(r#"{"streams": ["a"], "lateness_ms": 1e12}"#), ["schema.bad-lateness"]);
    assert_eq!(codes_of(r#"{"streams": ["a"], "zone": {}}"#), ["schema.bad-zone"]);
}

#[test]
fn a_full_schema_survives_its_draft_and_its_snapshot() {
    let mut draft = SchemaDraft::preset("lifelog").expect("preset");
    draft.zone = Some(ZoneDraft {
        offset_minutes: None,
        changes: vec![
            ZoneChangeDraft { from: 1_743_296_400_000.0, offset_minutes: 120.0 },
            ZoneChangeDraft { from: 1_761_440_400_000.0, offset_minutes: 60.0 },
        ],
    });
    draft.streams[0].aggregate = Some(Aggregate::Max);
    draft.frame_ms = Some(60_000.0);
    let step = |stream: &str, change, within_ms| StepDraft { stream: stream.into(), change, within_ms };
    draft.patterns.push(PatternDraft {
        name: "bad night".into(),
        steps: vec![step("screen_on", Change::Up, None), step("heart_rate", Change::Up, Some(600_000.0))],
        action: Some("Sleep.".into()),
    });
    let schema = draft.validate().expect("valid");
    assert_eq!(schema.to_draft().validate().expect("valid"), schema);
    assert_eq!(schema.lateness_ms(), 120_000);
    assert_eq!(schema.streams()[0].aggregate, Aggregate::Max);
    assert_eq!(schema.streams()[2].aggregate, Aggregate::Sum);
    assert_eq!(schema.local_ms(1_761_440_399_999) - 1_761_440_399_999, 7_200_000);
    assert_eq!(schema.local_ms(1_761_440_400_000) - 1_761_440_400_000, 3_600_000);
    let again = Engine::open(&Engine::new(schema.clone()).seal()).expect("opens");
    assert_eq!(*again.schema(), schema);
}

#[test]
fn every_preset_is_still_valid() {
    for name in fourfold::schema::PRESETS {
        let schema = SchemaDraft::preset(name).expect("preset").validate().expect("valid");
        assert_eq!(schema.to_draft().validate().expect("valid"), schema, "{name}");
    }
}

#[test]
fn kind_cadence_and_group_follow_from_a_table() {
    let names = ["web_cpu", "web_noise", "db_errors", "db_backup", "door"];
    let times: Vec<i64> = (0..200).map(|row| 1_700_000_000_000 + row * 10_000).collect();
    let rows: Vec<f64> = (0..200_i32)
        .flat_map(|row| {
            let noise = f64::from((row * 7919 + 13) % 101);
            let errors = if row % 5 == 0 { f64::from(row % 3 + 1) } else { 0.0 };
            let backup = if row % 50 == 0 { 1.0 } else { f64::NAN };
            let door = if [3, 4, 90, 150].contains(&row) { 1.0 } else { f64::NAN };
            [f64::from(row % 100) + 0.01 * noise, noise, errors, backup, door]
        })
        .collect();
    let draft = SchemaDraft::infer(names, &times, &rows);
    let kinds: Vec<Kind> = draft.streams.iter().map(|stream| stream.kind).collect();
    use Kind::{ContinuousNoisy, ContinuousSmooth, DiscreteEvents, Sporadic};
    assert_eq!(kinds, [ContinuousSmooth, ContinuousNoisy, DiscreteEvents, Sporadic, Sporadic]);
    let cadences: Vec<Option<f64>> = draft.streams.iter().map(|stream| stream.cadence_ms).collect();
    assert_eq!(cadences, [Some(10_000.0), Some(10_000.0), Some(10_000.0), None, None]);
    let groups: Vec<Option<&str>> = draft.streams.iter().map(|stream| stream.group.as_deref()).collect();
    assert_eq!(groups, [Some("web"), Some("web"), Some("db"), Some("db"), None]);
    assert!(draft.streams.iter().all(|stream| stream.bounds.is_none()));
    draft.validate().expect("an inferred schema is valid");
}

#[test]
fn groups_by_prefix_by_suffix_and_behind_a_common_prefix() {
    for (names, expected) in [
        (vec!["host.cpu.user", "host.cpu.system", "host.disk"], vec![Some("cpu"), Some("cpu"), None]),
        (vec!["inBytes", "outBytes", "load"], vec![Some("bytes"), Some("bytes"), None]),
        (vec!["a", "b"], vec![None, None]),
        (vec!["x_1", "x_2"], vec![None, None]),
        (vec!["same", "same"], vec![None, None]),
    ] {
        let draft = SchemaDraft::infer(names.clone(), &[], &[]);
        let groups: Vec<Option<&str>> = draft.streams.iter().map(|stream| stream.group.as_deref()).collect();
        assert_eq!(groups, expected, "{names:?}");
    }
}

#[test]
fn inference_takes_any_table() {
    let odd = [f64::NAN, f64::INFINITY, 1e300, -0.0, 5e-324, 1e149, -1e149];
    for width in 0..4_usize {
        let names: Vec<String> = (0..width).map(|place| format!("s{place}")).collect();
        let rows: Vec<f64> = (0..50).map(|cell| odd[cell % odd.len()]).collect();
        let times: Vec<i64> = (0..20).map(|row| if row % 2 == 0 { i64::MAX } else { i64::MIN }).collect();
        let draft = SchemaDraft::infer(names, &times, &rows);
        assert_eq!(draft.streams.len(), width);
        draft.validate().expect("valid");
    }
}
