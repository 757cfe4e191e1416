//! Events in any order, duplicates and late ones included, become the same final frames.

mod dice;

use std::collections::BTreeMap;

use dice::Dice;
use fourfold::SchemaDraft;
use fourfold::ingest::{Buffer, Counts, Event, IngestFault, Ready, Standing};
use fourfold::schema::{Aggregate, Schema};

/// The beginning of a frame.
const START_MS: i64 = 1_725_235_200_000;
const FRAME_MS: i64 = 60_000;
const LATENESS_MS: i64 = 150_000;
const AGGREGATES: [Aggregate; 5] =
    [Aggregate::Mean, Aggregate::Last, Aggregate::Sum, Aggregate::Max, Aggregate::Count];

fn schema() -> Schema {
    let mut draft = SchemaDraft::of_streams(["mean", "last", "sum", "max", "count"]);
    for (stream, aggregate) in draft.streams.iter_mut().zip(AGGREGATES) {
        stream.aggregate = Some(aggregate);
    }
    draft.frame_ms = Some(FRAME_MS as f64);
    draft.lateness_ms = Some(LATENESS_MS as f64);
    draft.validate().expect("valid")
}

fn drain(buffer: &mut Buffer, told: &mut Vec<(Ready, [u64; 5])>) {
    let mut values = [0.0; 5];
    while let Some(ready) = buffer.due(&mut values) {
        told.push((ready, values.map(f64::to_bits)));
    }
}

/// Plays events and tells, at the end, a time at which everything is final.
fn play(events: &[Event]) -> (Vec<(Ready, [u64; 5])>, Counts) {
    let schema = schema();
    let mut buffer = Buffer::new(&schema);
    let bytes = buffer.bytes();
    let mut told = Vec::new();
    for &event in events {
        buffer.push(&schema, event).expect("in time");
        drain(&mut buffer, &mut told);
    }
    let end_ms = events.iter().map(|event| event.at_ms).max().unwrap_or(0);
    buffer.tell_time(end_ms + 2 * LATENESS_MS).expect("a date");
    drain(&mut buffer, &mut told);
    assert_eq!(buffer.bytes(), bytes);
    (told, total(&buffer))
}

fn total(buffer: &Buffer) -> Counts {
    buffer.counts().iter().fold(Counts::default(), |mut total, counts| {
        total += *counts;
        total
    })
}

fn finals(told: &[(Ready, [u64; 5])]) -> Vec<(i64, [u64; 5])> {
    let is_final = |entry: &&(Ready, [u64; 5])| entry.0.standing == Standing::Final;
    told.iter().filter(is_final).map(|(ready, values)| (ready.start_ms, *values)).collect()
}

fn events(dice: &mut Dice) -> Vec<Event> {
    let mut at_ms = START_MS;
    (0..120)
        .map(|_| {
            at_ms += dice.below(20_000);
            let scale = [1.0, 1e-9, 1e12][dice.below(3) as usize];
            Event { stream: dice.below(5) as usize, at_ms, value: (dice.share() - 0.5) * scale }
        })
        .collect()
}

/// An arrival order in which nobody is later than the window allows: each event waits for a while.
fn shuffled(events: &[Event], dice: &mut Dice) -> Vec<Event> {
    let mut order: Vec<(i64, usize)> = (events.iter().enumerate())
        .map(|(place, event)| (event.at_ms + dice.below(LATENESS_MS + 1), place))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, place)| events[place]).collect()
}

#[test]
fn a_thousand_orders_of_arrival_end_in_the_same_frames() {
    let mut dice = Dice::new(1);
    let mut revised = 0;
    for _ in 0..20 {
        let sent = events(&mut dice);
        let (in_order, _) = play(&sent);
        let expected = finals(&in_order);
        assert!(expected.len() > 10);
        for _ in 0..50 {
            let (told, counts) = play(&shuffled(&sent, &mut dice));
            assert_eq!(finals(&told), expected);
            assert_eq!((counts.taken, counts.too_late), (120, 0));
            revised += told.iter().filter(|(ready, _)| ready.standing == Standing::Revised).count();
            provisional_verdicts_are_mended(&told);
        }
    }
    assert!(revised > 1000, "the shuffles did revise: {revised}");
}

