//! What the engine as a whole promises, whatever stands behind its front door.

use fourfold::engine::{Alert, Thresholds};
use fourfold::silence::Cause;
use fourfold::stream::Gap;
use fourfold::verdict::End;
use fourfold::{Engine, Error, Frame, Label, SchemaDraft, Verdict};

/// Numbers without a pattern, from a seed.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// In [0, 1).
    fn share(&mut self) -> f64 {
        f64::from(self.next() >> 8) / f64::from(1 << 24)
    }
}

fn engine(streams: usize) -> Engine {
    let names = (0..streams).map(|place| format!("s{place}"));
    Engine::new(SchemaDraft::of_streams(names).validate().expect("plain names are a schema"))
}

/// Rows with gaps, an outage and a few events.
fn rows(streams: usize, count: usize) -> Vec<(i64, Vec<f64>)> {
    let mut noise = Noise(7);
    (0..count)
        .map(|row| {
            let values = (0..streams).map(|place| match noise.share() {
                _ if (400..420).contains(&row) => f64::NAN,
                gap if gap < 0.05 => f64::NAN,
                event if event > 0.999 => 1e4,
                _ => noise.share() * (place + 1) as f64 + (row % 96) as f64 / 48.0,
            });
            (1_700_000_000_000 + 60_000 * row as i64, values.collect())
        })
        .collect()
}

fn tick(engine: &mut Engine, now_ms: i64) -> Vec<Verdict> {
    let mut told = Vec::new();
    engine.tick(now_ms, |verdict| told.push(verdict.clone())).expect("a time");
    told
}

fn observe(engine: &mut Engine, (at_ms, values): &(i64, Vec<f64>)) -> Verdict {
    engine.observe(Frame { at_ms: *at_ms, values }).expect("a good row").clone()
}

/// Equal to the last bit, which `==` on floats does not say.
fn bits(verdict: &Verdict) -> String {
    let hex = |score: Option<f64>| score.map(f64::to_bits);
    let streams: Vec<_> =
        verdict.streams.iter().map(|stream| (hex(stream.score), stream.reason, stream.present)).collect();
    let views: Vec<_> = verdict.views.iter().map(|view| (hex(view.score), view.weight.to_bits())).collect();
    format!(
        "{} {:x} {} {:x} {:?} {:?} {streams:?} {views:?}",
        verdict.at_ms,
        verdict.score.to_bits(),
        verdict.alarm,
        verdict.confidence.to_bits(),
        verdict.severity,
        verdict.episode,
    )
}

#[test]
fn the_same_input_gives_the_same_bits() {
    let (mut one, mut other) = (engine(5), engine(5));
    for row in rows(5, 1000) {
        assert_eq!(bits(&observe(&mut one, &row)), bits(&observe(&mut other, &row)));
    }
    assert_eq!(one.seal(), other.seal());
}

#[test]
fn a_batch_is_its_rows() {
    let rows = rows(3, 700);
    let times: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let values: Vec<f64> = rows.iter().flat_map(|row| row.1.clone()).collect();
    let mut batched = Vec::new();
    engine(3).observe_batch(&times, &values, |_, verdict| batched.push(bits(verdict))).expect("good rows");
    let mut single = engine(3);
    let singly: Vec<String> = rows.iter().map(|row| bits(&observe(&mut single, row))).collect();
    assert_eq!(batched, singly);
}

#[test]
fn an_opened_engine_goes_on_with_the_same_bits() {
    let mut straight = engine(4);
    let mut reopened = engine(4);
    for (place, row) in rows(4, 1200).iter().enumerate() {
        if place % 97 == 0 {
            reopened = Engine::open(&reopened.seal()).expect("its own bytes");
        }
        assert_eq!(bits(&observe(&mut reopened, row)), bits(&observe(&mut straight, row)), "row {place}");
        if place % 50 == 49 {
            let now_ms = row.0 + 30_000 * (place as i64 % 7);
            let (one, other) = (tick(&mut straight, now_ms), tick(&mut reopened, now_ms));
            assert_eq!(one.iter().map(bits).collect::<Vec<_>>(), other.iter().map(bits).collect::<Vec<_>>());
        }
    }
    assert_eq!(straight.seal(), reopened.seal());
}

