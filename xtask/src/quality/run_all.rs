//! The whole engine over many series, on all cores.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fourfold::verdict::Output;
use fourfold::{Engine, Frame, SchemaDraft};

use super::layout::Series;
use crate::run::{Failure, Outcome};

/// What the engine said of every row.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) scores: Vec<f64>,
    pub(super) alarms: Vec<f64>,
}

/// An engine that knows nothing but how many streams there are.
pub(super) fn engine(width: usize) -> Outcome<Engine> {
    let names = (0..width).map(|stream| format!("v{stream}"));
    let schema = SchemaDraft::of_streams(names).validate().map_err(|error| Failure(error.to_string()))?;
    Ok(Engine::new(schema))
}

/// Runs one series. A row whose time does not follow the one before is not a frame, and says what is held.
pub(super) fn watch(series: &Series) -> Outcome<Said> {
    let mut engine = engine(series.width)?;
    let mut said = Said::default();
    let (mut score, mut alarm) = (0.0, 0.0);
    for (row, &at_ms) in series.times_ms.iter().enumerate() {
        let values = &series.values[row * series.width..(row + 1) * series.width];
        (score, alarm) = match engine.observe(Frame { at_ms, values }) {
            Ok(verdict) => (Output::Rank.of(verdict), Output::Alarm.of(verdict)),
            Err(_) => (Output::Rank.held(score), Output::Alarm.held(alarm)),
        };
        said.scores.push(score);
        said.alarms.push(alarm);
    }
    Ok(said)
}

/// Does every job, on all cores, the results in the order of the jobs.
pub(super) fn in_parallel<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<R>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(jobs.len()) {
            scope.spawn(|| {
                while let Some(place) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&at| at < jobs.len())
                {
                    let result = work(&jobs[place]);
                    if let Ok(mut slot) = results[place].lock() {
                        *slot = Some(result);
                    }
                }
            });
        }
    });
    results.into_iter().filter_map(|slot| slot.into_inner().ok().flatten()).collect()
}

/// Writes time, score and alarm of every row.
pub(super) fn dump(folder: &Path, series: &Series, said: &Said) -> Outcome {
    let path = folder.join(&series.name);
    let rows = series.times.iter().zip(&said.scores).zip(&said.alarms);
    let text: String = rows.map(|((time, score), alarm)| format!("{time},{score:?},{alarm:?}\n")).collect();
    let written = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(&path, format!("timestamp,score,alarm\n{text}")));
    written.map_err(|error| Failure(format!("{} can not be written: {error}", path.display())))
}