/// What was told of a frame last, before it was final, is what is final; and something was told of every frame.
fn provisional_verdicts_are_mended(told: &[(Ready, [u64; 5])]) {
    let mut newest: BTreeMap<i64, (Standing, [u64; 5])> = BTreeMap::new();
    for (ready, values) in told {
        match newest.insert(ready.start_ms, (ready.standing, *values)) {
            Some((before, old)) => {
                assert_ne!(before, Standing::Final);
                assert_ne!(ready.standing, Standing::Provisional);
                assert!(ready.standing != Standing::Final || old == *values, "{ready:?}");
            }
            None => assert_eq!(ready.standing, Standing::Provisional),
        }
    }
}

#[test]
fn events_that_come_twice_change_nothing() {
    let mut dice = Dice::new(4);
    for _ in 0..50 {
        let sent = events(&mut dice);
        let (expected, _) = play(&sent);
        let twice: Vec<Event> = sent.iter().flat_map(|event| [*event, *event]).collect();
        let (told, counts) = play(&shuffled(&twice, &mut dice));
        assert_eq!(finals(&told), finals(&expected));
        assert_eq!((counts.taken, counts.duplicate), (120, 120));
    }
}

#[test]
fn a_crowd_of_events_that_come_twice_is_the_same_in_every_order() {
    let mut dice = Dice::new(5);
    let sent: Vec<Event> = (0..400)
        .map(|place| Event {
            stream: place % 5,
            at_ms: START_MS + place as i64 * 350 + dice.below(50),
            value: 0.1,
        })
        .flat_map(|event| [event, event])
        .collect();
    let (in_order, _) = play(&sent);
    let counted: f64 = finals(&in_order)
        .iter()
        .map(|(_, bits)| f64::from_bits(bits[4]))
        .filter(|count| count.is_finite())
        .sum();
    assert!(counted > 80.0, "a crowd counts all that came: {counted}");
    for _ in 0..100 {
        let (told, _) = play(&shuffled(&sent, &mut dice));
        assert_eq!(finals(&told), finals(&in_order));
    }
}

#[test]
fn every_aggregate_says_what_it_is_called() {
    let values = [3.0, -1.0, 7.0, 0.5];
    let sent: Vec<Event> =
        (0..20).map(|k| Event { stream: k % 5, at_ms: 10 + k as i64, value: values[k / 5] }).collect();
    let (told, _) = play(&sent);
    let (_, bits) = finals(&told)[0];
    assert_eq!(bits.map(f64::from_bits), [2.375, 0.5, 9.5, 7.0, 4.0]);
}

#[test]
fn what_is_refused_is_said_and_counted() {
    let schema = schema();
    let mut buffer = Buffer::new(&schema);
    let mut told = Vec::new();
    let event = |stream, at_ms, value| Event { stream, at_ms, value };
    buffer.push(&schema, event(0, START_MS, 1.0)).expect("taken");
    buffer.push(&schema, event(0, START_MS + 10 * FRAME_MS, 1.0)).expect("taken");
    let waits = buffer.push(&schema, event(0, START_MS, 1.0)).expect_err("frames wait");
    assert_eq!(waits, IngestFault::Undrained);
    drain(&mut buffer, &mut told);
    let codes: Vec<&str> = [
        event(5, START_MS, 1.0),
        event(0, i64::MAX, 1.0),
        event(0, START_MS, 1.0),
        event(0, START_MS + 10 * FRAME_MS, f64::NAN),
        event(0, START_MS + 10 * FRAME_MS, 1e200),
        event(0, START_MS + 400 * 86_400_000, 1.0),
    ]
    .into_iter()
    .map(|event| buffer.push(&schema, event).expect_err("refused").code())
    .collect();
    assert_eq!(
        codes,
        [
            "event.unknown-stream",
            "event.time-out-of-range",
            "event.too-late",
            "event.not-a-number",
            "event.not-a-number",
            "event.ahead-of-time"
        ]
    );
    let expected = Counts { taken: 2, too_late: 1, ahead: 1, not_a_number: 2, ..Counts::default() };
    assert_eq!(total(&buffer), expected);

    buffer.tell_time(START_MS + 11 * FRAME_MS).expect("a date");
    let ahead = buffer.push(&schema, event(1, START_MS + 27 * FRAME_MS, 1.0)).expect_err("refused");
    assert_eq!((ahead.code(), ahead.stream()), ("event.ahead-of-time", Some("last")));
}

