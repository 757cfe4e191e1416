//! Sound, light, air and radio around the person.

use super::diary::{Diary, Doing, Moment};
use super::motion::ground;
use super::streams::{S, Table};
use super::{DAY_FRAMES, Lane, chance};
use crate::random::Random;

pub(super) fn fill(diary: &Diary, table: &mut Table) {
    // Weather comes and goes over days.
    let (mut pressure, mut trend) = (0.0, 0.0);
    for (frame, moment) in diary.moments.iter().enumerate() {
        let mut weather = chance(table.seed, Lane::Weather, frame);
        trend = 0.985 * trend + 0.006 * weather.normal();
        pressure = 0.9985 * pressure + trend;
        let mut cloudy = chance(table.seed, Lane::Weather, 1_000_000 + frame / DAY_FRAMES);
        let clouds = cloudy.between(0.08, 0.9);
        let mut random = chance(table.seed, Lane::Surroundings, frame);

        let crowd = random.count(people_near(moment));
        let speech = speech(moment, crowd, &mut random);
        table.set(frame, S::BluetoothDevices, crowd);
        table.set(frame, S::Speech, speech);
        table.set(frame, S::SoundLevel, loudness(moment) + 9.0 * speech + 2.2 * random.normal());
        table.set(frame, S::Light, light(moment, frame, clouds, &mut random));
        let air = 1013.0 + pressure - 0.12 * ground(moment) + 0.06 * random.normal();
        table.set(frame, S::AirPressure, air);
        table.set(frame, S::WifiSignal, wifi(moment, &mut random));
    }
}

/// Bluetooth devices in reach, on average.
fn people_near(moment: &Moment) -> f64 {
    match moment.doing {
        Doing::Asleep | Doing::Restless | Doing::AtHome => 3.0,
        Doing::Desk | Doing::Meeting if !moment.is_at_home() => 13.0,
        Doing::Desk | Doing::Meeting => 3.5,
        Doing::Meal if moment.is_at_home() => 3.2,
        Doing::Meal | Doing::Shopping => 17.0,
        Doing::Social => 7.0,
        Doing::Walk | Doing::Run => 4.0,
        Doing::Commute => 15.0,
    }
}

/// The share of the frame with speech: none, or a conversation.
fn speech(moment: &Moment, crowd: f64, random: &mut Random) -> f64 {
    if random.chance((moment.talk * (0.9 + 0.012 * crowd)).min(0.97)) {
        (0.15 + 0.75 * moment.talk * random.uniform().max(random.uniform())).min(1.0)
    } else {
        0.02 * random.uniform() * f64::from(!moment.is_asleep())
    }
}

fn loudness(moment: &Moment) -> f64 {
    match moment.doing {
        Doing::Asleep | Doing::Restless => 29.0,
        Doing::AtHome => 43.0,
        Doing::Desk | Doing::Meeting => 48.0,
        Doing::Meal if moment.is_at_home() => 46.0,
        Doing::Meal | Doing::Social => 62.0,
        Doing::Shopping => 60.0,
        Doing::Walk | Doing::Run => 57.0,
        Doing::Commute => 68.0,
    }
}

/// Sun through clouds outdoors, lamps indoors, a pocket most of the time while walking.
fn light(moment: &Moment, frame: usize, clouds: f64, random: &mut Random) -> f64 {
    let hour = (frame % DAY_FRAMES) as f64 / 12.0;
    // Winter turns to spring over the simulation: the day grows by four minutes a day.
    let half_day = 4.1 + 0.033 * (frame / DAY_FRAMES) as f64;
    let height = libm::cos((hour - 12.2) / half_day * core::f64::consts::FRAC_PI_2);
    let is_day = (hour - 12.2).abs() < half_day;
    let sun = if is_day { 42_000.0 * height.max(0.0) * (1.05 - clouds) } else { 0.0 };
    let lux = match (moment.is_asleep(), moment.indoors) {
        (true, _) => 0.3 + 0.001 * sun,
        (false, true) => 95.0 + 0.006 * sun,
        (false, false) => 14.0 + sun,
    };
    let pocket = if !moment.is_asleep() && random.chance(0.3 + 0.4 * moment.on_foot) { 0.04 } else { 1.0 };
    lux * pocket * random.factor(0.35)
}

/// Signal strength of the network that the phone is on; NaN where there is none.
fn wifi(moment: &Moment, random: &mut Random) -> f64 {
    let room = 3.5 * random.normal();
    match moment.doing {
        Doing::Walk | Doing::Run | Doing::Commute | Doing::Shopping => f64::NAN,
        Doing::Asleep | Doing::Restless => -46.0 + 0.3 * room,
        _ if moment.is_at_home() => -49.0 + room,
        Doing::Desk | Doing::Meeting => -58.0 + room,
        _ => -66.0 + room,
    }
}

impl Moment {
    pub(super) fn is_at_home(&self) -> bool {
        libm::hypot(self.spot[0], self.spot[1]) < 60.0
    }
}
