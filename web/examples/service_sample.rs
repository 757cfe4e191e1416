//! Writes the shipped sample: a web service over nine days, made from first principles with a fixed seed.
//!
//! `cargo run -p fourfold-web --example service_sample` writes `www/samples/service.csv` and, beside it, what was
//! planted where.
#![allow(
    clippy::disallowed_methods,
    reason = "the sample is made once and committed: other bits elsewhere are no harm"
)]

use std::fmt::Write as _;
use std::path::Path;

const ROWS: i64 = 9 * 288;
const STEP_MS: i64 = 300_000;
/// Monday, 3 June 2024, 00:00 UTC.
const START_MS: i64 = 1_717_372_800_000;

/// What was planted: first row, rows, name.
const PLANTED: [(i64, i64, &str); 4] = [
    (5 * 288 + 170, 1, "a burst of errors without load"),
    (6 * 288 + 30, 2, "a scraper at night: many addresses, few users"),
    (7 * 288 + 130, 3, "the database stalls: latency first, errors after it"),
    (8 * 288 + 100, 10, "outage: nothing is measured"),
];

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: twelve throws, variance 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/samples");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("service.csv"), csv())?;
    let labels: Vec<String> = (PLANTED.iter())
        .map(|(row, rows, name)| {
            let (from, to) = (START_MS + row * STEP_MS, START_MS + (row + rows - 1) * STEP_MS);
            format!("  {{ \"from\": {from}, \"to\": {to}, \"what\": \"{name}\" }}")
        })
        .collect();
    std::fs::write(folder.join("service.labels.json"), format!("[\n{}\n]\n", labels.join(",\n")))
}

fn csv() -> String {
    let mut dice = Dice(20_240_603);
    let mut text = String::from(
        "time,request_rate,unique_users,unique_ips,error_rate,risk_score,latency_mean,latency_p95,latency_p99\n",
    );
    let mut wander = 0.0;
    for row in 0..ROWS {
        let planted = PLANTED.iter().position(|(from, rows, _)| (*from..from + rows).contains(&row));
        let clock = (row % 288) as f64 / 288.0;
        let day_shape = 1.0 - (std::f64::consts::TAU * (clock - 0.1)).cos();
        wander = 0.9 * wander + 0.02 * dice.normal();
        let users = 400.0 * (0.35 + day_shape) * (1.0 + wander) + 6.0 * dice.normal();
        let mut ips = users * 0.82 + 5.0 * dice.normal();
        let mut rate = users * 0.31 + 4.0 * dice.normal();
        let mut errors = 0.4 + 0.08 * dice.normal();
        let mut risk = 0.12 + 0.01 * dice.normal();
        let mut mean = 42.0 + rate * 0.06 + 1.2 * dice.normal();
        let mut tail = 1.0;
        match planted {
            Some(2) => {
                let since = (row - PLANTED[2].0) as f64;
                mean *= 3.0 + 0.4 * since;
                tail = 1.6;
                errors += if since > 0.0 { 5.0 + since } else { 0.0 };
            }
            Some(1) => {
                ips += 2500.0;
                rate += 900.0;
                risk += 0.75;
            }
            Some(0) => errors += 6.0,
            _ => {}
        }
        let p95 = mean * (1.9 + 0.05 * dice.normal()) * tail;
        let p99 = p95 * (1.5 + 0.05 * dice.normal());
        let _ = write!(text, "{}", stamp(START_MS + row * STEP_MS));
        let values = [(rate, 1), (users, 0), (ips, 0), (errors, 2), (risk, 3), (mean, 1), (p95, 0), (p99, 0)];
        for (value, digits) in values {
            match planted {
                Some(3) => text.push(','),
                _ => {
                    let _ = write!(text, ",{:.digits$}", value.max(0.0));
                }
            }
        }
        text.push('\n');
    }
    text
}

fn stamp(at_ms: i64) -> String {
    let (year, month, day) = fourfold_web::table::civil(at_ms);
    let minute = at_ms.rem_euclid(86_400_000) / 60_000;
    format!("{year}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
}
