//! `cargo xtask bench`: what a frame costs, native and as wasm in Node, on the same numbers in the same minute. Only
//! the ratios travel between machines. `--river [STREAMS ..]` measures against River instead (tests/bench/README.md).

use std::hint::black_box;
use std::time::Instant;

use fourfold::{Engine, SchemaDraft};

use crate::build;
use crate::options::Options;
use crate::quality;
use crate::run::{Failure, Outcome, answer, cargo, command, spelled};

const WIDTHS: [usize; 3] = [30, 100, 500];
/// Frames before the clock starts: the engine is then settled.
const WARM_UP: usize = 3000;
/// Values per measurement, so that wide frames do not take all day.
const VALUES: usize = 1_000_000;
/// The median of so many measurements is reported.
const ROUNDS: usize = 5;

pub(crate) fn bench(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments, &["--measure", "--river"], &[])?;
    if options.has("--river") {
        build::make_package()?;
        return quality::rivals(&options.rest);
    }
    if options.has("--measure") {
        let widths: Vec<usize> = options.rest.iter().filter_map(|w| w.parse().ok()).collect();
        let widths = if widths.is_empty() { WIDTHS.to_vec() } else { widths };
        let lines = widths.into_iter().map(|width| measure(width).map(|us| us.to_string()));
        println!("{}", lines.collect::<Outcome<Vec<_>>>()?.join(" "));
        return Ok(());
    }
    build::make_package()?;
    // This program is compiled for quick starts; the engine is measured as cargo bench would build it.
    let native =
        figures(cargo(["run", "--quiet", "--profile=bench", "-p", "xtask", "--", "bench", "--measure"]))?;
    let mut node =
        command("node", ["tests/bench.mjs", &WARM_UP.to_string(), &VALUES.to_string(), &ROUNDS.to_string()]);
    node.args(WIDTHS.map(|width| width.to_string()));
    let node = figures(node)?;
    println!("{:>8} {:>18} {:>18} {:>12}", "streams", "native us/frame", "Node us/frame", "Node/native");
    for ((width, native), node) in WIDTHS.iter().zip(&native).zip(&node) {
        println!("{width:>8} {native:>18.2} {node:>18.2} {:>12.2}", node / native);
    }
    Ok(())
}

fn figures(mut command: std::process::Command) -> Outcome<Vec<f64>> {
    let said = answer(&mut command).ok_or_else(|| Failure(format!("{} failed", spelled(&command))))?;
    let figures: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    if figures.len() == WIDTHS.len() {
        Ok(figures)
    } else {
        Err(Failure(format!("unexpected figures: {said}")))
    }
}

/// Microseconds per frame of `width` streams. tests/bench.mjs does the same.
fn measure(width: usize) -> Outcome<f64> {
    let names = (0..width).map(|place| format!("s{place}"));
    let mut engine = Engine::new(SchemaDraft::of_streams(names).validate()?);
    let frames = VALUES / width;
    let mut state = 1_u32;
    let mut row = 0_i64;
    let mut run = |engine: &mut Engine, frames: usize| -> Outcome<f64> {
        let values: Vec<f64> = (0..frames * width).map(|_| next(&mut state)).collect();
        let times: Vec<i64> = (0..frames as i64).map(|frame| (row + frame) * 60_000).collect();
        row += frames as i64;
        let began = Instant::now();
        engine.observe_batch(&times, &values, |_, verdict| {
            black_box(verdict.score);
        })?;
        Ok(began.elapsed().as_secs_f64() * 1e6 / frames as f64)
    };
    run(&mut engine, WARM_UP)?;
    let mut rounds = (0..ROUNDS).map(|_| run(&mut engine, frames)).collect::<Outcome<Vec<f64>>>()?;
    rounds.sort_by(f64::total_cmp);
    Ok(rounds[ROUNDS / 2])
}

fn next(state: &mut u32) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    f64::from(*state >> 16) / 256.0
}
