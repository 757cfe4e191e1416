//! Why: scenes that people would recognise, and what holds of every explanation whatever comes in.

mod dice;

use dice::Dice;
use fourfold::cause::{Ask, Culprit, Evidence, Explanation, Face, Found, Mode};
use fourfold::schema::{Change, LinkDraft, PatternDraft, StepDraft, StreamDraft};
use fourfold::silence::Cause;
use fourfold::{Engine, Error, Frame, Label, Schema, SchemaDraft};

const START_MS: i64 = 1_700_006_400_000;
const MINUTE_MS: i64 = 60_000;
const CALM_MINUTES: i64 = 1500;

const STREAMS: [(&str, &str, &str); 6] = [
    ("steps", "watch", "steps"),
    ("cadence", "watch", "1/min"),
    ("heart_rate", "watch", "bpm"),
    ("screen", "phone", "s"),
    ("battery", "phone", "%"),
    ("light", "room", "lx"),
];
const STEPS: usize = 0;
const CADENCE: usize = 1;
const HEART: usize = 2;
const SCREEN: usize = 3;
const BATTERY: usize = 4;

fn schema() -> Schema {
    let mut draft = SchemaDraft::of_streams(STREAMS.map(|(name, _, _)| name));
    for (stream, (_, group, unit)) in draft.streams.iter_mut().zip(STREAMS) {
        *stream = StreamDraft { group: Some(group.into()), unit: Some(unit.into()), ..stream.clone() };
    }
    let link = |from: &str, to: &str| LinkDraft { from: from.into(), to: to.into() };
    draft.links = vec![link("steps", "cadence"), link("steps", "heart_rate"), link("screen", "battery")];
    let step = |stream: &str| StepDraft {
        stream: stream.into(),
        change: Change::Up,
        within_ms: Some(10.0 * MINUTE_MS as f64),
    };
    draft.patterns = vec![PatternDraft {
        name: "exercise".into(),
        steps: ["steps", "cadence", "heart_rate"].map(step).into(),
        action: Some("Nothing to do: somebody is moving.".into()),
    }];
    draft.frame_ms = Some(MINUTE_MS as f64);
    draft.validate().expect("valid")
}

/// Streams that go their usual ways, until something happens.
struct Scene {
    engine: Engine,
    dice: Dice,
    minute: i64,
}

impl Scene {
    fn calm() -> Self {
        let mut scene = Self { engine: Engine::new(schema()), dice: Dice::new(5), minute: 0 };
        scene.go_on(CALM_MINUTES, |_, _| ());
        scene
    }

    /// Some minutes in which `happens` changes the usual values; it is told how long it has been going on.
    fn go_on(&mut self, minutes: i64, happens: impl Fn(i64, &mut [f64; 6])) {
        for since in 0..minutes {
            let mut noise = || (0..4).map(|_| self.dice.share()).sum::<f64>() - 2.0;
            let mut values =
                [10.0, 30.0, 65.0, 20.0, 70.0, 200.0].map(|level: f64| level + 0.05 * level * noise());
            happens(since, &mut values);
            self.engine.observe(Frame { at_ms: at_ms(self.minute), values: &values }).expect("a good frame");
            self.minute += 1;
        }
    }

    fn why(&self, mode: Mode) -> Explanation {
        self.engine.explain(Ask { mode, ..Ask::default() }).expect("the newest frame")
    }
}

fn at_ms(minute: i64) -> i64 {
    START_MS + MINUTE_MS * minute
}

