//! Which events happen when, and what shows them.

use super::diary::Diary;
use super::streams::{GROUPS, S, STREAMS};
use super::{DAY_FRAMES, FRAME_MS, Lane, Lifelog, START_MS, chance};
use crate::random::Random;
use crate::simulation::{Event, EventKind};

/// The kinds that a lifelog knows.
pub(super) const KINDS: [EventKind; 16] = [
    EventKind::NightRun,
    EventKind::RacingHeart,
    EventKind::NoPhoneUse,
    EventKind::GroupOutage,
    EventKind::SensorSilent,
    EventKind::SensorStuck,
    EventKind::SleeplessNight,
    EventKind::UnusualPlace,
    EventKind::SpeechAtNight,
    EventKind::SensorDrift,
    EventKind::LevelStep,
    EventKind::BatteryDrain,
    EventKind::MessageStorm,
    EventKind::Upload,
    EventKind::PhantomSteps,
    EventKind::Outage,
];

/// Days with an event, among the days that may have one.
const EVENT_SHARE: f64 = 0.75;

/// One event, before it is planted.
pub(super) struct Plan {
    pub(super) kind: EventKind,
    pub(super) first: usize,
    /// Its last frame.
    pub(super) last: usize,
    pub(super) roots: Vec<usize>,
    pub(super) touched: Vec<usize>,
    /// How far a drift or a step goes, in the stream's unit.
    pub(super) size: f64,
    pub(super) random: Random,
}

/// Which events happen when. At most one begins on a day, and the day after a long one is left alone.
pub(super) fn schedule(lifelog: &Lifelog, diary: &Diary) -> Vec<Plan> {
    let mut random = chance(lifelog.seed, Lane::Events, 0);
    let (mut bag, mut plans): (Vec<EventKind>, Vec<Plan>) = (Vec::new(), Vec::new());
    if lifelog.kinds.is_empty() {
        return plans;
    }
    for day in lifelog.quiet_days..lifelog.days {
        let is_free = plans.last().is_none_or(|plan| plan.last < day * DAY_FRAMES);
        if !is_free || !random.chance(EVENT_SHARE) {
            continue;
        }
        if bag.is_empty() {
            bag.clone_from(&lifelog.kinds);
            random.shuffle(&mut bag);
        }
        let mut draws = chance(lifelog.seed, Lane::Events, 1 + day);
        let fitting = (0..bag.len())
            .rev()
            .find_map(|place| Some((place, Plan::on(bag[place], day, diary, &mut draws)?)));
        if let Some((place, plan)) = fitting {
            bag.remove(place);
            plans.push(plan);
        }
    }
    plans
}

fn places(streams: &[S]) -> Vec<usize> {
    streams.iter().map(|&stream| stream as usize).collect()
}

impl Plan {
    /// An event of a kind on a day, if the day has room for it.
    fn on(kind: EventKind, day: usize, diary: &Diary, random: &mut Random) -> Option<Self> {
        let is_work_day = day % 7 < 5;
        // First hour of the day at the earliest and at the latest, and hours that it lasts.
        let (earliest, latest, hours) = match kind {
            EventKind::NightRun => (1.8, 3.5, random.between(0.55, 0.85)),
            EventKind::RacingHeart => (9.0, 20.5, random.between(0.7, 1.1)),
            EventKind::NoPhoneUse => (9.6, 10.6, random.between(4.0, 5.5)),
            EventKind::GroupOutage => (8.5, 17.0, random.between(2.0, 4.0)),
            EventKind::Outage => (9.0, 17.0, random.between(1.5, 3.0)),
            EventKind::SensorSilent | EventKind::SensorStuck => (8.5, 13.0, random.between(5.0, 8.0)),
            EventKind::SleeplessNight => (1.0, 1.8, random.between(3.0, 4.0)),
            EventKind::UnusualPlace => (9.5, 11.0, random.between(4.5, 6.5)),
            EventKind::SpeechAtNight => (1.7, 3.7, random.between(0.6, 1.2)),
            EventKind::SensorDrift | EventKind::LevelStep => (7.5, 10.0, random.between(20.0, 26.0)),
            EventKind::BatteryDrain => (9.0, 12.0, random.between(1.5, 2.2)),
            EventKind::MessageStorm => (9.0, 21.0, random.between(0.5, 0.9)),
            EventKind::Upload => (8.5, 20.5, random.between(0.8, 1.5)),
            EventKind::PhantomSteps => (9.0, 20.5, random.between(0.5, 1.0)),
            EventKind::Spike | EventKind::BrokenRelation => return None,
        };
        if kind == EventKind::NoPhoneUse && !is_work_day {
            return None;
        }
        let frames = (hours * 12.0) as usize;
        let sits = matches!(kind, EventKind::RacingHeart | EventKind::PhantomSteps);
        (0..60).find_map(|_| {
            let first = day * DAY_FRAMES + (random.between(earliest, latest) * 12.0) as usize;
            let moments = diary.moments.get(first..first + frames)?;
            let fits = !sits || moments.iter().all(|moment| moment.on_foot < 0.1 && !moment.watch_off);
            fits.then(|| Self::at(kind, first, first + frames - 1, random))
        })
    }