#[test]
fn the_clock_closes_frames_while_nothing_arrives() {
    let schema = schema();
    let mut buffer = Buffer::new(&schema);
    let mut told = Vec::new();
    buffer.push(&schema, Event { stream: 0, at_ms: START_MS + 1, value: 2.0 }).expect("taken");
    drain(&mut buffer, &mut told);
    assert!(told.is_empty());
    for standing in [Standing::Provisional, Standing::Final] {
        let due_ms = buffer.next_due_ms().expect("waits");
        buffer.tell_time(due_ms - 1).expect("a date");
        drain(&mut buffer, &mut told);
        told.clear();
        while told.iter().all(|(ready, _): &(Ready, _)| ready.start_ms != START_MS) {
            let due_ms = buffer.next_due_ms().expect("waits");
            buffer.tell_time(due_ms).expect("a date");
            drain(&mut buffer, &mut told);
        }
        assert_eq!(
            told.iter().find(|(ready, _)| ready.start_ms == START_MS).map(|(ready, _)| ready.standing),
            Some(standing)
        );
    }
}

#[test]
fn a_long_silence_is_told_for_a_day_and_then_skipped() {
    let schema = schema();
    let mut buffer = Buffer::new(&schema);
    let mut told = Vec::new();
    let event = |at_ms| Event { stream: 0, at_ms, value: 1.0 };
    buffer.push(&schema, event(START_MS)).expect("taken");
    buffer.push(&schema, event(START_MS + 300 * 86_400_000)).expect("taken");
    drain(&mut buffer, &mut told);
    assert_eq!(finals(&told).len(), 1 + 288);
    buffer.push(&schema, event(START_MS + 300 * 86_400_000 + LATENESS_MS + FRAME_MS)).expect("taken");
    drain(&mut buffer, &mut told);
    assert_eq!(finals(&told).len(), 1 + 288 + 1);
}

#[test]
fn no_sequence_of_calls_panics() {
    let schema = schema();
    let mut dice = Dice::new(9);
    for _ in 0..300 {
        let mut buffer = Buffer::new(&schema);
        let mut told = Vec::new();
        let mut base_ms = START_MS;
        for _ in 0..100 {
            let odd = [i64::MAX, i64::MIN, 0, 8_640_000_000_000_000, -8_640_000_000_000_000];
            base_ms += dice.below(100_000) - 40_000;
            let at_ms = if dice.below(20) == 0 { odd[dice.below(5) as usize] } else { base_ms };
            let value = [1.0, f64::NAN, -0.0, 1e149][dice.below(4) as usize];
            match dice.below(3) {
                0 => buffer.tell_time(at_ms).unwrap_or_default(),
                _ => buffer
                    .push(&schema, Event { stream: dice.below(7) as usize, at_ms, value })
                    .unwrap_or_default(),
            }
            if dice.below(3) > 0 {
                drain(&mut buffer, &mut told);
            }
        }
        drain(&mut buffer, &mut told);
        let starts: Vec<i64> = finals(&told).iter().map(|entry| entry.0).collect();
        assert!(starts.is_sorted_by(|a, b| a < b));
    }
}
