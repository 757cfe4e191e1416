//! A sensor that dies and goes on reporting a number: it is called stuck, and hides nobody else's trouble.

use fourfold::silence::Cause;
use fourfold::{Engine, Frame, SchemaDraft};
use fourfold_sim::Simulation;
use fourfold_sim::synthetic::{Lie, lying, repeats};

/// The stream that dies, and when: a hundred frames before the first of sixteen dips.
const DEAD: usize = 3;
const DIES_AT: usize = 1900;
/// Frames after which it must have its word.
const TOLD_WITHIN: usize = 50;

/// What was said of a simulation.
struct Told {
    /// The first frame in which the dead stream is called stuck.
    stuck_at: Option<usize>,
    /// How many episodes say so, and the frame that opened the first.
    stuck_episodes: usize,
    stuck_alarm_at: Option<usize>,
    /// The share of the events in which an alarm was raised.
    alarmed: f64,
}

fn tell(simulation: &Simulation) -> Told {
    let draft = SchemaDraft::of_streams(simulation.streams.iter().map(String::as_str));
    let mut engine = Engine::new(draft.validate().expect("valid"));
    let (mut alarms, mut stuck_at) = (Vec::new(), None);
    for (row, &at_ms) in simulation.times_ms.iter().enumerate() {
        let verdict = engine.observe(Frame { at_ms, values: simulation.row(row) }).expect("in order");
        let mut stuck = verdict.silences.iter().filter(|finding| finding.cause == Cause::ValueStuck);
        if stuck.any(|finding| finding.stream == Some(DEAD)) {
            stuck_at = stuck_at.or(Some(row));
        }
        if verdict.alarm {
            alarms.push(at_ms);
        }
    }
    let is_alarmed = |start_ms, end_ms| alarms.iter().any(|at_ms| (start_ms..=end_ms).contains(at_ms));
    let events = &simulation.events;
    let found = events.iter().filter(|event| is_alarmed(event.start_ms, event.end_ms)).count();
    let stuck: Vec<_> =
        engine.episodes().filter(|episode| episode.cause == Some(Cause::ValueStuck)).collect();
    let row_of = |at_ms| simulation.times_ms.partition_point(|&row_ms| row_ms < at_ms);
    let (stuck_episodes, stuck_alarm_at) =
        (stuck.len(), stuck.first().map(|episode| row_of(episode.opened_ms)));
    Told { stuck_at, stuck_episodes, stuck_alarm_at, alarmed: found as f64 / events.len() as f64 }
}

#[test]
fn a_dead_sensor_is_called_stuck_and_hides_no_other_trouble() {
    for lie in [Lie::Constant, Lie::Stale] {
        let told = [1, 2, 3].map(|seed| tell(&lying(&repeats(seed), DEAD, DIES_AT, lie)));
        for told in &told {
            let stuck_at = told.stuck_at.expect("told at all");
            assert!((DIES_AT..DIES_AT + TOLD_WITHIN).contains(&stuck_at), "{lie:?}: {stuck_at}");
            assert!(told.stuck_episodes <= 1, "{lie:?}: told {} times", told.stuck_episodes);
        }
        let alarmed = told.iter().map(|told| told.alarmed).sum::<f64>() / told.len() as f64;
        assert!(alarmed >= 0.75, "{lie:?}: {alarmed}");
    }
}

/// What was learned of its values is enough: nobody waits for the week that clocks take.
#[test]
fn in_its_first_week_a_sensor_that_gets_stuck_is_told_once() {
    for dies_at in [600, 1000, 1900] {
        let told = tell(&lying(&repeats(4), DEAD, dies_at, Lie::Stale));
        let stuck_at = told.stuck_at.expect("told at all");
        assert!((dies_at..dies_at + TOLD_WITHIN).contains(&stuck_at), "{dies_at}: {stuck_at}");
        assert_eq!(told.stuck_episodes, 1, "{dies_at}");
        assert!(
            told.stuck_alarm_at.is_some_and(|at| at < dies_at + TOLD_WITHIN),
            "{dies_at}: {:?}",
            told.stuck_alarm_at
        );
    }
}