fn is_whole(why: &Explanation) {
    let named = why.primary_cause.map_or(0.0, |cause| cause.probability);
    let others: f64 = why.alternative_explanations.iter().map(|other| other.probability).sum();
    assert!((named + others + why.unknown - 1.0).abs() < 1e-9, "{why:?}");
    let shares: f64 = why.causal_attribution.contributions.iter().map(|part| part.share).sum();
    assert!((shares + why.causal_attribution.unexplained - 1.0).abs() < 1e-9, "{why:?}");
    assert!((0.0..=1.0).contains(&why.confidence) && (0.0..=1.0).contains(&why.known), "{why:?}");
    assert_eq!(why.primary_cause.is_none(), why.confidence < 0.3, "{why:?}");
    assert!(why.temporal_sequence.is_sorted_by_key(|happening| happening.at_ms), "{why:?}");
    assert!(why.headline.ends_with('.') && why.headline.matches('\n').count() == 0, "{}", why.headline);
}

/// Steps first, then what follows from them.
fn run(since: i64, values: &mut [f64; 6]) {
    values[STEPS] += 120.0;
    values[CADENCE] += if since >= 1 { 130.0 } else { 0.0 };
    values[HEART] += if since >= 2 { 75.0 } else { 0.0 };
}

#[test]
fn a_run_is_named_by_its_pattern_and_led_by_movement() {
    let mut scene = Scene::calm();
    scene.go_on(8, run);
    for mode in [Mode::Fast, Mode::Thorough] {
        let why = scene.why(mode);
        is_whole(&why);
        let primary = why.primary_cause.expect("it is plain");
        assert_eq!((primary.culprit, primary.stream), (Culprit::Pattern(0), Some(STEPS)), "{why:?}");
        assert_eq!(why.recommended_action.as_deref(), Some("Nothing to do: somebody is moving."));
        assert!(why.headline.starts_with("exercise: steps rose to 1"), "{}", why.headline);
        let told: Vec<usize> = why.temporal_sequence.iter().map(|happening| happening.stream).collect();
        assert_eq!(told[..3], [STEPS, CADENCE, HEART], "{:?}", why.temporal_sequence);
        let is_match = |found: &Found| matches!(found, Found::Match { similarity, .. } if *similarity > 0.9);
        assert!(why.evidence.iter().any(|evidence| is_match(&evidence.found)), "{:?}", why.evidence);
        let would = why.causal_attribution.counterfactual.expect("there is evidence");
        assert!(would.stream == STEPS && would.would_be < would.score, "{would:?}");
    }
}

#[test]
fn a_heart_that_races_by_itself_is_named_itself() {
    let mut scene = Scene::calm();
    scene.go_on(8, |_, values| values[HEART] += 70.0);
    let why = scene.why(Mode::Thorough);
    is_whole(&why);
    assert_eq!(why.primary_cause.map(|cause| cause.culprit), Some(Culprit::Stream(HEART)), "{why:?}");
    assert_eq!(why.causal_attribution.upstream, [HEART], "nothing above it moved");
    assert!(
        why.headline.contains("heart_rate rose to 1") && why.headline.contains(" bpm at "),
        "{}",
        why.headline
    );
    assert_eq!(why.recommended_action, None);
}

/// What is said of how long nobody spoke.
fn quiet(why: &Explanation) -> Vec<&str> {
    let is_quiet = |evidence: &&Evidence| matches!(evidence.found, Found::Quiet { .. });
    why.evidence.iter().filter(is_quiet).map(|evidence| evidence.sentence.as_str()).collect()
}

#[test]
fn an_outage_of_a_group_names_the_group() {
    let mut scene = Scene::calm();
    scene.go_on(30, |_, values| values[..3].fill(f64::NAN));
    let why = scene.why(Mode::Thorough);
    is_whole(&why);
    assert_eq!(why.primary_cause.map(|cause| cause.culprit), Some(Culprit::Group(0)), "{why:?}");
    let silence = why.silence.expect("absence is the finding");
    assert_eq!((silence.cause, silence.group), (Cause::SourceDown, Some(0)));
    assert!(why.headline.starts_with("All of watch is silent since "), "{}", why.headline);
    assert_eq!(why.suspects[0].face, Face::Missing);
    assert!(why.unseen.is_empty(), "who is named is not what was missed: {:?}", why.unseen);
    assert_eq!(
        quiet(&why),
        ["nobody of watch has spoken for 30 minutes; usually somebody does every 60 seconds"]
    );
}

