//! What a simulated life must be, whatever the seed.

use fourfold::{SchemaDraft, schema::Schema};
use fourfold_sim::lifelog::{FRAME_MS, GROUPS, STREAMS};
use fourfold_sim::{EventKind, Lifelog, Simulation};

fn schema() -> Schema {
    SchemaDraft::preset("lifelog").expect("shipped").validate().expect("valid")
}

fn bits(simulation: &Simulation) -> Vec<u64> {
    simulation.values.iter().map(|value| if value.is_nan() { 1 } else { value.to_bits() }).collect()
}

#[test]
fn has_the_streams_and_groups_of_the_preset() {
    let schema = schema();
    let names: Vec<&str> = schema.streams().iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names, STREAMS);
    for (place, stream) in schema.streams().iter().enumerate() {
        let group = GROUPS.iter().find(|(_, range)| range.contains(&place)).map(|(name, _)| *name);
        assert_eq!(stream.group.map(|group| schema.groups()[group].as_str()), group, "{}", stream.name);
        assert_eq!(stream.cadence_ms, Some(FRAME_MS));
    }
}

#[test]
fn stays_within_the_bounds_of_the_preset() {
    let schema = schema();
    for seed in 0..4 {
        let simulation = Lifelog::with_events(seed).simulate();
        for (place, stream) in schema.streams().iter().enumerate() {
            let [low, high] = stream.bounds.expect("every stream has bounds");
            let out = simulation.column(place).find(|value| *value < low || *value > high);
            assert_eq!(out, None, "{} of seed {seed}", stream.name);
            assert!(simulation.column(place).any(|value| value.is_finite()), "{} never speaks", stream.name);
        }
    }
}

#[test]
fn same_seed_same_bits() {
    let of = |seed| bits(&Lifelog { days: 20, ..Lifelog::with_events(seed) }.simulate());
    assert_eq!(of(3), of(3));
    assert_ne!(of(3), of(4));
}

#[test]
fn every_kind_is_planted_in_its_turn() {
    let simulation = Lifelog { days: 60, ..Lifelog::with_events(5) }.simulate();
    let kinds: Vec<EventKind> = simulation.events.iter().map(|event| event.kind).collect();
    let all = Lifelog::with_events(5).kinds;
    assert!(all.len() >= 12);
    for kind in all {
        let count = kinds.iter().filter(|other| **other == kind).count();
        assert!((1..=4).contains(&count), "{kind:?} {count} times");
    }
    assert!(simulation.events.windows(2).all(|pair| pair[0].end_ms < pair[1].start_ms));
}

#[test]
fn nothing_changes_before_an_event_and_little_far_from_all() {
    let planted = Lifelog::with_events(6).simulate();
    let clean = Lifelog::clean(6).simulate();
    assert_eq!((planted.times_ms == clean.times_ms, clean.events.len()), (true, 0));
    let width = STREAMS.len();
    let (a, b) = (bits(&planted), bits(&clean));
    let changed = |frame: usize| a[frame * width..][..width] != b[frame * width..][..width];
    let first = planted.events[0].start_ms;
    // A night with the phone left on begins before its event does: half a day is enough.
    let before = (0..planted.frames()).filter(|&frame| planted.times_ms[frame] < first - 12 * 3_600_000);
    assert_eq!(before.filter(|&frame| changed(frame)).count(), 0);
    let labels = planted.labels();
    let hit = (0..planted.frames()).filter(|&frame| labels[frame] && changed(frame)).count();
    let labelled = labels.iter().filter(|label| **label).count();
    // A frame without a touch of the phone looks the same whether it is wrong or not, and so does a lost reading.
    assert!(hit as f64 > 0.75 * labelled as f64, "{hit} of {labelled} labelled frames differ");
}

#[test]
fn an_effect_follows_its_cause() {
    let simulation = Lifelog::clean(8).simulate();
    let place = |name: &str| STREAMS.iter().position(|stream| *stream == name).expect("a stream");
    let correlation = |from: &str, to: &str| {
        let pairs: Vec<(f64, f64)> = (simulation.column(place(from)).zip(simulation.column(place(to))))
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        let count = pairs.len() as f64;
        let mean = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).sum::<f64>() / count;
        let (mx, my) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|&(x, y)| of(x - mx, y - my)).sum::<f64>();
        sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
    };
    for (from, to, least) in [
        ("acceleration", "activity", 0.8),
        ("activity", "heart_rate", 0.7),
        ("heart_rate", "respiration", 0.8),
        ("unlocks", "screen_on", 0.7),
        ("app_launches", "touches", 0.7),
        ("touches", "keystrokes", 0.5),
        ("speech", "sound_level", 0.3),
    ] {
        let found = correlation(from, to);
        assert!(found > least, "{from} and {to}: {found}");
    }
    assert!(correlation("heart_rate", "heart_rate_variability") < -0.5);
}

#[test]
fn removing_streams_removes_what_only_they_show() {
    let simulation = Lifelog::with_events(9).simulate();
    let left = simulation.without(&[10]);
    assert!(left.column(10).all(f64::is_nan));
    for event in &simulation.events {
        assert_eq!(left.events.contains(event), event.touched != [10], "{event:?}");
    }
    let csv = Lifelog { days: 1, ..Lifelog::clean(9) }.simulate().to_csv();
    assert!(csv.starts_with("t,acceleration,") && csv.lines().count() == 289);
}
