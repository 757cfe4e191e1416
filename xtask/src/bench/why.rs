//! `cargo xtask bench --why`: what an explanation costs, native and as wasm in Node (tests/bench_why.mjs is the twin), and
//! who-moved-first of one stream against 31 others.

use std::hint::black_box;
use std::time::Instant;

use fourfold::cause::{Ask, Mode, lead_lag};
use fourfold::schema::LinkDraft;
use fourfold::{Engine, Frame, SchemaDraft};

use super::{aim, next, share_of};
use crate::run::{Failure, Outcome, answer, cargo, command, spelled};

/// Streams, frames before the question, and questions of each kind.
const CASES: [(usize, usize, usize); 2] = [(32, 2000, 101), (500, 800, 21)];
/// The last frames are trouble, in these streams.
const TROUBLE_FRAMES: usize = 20;
const TROUBLED: std::ops::Range<usize> = 3..14;
const START_MS: i64 = 1_700_000_000_000;
const FRAME_MS: i64 = 300_000;

/// Microseconds in Node that are aimed at: fast and thorough, by width.
const NODE_MOST_US: [[Option<f64>; 2]; 2] = [[Some(1000.0), Some(10_000.0)], [None, Some(100_000.0)]];
/// Tier 4's bytes for the first width.
const BYTES_MOST: f64 = 250_000.0;
/// One stream against so many others, over so many steps, in so many native microseconds: twice what numpy takes.
const OTHERS: usize = 31;
const STEPS: usize = 288;
const LEAD_LAG_MOST_US: f64 = 64.0;
const LEAD_LAG_ROUNDS: usize = 301;

/// Runs both and prints them beside what is aimed at.
pub(super) fn compare() -> Outcome {
    let native =
        figures(cargo(["run", "--quiet", "--profile=bench", "-p", "xtask", "--", "bench", "--measure-why"]))?;
    let node = figures(command("node", ["tests/bench_why.mjs"]))?;
    let [.., plain, gappy] = native[..] else { return Err(Failure("too few native figures".into())) };
    println!("{:>8} {:>8} {:>12} {:>12} {:>12}", "streams", "", "fast us", "thorough us", "bytes");
    for (name, all) in [("native", &native), ("Node", &node)] {
        for ((width, ..), figures) in CASES.iter().zip(all.as_chunks::<3>().0) {
            let [fast, thorough, bytes] = figures;
            println!("{width:>8} {name:>8} {fast:>12.0} {thorough:>12.0} {bytes:>12}");
        }
    }
    println!();
    for (((width, ..), figures), most) in CASES.iter().zip(node.as_chunks::<3>().0).zip(NODE_MOST_US) {
        for ((mode, us), most) in ["fast", "thorough"].iter().zip(figures).zip(most) {
            if let Some(most) = most {
                aim(&format!("us, {mode}, {width} streams, Node"), *us, most);
            }
        }
    }
    aim(&format!("bytes of tier 4, {} streams, Node", CASES[0].0), node[2], BYTES_MOST);
    aim(&format!("us, one against {OTHERS}, 25 lags, {STEPS} steps, native"), plain, LEAD_LAG_MOST_US);
    println!("{:44} {gappy:>12.2}", "the same with one value in nine missing");
    Ok(())
}

fn figures(mut command: std::process::Command) -> Outcome<Vec<f64>> {
    let said = answer(&mut command).ok_or_else(|| Failure(format!("{} failed", spelled(&command))))?;
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    if numbers.len() < 3 * CASES.len() {
        return Err(Failure(format!("unexpected figures: {said}")));
    }
    Ok(numbers)
}

/// Prints the native figures: fast, thorough and bytes of every case, then the lags without gaps and with.
pub(super) fn measure() -> Outcome {
    for (width, frames, questions) in CASES {
        let engine = troubled(width, frames)?;
        for mode in [Mode::Fast, Mode::Thorough] {
            let ask = Ask { mode, ..Ask::default() };
            let question = || {
                let began = Instant::now();
                black_box(engine.explain(ask))?;
                Ok(began.elapsed().as_secs_f64() * 1e6)
            };
            let taken = (0..questions).map(|_| question()).collect::<Outcome<Vec<f64>>>()?;
            print!("{} ", share_of(taken, 0.5));
        }
        println!("{}", engine.memory().cause);
    }
    println!("{} {}", lags(false), lags(true));
    Ok(())
}

/// An engine that has just seen trouble. With 32 streams it is the preset with its links and patterns; with more, every
/// stream moves the next one.
fn troubled(width: usize, frames: usize) -> Outcome<Engine> {
    let mut draft = SchemaDraft::preset("lifelog")?;
    if draft.streams.len() != width {
        let name = |place: usize| format!("s{place}");
        draft = SchemaDraft::of_streams((0..width).map(name));
        draft.links = (1..width).map(|place| LinkDraft { from: name(place - 1), to: name(place) }).collect();
    }
    let mut engine = Engine::new(draft.validate()?);
    let (mut state, mut values) = (1_u32, vec![0.0; width]);
    for frame in 0..frames {
        values.fill_with(|| next(&mut state));
        if frame + TROUBLE_FRAMES >= frames {
            values[TROUBLED].iter_mut().for_each(|value| *value += 512.0);
        }
        engine.observe(Frame { at_ms: START_MS + FRAME_MS * frame as i64, values: &values })?;
    }
    Ok(engine)
}

/// Microseconds of one stream against the others.
fn lags(has_gaps: bool) -> f64 {
    let mut state = 1_u32;
    let mut course = || -> Vec<f32> {
        let value = |step: usize, x: f64| if has_gaps && step % 9 == 4 { f32::NAN } else { x as f32 };
        (0..STEPS).map(|step| value(step, next(&mut state))).collect()
    };
    let target = course();
    let others: Vec<Vec<f32>> = (0..OTHERS).map(|_| course()).collect();
    let others: Vec<&[f32]> = others.iter().map(Vec::as_slice).collect();
    let round = |_| {
        let began = Instant::now();
        black_box(lead_lag(&target, &others));
        began.elapsed().as_secs_f64() * 1e6
    };
    share_of((0..LEAD_LAG_ROUNDS).map(round).collect(), 0.5)
}
