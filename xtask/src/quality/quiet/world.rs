//! Twenty streams of a house: when each of them speaks, frame by frame.

use fourfold_sim::Random;

pub(super) const MINUTE_MS: i64 = 60_000;
/// The usual interval of every regular stream.
pub(super) const INTERVAL_MS: i64 = 5 * MINUTE_MS;
pub(super) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
pub(super) const FRAMES_A_DAY: usize = (DAY_MS / INTERVAL_MS) as usize;
/// Monday, 2 September 2024, 00:00 UTC.
const START_MS: i64 = 1_725_235_200_000;
/// Draws that belong to no stream.
const TIMES: u64 = 1 << 20;
const BEDTIMES: u64 = 1 << 21;

/// How a stream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// At every frame, but for four readings a week that are lost on the way.
    Regular,
    /// At nineteen of twenty.
    Lossy,
    /// From about seven to about eleven at night.
    Sleeper,
    /// The same, but three evenings in twenty end 90 to 150 minutes early, for all that its owner carries.
    EarlySleeper,
    /// On change only: every quarter of an hour by day, by night every hour and a half.
    OnChange,
}

/// Streams with their habits and groups.
#[derive(Clone)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) streams: Vec<(Habit, &'static str)>,
}

impl World {
    /// A frame's time: collectors are some seconds early or late.
    pub(super) fn at_ms(&self, frame: usize) -> i64 {
        let wander = Random::at(self.seed, TIMES, frame as u64).between(-4000.0, 4000.0);
        START_MS + frame as i64 * INTERVAL_MS + wander as i64
    }

    /// What every stream measures; NaN where it does not speak.
    pub(super) fn row(&self, frame: usize) -> Vec<f64> {
        let time = frame as f64 / FRAMES_A_DAY as f64;
        (self.streams.iter().enumerate())
            .map(|(stream, &(habit, _))| {
                let mut random = Random::at(self.seed, stream as u64, frame as u64);
                let turn = (time + stream as f64 / 20.0) * core::f64::consts::TAU;
                let value = 40.0 + 8.0 * turn.sin() + random.normal();
                if self.speaks(habit, frame, &mut random) { value } else { f64::NAN }
            })
            .collect()
    }

    fn speaks(&self, habit: Habit, frame: usize, random: &mut Random) -> bool {
        let minute = (frame % FRAMES_A_DAY) as f64 * 5.0;
        match habit {
            Habit::Regular => !random.chance(0.002),
            Habit::Lossy => !random.chance(0.05),
            Habit::Sleeper | Habit::EarlySleeper => {
                let mut day = Random::at(self.seed, BEDTIMES, (frame / FRAMES_A_DAY) as u64);
                let (rises, sleeps) = (420.0 + 15.0 * day.normal(), 1380.0 + 15.0 * day.normal());
                let is_early = habit == Habit::EarlySleeper && day.chance(0.15);
                let early = if is_early { day.between(90.0, 150.0) } else { 0.0 };
                (rises..sleeps - early).contains(&minute)
            }
            Habit::OnChange => random.chance(if (420.0..1320.0).contains(&minute) { 0.33 } else { 0.055 }),
        }
    }
}
