//! `cargo xtask bench`: what a frame costs, native and as wasm in Node, on the same numbers in the same minute, with what
//! is aimed at beside it. Only the ratios travel between machines. `--river [STREAMS ..]` measures against River instead
//! (tests/bench/README.md), `--why` what explanations cost, `--worker [PART ..]` what the Worker does.

mod why;
mod worker;

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use fourfold::{Engine, Frame, SchemaDraft};

use crate::build;
use crate::options::Options;
use crate::quality;
use crate::run::{Failure, Outcome, answer, cargo, command, spelled};

const WIDTHS: [usize; 3] = [30, 100, 500];
/// Frames before the clock starts: the engine is then settled.
const WARM_UP: usize = 3000;
/// Values per measurement, so that wide frames do not take all day.
const VALUES: usize = 500_000;
/// The median of so many measurements is reported.
const ROUNDS: usize = 9;
/// Frames that are timed one by one, and how often: the least time of each counts, since the work for a frame is always
/// the same and whatever was slower was another program.
const SINGLE_FRAMES: usize = 5000;
const REPLAYS: usize = 3;

/// Microseconds per frame in Node that are aimed at, by width.
const NODE_MOST_US: [Option<f64>; 3] = [Some(16.5), None, Some(165.0)];
/// How much more wasm may cost than native code.
const RATIO_MOST: f64 = 1.6;
/// How much longer one frame in a thousand may take than half of them do.
const TAIL_MOST: f64 = 15.0;
/// Bytes that tiers 1 to 3 of the narrowest frame may hold; `--why` says what tier 4 holds.
const BYTES_MOST: f64 = 1_048_576.0;

/// What was measured of one width; tests/bench.mjs says it in the same order.
struct Figures {
    us: f64,
    cpu_us: f64,
    half_us: f64,
    slow_us: f64,
    bytes: f64,
}

impl Figures {
    const COUNT: usize = 5;

    fn words(&self) -> String {
        let Self { us, cpu_us, half_us, slow_us, bytes } = self;
        format!("{us} {cpu_us} {half_us} {slow_us} {bytes}")
    }

    fn tail(&self) -> f64 {
        self.slow_us / self.half_us
    }
}

pub(crate) fn bench(arguments: &[String]) -> Outcome {
    let options =
        Options::parse(arguments, &["--measure", "--river", "--why", "--measure-why", "--worker"], &[])?;
    if options.has("--river") {
        build::make_package()?;
        return quality::rivals(&options.rest);
    }
    if options.has("--worker") {
        return worker::measure(&options.rest);
    }
    if options.has("--measure") {
        for width in WIDTHS {
            println!("{}", measure(width)?.words());
        }
        return Ok(());
    }
    if options.has("--measure-why") {
        return why::measure();
    }
    build::make_package()?;
    if options.has("--why") {
        return why::compare();
    }
    // This program is compiled for quick starts; the engine is measured as cargo bench would build it.
    let native =
        figures(cargo(["run", "--quiet", "--profile=bench", "-p", "xtask", "--", "bench", "--measure"]))?;
    let counts = [WARM_UP, VALUES, ROUNDS, SINGLE_FRAMES, REPLAYS];
    let arguments = counts.into_iter().chain(WIDTHS).map(|number| number.to_string());
    let node = figures(command("node", std::iter::once("tests/bench.mjs".to_string()).chain(arguments)))?;
    print(&native, &node);
    Ok(())
}

fn print(native: &[Figures], node: &[Figures]) {
    println!(
        "{:>8} {:>8} {:>12} {:>12} {:>10} {:>10} {:>8} {:>12}",
        "streams", "", "us/frame", "CPU us/frame", "p50 us", "p99.9 us", "ratio", "bytes"
    );
    for ((width, native), node) in WIDTHS.iter().zip(native).zip(node) {
        for (name, figures) in [("native", native), ("Node", node)] {
            let Figures { us, cpu_us, half_us, slow_us, bytes } = figures;
            let tail = figures.tail();
            println!(
                "{width:>8} {name:>8} {us:>12.2} {cpu_us:>12.2} {half_us:>10.2} {slow_us:>10.2} {tail:>8.1} {bytes:>12}"
            );
        }
    }
    println!();
    for ((width, node), most) in WIDTHS.iter().zip(node).zip(NODE_MOST_US) {
        if let Some(most) = most {
            aim(&format!("us per frame of {width} in Node"), node.us, most);
        }
    }
    for ((width, native), node) in WIDTHS.iter().zip(native).zip(node) {
        aim(&format!("Node / native, {width} streams"), node.us / native.us, RATIO_MOST);
        aim(&format!("p99.9 / p50, {width} streams, Node"), node.tail(), TAIL_MOST);
    }
    if let ([narrow, .., wide], [first, .., last]) = (node, WIDTHS) {
        aim(
            &format!("cost of {last} streams in those of {first}"),
            wide.us / narrow.us,
            last as f64 / first as f64,
        );
        aim(&format!("bytes held by tiers 1 to 3, {first} streams"), narrow.bytes, BYTES_MOST);
    }
}

