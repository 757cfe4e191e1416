//! Events through the front door: any order of arrival within the lateness window ends in the same verdicts.

mod dice;

use std::collections::BTreeMap;

use dice::Dice;
use fourfold::ingest::{Event, Standing};
use fourfold::{Engine, Frame, Label, SchemaDraft, Verdict};

/// The beginning of a frame.
const START_MS: i64 = 1_725_235_200_000;
const FRAME_MS: i64 = 60_000;
const LATENESS_MS: i64 = 150_000;
const STREAMS: usize = 3;
const WARM_FRAMES: i64 = 300;

/// An engine that knows its streams, from frames.
fn warm(lateness_ms: i64) -> Engine {
    let mut draft = SchemaDraft::of_streams(["a", "b", "c"]);
    (draft.frame_ms, draft.lateness_ms) = (Some(FRAME_MS as f64), Some(lateness_ms as f64));
    let mut engine = Engine::new(draft.validate().expect("valid"));
    for row in 0..WARM_FRAMES {
        let at_ms = START_MS - FRAME_MS * (WARM_FRAMES - row);
        let values = [20.0 + (row % 7) as f64, 5.0 + (row * 3 % 5) as f64, (row * row % 17) as f64];
        engine.observe(Frame { at_ms, values: &values }).expect("a good frame");
    }
    engine
}

/// One reading or two of each stream in most frames, and a spike now and then.
fn events(frames: i64, dice: &mut Dice) -> Vec<Event> {
    let mut events = Vec::new();
    for frame in 0..frames {
        for stream in 0..STREAMS {
            for _ in 0..dice.below(3) {
                let spike = if dice.below(60) == 0 { 900.0 } else { 0.0 };
                let at_ms = START_MS + frame * FRAME_MS + dice.below(FRAME_MS);
                events.push(Event { stream, at_ms, value: 10.0 + dice.share() * 5.0 + spike });
            }
        }
    }
    events.sort_by_key(|event| event.at_ms);
    events
}

/// An order of arrival in which nobody is later than the window allows: each event waits for a while. With the times.
fn arrivals(events: &[Event], dice: &mut Dice) -> Vec<(i64, Event)> {
    let mut order: Vec<(i64, usize)> = (events.iter().enumerate())
        .map(|(place, event)| (event.at_ms + dice.below(LATENESS_MS + 1), place))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(arrived_ms, place)| (arrived_ms, events[place])).collect()
}

fn shuffled(events: &[Event], dice: &mut Dice) -> Vec<Event> {
    arrivals(events, dice).into_iter().map(|(_, event)| event).collect()
}

/// Pushes events a few at a time.
fn push(engine: &mut Engine, events: &[Event], dice: &mut Dice) -> Vec<Verdict> {
    let (mut told, mut rest) = (Vec::new(), events);
    while !rest.is_empty() {
        let (some, others) = rest.split_at(rest.len().min(1 + dice.below(5) as usize));
        engine.push(some, |verdict| told.push(verdict.clone())).expect("streams of the schema");
        rest = others;
    }
    told
}

fn tick(engine: &mut Engine, now_ms: i64) -> Vec<Verdict> {
    let mut told = Vec::new();
    engine.tick(now_ms, |verdict| told.push(verdict.clone())).expect("a time");
    told
}

/// Everything that final verdicts say; a number's shortest text is its bits.
fn finals(told: &[Verdict]) -> Vec<String> {
    let is_final = |verdict: &&Verdict| verdict.standing == Standing::Final;
    told.iter().filter(is_final).map(|verdict| format!("{verdict:?}")).collect()
}

/// The same, whatever its standing.
fn content(verdict: &Verdict) -> String {
    let mut verdict = verdict.clone();
    (verdict.standing, verdict.alarm) = (Standing::Final, false);
    format!("{verdict:?}")
}

#[test]
fn a_thousand_orders_of_arrival_end_in_the_same_verdicts_and_the_same_bytes() {
    let mut dice = Dice::new(11);
    let engine = warm(LATENESS_MS);
    let (mut revised, mut alarms) = (0, 0);
    for _ in 0..20 {
        let sent = events(25, &mut dice);
        let end_ms = START_MS + 40 * FRAME_MS;
        let run = |order: &[Event], dice: &mut Dice| {
            let mut engine = engine.clone();
            let mut told = push(&mut engine, order, dice);
            let before_the_end = engine.seal();
            told.extend(tick(&mut engine, end_ms));
            (told, before_the_end, engine.seal())
        };
        let (told, before_the_end, sealed) = run(&sent, &mut dice);
        assert!(finals(&told).len() > 20);
        for _ in 0..50 {
            let (again, again_before_the_end, again_sealed) = run(&shuffled(&sent, &mut dice), &mut dice);
            assert_eq!(finals(&again), finals(&told));
            assert_eq!(again_before_the_end, before_the_end);
            assert_eq!(again_sealed, sealed);
            revised += again.iter().filter(|verdict| verdict.standing == Standing::Revised).count();
            alarms += again.iter().filter(|verdict| verdict.alarm).count();
            what_was_told_last_is_final(&again);
        }
    }
    assert!(revised > 10_000, "the shuffles did revise: {revised}");
    assert!(alarms > 200, "there was something to find: {alarms}");
}