#[test]
fn an_error_changes_nothing() {
    let mut engine = engine(2);
    rows(2, 100).iter().for_each(|row| drop(observe(&mut engine, row)));
    let before = engine.seal();
    let last_ms = engine.last_frame_ms().expect("frames were seen");
    let mut refused = |at_ms: i64, values: &[f64]| -> Error {
        engine.observe(Frame { at_ms, values }).expect_err("this frame is bad")
    };
    let errors = [
        refused(last_ms, &[1.0, 1.0]),
        refused(last_ms - 1, &[1.0, 1.0]),
        refused(i64::MIN, &[1.0, 1.0]),
        refused(i64::MAX, &[1.0, 1.0]),
        refused(last_ms + 1, &[1.0]),
        engine.tick(i64::MAX, |_| ()).expect_err("no such time"),
        engine.observe_batch(&[last_ms + 1, last_ms + 1], &[0.0; 4], |_, _| ()).expect_err("twice one time"),
        engine.observe_batch(&[last_ms + 1], &[0.0; 3], |_, _| ()).expect_err("ragged"),
    ];
    let codes = errors.each_ref().map(Error::code);
    let expected =
        ["time-went-back", "time-went-back", "time-out-of-range", "time-out-of-range", "wrong-width"]
            .into_iter()
            .chain(["time-out-of-range", "time-went-back", "ragged-batch"])
            .map(|rule| format!("frame.{rule}"));
    assert_eq!(codes.to_vec(), expected.collect::<Vec<_>>());
    assert_eq!(engine.seal(), before);
}

#[test]
fn poison_is_a_gap() {
    for poison in [f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e200, -f64::NAN] {
        let (mut poisoned, mut gapped) = (engine(3), engine(3));
        for (place, (at_ms, values)) in rows(3, 800).into_iter().enumerate() {
            let with = |value: f64| {
                let mut values = values.clone();
                if place % 31 == 3 || place < 2 {
                    values[place % 3] = value;
                }
                (at_ms, values)
            };
            let (one, other) = (observe(&mut poisoned, &with(poison)), observe(&mut gapped, &with(f64::NAN)));
            assert_eq!(bits(&one), bits(&other), "{poison} at row {place}");
        }
    }
}

#[test]
fn minus_zero_and_denormals_are_zero() {
    for zero in [-0.0, 5e-324, -1e-310] {
        let (mut odd, mut plain) = (engine(1), engine(1));
        for place in 0..300_i64 {
            let value = |zero: f64| if place % 3 == 0 { vec![zero] } else { vec![1.0] };
            let one = observe(&mut odd, &(place, value(zero)));
            assert_eq!(bits(&one), bits(&observe(&mut plain, &(place, value(0.0)))));
        }
    }
}

#[test]
fn hostile_values_keep_every_score_in_its_range() {
    let hostile =
        [0.0, -0.0, 1e150, -1e150, 1e-300, f64::MAX, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, 1.0];
    let mut noise = Noise(99);
    let mut engine = engine(6);
    let mut at_ms = -8_640_000_000_000_000;
    for _ in 0..3000 {
        let values: Vec<f64> = (0..6).map(|_| hostile[noise.next() as usize % hostile.len()]).collect();
        let verdict = observe(&mut engine, &(at_ms, values));
        let scores = verdict.streams.iter().filter_map(|stream| stream.score);
        let parts = verdict.views.iter().flat_map(|view| [view.score.unwrap_or(0.0), view.weight]);
        for number in scores.chain(parts).chain([verdict.score, verdict.confidence]) {
            assert!((0.0..=1.0).contains(&number), "{number} in {verdict:?}");
        }
        at_ms += 1 + i64::from(noise.next() >> 1) * i64::from(noise.next() % 100);
    }
}

#[test]
fn no_streams_and_a_thousand_streams_work() {
    for streams in [0, 1, 1000] {
        let mut engine = engine(streams);
        for row in rows(streams, 60) {
            let verdict = observe(&mut engine, &row);
            assert_eq!(verdict.streams.len(), streams);
        }
        let bytes = engine.seal();
        assert_eq!(Engine::open(&bytes).expect("its own bytes").seal(), bytes);
    }
}

