//! Schemas: local time, aggregation, patterns and pace are checked as a whole; a schema can be guessed from a table.

mod dice;

use dice::Dice;
use fourfold::error::SchemaFault;
use fourfold::schema::{
    Aggregate, Change, Kind, Link, LinkDraft, PatternDraft, StepDraft, StreamDraft, ZoneChangeDraft,
    ZoneDraft,
};
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
        name: "short night".into(),
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
fn every_preset_says_everything() {
    for name in fourfold::schema::PRESETS {
        let draft = SchemaDraft::preset(name).expect("preset");
        for stream in &draft.streams {
            let StreamDraft { name: place, group, unit, cadence_ms, bounds, aggregate, .. } = stream;
            let is_said = [
                group.is_some(),
                unit.is_some(),
                cadence_ms.is_some(),
                bounds.is_some(),
                aggregate.is_some(),
            ];
            assert!(is_said.iter().all(|said| *said), "{name}: {place}");
            let is_linked = draft.links.iter().any(|link| link.from == *place || link.to == *place);
            assert!(is_linked, "{name}: {place} has no cause and no effect");
        }
        assert!(draft.patterns.len() >= 4, "{name}");
        for pattern in &draft.patterns {
            let later = pattern.steps.iter().skip(1);
            assert!(
                pattern.steps.len() >= 2 && later.clone().all(|step| step.within_ms.is_some()),
                "{name}: {pattern:?}"
            );
            assert!(
                pattern.action.as_ref().is_some_and(|action| action.ends_with('.')),
                "{name}: {pattern:?}"
            );
        }
        // What people do follows the clock on their wall; what machines do has no such clock.
        let is_of_people = ["lifelog", "service", "transactions"].contains(&name);
        assert_eq!(draft.zone.is_some(), is_of_people, "{name}");
        let schema = draft.validate().expect("valid");
        assert_eq!(schema.to_draft().validate().expect("valid"), schema, "{name}");
        assert!(is_acyclic(schema.streams().len(), schema.links()), "{name}: something is its own cause");
    }
}

/// Takes causes away that nothing causes, until none is left or all that are left cause each other.
fn is_acyclic(streams: usize, links: &[Link]) -> bool {
    let mut left: Vec<usize> = (0..streams).collect();
    loop {
        let before = left.len();
        let known = left.clone();
        left.retain(|&stream| links.iter().any(|link| link.to == stream && known.contains(&link.from)));
        if left.is_empty() || left.len() == before {
            return left.is_empty();
        }
    }
}

#[test]
fn more_links_than_a_snapshot_takes_are_refused() {
    let mut draft = SchemaDraft::of_streams(["a", "b"]);
    draft.links = vec![LinkDraft { from: "a".into(), to: "b".into() }; 64 * 4096 + 1];
    let faults = faults_of(draft.clone());
    assert_eq!(faults.iter().map(SchemaFault::code).collect::<Vec<_>>(), ["schema.too-many-links"]);
    draft.links.truncate(64 * 4096);
    let engine = Engine::new(draft.validate().expect("valid"));
    assert!(Engine::open(&engine.seal()).is_ok());
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
fn a_table_is_allowed_about_one_false_alarm_a_day() {
    for (step_ms, rate) in [(1000, 1e-4), (60_000, 1.0 / 1440.0), (3_600_000, 1e-3)] {
        // Every row twice, newest first.
        let times: Vec<i64> = (0..40).map(|row| step_ms * (20 - row / 2)).collect();
        let draft = SchemaDraft::infer(["x"], &times, &[1.0; 40]);
        assert!((draft.false_alarm_rate / rate - 1.0).abs() < 1e-12, "{step_ms}: {}", draft.false_alarm_rate);
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

/// A table as it comes out of a logger: rows out of order, times that wander, cells that are lost or broken.
fn messy(dice: &mut Dice) -> (Vec<i64>, Vec<f64>) {
    let mut slow = 20.0;
    let mut table: Vec<(i64, [f64; 6])> = (0..600)
        .filter_map(|row| {
            let is_lost = (200..260).contains(&row) || dice.below(10) == 0;
            let at_ms = 1_700_000_000_000 + row * 60_000 + dice.below(6_000) - 3_000;
            slow += dice.share() - 0.5 + 0.02 * (20.0 - slow);
            let broken = [f64::NAN, 1e12, -1e12, f64::INFINITY, 9999.0][dice.below(5) as usize];
            let smooth = if dice.below(50) == 0 { broken } else { slow };
            let noisy = if dice.below(50) == 0 { broken } else { dice.share() };
            let counts = if dice.below(2) == 0 { dice.below(6) as f64 } else { 0.0 };
            let hourly = if row % 12 == 0 { 100.0 + (row / 12 % 7) as f64 } else { f64::NAN };
            let door = if dice.below(40) == 0 { 1.0 } else { f64::NAN };
            (!is_lost).then_some((at_ms, [smooth, noisy, counts, hourly, door, 7.0]))
        })
        .collect();
    for place in (1..table.len()).rev() {
        table.swap(place, dice.below(place as i64 + 1) as usize);
    }
    (table.iter().map(|row| row.0).collect(), table.iter().flat_map(|row| row.1).collect())
}

#[test]
fn a_messy_table_is_read_as_a_clean_one_would_be() {
    use Kind::{ContinuousNoisy, ContinuousSmooth, DiscreteEvents, Sporadic};
    for seed in 0..20 {
        let (times, rows) = messy(&mut Dice::new(seed));
        let draft = SchemaDraft::infer(["t1", "t2", "t3", "t4", "t5", "t6"], &times, &rows);
        let kinds: Vec<Kind> = draft.streams.iter().map(|stream| stream.kind).collect();
        let expected =
            [ContinuousSmooth, ContinuousNoisy, DiscreteEvents, kinds[3], Sporadic, ContinuousSmooth];
        assert_eq!(kinds, expected, "seed {seed}");
        assert_ne!(kinds[3], Sporadic, "a slow sensor is no event: seed {seed}");
        for (place, usual_ms) in [(0, 60_000.0), (1, 60_000.0), (2, 60_000.0), (3, 720_000.0)] {
            let cadence_ms = draft.streams[place].cadence_ms.expect("regular but for what was lost");
            assert!((cadence_ms / usual_ms - 1.0).abs() < 0.05, "seed {seed}: {cadence_ms}");
        }
        assert_eq!(draft.streams[4].cadence_ms, None);
        draft.validate().expect("valid");
    }
}
