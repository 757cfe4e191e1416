use fourfold::wire::FoundJson;

use super::*;
use crate::live::streams::Stream;

const START_MS: f64 = 1_700_000_000_000.0;

/// A device on a table, hand over hand: readings as a browser gives them, with jitter, from a seed.
struct Device {
    judge: Judge,
    now_ms: f64,
    seed: u32,
    shakes: bool,
    moves: bool,
}

impl Device {
    fn new() -> Self {
        Self { judge: Judge::new().expect("valid"), now_ms: START_MS, seed: 7, shakes: false, moves: true }
    }

    fn noise(&mut self) -> f64 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.seed) / f64::from(u32::MAX) - 0.5
    }

    fn motion(&mut self, readings: &mut Vec<f64>, at_ms: f64) {
        let strength = if self.shakes { 25.0 } else { 0.2 };
        let axes = [Stream::AccelerationX, Stream::AccelerationY, Stream::AccelerationZ];
        let mut length = 0.0;
        for axis in axes {
            let value = (self.noise() * strength * 10.0).round() / 10.0;
            length += value * value;
            readings.extend([axis as usize as f64, at_ms, value]);
        }
        readings.extend([Stream::Shake as usize as f64, at_ms, length.sqrt()]);
        let gravity = 9.8 + (self.noise() * strength).round() / 10.0;
        readings.extend([Stream::GravityZ as usize as f64, at_ms, gravity]);
        readings.extend([
            Stream::RotationBeta as usize as f64,
            at_ms,
            (self.noise() * strength * 5.0).round(),
        ]);
    }

    /// Some seconds with readings every `step_ms`, more or less, and a beat four times a second.
    fn run(&mut self, seconds: u32, step_ms: f64) -> Frames {
        let mut all = Frames::default();
        let end_ms = self.now_ms + f64::from(seconds) * 1000.0;
        let mut next_ms = self.now_ms;
        while self.now_ms < end_ms {
            self.now_ms += 250.0;
            let mut readings = Vec::new();
            while self.moves && next_ms < self.now_ms {
                self.motion(&mut readings, next_ms);
                next_ms += step_ms * (1.0 + 0.8 * self.noise());
            }
            for (stream, value) in [
                (Stream::Battery, 80.0),
                (Stream::Online, 1.0),
                (Stream::Visible, 1.0),
                (Stream::Touches, 0.0),
            ] {
                readings.extend([stream as usize as f64, self.now_ms - 1.0, value]);
            }
            all.add(&self.judge.take(&readings, over_until_ms(self.now_ms)).expect("times in range"));
        }
        all
    }

    fn sleep(&mut self, seconds: u32) {
        self.judge.sleep(self.now_ms);
        self.now_ms += f64::from(seconds) * 1000.0;
    }

    fn episodes_since(&self, from_ms: f64) -> usize {
        self.judge.engine.episodes().filter(|episode| episode.opened_ms as f64 >= from_ms).count()
    }
}

#[test]
fn readings_become_one_frame_a_second_with_their_values() {
    let mut device = Device::new();
    let frames = device.run(10, 50.0);
    assert!((9..=10).contains(&frames.times_ms.len()));
    assert!(frames.times_ms.windows(2).all(|pair| pair[1] - pair[0] == 1000.0));
    let battery = frames.values[Stream::Battery as usize];
    assert_eq!(battery, 80.0);
    assert!(frames.values[Stream::Light as usize].is_nan(), "a sensor that is not there is a gap");
    assert!(frames.is_whole());
}

#[test]
fn a_minute_asleep_is_no_anomaly_and_a_shake_after_it_is_found() {
    let mut device = Device::new();
    device.run(120, 50.0);
    let slept_ms = device.now_ms;
    device.sleep(60);
    let after = device.run(60, 50.0);
    let slept = slept_ms..slept_ms + 60_000.0;
    assert!(!after.times_ms.iter().any(|at_ms| slept.contains(at_ms)), "no frame of the sleep");
    assert!(after.times_ms.len() >= 57);
    assert_eq!(device.episodes_since(slept_ms), 0, "{:?}", device.judge.episodes());
    let shaken_ms = device.now_ms;
    device.shakes = true;
    device.run(3, 50.0);
    device.shakes = false;
    device.run(10, 50.0);
    let found: Vec<_> = device.judge.episodes();
    let shake = found.iter().find(|episode| episode.opened as f64 >= shaken_ms - 1000.0).expect("the shake");
    assert!(shake.opened as f64 <= shaken_ms + 2000.0, "{shake:?}");
}