    fn at(kind: EventKind, first: usize, last: usize, random: &mut Random) -> Self {
        let (roots, touched, size) = shown_by(kind, random);
        let random = random.clone();
        Self { kind, first, last, touched: [roots.clone(), touched].concat(), roots, size, random }
    }

    pub(super) fn event(&self) -> Event {
        let at_ms = |frame: usize| START_MS + FRAME_MS * frame as i64;
        let mut touched = self.touched.clone();
        touched.sort_unstable();
        touched.dedup();
        let roots = self.roots.clone();
        Event { kind: self.kind, start_ms: at_ms(self.first), end_ms: at_ms(self.last), roots, touched }
    }
}

/// Roots, further streams that show it, and how far the stream moves.
fn shown_by(kind: EventKind, random: &mut Random) -> (Vec<usize>, Vec<usize>, f64) {
    match kind {
        EventKind::NightRun => (
            places(&[S::Acceleration]),
            (0..16).chain([S::SoundLevel as usize, S::BluetoothDevices as usize]).collect(),
            0.0,
        ),
        EventKind::RacingHeart => (places(&[S::HeartRate]), places(&[S::Variability, S::Respiration]), 0.0),
        EventKind::NoPhoneUse => (
            places(&[S::Unlocks]),
            places(&[S::ScreenOn, S::AppLaunches, S::Touches, S::Keystrokes, S::NetworkTraffic]),
            0.0,
        ),
        EventKind::GroupOutage => {
            let (_, group) = GROUPS[[0, 2, 3, 6][random.below(4)]].clone();
            (group.collect(), Vec::new(), 0.0)
        }
        EventKind::Outage => ((0..STREAMS.len()).collect(), Vec::new(), 0.0),
        EventKind::SensorSilent | EventKind::SensorStuck | EventKind::SensorDrift | EventKind::LevelStep => {
            let choices = sensors(kind);
            let (stream, size) = choices[random.below(choices.len())];
            (places(&[stream]), Vec::new(), size)
        }
        EventKind::SleeplessNight => (
            places(&[S::SleepStage]),
            places(&[S::HeartRate, S::ScreenOn, S::Unlocks, S::AppLaunches, S::Touches, S::Light]),
            0.0,
        ),
        EventKind::UnusualPlace => {
            (places(&[S::Latitude, S::Longitude]), places(&[S::Speed, S::Altitude, S::WifiSignal]), 0.0)
        }
        EventKind::SpeechAtNight => (places(&[S::Speech]), places(&[S::SoundLevel]), 0.0),
        EventKind::BatteryDrain => (places(&[S::Battery]), Vec::new(), 0.0),
        EventKind::MessageStorm => {
            (places(&[S::Messages, S::Notifications]), places(&[S::Unlocks, S::ScreenOn]), 0.0)
        }
        EventKind::Upload => (places(&[S::NetworkTraffic]), Vec::new(), 0.0),
        EventKind::PhantomSteps => (places(&[S::Steps]), places(&[S::Cadence]), 0.0),
        EventKind::Spike | EventKind::BrokenRelation => (Vec::new(), Vec::new(), 0.0),
    }
}

/// The sensors that may fail in a way, and how far they then go.
fn sensors(kind: EventKind) -> &'static [(S, f64)] {
    match kind {
        EventKind::SensorSilent => &[
            (S::Acceleration, 0.0),
            (S::Light, 0.0),
            (S::SoundLevel, 0.0),
            (S::AirPressure, 0.0),
            (S::SkinTemperature, 0.0),
            (S::Respiration, 0.0),
            (S::Battery, 0.0),
        ],
        EventKind::SensorStuck => &[
            (S::SoundLevel, 0.0),
            (S::HeartRate, 0.0),
            (S::Acceleration, 0.0),
            (S::Respiration, 0.0),
            (S::AirPressure, 0.0),
        ],
        EventKind::SensorDrift => &[
            (S::SkinTemperature, 3.5),
            (S::SoundLevel, 22.0),
            (S::Respiration, 7.0),
            (S::BloodOxygen, -5.0),
            (S::AirPressure, 25.0),
        ],
        EventKind::LevelStep => &[
            (S::SkinTemperature, 3.0),
            (S::SoundLevel, 18.0),
            (S::WifiSignal, -22.0),
            (S::Respiration, 6.0),
            (S::AirPressure, 22.0),
        ],
        _ => &[],
    }
}
