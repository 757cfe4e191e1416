//! A machine in a hall: it runs in shifts, shakes, hums and warms the air, and warm air is dry air.

use super::{Now, Wander};
use crate::random::Random;

pub(super) const STREAMS: [&str; 4] = ["temperature", "humidity", "sound", "vibration"];
/// The sound, which follows the vibration.
pub(super) const EFFECT: usize = 2;

pub(super) fn living() -> impl FnMut(&Now, &mut Random) -> Vec<f64> {
    let (mut weather, mut moisture, mut wear) = (Wander::new(0.9995), Wander::new(0.999), Wander::new(0.98));
    let (mut warmth, mut speed) = (18.0, 0.0);
    move |now, random| {
        let sun = libm::sin((now.hour - 9.0) * core::f64::consts::TAU / 24.0);
        let outdoors = 12.0 + 3.0 * sun + 3.0 * weather.step(random);
        // The machine takes a minute or two to run up, and stops for a moment now and then.
        let runs = now.is_work() && !(12.0..12.6).contains(&now.hour) && !random.chance(0.01);
        let wanted = if runs { 1.0 } else { 0.0 };
        speed += 0.5 * (wanted - speed);
        let vibration = (0.08 + 4.2 * speed * libm::exp(0.1 * wear.step(random))) * random.factor(0.09);
        let target = 0.55 * outdoors + 9.0 + 1.6 * vibration;
        warmth += 0.02 * (target - warmth);
        let temperature = warmth + 0.05 * random.normal();
        let humidity =
            62.0 - 1.3 * (temperature - 18.0) + 4.0 * moisture.step(random) + 0.3 * random.normal();
        let sound = 41.0 + 16.0 * libm::log10(1.0 + 8.0 * vibration) + 0.9 * random.normal();
        vec![temperature, humidity.clamp(5.0, 98.0), sound, vibration]
    }
}
