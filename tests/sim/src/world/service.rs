//! A web service: addresses bring users, users bring requests, load brings latency, latency brings errors.

use super::{Now, Wander};
use crate::random::Random;

pub(super) const STREAMS: [&str; 8] = [
    "request_rate",
    "unique_users",
    "unique_ips",
    "error_rate",
    "risk_score",
    "latency_mean",
    "latency_p95",
    "latency_p99",
];
/// The 95th percentile of the latency, which follows the mean.
pub(super) const EFFECT: usize = 6;

pub(super) fn living() -> impl FnMut(&Now, &mut Random) -> Vec<f64> {
    let (mut fashion, mut disk, mut mood) = (Wander::new(0.998), Wander::new(0.97), Wander::new(0.99));
    move |now, random| {
        let interest = libm::exp(0.12 * fashion.step(random)) * now.burst;
        let ips = random.count((60.0 + 900.0 * now.bustle()) * interest);
        let users = random.count(0.92 * ips);
        let requests = (0.31 * users + 0.5) * random.factor(0.05);
        let load = requests / 330.0;
        let mean =
            38.0 * (1.0 + 0.9 * load * load) * libm::exp(0.08 * disk.step(random)) * random.factor(0.04);
        let p95 = mean * 2.4 * random.factor(0.05);
        let p99 = p95 * 1.7 * (1.0 + 0.05 * random.heavy().abs());
        let errors = 0.25 + 0.004 * (p99 - 120.0).max(0.0) + 0.12 * random.waiting();
        let risk = 0.1 + 0.00006 * ips + 0.02 * mood.step(random) + 0.01 * random.normal();
        vec![requests, users, ips, errors.min(100.0), risk.clamp(0.0, 1.0), mean, p95, p99]
    }
}