#[test]
fn silence_speaks_once() {
    let mut draft = SchemaDraft::of_streams(["left", "right"]);
    draft.streams.iter_mut().for_each(|stream| stream.group = Some("pair".into()));
    let mut engine = Engine::new(draft.validate().expect("valid"));
    let (start_ms, pace_ms) = (1_700_000_000_000, 300_000);
    // Ten days: habits take a week.
    for row in 0..2880_i64 {
        let values = vec![(row % 7) as f64, (row % 5) as f64];
        observe(&mut engine, &(start_ms + pace_ms * row, values));
    }
    let last_ms = engine.last_frame_ms().expect("frames were seen");
    assert_eq!(tick(&mut engine, last_ms + pace_ms), []);
    let before = engine.seal();
    assert_eq!(tick(&mut engine, last_ms + pace_ms + 1000), []);
    assert_eq!(engine.seal(), before, "a tick without news changes nothing");
    let mut told = Vec::new();
    for minute in 6..60 {
        let verdicts = tick(&mut engine, last_ms + 60_000 * minute);
        told.extend(verdicts.into_iter().map(|verdict| (minute, verdict)));
    }
    let [(minute, verdict)] = told.as_slice() else { panic!("one silence is told once: {told:?}") };
    assert!(*minute <= 15, "told after {minute} minutes");
    assert!(verdict.from_silence && verdict.alarm, "{verdict:?}");
    assert_eq!(verdict.silences[0].cause, Cause::AllSilent);
    let episode = engine.episodes().next_back().expect("an alarm opens an episode");
    assert_eq!((episode.cause, episode.stream), (Some(Cause::AllSilent), None));
    // A frame that was only late is still welcome.
    assert!(!observe(&mut engine, &(last_ms + 60_000, vec![1.0, 2.0])).from_silence);
}

#[test]
fn a_label_can_be_taken_back_to_the_bit() {
    let mut engine = engine(3);
    rows(3, 1500).iter().for_each(|row| drop(observe(&mut engine, row)));
    for spike in 0..3_i64 {
        let at_ms = engine.last_frame_ms().expect("frames were seen") + 60_000;
        observe(&mut engine, &(at_ms, vec![1e5 * (spike + 1) as f64; 3]));
        for calm in 1..100_i64 {
            observe(&mut engine, &(at_ms + 60_000 * calm, vec![0.5, 1.0, 1.5]));
        }
    }
    let ids: Vec<u64> = engine.episodes().map(|episode| episode.id).collect();
    assert!(!ids.is_empty());
    for id in ids {
        let before = engine.seal();
        engine.label(id, Label::Expected).expect("an episode that is remembered");
        assert_ne!(engine.seal(), before);
        assert_eq!(engine.undo(), Ok(id));
        assert_eq!(engine.seal(), before);
    }
    assert_eq!(engine.undo().expect_err("nothing was labelled").code(), "label.nothing-to-undo");
    assert_eq!(engine.label(99_999, Label::Real).expect_err("never was").code(), "label.unknown-episode");
}

#[test]
fn an_adopted_level_is_normal_and_can_be_taken_back() {
    let mut engine = engine(2);
    let level = |row: i64, shift: f64| vec![(row % 7) as f64 + shift, (row % 5) as f64];
    let at_ms = |row: i64| 1_700_000_000_000 + 60_000 * row;
    (0..600).for_each(|row| drop(observe(&mut engine, &(at_ms(row), level(row, 0.0)))));
    let alarmed = (600..620).find(|&row| observe(&mut engine, &(at_ms(row), level(row, 60.0))).alarm);
    let first = alarmed.expect("a new level is news") + 1;
    let id = engine.episodes().next_back().expect("an alarm opens an episode").id;
    let mut kept = engine.clone();
    let before = engine.seal();
    engine.adopt(id).expect("it is open");
    assert_eq!(engine.episodes().next_back().map(|episode| episode.end), Some(End::Adopted));
    assert_eq!(engine.adopt(id).expect_err("it is over").code(), "label.nothing-to-adopt");
    assert_eq!(engine.undo(), Ok(id));
    assert_eq!(engine.seal(), before);

    engine.adopt(id).expect("it is open again");
    let mut belongs = [0; 2];
    for row in first..first + 40 {
        for (engine, belongs) in [&mut engine, &mut kept].into_iter().zip(&mut belongs) {
            let verdict = observe(engine, &(at_ms(row), level(row, 60.0)));
            assert!(!verdict.alarm, "row {row}");
            *belongs += u32::from(verdict.episode.is_some());
        }
    }
    assert!(belongs[0] == 0 && belongs[1] > 5, "frames of an episode, adopted and not: {belongs:?}");
}

