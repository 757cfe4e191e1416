//! What the simulated worlds and set-ups must be, whatever the seed.

use fourfold::SchemaDraft;
use fourfold_sim::synthetic::{self, Lie};
use fourfold_sim::{EventKind, Scene, Simulation, World};

#[test]
fn worlds_have_the_streams_of_their_presets_and_stay_in_bounds() {
    for scene in Scene::ALL {
        let schema = SchemaDraft::preset(scene.preset()).expect("shipped").validate().expect("valid");
        let names: Vec<&str> = schema.streams().iter().map(|stream| stream.name.as_str()).collect();
        for seed in 0..3 {
            let simulation = World::clean(scene, seed).simulate();
            assert_eq!(simulation.streams, names);
            for (place, stream) in schema.streams().iter().enumerate() {
                let [low, high] = stream.bounds.expect("every stream has bounds");
                let out = simulation.column(place).find(|value| *value < low || *value > high);
                assert_eq!(out, None, "{} of {scene:?}", stream.name);
                let spoken = simulation.column(place).filter(|value| value.is_finite()).count();
                assert!(spoken > 100, "{} of {scene:?} speaks {spoken} times", stream.name);
            }
        }
    }
}

#[test]
fn days_and_weeks_differ_as_they_should() {
    let mean = |simulation: &Simulation, from: usize, to: usize| {
        let rows: Vec<f64> = simulation.column(1).skip(from).take(to - from).collect();
        rows.iter().sum::<f64>() / rows.len() as f64
    };
    let service = World::clean(Scene::Service, 1).simulate();
    let (night, noon) = (mean(&service, 2 * 60, 5 * 60), mean(&service, 11 * 60, 14 * 60));
    assert!(noon > 2.0 * night, "noon {noon}, night {night}");
    let (week, weekend) = (mean(&service, 0, 5 * 1440), mean(&service, 5 * 1440, 7 * 1440));
    assert!(week > 1.1 * weekend, "week {week}, weekend {weekend}");
}

#[test]
fn events_change_what_they_say_and_nothing_else() {
    for scene in Scene::ALL {
        let (clean, planted) = (World::clean(scene, 2).simulate(), World::with_events(scene, 2).simulate());
        assert!(planted.events.len() >= 14);
        let width = clean.streams.len();
        for (place, (before, after)) in clean.values.iter().zip(&planted.values).enumerate() {
            let (at_ms, stream) = (clean.times_ms[place / width], place % width);
            let is_planted =
                planted.events.iter().any(|event| event.covers(at_ms) && event.touched.contains(&stream));
            let same = before.to_bits() == after.to_bits() || (before.is_nan() && after.is_nan());
            assert!(is_planted || same, "{} at {at_ms}", clean.streams[stream]);
        }
        for event in &planted.events {
            let first = planted.times_ms.iter().position(|&at_ms| event.covers(at_ms)).expect("a frame");
            let differs =
                planted.row(first)[event.roots[0]].to_bits() != clean.row(first)[event.roots[0]].to_bits();
            assert!(differs, "{event:?}");
        }
    }
}

#[test]
fn a_broken_relation_leaves_the_margins_alone() {
    let simulation = synthetic::broken_relations(1, 20);
    let labels = simulation.labels();
    assert_eq!(labels.iter().filter(|label| **label).count(), 1000);
    for event in &simulation.events {
        assert_eq!((event.kind, event.roots.len()), (EventKind::BrokenRelation, 3));
        for &root in &event.roots {
            let known: Vec<f64> = simulation.column(root).take(3000).collect();
            let (low, high) =
                known.iter().fold((f64::MAX, f64::MIN), |(low, high), &x| (low.min(x), high.max(x)));
            let during = simulation.column(root).zip(&simulation.times_ms);
            let out = during.filter(|(x, at_ms)| event.covers(**at_ms) && (*x < low || *x > high)).count();
            assert!(out <= 5, "{out} values never seen before");
        }
    }
}

#[test]
fn set_ups_are_labelled_and_repeatable() {
    for (simulation, events, streams) in [
        (synthetic::faulty_among(1, 500, 4), 4, 500),
        (synthetic::repeats(1), 16, 5),
        (synthetic::two_kinds(1), 32, 5),
        (synthetic::short_history(1), 1, 5),
        (synthetic::small_shifts(1), 4, 10),
        (synthetic::step_up(1), 1, 30),
    ] {
        assert_eq!((simulation.events.len(), simulation.streams.len()), (events, streams));
        assert!(simulation.values.iter().all(|value| value.is_finite()));
    }
    assert_eq!(synthetic::repeats(3), synthetic::repeats(3));
    let honest = synthetic::repeats(3);
    for lie in Lie::ALL {
        let lied = synthetic::lying(&honest, 2, 5000, lie);
        assert_eq!(lied.row(4999), honest.row(4999));
        let told = lied.row(9000)[2];
        match lie {
            Lie::Constant => assert_eq!(told, 0.0),
            Lie::Missing => assert!(told.is_nan()),
            Lie::Stale => assert_eq!(told, honest.row(4999)[2]),
        }
    }
}