#[test]
fn a_stuck_stream_is_not_called_quiet() {
    let mut scene = Scene::calm();
    scene.go_on(60, |_, values| values[HEART] = 61.25);
    let why = scene.why(Mode::Fast);
    assert_eq!(why.silence.map(|silence| silence.cause), Some(Cause::ValueStuck), "{why:?}");
    assert!(quiet(&why).is_empty(), "{:?}", why.evidence);
}

#[test]
fn an_outage_of_all_names_whatever_collects() {
    let mut scene = Scene::calm();
    scene.go_on(30, |_, values| values.fill(f64::NAN));
    let why = scene.why(Mode::Fast);
    is_whole(&why);
    assert_eq!(why.primary_cause.map(|cause| cause.culprit), Some(Culprit::Everything), "{why:?}");
    assert_eq!(why.silence.map(|silence| silence.cause), Some(Cause::AllSilent));
    assert!(why.headline.starts_with("Everything is silent since "), "{}", why.headline);
    assert_eq!(why.causal_attribution.stream, None, "nobody is left to move anybody");
}

#[test]
fn when_nothing_comes_any_more_the_last_sign_of_life_is_told() {
    let mut scene = Scene::calm();
    scene.go_on(60 * 48, |_, _| ());
    let last_ms = at_ms(scene.minute - 1);
    (1..60).for_each(|minutes| scene.engine.tick(last_ms + minutes * MINUTE_MS, |_| ()).expect("a time"));
    let why = scene.why(Mode::Fast);
    let silence = why.silence.unwrap_or_else(|| panic!("absence is the finding: {why:?}"));
    assert_eq!((silence.cause, silence.since_ms), (Cause::AllSilent, last_ms));
    let [told] = quiet(&why)[..] else { panic!("what speaks for it: {:?}", why.evidence) };
    assert!(told.starts_with("nobody has spoken for ") && told.ends_with(" every 60 seconds"), "{told}");
    assert_eq!(why.temporal_sequence, [], "what the last one did before is not what happened");
}

#[test]
fn what_was_not_seen_is_named_and_costs_confidence() {
    let confidence = |is_blind: bool| {
        let mut scene = Scene::calm();
        let hide =
            |values: &mut [f64; 6]| values[SCREEN..=BATTERY].fill(if is_blind { f64::NAN } else { 20.0 });
        scene.go_on(600, |_, values| hide(values));
        scene.go_on(8, |_, values| {
            values[HEART] += 70.0;
            hide(values);
        });
        let why = scene.why(Mode::Fast);
        is_whole(&why);
        assert_eq!(why.suspects[0].stream, HEART);
        assert_eq!(why.unseen, if is_blind { vec![SCREEN, BATTERY] } else { vec![] });
        why.confidence
    };
    let (open, blind) = (confidence(false), confidence(true));
    assert!(blind < 0.8 * open, "{open} {blind}");
}

#[test]
fn many_streams_that_move_together_are_one_episode_with_one_explanation() {
    let names: Vec<String> = (0..20).map(|place| format!("s{place}")).collect();
    let mut engine = Engine::new(SchemaDraft::of_streams(names).validate().expect("valid"));
    let mut dice = Dice::new(3);
    let (mut alarms, mut explained) = (0, Vec::new());
    for minute in 0..1520 {
        let mut values = [0.0; 20].map(|_: f64| 50.0 + dice.share() + dice.share());
        if minute >= 1500 {
            values[4..15].iter_mut().for_each(|value| *value += 9.0);
        }
        let verdict = engine.observe(Frame { at_ms: at_ms(minute), values: &values }).expect("a good frame");
        if minute >= 1500 {
            alarms += u32::from(verdict.alarm);
            if let Some(episode) = verdict.episode {
                let why = engine.explain(Ask::default()).expect("the newest frame");
                assert_eq!(why.episode, Some(episode));
                explained.push(episode);
            }
        }
    }
    explained.dedup();
    assert_eq!((alarms, explained.len()), (1, 1));
    let why = engine.explain(Ask { mode: Mode::Thorough, ..Ask::default() }).expect("the newest frame");
    let moved = why.temporal_sequence.iter().filter(|happening| happening.at_ms == at_ms(1500)).count();
    assert_eq!(moved, 11, "{:?}", why.temporal_sequence);
    assert!(why.suspects[..11].iter().all(|suspect| (4..15).contains(&suspect.stream)));
    assert!(why.primary_cause.is_none(), "eleven are as likely: {why:?}");
    assert!(why.headline.starts_with("Nobody can tell what happened at "), "{}", why.headline);
}

