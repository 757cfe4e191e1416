//! The Numenta Anomaly Benchmark.

use std::collections::BTreeMap;
use std::path::Path;

use fourfold::evaluate::nab::{NabScore, Scored, probation, score, score_at};
use fourfold::evaluate::volume::Volume;

use super::layout::{Series, read, read_nab};
use super::run_all::{Said, dump, in_parallel, watch};
use super::{Options, clock};
use crate::run::{Failure, Outcome};

/// Any alarm at all: the threshold is then the one that the default false-alarm rate implies.
const ANY_ALARM: f64 = f64::MIN_POSITIVE;
/// Tolerance of the volumes, in rows.
pub(super) const WINDOW: usize = 100;

type Windows = Vec<(usize, usize)>;

struct File {
    series: Series,
    windows: Windows,
    said: Said,
}

pub(super) fn measure(root: &Path, options: &Options) -> Outcome {
    let text = read(&root.join("labels/combined_windows.json"))?;
    let labels: BTreeMap<String, Vec<[String; 2]>> =
        serde_json::from_str(&text).map_err(|error| Failure(format!("combined_windows.json: {error}")))?;
    let wanted: Vec<(&String, &Vec<[String; 2]>)> =
        labels.iter().filter(|(name, _)| options.wants(name)).collect();
    let files = in_parallel(&wanted, |(name, spans)| -> Outcome<File> {
        let series = read_nab(&root.join("data"), name)?;
        let windows = windows(&series, spans)?;
        let said = watch(&series)?;
        if let Some(folder) = &options.dump {
            dump(&folder.join("nab"), &series, &said)?;
        }
        Ok(File { series, windows, said })
    });
    let files: Vec<File> = files.into_iter().collect::<Outcome<_>>()?;
    print(&files, options.each);
    Ok(())
}

/// Windows as first and last row.
fn windows(series: &Series, spans: &[[String; 2]]) -> Outcome<Windows> {
    let row_span = |span: &[String; 2]| {
        let from_ms = clock::parse_ms(&span[0])?;
        let to_ms = clock::parse_ms(&span[1])?;
        let is_inside = |at_ms: &&i64| (from_ms..=to_ms).contains(*at_ms);
        let first = series.times_ms.iter().position(|at_ms| is_inside(&at_ms))?;
        let last = series.times_ms.iter().rposition(|at_ms| is_inside(&at_ms))?;
        Some((first, last))
    };
    let mut windows: Windows = (spans.iter())
        .map(|span| {
            row_span(span).ok_or_else(|| Failure(format!("{}: window {span:?} has no row", series.name)))
        })
        .collect::<Outcome<_>>()?;
    windows.sort_unstable();
    Ok(windows)
}

/// Of the rows after the probation, as in NAB's own score.
fn volume(file: &File) -> Option<Volume> {
    let is_inside = |row: usize| file.windows.iter().any(|&(first, last)| (first..=last).contains(&row));
    let from = probation(file.series.rows());
    let labels: Vec<bool> = (from..file.series.rows()).map(is_inside).collect();
    Volume::of(&file.said.scores[from..], &labels, WINDOW)
}

fn print(files: &[File], each: bool) {
    let of = |pick: fn(&Said) -> &Vec<f64>| -> Vec<Scored<'_>> {
        files.iter().map(|file| Scored { scores: pick(&file.said), windows: &file.windows }).collect()
    };
    let (alarms, scores) = (of(|said| &said.alarms), of(|said| &said.scores));
    let volumes: Vec<Option<Volume>> = in_parallel(files, volume);
    if each {
        println!("{:58} {:>7} {:>8} {:>4} {:>4}  VUS-PR", "file", "rows", "windows", "hit", "FP");
        let best = score(&alarms)[0].threshold;
        for (file, volume) in files.iter().zip(&volumes) {
            let alone =
                score_at(&[Scored { scores: &file.said.alarms, windows: &file.windows }], [best; 3])[0];
            let pr = volume.map_or(String::from("-"), |volume| format!("{:.3}", volume.pr));
            let (rows, windows) = (file.series.rows(), alone.windows);
            println!(
                "{:58} {rows:7} {windows:8} {:4} {:4}  {pr}",
                file.series.name, alone.hit, alone.false_alarms
            );
        }
    }
    println!(
        "NAB, {} files               standard  low-FP  low-FN   hits/windows, false alarms, threshold",
        files.len()
    );
    line("alarm, best threshold", &score(&alarms));
    line("alarm, as raised", &score_at(&alarms, [ANY_ALARM; 3]));
    line("score, best threshold", &score(&scores));
    let volumes: Vec<f64> = volumes.into_iter().flatten().map(|volume| volume.pr).collect();
    println!("score, VUS-PR, mean           {:.3}", mean(&volumes));
}

fn line(name: &str, results: &[NabScore; 3]) {
    let [standard, low_false, low_misses] = results.map(|result| result.score.unwrap_or(f64::NAN));
    let NabScore { hit, windows, false_alarms, threshold, .. } = results[0];
    println!(
        "{name:27} {standard:8.2} {low_false:7.2} {low_misses:7.2}   {hit}/{windows}, {false_alarms}, {threshold:.4}"
    );
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
