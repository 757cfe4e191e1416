//! What tier 2 costs on this machine: microseconds per frame by width, the slow tail of frames, and bytes held.

use std::time::Instant;

use fourfold::joint::Joint;
use fourfold::{Frame, SchemaDraft};

#[allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "this program measures time, and says what it found"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (width, rows) in [(1, 60_000), (30, 60_000), (100, 30_000), (500, 12_000)] {
        let names = (0..width).map(|stream| format!("s{stream}"));
        let mut joint = Joint::new(&SchemaDraft::of_streams(names).validate()?);
        let mut word = 1_u64;
        let mut common = 0.0;
        let mut values = vec![0.0; width];
        let mut costs_us = Vec::new();
        for row in 0..rows {
            let mut noise = || {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (word >> 40) as f64 / f64::from(1 << 24) - 0.5
            };
            common += 0.1 * (noise() - common);
            for value in &mut values {
                *value = common + noise();
            }
            let begun = Instant::now();
            joint.observe(Frame { at_ms: 60_000 * row, values: &values });
            costs_us.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        let mut late = costs_us.split_off(costs_us.len() / 2);
        late.sort_by(f64::total_cmp);
        let at = |share: f64| late[((late.len() - 1) as f64 * share) as usize];
        let mean = late.iter().sum::<f64>() / late.len() as f64;
        let early = costs_us.iter().take(2000).sum::<f64>() / 2000.0;
        println!(
            "{width} streams: mean {mean:.2} us, p50 {:.2}, p99 {:.2}, p99.9 {:.2}, first 2000 rows {early:.2}; {} bytes",
            at(0.5),
            at(0.99),
            at(0.999),
            joint.bytes()
        );
    }
    Ok(())
}