#[test]
fn what_was_labelled_is_known_again() {
    let mut scene = Scene::calm();
    let swap = |_: i64, values: &mut [f64; 6]| {
        (values[SCREEN], values[BATTERY], values[5]) =
            (5.0 * values[SCREEN], 0.1 * values[BATTERY], 4.0 * values[5]);
    };
    scene.go_on(6, swap);
    let episode = scene.engine.episodes().next_back().expect("it was noticed").id;
    scene.go_on(200, |_, _| ());
    let is_known = |scene: &Scene| {
        let why = scene.why(Mode::Thorough);
        let of_match = |found: Found| match found {
            Found::Match { culprit, .. } => Some(culprit),
            _ => None,
        };
        why.evidence
            .iter()
            .filter_map(|evidence| of_match(evidence.found))
            .any(|found| found == Culprit::Episode(episode))
    };
    let before = scene.engine.seal();
    scene.engine.label(episode, Label::Real).expect("it is remembered");
    scene.go_on(6, swap);
    assert!(is_known(&scene));
    let mut scene = Scene { engine: Engine::open(&before).expect("sound"), ..scene };
    scene.go_on(6, swap);
    assert!(!is_known(&scene), "nobody has said what it was");
}

#[test]
fn any_frame_that_is_remembered_can_be_explained() {
    let mut scene = Scene::calm();
    scene.go_on(6, run);
    scene.go_on(400, |_, _| ());
    let minute = CALM_MINUTES + 5;
    let why =
        scene.engine.explain(Ask { at_ms: Some(at_ms(minute) + 17), ..Ask::default() }).expect("remembered");
    assert_eq!((why.at_ms, why.suspects[0].stream), (at_ms(minute), STEPS));
    scene.go_on(3000, |_, _| ());
    let asked = scene.engine.explain(Ask { at_ms: Some(at_ms(minute)), ..Ask::default() });
    assert!(matches!(asked.map_err(|error| error.code()), Err("ask.forgotten")));
    let asked = scene.engine.explain(Ask { target: Some(6), ..Ask::default() });
    assert!(matches!(asked, Err(Error::Ask(_))));
}

#[test]
fn every_explanation_of_hostile_frames_is_whole() {
    let mut engine = Engine::new(schema());
    let mut dice = Dice::new(11);
    let mut now_ms = -50_000;
    for frame in 0..1200 {
        now_ms += 1 + dice.below(if frame % 100 == 99 { 1_000_000_000_000 } else { 100_000 });
        let values = [0.0; 6].map(|_: f64| match dice.below(16) {
            0 => f64::NAN,
            1 => 1e150,
            2 => -1e150,
            3 => f64::INFINITY,
            4 => 0.0,
            _ => 5.0 + dice.share(),
        });
        if engine.observe(Frame { at_ms: now_ms, values: &values }).is_err() {
            break;
        }
        if frame % 7 == 0 {
            let mode = if frame % 2 == 0 { Mode::Fast } else { Mode::Thorough };
            let target = Some(frame as usize % 9).filter(|target| *target < 6);
            is_whole(&engine.explain(Ask { mode, target, at_ms: None }).expect("the newest frame"));
        }
    }
    assert!(now_ms > 5_000_000_000_000, "frames were taken until far in the future: {now_ms}");
}