#[test]
fn another_false_alarm_rate_is_another_threshold_from_the_next_frame_on() {
    let rows = rows(3, 1500);
    let (early, late) = rows.split_at(900);
    let mut plain = engine(3);
    early.iter().for_each(|row| drop(observe(&mut plain, row)));
    let mut alarms = Vec::new();
    for rate in [1e-6, 0.001, 0.1] {
        let mut engine = plain.clone();
        engine.set_false_alarm_rate(rate).expect("a rate");
        let opened = Engine::open(&engine.seal()).expect("its own bytes");
        assert_eq!(opened.schema().false_alarm_rate(), rate);
        let first = observe(&mut engine.clone(), &late[0]);
        assert_eq!(first.news.to_bits(), observe(&mut plain.clone(), &late[0]).news.to_bits());
        // From then on an alarm is also a lesson: what belongs to an episode is not learned as normal.
        alarms.push(late.iter().filter(|row| observe(&mut engine, row).alarm).count());
    }
    assert!(alarms.is_sorted() && alarms[0] < alarms[2], "{alarms:?}");
    for rate in [0.0, -1.0, 0.5, f64::NAN, f64::INFINITY] {
        let before = plain.seal();
        assert_eq!(plain.set_false_alarm_rate(rate).expect_err("no rate").code(), "schema.bad-rate");
        assert_eq!(plain.seal(), before);
    }
}

#[test]
fn reports_survive_a_snapshot_and_say_what_happened() {
    let mut draft = SchemaDraft::of_streams(["steady", "night", "broken", "gone"]);
    draft.streams[2].bounds = Some([0.0, 10.0]);
    let mut engine = Engine::new(draft.validate().expect("valid"));
    // Monday, 1 July 2024, 00:00 UTC; a week of ten minutes.
    let at_ms = |row: i64| 1_719_792_000_000 + 600_000 * row;
    for row in 0..1008_i64 {
        let is_day = row % 144 >= 72;
        let values = [
            (row % 7) as f64,
            if is_day { 1.0 + (row % 3) as f64 } else { f64::NAN },
            if row == 801 { 1e90 } else { [3.0, 20.0, f64::INFINITY, 4.0][row as usize % 4] },
            if row < 500 { 1.0 } else { f64::NAN },
        ];
        observe(&mut engine, &(at_ms(row), values.to_vec()));
    }
    let again = Engine::open(&engine.seal()).expect("its own bytes");
    let now_ms = at_ms(1009);
    let health = engine.health(now_ms);
    assert_eq!(again.health(now_ms), health);
    assert_eq!(again.gaps(), engine.gaps());
    assert_eq!(again.quality(now_ms), engine.quality(now_ms));
    let thresholds = Thresholds { available_min: 0.9, ..Thresholds::default() };
    assert_eq!(again.monitor(&thresholds), engine.monitor(&thresholds));

    assert_eq!(health.streams[0].usual_gap_ms, Some(600_000));
    assert_eq!((health.streams[0].gap, health.streams[0].overdue_since_ms), (Gap::None, None));
    assert!(health.streams[3].gap > Gap::Short && health.streams[3].overdue_since_ms.is_some());
    assert!(health.streams[0].fitness > health.streams[3].fitness);
    let absence = &engine.gaps()[1].absence;
    assert!(absence[3] > 0.9 && absence[15] < 0.1, "by night and by day: {absence:?}");
    let quality = engine.quality(now_ms);
    assert_eq!((quality[2].values, quality[2].not_a_number, quality[2].out_of_bounds), (1008, 252, 251));
    assert_eq!(quality[2].insane, 1);
    assert_eq!((quality[2].validity, quality[3].age_ms), (Some(0.5), Some(600_000 * 510)));
    assert!((quality[1].completeness - 0.5).abs() < 0.1);
    assert_eq!(engine.monitor(&thresholds).alerts, [Alert::Availability]);
    assert_eq!(engine.monitor(&thresholds).alarms, engine.episodes().len() as u64);
}

#[test]
fn a_drift_and_a_new_level_are_flagged_while_they_are_new() {
    type Change = fn(i64) -> f64;
    let cases: [(Change, bool); 3] = [
        (|_| 0.0, false),
        (|row| if row > 800 { 4.0 } else { 0.0 }, true),
        (|row| (row - 800).max(0) as f64 * 0.02, true),
    ];
    for (change, is_flagged) in cases {
        let (mut engine, mut noise) = (engine(2), Noise(1));
        let mut flagged = Vec::new();
        for row in 0..1500_i64 {
            let values = vec![noise.share() * 7.0 + change(row), noise.share()];
            observe(&mut engine, &(1_700_000_000_000 + 60_000 * row, values));
            let monitor = engine.monitor(&Thresholds::default());
            flagged.extend(
                (row > 500).then_some(monitor.drifting).filter(|streams| !streams.is_empty()).map(|_| row),
            );
        }
        assert_eq!(!flagged.is_empty(), is_flagged, "{flagged:?}");
        assert!(flagged.iter().all(|row| *row > 800));
        assert!(!engine.health(0).streams[0].drifting || !flagged.is_empty());
    }
}
