//! Movement and position.

use super::diary::{Diary, Doing, Moment};
use super::streams::{S, Table};
use super::{Lane, chance};
use crate::random::Random;

/// Metres of one degree of latitude.
const DEGREE_M: f64 = 111_320.0;

pub(super) fn fill(diary: &Diary, table: &mut Table) {
    for (frame, moment) in diary.moments.iter().enumerate() {
        let mut random = chance(table.seed, Lane::Motion, frame);
        move_body(moment, &mut random, frame, table);
        let mut random = chance(table.seed, Lane::Gps, frame);
        locate(diary, moment, &mut random, frame, table);
    }
}

fn move_body(moment: &Moment, random: &mut Random, frame: usize, table: &mut Table) {
    // At home and at the desk people get up now and then; on the way they mostly go on.
    let wandering = if moment.on_foot < 0.2 { random.waiting() } else { random.between(0.85, 1.05) };
    let on_foot = (moment.on_foot * wandering).min(1.0);
    let is_run = moment.doing == Doing::Run;
    let idle = match moment.doing {
        Doing::Asleep => 0.012,
        Doing::Restless => 0.06,
        Doing::Commute => 0.7,
        _ => 0.11,
    };
    let full = if is_run { 7.5 } else { 2.6 };
    let acceleration = (idle + full * on_foot) * random.factor(0.12);
    let steps_min = if is_run { 164.0 } else { 104.0 };
    let steps = if acceleration < 0.03 { 0.0 } else { random.count(5.0 * steps_min * on_foot * 0.97) };
    let in_hand = 14.0 * (moment.appetite * random.waiting()).min(2.0);
    let rotation = (0.3 + in_hand + 48.0 * on_foot * full / 2.6) * random.factor(0.2);
    let cadence = if steps < 12.0 { 0.0 } else { steps_min + 4.0 * random.normal() };
    let effort = acceleration / 2.4 + rotation / 260.0;
    let activity = 1.0 - libm::exp(-effort) + 0.01 * random.normal();
    table.set(frame, S::Acceleration, acceleration);
    table.set(frame, S::Rotation, rotation);
    table.set(frame, S::Steps, steps);
    table.set(frame, S::Cadence, cadence);
    table.set(frame, S::Activity, activity.clamp(0.0, 1.0));
}

fn locate(diary: &Diary, moment: &Moment, random: &mut Random, frame: usize, table: &mut Table) {
    let [east, north] = moment.spot;
    let accuracy = if moment.indoors { 22.0 } else { 5.0 } * random.factor(0.3);
    let error = |random: &mut Random| 0.3 * accuracy * random.normal();
    let latitude = diary.person.home[0] + (north + error(random)) / DEGREE_M;
    let narrower = libm::cos(diary.person.home[0].to_radians());
    let longitude = diary.person.home[1] + (east + error(random)) / (DEGREE_M * narrower);
    let jitter = if moment.indoors { 0.05 } else { 0.2 };
    let speed = (moment.pace_mps * random.factor(0.08) + jitter * random.normal().abs()).max(0.0);
    table.set(frame, S::Latitude, latitude);
    table.set(frame, S::Longitude, longitude);
    table.set(frame, S::Altitude, ground(moment) + 0.25 * accuracy.min(20.0) * random.normal());
    table.set(frame, S::Speed, speed);
    table.set(frame, S::Accuracy, accuracy);
}

/// Metres above the sea: hills, and the floor that one is on.
pub(super) fn ground(moment: &Moment) -> f64 {
    let [east, north] = moment.spot;
    let floor = match moment.doing {
        Doing::Desk | Doing::Meeting => 12.0,
        Doing::Asleep | Doing::Restless | Doing::AtHome => 6.0,
        _ => 0.0,
    };
    55.0 + 16.0 * libm::sin(east / 2300.0) + 11.0 * libm::cos(north / 1900.0 + 1.0) + floor
}
