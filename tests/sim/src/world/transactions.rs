//! Card payments: people buy by day, some far away, now and then somewhere new; amounts have heavy tails.

use super::{Now, Wander};
use crate::random::Random;

pub(super) const STREAMS: [&str; 7] =
    ["count", "amount_mean", "amount_max", "declined_share", "new_merchants", "distance", "refunds"];
/// The largest amount, which follows the count.
pub(super) const EFFECT: usize = 2;

pub(super) fn living() -> impl FnMut(&Now, &mut Random) -> Vec<f64> {
    let (mut fashion, mut travel) = (Wander::new(0.99), Wander::new(0.98));
    move |now, random| {
        let interest = libm::exp(0.1 * fashion.step(random)) * now.burst;
        let count = random.count((4.0 + 160.0 * now.bustle()) * interest);
        if count == 0.0 {
            return vec![0.0, f64::NAN, f64::NAN, f64::NAN, 0.0, f64::NAN, f64::NAN];
        }
        let many = count.sqrt();
        let typical = 31.0 * (1.0 + 0.25 * now.bustle());
        let mean = typical * libm::exp(0.55 * random.normal() / many.min(6.0));
        // The largest of many heavy-tailed amounts grows as a root of their number.
        let max = mean * (1.5 + 1.2 * many) * random.factor(0.28);
        let new_merchants = random.count(0.06 * count);
        let distance = 9.0 * libm::exp(0.2 * travel.step(random)) * random.factor(0.5 / many.min(5.0));
        let declined = 2.2 + 14.0 * new_merchants / count + 0.05 * distance + 3.0 * random.normal() / many;
        let refunds = random.count(0.002 * count);
        let refunds = if refunds > 0.0 { refunds } else { f64::NAN };
        vec![count, mean, max, declined.clamp(0.0, 100.0), new_merchants, distance, refunds]
    }
}
