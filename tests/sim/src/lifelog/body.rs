//! What the watch measures. The heart follows the movement, breath and skin follow the heart.

use super::diary::{Diary, Moment};
use super::streams::{S, Table};
use super::{DAY_FRAMES, Lane, chance};

pub(super) fn fill(diary: &Diary, table: &mut Table) {
    let rest = diary.person.resting_bpm;
    let (mut heart, mut skin, mut wander) = (rest - 8.0, 34.2, 0.0);
    for (frame, moment) in diary.moments.iter().enumerate() {
        let mut random = chance(table.seed, Lane::Body, frame);
        let asleep = f64::from(u8::from(moment.is_asleep()));
        let stage = sleep_stage(moment) + 0.15 * asleep * random.normal();

        // Minutes to speed up, longer to calm down. The slow wander is coffee, stairs, temper.
        let hour = (frame % DAY_FRAMES) as f64 / 12.0;
        let rhythm = 3.0 * libm::cos((hour - 17.0) * core::f64::consts::TAU / 24.0);
        let effort = 42.0 * table.get(frame, S::Activity) + 0.05 * table.get(frame, S::Steps);
        let calm = asleep * (5.0 + 1.6 * (stage - 1.0).max(0.0));
        wander = 0.93 * wander + 0.9 * random.normal() * (1.0 - 0.6 * asleep);
        let target = rest + rhythm + effort - calm + moment.arousal_bpm;
        heart += (target - heart) * if target > heart { 0.65 } else { 0.4 };
        let heart_rate = (heart + wander + 1.1 * random.normal()).clamp(36.0, 195.0);

        let variability =
            58.0 * libm::exp(-(heart_rate - rest) / 38.0) * (1.0 + 0.2 * asleep) * random.factor(0.16);
        let breath = 14.2 + 0.13 * (heart_rate - rest) - 1.2 * asleep + 0.5 * random.normal();
        let skin_target =
            33.1 + 1.3 * asleep - 1.6 * table.get(frame, S::Activity) - f64::from(!moment.indoors) * 0.9;
        skin += (skin_target - skin) * 0.18;
        let oxygen = 97.4 - 0.7 * asleep - 0.25 * random.waiting() + 0.2 * random.normal();

        table.set(frame, S::HeartRate, heart_rate);
        table.set(frame, S::Variability, variability.min(300.0));
        table.set(frame, S::Respiration, breath.max(6.0));
        table.set(frame, S::SkinTemperature, skin + 0.09 * random.normal());
        table.set(frame, S::BloodOxygen, oxygen.min(100.0));
        table.set(frame, S::SleepStage, stage.clamp(0.0, 3.0));
    }
}

/// 0 awake, 1 dreaming, 2 light, 3 deep: cycles of ninety minutes, deeper at first, more dreams towards morning.
fn sleep_stage(moment: &Moment) -> f64 {
    if !moment.is_asleep() {
        return 0.0;
    }
    let cycles = moment.asleep_min / 90.0;
    let phase = cycles - libm::floor(cycles);
    let deep = (1.0 - 0.22 * cycles).clamp(0.0, 1.0);
    match phase {
        p if moment.asleep_min < 10.0 || p < 0.12 => 1.8,
        p if p < 0.55 => 2.0 + deep,
        p if p < 0.8 => 2.0,
        _ => 1.0,
    }
}
