//! Numbers that are none, and times that do not follow: whatever comes in, and wherever, the engine is afterwards what
//! a declared gap would have made of it, to the bit.

mod dice;

use dice::Dice;
use fourfold::ingest::{Buffer, Event, IngestFault};
use fourfold::schema::Kind;
use fourfold::{Engine, Error, Frame, SchemaDraft, Verdict};

const START_MS: i64 = 1_725_235_200_000;
const MINUTE_MS: i64 = 60_000;
const STREAMS: usize = 5;
/// Not numbers, or too large to be measurements.
const GAPS: [f64; 9] =
    [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308, f64::MAX, f64::MIN, 1.1e150];
/// Zero, in the other ways that it can be written.
const ZEROS: [f64; 5] = [-0.0, 5e-324, -5e-324, 2.2e-308, -1e-310];

/// Every kind of stream, one alone and the others in two groups, so that every detector and every view is at work.
fn engine() -> Engine {
    use Kind::{ContinuousNoisy, ContinuousSmooth, DiscreteEvents, Sporadic};
    let mut draft = SchemaDraft::of_streams(["room", "noise", "clicks", "door", "level"]);
    let kinds = [ContinuousSmooth, ContinuousNoisy, DiscreteEvents, Sporadic, ContinuousNoisy];
    let groups = [Some("air"), Some("air"), Some("people"), Some("people"), None];
    for ((stream, kind), group) in draft.streams.iter_mut().zip(kinds).zip(groups) {
        (stream.kind, stream.group) = (kind, group.map(String::from));
    }
    draft.streams[0].bounds = Some([-50.0, 100.0]);
    Engine::new(draft.validate().expect("valid"))
}

fn normal(dice: &mut Dice) -> f64 {
    (0..12).map(|_| dice.share()).sum::<f64>() - 6.0
}

/// Honest rows, with gaps of their own.
fn rows(dice: &mut Dice, count: i64) -> Vec<(i64, [f64; STREAMS])> {
    let mut room = 20.0;
    (0..count)
        .map(|row| {
            room += 0.05 * normal(dice) + 0.02 * (20.0 - room);
            let clicks = if dice.below(3) == 0 { dice.below(9) as f64 } else { 0.0 };
            let door = if dice.below(20) == 0 { 1.0 } else { f64::NAN };
            let noise = if dice.below(25) == 0 { f64::NAN } else { normal(dice) };
            (START_MS + row * MINUTE_MS, [room, noise, clicks, door, 5.0 + normal(dice)])
        })
        .collect()
}

fn observe<'e>(engine: &'e mut Engine, (at_ms, values): &(i64, [f64; STREAMS])) -> &'e Verdict {
    engine.observe(Frame { at_ms: *at_ms, values }).expect("a good row")
}

/// Two runs of the same rows, with one or the other number at the same places: equal verdicts and equal episodes. (What
/// was sent may be counted, so the states can differ in that.)
fn assert_alike(rows: &[(i64, [f64; STREAMS])], places: &[(usize, usize)], one: f64, other: f64) {
    let (mut first, mut second) = (engine(), engine());
    for (row, honest) in rows.iter().enumerate() {
        let with = |number: f64| {
            let mut changed = *honest;
            let here = places.iter().filter(|place| place.0 == row);
            here.for_each(|place| changed.1[place.1] = number);
            changed
        };
        let (left, right) = (observe(&mut first, &with(one)), observe(&mut second, &with(other)));
        let scores = |verdict: &Verdict| {
            let streams =
                verdict.streams.iter().flat_map(|stream| [stream.score.unwrap_or(-1.0), stream.blame]);
            streams
                .chain([verdict.score, verdict.oddness, verdict.news, verdict.confidence])
                .map(f64::to_bits)
                .collect::<Vec<_>>()
        };
        assert_eq!(scores(left), scores(right), "{one:e} for {other:e} at {places:?}, seen in row {row}");
        assert_eq!(left.alarm, right.alarm);
    }
    assert!(first.episodes().eq(second.episodes()), "{one:e} for {other:e} at {places:?}");
}

/// Places of several sorts: the very first row, one alone, every stream at once, a long run, and here and there.
fn places(dice: &mut Dice, rows: usize) -> Vec<(usize, usize)> {
    let mut any = |end: usize| dice.below(end as i64) as usize;
    match any(4) {
        0 => vec![(0, any(STREAMS)), (1, any(STREAMS))],
        1 => vec![(any(rows), any(STREAMS))],
        2 => {
            let row = any(rows);
            (0..STREAMS).map(|stream| (row, stream)).collect()
        }
        _ => {
            let (from, length, stream) = (any(rows), 1 + any(60), any(STREAMS));
            let here_and_there = (0..20).map(|_| (any(rows), any(STREAMS))).collect::<Vec<_>>();
            (from..from + length).map(|row| (row, stream)).chain(here_and_there).collect()
        }
    }
}

