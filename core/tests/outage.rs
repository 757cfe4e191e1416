//! Silence through the whole engine: one verdict, one episode, in its own words.

#[allow(dead_code, reason = "other tests ask for more of it")]
mod dice;

use dice::Dice;
use fourfold::silence::Cause;
use fourfold::{Engine, Frame, SchemaDraft, Verdict};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Monday, 2 September 2024, 00:00 UTC.
const START_MS: i64 = 1_725_235_200_000;

/// Twenty streams in four groups, through the whole engine: frames every five minutes, a tick every minute.
struct House {
    engine: Engine,
    now_ms: i64,
}

impl House {
    fn learned() -> Self {
        let mut house = Self::new();
        house.pass(8 * DAY_MS, |_| true);
        house
    }

    fn new() -> Self {
        let mut draft = SchemaDraft::of_streams((0..20).map(|place| format!("s{place}")));
        for (place, stream) in draft.streams.iter_mut().enumerate() {
            stream.group = Some(format!("g{}", place % 4));
        }
        Self { engine: Engine::new(draft.validate().expect("valid")), now_ms: START_MS }
    }

    /// Lets time pass; what ticks said. Frames without a value do not come.
    fn pass(&mut self, span_ms: i64, speaks: impl Fn(usize) -> bool) -> Vec<Verdict> {
        let mut told = Vec::new();
        for at_ms in (self.now_ms + MINUTE_MS..=self.now_ms + span_ms).step_by(MINUTE_MS as usize) {
            if at_ms % (5 * MINUTE_MS) == 0 {
                let value = |place: usize| 20.0 + Dice::new(at_ms as u64 + place as u64).share();
                let values: Vec<f64> =
                    (0..20).map(|place| if speaks(place) { value(place) } else { f64::NAN }).collect();
                if values.iter().any(|value| !value.is_nan()) {
                    self.engine.observe(Frame { at_ms, values: &values }).expect("a frame");
                }
            }
            self.engine.tick(at_ms, |verdict| told.push(verdict.clone())).expect("a time");
        }
        self.now_ms += span_ms;
        told
    }
}

/// The engine told of one silence by a tick, once, within so many minutes, and made it one episode.
fn assert_one_episode(out: &[usize], cause: Cause, minutes_most: i64) {
    let mut house = House::learned();
    let (before, onset_ms) = (house.engine.episodes().len(), house.now_ms);
    let told = house.pass(30 * MINUTE_MS, |place| !out.contains(&place));
    let [verdict] = told.as_slice() else { panic!("told once: {told:?}") };
    assert!(verdict.at_ms - onset_ms <= minutes_most * MINUTE_MS && verdict.from_silence);
    assert!(verdict.episode.is_some());
    assert_eq!((verdict.silences[0].cause, verdict.silences[0].streams), (cause, out.len()));
    let named = (0..20).filter(|&place| verdict.streams[place].silence.is_some());
    assert_eq!(named.collect::<Vec<_>>(), out);
    house.pass(60 * MINUTE_MS, |_| true);
    let episodes: Vec<_> = house.engine.episodes().skip(before).map(|episode| episode.cause).collect();
    assert_eq!(episodes, [Some(cause)]);
}

#[test]
fn through_the_engine_a_silence_is_one_episode_in_its_own_words() {
    assert_one_episode(&[7], Cause::SensorSilent, 11);
    assert_one_episode(&[2, 6, 14], Cause::SourcePartlySilent, 11);
    assert_one_episode(&[1, 5, 9, 13, 17], Cause::SourceDown, 11);
    assert_one_episode(&(0..20).collect::<Vec<_>>(), Cause::AllSilent, 11);
}

#[test]
fn in_the_first_week_an_outage_of_all_is_told_unless_there_may_be_nights() {
    let mut tireless = House::new();
    tireless.pass(2 * DAY_MS, |_| true);
    let told = tireless.pass(30 * MINUTE_MS, |_| false);
    let [verdict] = told.as_slice() else { panic!("told once: {told:?}") };
    assert_eq!((verdict.silences[0].cause, verdict.alarm), (Cause::AllSilent, true));
    // A group of it, while the others speak.
    let mut part = House::new();
    part.pass(2 * DAY_MS, |_| true);
    part.pass(30 * MINUTE_MS, |place| place % 4 != 1);
    assert!(part.engine.episodes().any(|episode| episode.cause == Some(Cause::SourceDown)));

    let mut sleeper = House::new();
    for _ in 0..5 {
        sleeper.pass(16 * HOUR_MS, |_| true);
        let told = sleeper.pass(8 * HOUR_MS, |_| false);
        assert!(told.iter().all(|verdict| !verdict.alarm), "a night: {told:?}");
    }
}
