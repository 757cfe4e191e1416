//! A router: who talks to how many makes flows, flows make packets, packets make bytes; a backup runs every night.

use super::{Now, Wander};
use crate::random::Random;

pub(super) const STREAMS: [&str; 9] = [
    "flows",
    "packets",
    "bytes_in",
    "bytes_out",
    "destinations",
    "ports",
    "syn_share",
    "retransmits",
    "round_trip",
];
/// Bytes in, which follow the packets.
pub(super) const EFFECT: usize = 2;

pub(super) fn living() -> impl FnMut(&Now, &mut Random) -> Vec<f64> {
    let (mut fashion, mut route) = (Wander::new(0.995), Wander::new(0.98));
    move |now, random| {
        let is_backup = (1.5..2.25).contains(&now.hour);
        let bustle = now.bustle() * if now.is_work() { 1.5 } else { 1.0 };
        let interest = libm::exp(0.1 * fashion.step(random)) * now.burst;
        let destinations = random.count((40.0 + 420.0 * bustle) * interest);
        let ports = random.count(18.0 + 0.11 * destinations);
        let flows = (0.9 * destinations + 1.2 * ports) * random.factor(0.06);
        let backup = if is_backup { 5200.0 * random.factor(0.05) } else { 0.0 };
        let packets = flows * 24.0 * random.factor(0.1) + backup;
        // A few large downloads carry most of the bytes.
        let bytes_in = (packets - backup) * 720.0 * (1.0 + 0.12 * random.heavy().abs()) + backup * 60.0;
        let bytes_out = (packets - backup) * 190.0 * random.factor(0.12) + backup * 1380.0;
        let syn = 6.0 + 0.5 * random.normal();
        let retransmits = random.count(0.0006 * packets);
        let round_trip =
            21.0 * libm::exp(0.06 * route.step(random)) * (1.0 + 0.012 * retransmits) * random.factor(0.04);
        vec![
            flows,
            packets,
            bytes_in,
            bytes_out,
            destinations,
            ports,
            syn.clamp(0.0, 100.0),
            retransmits,
            round_trip,
        ]
    }
}