#[test]
fn what_is_no_number_is_a_gap_wherever_it_stands() {
    let mut dice = Dice::new(1);
    for round in 0..40 {
        let count = 100 + dice.below(500);
        let rows = rows(&mut dice, count);
        let places = places(&mut dice, rows.len());
        assert_alike(&rows, &places, GAPS[1 + round % (GAPS.len() - 1)], GAPS[0]);
    }
}

#[test]
fn every_way_to_write_zero_is_zero() {
    let mut dice = Dice::new(2);
    for round in 0..20 {
        let count = 100 + dice.below(300);
        let rows = rows(&mut dice, count);
        let places = places(&mut dice, rows.len());
        assert_alike(&rows, &places, ZEROS[round % ZEROS.len()], 0.0);
    }
}

/// Something that is refused leaves no trace; the code says why.
fn assert_refused(engine: &mut Engine, frame: Frame<'_>, code: &str) {
    let before = engine.seal();
    assert_eq!(engine.observe(frame).expect_err("refused").code(), code);
    assert!(engine.seal() == before, "{code} left a trace");
}

#[test]
fn a_refused_frame_was_never_there() {
    let mut dice = Dice::new(3);
    let rows = rows(&mut dice, 400);
    let (mut pestered, mut left_alone) = (engine(), engine());
    for row in &rows {
        if row.0 > START_MS && dice.below(10) == 0 {
            let last_ms = pestered.last_frame_ms().expect("a row was seen");
            let values = [1e9; STREAMS];
            for back_ms in [0, 1, 90_000, i64::MAX] {
                let at_ms = last_ms.saturating_sub(back_ms);
                let code =
                    if back_ms < i64::MAX { "frame.time-went-back" } else { "frame.time-out-of-range" };
                assert_refused(&mut pestered, Frame { at_ms, values: &values }, code);
            }
            assert_refused(
                &mut pestered,
                Frame { at_ms: i64::MAX, values: &values },
                "frame.time-out-of-range",
            );
            assert_refused(&mut pestered, Frame { at_ms: row.0, values: &values[1..] }, "frame.wrong-width");
            let batch = pestered.observe_batch(&[row.0, row.0], &[0.0; 2 * STREAMS], |_, _| ());
            assert!(matches!(batch, Err(Error::Frame(_))));
            assert!(pestered.tick(i64::MIN, |_| ()).is_err());
            let mut told = 0;
            assert_eq!(pestered.tick(last_ms, |_| told += 1), Ok(()));
            assert_eq!(told, 0, "a clock that stands still is no news");
        }
        let score = observe(&mut pestered, row).score.to_bits();
        assert_eq!(score, observe(&mut left_alone, row).score.to_bits());
    }
    assert!(pestered.seal() == left_alone.seal());
}

#[test]
fn a_shift_is_still_found() {
    let mut dice = Dice::new(4);
    for poison in GAPS.into_iter().chain(ZEROS) {
        let mut engine = engine();
        for (row, mut honest) in rows(&mut dice, 900).into_iter().enumerate() {
            if [0, 1, 300, 301, 302, 880].contains(&row) {
                honest.1 = [poison; STREAMS];
            }
            observe(&mut engine, &honest);
        }
        let shifted = rows(&mut dice, 940).split_off(900);
        let alarms = shifted.into_iter().filter_map(|mut row| {
            row.1[4] += 5.0;
            let verdict = observe(&mut engine, &row);
            verdict.alarm.then_some(row.0)
        });
        assert!(alarms.count() > 0, "five sigma after {poison:e}");
    }
}

#[test]
fn an_event_that_is_no_measurement_leaves_no_trace() {
    let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
    let (mut pestered, mut left_alone) = (Buffer::new(&schema), Buffer::new(&schema));
    let mut dice = Dice::new(5);
    let mut values = [[0.0; 2]; 2];
    for step in 0..600 {
        let at_ms = START_MS + step * 40_000;
        if step % 3 == 0 {
            let poison = Event { stream: 0, at_ms, value: GAPS[dice.below(GAPS.len() as i64) as usize] };
            assert!(matches!(pestered.push(&schema, poison), Err(IngestFault::NotANumber { .. })));
        }
        let event = Event { stream: dice.below(2) as usize, at_ms, value: normal(&mut dice) };
        pestered.push(&schema, event).expect("in time");
        left_alone.push(&schema, event).expect("in time");
        loop {
            let ready = pestered.due(&mut values[0]);
            assert_eq!(ready, left_alone.due(&mut values[1]));
            if ready.is_none() {
                break;
            }
            assert_eq!(values[0].map(f64::to_bits), values[1].map(f64::to_bits));
        }
    }
}