/// The last thing that was told of a frame is what is final; before it there was a provisional verdict.
fn what_was_told_last_is_final(told: &[Verdict]) {
    let mut newest: BTreeMap<i64, (Standing, String)> = BTreeMap::new();
    for verdict in told {
        match newest.insert(verdict.at_ms, (verdict.standing, content(verdict))) {
            None => assert_eq!(verdict.standing, Standing::Provisional),
            Some((before, said)) => {
                assert_ne!(before, Standing::Final);
                assert_ne!(verdict.standing, Standing::Provisional);
                assert!(verdict.standing == Standing::Revised || said == content(verdict));
            }
        }
    }
}

#[test]
fn a_clock_that_ticks_between_arrivals_changes_no_final_verdict() {
    let mut dice = Dice::new(17);
    let engine = warm(LATENESS_MS);
    let end_ms = START_MS + 60 * FRAME_MS;
    for _ in 0..20 {
        let sent = events(40, &mut dice);
        let run = |arrivals: &[(i64, Event)], dice: &mut Dice| {
            let (mut engine, mut told) = (engine.clone(), Vec::new());
            for (arrived_ms, event) in arrivals {
                if dice.below(3) == 0 {
                    told.extend(tick(&mut engine, *arrived_ms));
                }
                engine.push(&[*event], |verdict| told.push(verdict.clone())).expect("good events");
            }
            told.extend(tick(&mut engine, end_ms));
            (finals(&told), engine.seal())
        };
        let in_order: Vec<(i64, Event)> = sent.iter().map(|event| (event.at_ms, *event)).collect();
        let expected = run(&in_order, &mut dice);
        assert!(expected.0.len() > 35);
        for _ in 0..5 {
            assert_eq!(run(&arrivals(&sent, &mut dice), &mut dice), expected);
        }
    }
}

#[test]
fn an_alarm_is_raised_once_and_at_once() {
    let mut dice = Dice::new(12);
    for _ in 0..30 {
        let sent = events(60, &mut dice);
        let mut engine = warm(LATENESS_MS);
        let mut raised = Vec::new();
        for verdict in push(&mut engine, &sent, &mut dice) {
            if verdict.alarm {
                assert_eq!(verdict.standing, Standing::Provisional, "as early as can be");
                raised.push(verdict.episode.expect("an alarm opens an episode"));
            }
        }
        let opened: Vec<u64> = engine.episodes().map(|episode| episode.id).collect();
        assert_eq!(raised, opened);
    }
}

/// The frame that usually follows the warm ones, with something added to the first stream.
fn row(frame: i64, added: f64) -> [Event; STREAMS] {
    let row = WARM_FRAMES + frame;
    let values = [20.0 + (row % 7) as f64 + added, 5.0 + (row * 3 % 5) as f64, (row * row % 17) as f64];
    [0, 1, 2].map(|stream| Event { stream, at_ms: START_MS + frame * FRAME_MS + 5, value: values[stream] })
}

fn told_of(engine: &mut Engine, events: &[Event]) -> Vec<(i64, Standing, bool, Option<u64>)> {
    let mut told = Vec::new();
    let note = |verdict: &Verdict| {
        let frame = (verdict.at_ms - START_MS) / FRAME_MS;
        told.push((frame, verdict.standing, verdict.alarm, verdict.episode));
    };
    engine.push(events, note).expect("good events");
    told
}

#[test]
fn a_late_spike_alarms_when_it_comes() {
    use Standing::{Final, Provisional, Revised};
    let mut engine = warm(LATENESS_MS);
    let calm: Vec<Event> = (0..4).flat_map(|frame| row(frame, 0.0)).collect();
    assert!(told_of(&mut engine, &calm).iter().all(|(_, _, alarm, _)| !alarm));
    // The second frame is over and not final; the one after it is judged anew too.
    let spike = Event { stream: 0, at_ms: START_MS + FRAME_MS + 9, value: 50_000.0 };
    let told = told_of(&mut engine, &[spike]);
    assert_eq!(told[0], (1, Revised, true, Some(1)));
    assert_eq!((told[1].0, told[1].1, told[1].2, told.len()), (2, Revised, false, 2));
    let told = told_of(&mut engine, &[row(4, 0.0), row(5, 0.0)].concat());
    let expected = [(0, Final, false, None), (3, Provisional, false, Some(1)), (1, Final, false, Some(1))];
    assert_eq!(told[..3], expected);
    assert_eq!(engine.episodes().len(), 1);
}

