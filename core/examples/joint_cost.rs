//! What tier 2 costs on this machine: microseconds per frame by width, the slow tail of frames, and bytes held.
//!
//! The same rows are judged several times and the fastest time of each row counts: the work for a row is always the
//! same, so whatever was slower was another program.

use std::time::Instant;

use fourfold::joint::Joint;
use fourfold::{Frame, SchemaDraft};

const RUNS: usize = 5;

#[allow(clippy::print_stdout, reason = "this program says what it found")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (width, rows) in [(1, 20_000), (30, 20_000), (100, 10_000), (500, 5_000)] {
        let (mut costs_us, mut bytes) = time_rows(width, rows)?;
        for _ in 1..RUNS {
            let (again_us, again_bytes) = time_rows(width, rows)?;
            costs_us.iter_mut().zip(again_us).for_each(|(cost, again)| *cost = cost.min(again));
            bytes = again_bytes;
        }
        let early = costs_us.iter().take(1000).sum::<f64>() / 1000.0;
        let mut late = costs_us.split_off(costs_us.len() / 2);
        late.sort_by(f64::total_cmp);
        let at = |share: f64| late[((late.len() - 1) as f64 * share) as usize];
        println!(
            "{width} streams: p50 {:.2} us, p99 {:.2}, p99.9 {:.2}, most {:.2}; first 1000 rows {early:.2}; {bytes} bytes",
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0),
        );
    }
    Ok(())
}

/// The time of each of some correlated rows, and the bytes held at the end.
#[allow(clippy::disallowed_methods, reason = "this program measures time, the engine does not")]
fn time_rows(width: usize, rows: i64) -> Result<(Vec<f64>, usize), fourfold::Error> {
    let names = (0..width).map(|stream| format!("s{stream}"));
    let mut joint = Joint::new(&SchemaDraft::of_streams(names).validate()?);
    let (mut word, mut common) = (1_u64, 0.0);
    let mut values = vec![0.0; width];
    let mut costs_us = Vec::new();
    for row in 0..rows {
        let mut noise = || {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (word >> 40) as f64 / f64::from(1 << 24) - 0.5
        };
        common += 0.1 * (noise() - common);
        values.iter_mut().for_each(|value| *value = common + noise());
        let begun = Instant::now();
        joint.observe(Frame { at_ms: 60_000 * row, values: &values });
        costs_us.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok((costs_us, joint.bytes()))
}
