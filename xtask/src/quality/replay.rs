//! A recorded file as a live stream: rows at the pace at which they happened, or faster.

use std::path::Path;
use std::time::Duration;

use fourfold::Frame;

use super::layout::read_labelled;
use super::run_all::engine;
use crate::run::{Failure, Outcome};

/// Nobody waits longer than this for a row, whatever gap the file has.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Prints a line per row: time, value, score, and a word at an alarm or a label. `speed` is how many times as fast as
/// it happened; numbered rows are a second apart.
pub(super) fn replay(path: &Path, speed: f64) -> Outcome {
    if speed.is_nan() || speed <= 0.0 {
        return Err(Failure("--speed is how many times as fast as it happened: a number above 0".into()));
    }
    let series = read_labelled(path)?;
    let mut engine = engine(series.width)?;
    let has_clock = series.times.first().is_some_and(|time| time.parse::<i64>().is_err());
    let scale = if has_clock { 1.0 } else { 1000.0 };
    let mut before_ms = None;
    for (row, &at_ms) in series.times_ms.iter().enumerate() {
        let gap_ms = before_ms.map_or(0, |before: i64| (at_ms - before).max(0)) as f64 * scale;
        let wait = Duration::try_from_secs_f64(gap_ms / 1000.0 / speed).unwrap_or(WAIT_MAX);
        std::thread::sleep(wait.min(WAIT_MAX));
        before_ms = Some(at_ms);
        let value = series.values[row];
        let label = if series.labels[row] { "  labelled" } else { "" };
        match engine.observe(Frame { at_ms, values: &[value] }) {
            Ok(verdict) => {
                let alarm = if verdict.alarm { "  ALARM" } else { "" };
                println!("{:26} {value:14.4}  score {:.5}{alarm}{label}", series.times[row], verdict.score);
            }
            Err(error) => println!("{:26} {value:14.4}  not taken: {error}{label}", series.times[row]),
        }
    }
    Ok(())
}