#[test]
fn what_a_late_reading_mends_is_withdrawn() {
    let mut engine = warm(LATENESS_MS);
    let spike: Vec<Event> = row(0, 400.0).into_iter().chain(row(1, 0.0)).collect();
    assert_eq!(told_of(&mut engine, &spike), [(0, Standing::Provisional, true, Some(1))]);
    assert_eq!(engine.episodes().len(), 1);
    assert_eq!(engine.label(1, Label::Real).map_err(|error| error.code()), Err("label.not-final"));
    // The other half of a mean that is what it usually is.
    let mending = Event { at_ms: START_MS + 9, ..row(0, -400.0)[0] };
    assert_eq!(told_of(&mut engine, &[mending]), [(0, Standing::Revised, false, None)]);
    assert_eq!(engine.episodes().len(), 0);
    // What opens later has the same number, and an alarm of its own.
    let told = told_of(&mut engine, &[row(2, 9000.0), row(3, 0.0)].concat());
    assert!(told.contains(&(2, Standing::Provisional, true, Some(1))), "{told:?}");
}

#[test]
fn opened_with_open_frames_it_goes_on_with_the_same_verdicts() {
    let mut dice = Dice::new(13);
    let sent = shuffled(&events(60, &mut dice), &mut dice);
    let mut straight = warm(LATENESS_MS);
    let mut reopened = straight.clone();
    for (place, few) in sent.chunks(3).enumerate() {
        if place % 5 == 0 {
            reopened = Engine::open(&reopened.seal()).expect("its own bytes");
        }
        let (mut one, mut other) = (Vec::new(), Vec::new());
        straight.push(few, |verdict| one.push(verdict.clone())).expect("good events");
        reopened.push(few, |verdict| other.push(verdict.clone())).expect("good events");
        assert_eq!(one, other);
        assert!(straight.episodes().eq(reopened.episodes()));
    }
    assert_eq!(straight.seal(), reopened.seal());
}

#[test]
fn without_lateness_every_verdict_is_final() {
    let mut dice = Dice::new(14);
    let mut engine = warm(0);
    let told = push(&mut engine, &events(50, &mut dice), &mut dice);
    assert!(told.len() > 40 && told.iter().all(|verdict| verdict.standing == Standing::Final));
    assert!(told.iter().any(|verdict| verdict.alarm));
    assert_eq!(engine.memory().draft, 0);
}

#[test]
fn a_frame_of_one_reading_each_is_the_frame() {
    let mut by_frames = warm(0);
    let mut by_events = by_frames.clone();
    for row in 0..50 {
        let at_ms = START_MS + row * FRAME_MS;
        let values = [20.0 + (row % 7) as f64, f64::NAN, (row % 5) as f64];
        let expected = by_frames.observe(Frame { at_ms, values: &values }).expect("a good frame").clone();
        let few: Vec<Event> =
            (0..STREAMS).map(|stream| Event { stream, at_ms, value: values[stream] }).collect();
        by_events.push(&few, |_| ()).expect("good events");
        let told = tick(&mut by_events, at_ms + FRAME_MS);
        assert_eq!(told, [expected]);
    }
}

#[test]
fn poison_is_a_gap() {
    let mut dice = Dice::new(15);
    let sent = events(40, &mut dice);
    let run = |sent: &[Event]| {
        let mut engine = warm(LATENESS_MS);
        let mut told = push(&mut engine, sent, &mut Dice::new(1));
        told.extend(tick(&mut engine, START_MS + 60 * FRAME_MS));
        (told, engine.seal())
    };
    let expected = run(&sent);
    for poison in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e200] {
        let with: Vec<Event> = (sent.iter().enumerate())
            .flat_map(|(place, event)| {
                let bad = Event { value: poison, at_ms: event.at_ms + place as i64 % 3 - 1, ..*event };
                [Some(*event), (place % 4 == 0).then_some(bad), (place % 5 == 0).then_some(*event)]
            })
            .flatten()
            .collect();
        let (told, sealed) = run(&with);
        assert_eq!(finals(&told), finals(&expected.0));
        assert_eq!(sealed, expected.1);
    }
}