#[test]
fn a_sensor_that_drops_to_one_reading_a_second_and_one_that_joins_are_no_burst() {
    let mut device = Device::new();
    device.moves = false;
    device.run(40, 50.0);
    device.moves = true;
    device.run(90, 50.0);
    device.run(60, 1000.0);
    device.run(60, 50.0);
    let found = device.judge.episodes();
    assert!(found.len() <= 2, "{found:?}");
}

#[test]
fn a_sealed_judge_goes_on_with_the_same_bits() {
    let mut device = Device::new();
    device.run(60, 50.0);
    // What is over is judged first: the second that is open when it is sealed is in no snapshot.
    device.judge.take(&[], device.now_ms).expect("a time");
    let (sealed, kept) = (device.judge.seal(), device.judge.kept());
    let opened = Judge::open(&sealed, kept.clone(), Vec::new()).expect("sealed just now");
    assert_eq!(opened.kept().times_ms.len(), kept.times_ms.len());
    let mut other = Device { judge: opened, ..Device::new() };
    (other.now_ms, other.seed) = (device.now_ms, device.seed);
    device.sleep(10);
    other.sleep(10);
    let (here, there) = (device.run(20, 50.0), other.run(20, 50.0));
    assert!(here.times_ms.len() > 15);
    assert_eq!(here.times_ms, there.times_ms);
    assert_eq!(here.scores, there.scores);
}

#[test]
fn frames_that_do_not_fit_are_not_taken_up() {
    let mut device = Device::new();
    device.run(5, 50.0);
    let sealed = device.judge.seal();
    let mut torn = device.judge.kept().clone();
    torn.scores.pop();
    let opened = Judge::open(&sealed, torn, Vec::new()).expect("a new one");
    assert_eq!(opened.kept().times_ms.len(), 0);
    assert!(Judge::open(&sealed[..20], Frames::default(), Vec::new()).is_err());
}

#[test]
fn relations_of_a_device_have_their_curves() {
    let mut device = Device::new();
    device.run(200, 50.0);
    device.shakes = true;
    device.run(4, 50.0);
    device.shakes = false;
    device.run(4, 50.0);
    let episode = device.judge.episodes().pop().expect("the shake");
    let (why, curves) = device.judge.explain(episode.peak, Mode::Thorough).expect("it is remembered");
    let leads =
        why.evidence.iter().filter(|evidence| matches!(evidence.found, FoundJson::Lead { .. })).count();
    assert!(leads > 0, "{why:?}");
    assert_eq!(curves.len(), leads);
    assert!(curves.iter().all(|curve| curve.points.iter().any(|(_, r)| r.is_some())), "{curves:?}");
}

#[test]
fn an_episode_can_be_asked_about_called_expected_and_taken_back() {
    let mut device = Device::new();
    device.run(130, 50.0);
    device.shakes = true;
    device.run(4, 50.0);
    device.shakes = false;
    device.run(4, 50.0);
    let episode = device.judge.episodes().pop().expect("the shake");
    let (why, _) = device.judge.explain(episode.peak, Mode::Fast).expect("it is remembered");
    assert!(why.suspects.iter().take(3).any(|suspect| suspect.stream == "shake"), "{why:?}");
    device.judge.label(episode.opened, Label::Expected).expect("it is known");
    assert_eq!(device.judge.said(), [Said { opened_ms: episode.opened, label: Label::Expected }]);
    let (sealed, said) = (device.judge.seal(), device.judge.said().to_vec());
    let mut reloaded =
        Judge::open(&sealed, device.judge.kept().clone(), said.clone()).expect("sealed just now");
    assert_eq!(reloaded.said(), said);
    reloaded.undo().expect("it was said before the reload");
    assert_eq!(reloaded.said(), []);
    device.judge.undo().expect("something was said");
    assert_eq!(device.judge.said(), []);
    assert!(device.judge.undo().is_err());
    assert!(device.judge.label(1, Label::Real).is_err(), "no episode opened then");
}
