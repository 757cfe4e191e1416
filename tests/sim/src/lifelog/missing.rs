//! What is not measured, and why.

use super::diary::{Diary, Moment};
use super::streams::{GROUPS, S, STREAMS, Table, WATCH};
use super::{Lane, chance};
use crate::random::Random;

pub(super) fn remove(diary: &Diary, table: &mut Table) {
    // Frames for which a link is still down.
    let mut watch_lost = 0_u32;
    for (frame, moment) in diary.moments.iter().enumerate() {
        let mut random = chance(table.seed, Lane::Missing, frame);
        let start = random.chance(0.0012);
        let length = 1 + random.below(6) as u32;
        watch_lost = if start { length } else { watch_lost.saturating_sub(1) };
        let is_still = table.get(frame, S::Activity) < 0.35;
        let is_running = table.get(frame, S::Cadence) > 140.0;

        for stream in 0..STREAMS.len() {
            let is_watch = WATCH.contains(&stream);
            let is_off = if is_watch { moment.watch_off || watch_lost > 0 } else { moment.phone_off };
            if is_off || random.chance(0.0006) {
                *table.at(frame, stream) = f64::NAN;
            }
        }
        // One reading of a whole group is lost now and then.
        for (_, group) in &GROUPS {
            if random.chance(0.0012) {
                group.clone().for_each(|stream| *table.at(frame, stream) = f64::NAN);
            }
        }
        // The light of a watch sees oxygen only through a still wrist, and loses the pulse in some frames of a run.
        if !is_still || random.chance(0.08) {
            table.set(frame, S::BloodOxygen, f64::NAN);
        }
        if is_running && random.chance(0.08) {
            table.set(frame, S::HeartRate, f64::NAN);
            table.set(frame, S::Variability, f64::NAN);
        }
        if !has_fix(moment, frame, table.seed, &mut random) {
            GROUPS[1].1.clone().for_each(|stream| *table.at(frame, stream) = f64::NAN);
        }
    }
}

/// Whether the sky, or a known network, tells where the phone is: mostly outdoors, by the half hour indoors.
fn has_fix(moment: &Moment, frame: usize, seed: u64, random: &mut Random) -> bool {
    let block = chance(seed, Lane::Gps, 10_000_000 + frame / 6).uniform();
    match (moment.indoors, moment.is_asleep()) {
        (false, _) => !random.chance(0.02),
        (true, true) => block < 0.12,
        (true, false) => block < 0.6 && !random.chance(0.15),
    }
}