fn aim(what: &str, is: f64, most: f64) {
    let word = if is <= most { "reached" } else { "missed" };
    println!("{what:44} {is:>12.2}   at most {most:>10.2}   {word}");
}

fn figures(mut command: std::process::Command) -> Outcome<Vec<Figures>> {
    let said = answer(&mut command).ok_or_else(|| Failure(format!("{} failed", spelled(&command))))?;
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_chunks::<{ Figures::COUNT }>() {
        (lines, []) if lines.len() == WIDTHS.len() => {
            let figures = |[us, cpu_us, half_us, slow_us, bytes]: [f64; Figures::COUNT]| Figures {
                us,
                cpu_us,
                half_us,
                slow_us,
                bytes,
            };
            Ok(lines.iter().copied().map(figures).collect())
        }
        _ => Err(Failure(format!("unexpected figures: {said}"))),
    }
}

fn engine(width: usize) -> Outcome<Engine> {
    let names = (0..width).map(|place| format!("s{place}"));
    Ok(Engine::new(SchemaDraft::of_streams(names).validate()?))
}

/// What frames of `width` streams cost. tests/bench.mjs does the same.
fn measure(width: usize) -> Outcome<Figures> {
    let mut engine = engine(width)?;
    let frames = VALUES / width;
    let mut state = 1_u32;
    let mut row = 0_i64;
    let mut run = |engine: &mut Engine, frames: usize| -> Outcome<[f64; 2]> {
        let values: Vec<f64> = (0..frames * width).map(|_| next(&mut state)).collect();
        let times: Vec<i64> = (0..frames as i64).map(|frame| (row + frame) * 60_000).collect();
        row += frames as i64;
        let (began, cpu_before_us) = (Instant::now(), cpu_us());
        engine.observe_batch(&times, &values, |_, verdict| {
            black_box(verdict.score);
        })?;
        let us = began.elapsed().as_secs_f64() * 1e6;
        let cpu = cpu_us().zip(cpu_before_us).map_or(us, |(after, before)| after - before);
        Ok([us / frames as f64, cpu / frames as f64])
    };
    run(&mut engine, WARM_UP)?;
    let rounds = (0..ROUNDS).map(|_| run(&mut engine, frames)).collect::<Outcome<Vec<_>>>()?;
    let [us, cpu_us] = [0, 1].map(|kind| share_of(rounds.iter().map(|round| round[kind]).collect(), 0.5));
    let singles = singles(width)?;
    Ok(Figures {
        us,
        cpu_us,
        half_us: share_of(singles.clone(), 0.5),
        slow_us: share_of(singles, 0.999),
        bytes: (engine.memory().total() - engine.memory().cause) as f64,
    })
}

/// Microseconds of frames one by one, the least of several replays.
fn singles(width: usize) -> Outcome<Vec<f64>> {
    let mut least = vec![f64::INFINITY; SINGLE_FRAMES];
    for _ in 0..REPLAYS {
        let mut engine = engine(width)?;
        let mut state = 1_u32;
        let mut values = vec![0.0; width];
        for row in 0..WARM_UP + SINGLE_FRAMES {
            values.fill_with(|| next(&mut state));
            let began = Instant::now();
            black_box(engine.observe(Frame { at_ms: row as i64 * 60_000, values: &values })?.score);
            let us = began.elapsed().as_secs_f64() * 1e6;
            if let Some(least) = row.checked_sub(WARM_UP).and_then(|place| least.get_mut(place)) {
                *least = least.min(us);
            }
        }
    }
    Ok(least)
}

/// The number below which a share of them lies.
fn share_of(mut numbers: Vec<f64>, share: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let place = (numbers.len() as f64 * share) as usize;
    numbers.get(place.min(numbers.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// Microseconds that this thread has been computing; only Linux says.
fn cpu_us() -> Option<f64> {
    let said = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(said.split_whitespace().next()?.parse::<f64>().ok()? / 1000.0)
}

fn next(state: &mut u32) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    f64::from(*state >> 16) / 256.0
}