#[test]
fn what_is_dropped_is_counted_and_what_is_wrong_changes_nothing() {
    let event = |at_ms, value| Event { stream: 1, at_ms, value };
    let mut engine = warm(LATENESS_MS);
    let before = engine.seal();
    let wrong = [
        vec![event(START_MS, 1.0), Event { stream: STREAMS, at_ms: START_MS, value: 1.0 }],
        vec![event(START_MS, 1.0), event(i64::MAX, 1.0)],
    ];
    let codes = wrong.map(|events| engine.push(&events, |_| ()).expect_err("a wrong event").code());
    assert_eq!(codes, ["event.unknown-stream", "event.time-out-of-range"]);
    assert_eq!(engine.tick(i64::MAX, |_| ()).expect_err("no such time").code(), "frame.time-out-of-range");
    assert_eq!(engine.seal(), before);

    let counts = engine
        .push(
            &[
                event(START_MS - 1, 1.0),
                event(START_MS + 10 * FRAME_MS, 6.0),
                event(START_MS + 9 * FRAME_MS, 6.0),
                event(START_MS + 9 * FRAME_MS, 6.0),
                event(START_MS, 6.0),
                event(START_MS + 10 * FRAME_MS, f64::NAN),
                event(START_MS + 900 * 86_400_000, 6.0),
            ],
            |_| (),
        )
        .expect("only data is bad");
    assert_eq!((counts.taken, counts.late, counts.duplicate), (2, 1, 1));
    assert_eq!((counts.too_late, counts.ahead, counts.not_a_number), (2, 1, 1));
    assert_eq!(engine.quality(START_MS)[1].events, counts);

    let refused = engine.observe(Frame { at_ms: START_MS + 900 * FRAME_MS, values: &[1.0; 3] });
    assert_eq!(refused.expect_err("events make the frames").code(), "frame.fed-by-events");
    let refused = engine.observe_batch(&[START_MS + 900 * FRAME_MS], &[1.0; 3], |_, _| ());
    assert_eq!(refused.expect_err("events make the frames").code(), "frame.fed-by-events");
}

#[test]
fn the_clock_closes_frames_and_silence_speaks_in_the_empty_ones() {
    let mut draft = SchemaDraft::of_streams(["left", "right"]);
    draft.streams.iter_mut().for_each(|stream| stream.group = Some("pair".into()));
    let mut engine = Engine::new(draft.validate().expect("valid"));
    let pace_ms = 300_000;
    // Ten days: habits take a week.
    for row in 0..2880_i64 {
        let event = |stream| Event { stream, at_ms: START_MS + pace_ms * row + 7, value: (row % 7) as f64 };
        engine.push(&[event(0), event(1)], |_| ()).expect("good events");
    }
    let last_ms = START_MS + pace_ms * 2879;
    let mut alarms = Vec::new();
    assert_eq!(
        engine.health(last_ms + 2 * pace_ms - 1).streams[0].overdue_since_ms,
        None,
        "it may be speaking"
    );
    for minute in 1..90 {
        let now_ms = last_ms + 60_000 * minute;
        assert!(engine.next_tick_ms(now_ms).is_some());
        let told = tick(&mut engine, now_ms);
        alarms.extend(told.into_iter().filter(|verdict| verdict.alarm).map(|verdict| (minute, verdict)));
    }
    let [(minute, verdict)] = alarms.as_slice() else { panic!("one silence is told once: {alarms:?}") };
    assert!(*minute <= 20, "told after {minute} minutes");
    assert_eq!(verdict.standing, Standing::Provisional);
    assert_eq!(engine.health(last_ms + 90 * 60_000).streams[0].usual_gap_ms, Some(pace_ms));
    assert!(engine.health(last_ms + 90 * 60_000).streams[0].overdue_since_ms.is_some());
    assert_eq!(engine.health(last_ms + 60_000).streams[0].overdue_since_ms, None);
}

#[test]
fn no_sequence_of_calls_panics() {
    let mut dice = Dice::new(16);
    let odd = [i64::MAX, i64::MIN, 0, 8_640_000_000_000_000, -8_640_000_000_000_000];
    for round in 0..40 {
        let mut engine = if round % 2 == 0 { warm(LATENESS_MS) } else { warm(20 * FRAME_MS) };
        let mut base_ms = START_MS;
        for _ in 0..120 {
            base_ms += dice.below(100_000) - 30_000;
            let at_ms = if dice.below(30) == 0 { odd[dice.below(5) as usize] } else { base_ms };
            let value = [1.0, f64::NAN, 1e149, 30.0][dice.below(4) as usize];
            let event = Event { stream: dice.below(4) as usize, at_ms, value };
            match dice.below(12) {
                0 => drop(engine.tick(at_ms, |_| ())),
                1 => drop(engine.label(dice.below(4) as u64, Label::Expected)),
                2 => drop(engine.undo()),
                3 => drop(engine.adopt(dice.below(4) as u64)),
                4 => drop(engine.set_false_alarm_rate(dice.share())),
                5 => engine = Engine::open(&engine.seal()).expect("its own bytes"),
                6 => drop(engine.observe(Frame { at_ms, values: &[value; 3] }).cloned()),
                _ => drop(engine.push(&[event, event], |verdict| assert!(verdict.score <= 1.0))),
            }
        }
        let health = engine.health(base_ms);
        assert_eq!(health.streams.len(), STREAMS);
    }
}
