//! The layouts of public data sets.

use std::fs;
use std::path::{Path, PathBuf};

use super::clock::parse_ms;
use crate::run::{Failure, Outcome};

/// Rows of one file.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Its path below the suite's folder.
    pub(super) name: String,
    pub(super) times_ms: Vec<i64>,
    /// The times as the file has them.
    pub(super) times: Vec<String>,
    pub(super) width: usize,
    /// Row after row; NaN where a cell holds no number.
    pub(super) values: Vec<f64>,
    pub(super) labels: Vec<bool>,
    /// Rows that count; the others only teach.
    pub(super) is_test: Vec<bool>,
}

impl Series {
    pub(super) fn rows(&self) -> usize {
        self.times_ms.len()
    }

    fn push(&mut self, time: &str, cells: &[&str]) -> Outcome {
        let at_ms = parse_ms(time).ok_or_else(|| Failure(format!("{}: {time} is not a time", self.name)))?;
        if self.rows() > 0 && cells.len() != self.width {
            return Err(Failure(format!(
                "{}: {} cells at {time}, not {}",
                self.name,
                cells.len(),
                self.width
            )));
        }
        self.width = cells.len();
        self.times_ms.push(at_ms);
        self.times.push(time.to_string());
        self.values.extend(cells.iter().map(|cell| cell.trim().parse().unwrap_or(f64::NAN)));
        Ok(())
    }
}

pub(super) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| Failure(format!("{} can not be read: {error}", path.display())))
}

/// Cells of the rows below the header.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| line.split(',').collect())
}

/// NAB: a date and a value.
pub(super) fn read_nab(root: &Path, name: &str) -> Outcome<Series> {
    let mut series = Series { name: name.into(), ..Series::default() };
    let text = read(&root.join(name))?;
    for cells in rows(&text) {
        let [time, value, ..] = cells[..] else { return Err(Failure(format!("{name}: a row of one cell"))) };
        series.push(time, &[value])?;
    }
    Ok(series)
}

/// Several streams: time first, then a value each, then `label` (0 or 1) and `split` (`train` or `test`).
pub(super) fn read_many(path: &Path, name: &str) -> Outcome<Series> {
    let mut series = Series { name: name.into(), ..Series::default() };
    let text = read(path)?;
    for cells in rows(&text) {
        let [time, values @ .., label, split] = &cells[..] else {
            return Err(Failure(format!("{name}: a row of fewer than four cells")));
        };
        series.push(time, values)?;
        series.labels.push(label.trim() != "0");
        series.is_test.push(split.trim() == "test");
    }
    Ok(series)
}

/// Yahoo S5: `timestamp,value,is_anomaly` or `timestamps,value,anomaly,...`; NAB's two columns are read as well.
pub(super) fn read_labelled(path: &Path) -> Outcome<Series> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut series = Series { name, ..Series::default() };
    let text = read(path)?;
    let header: Vec<&str> = text.lines().next().unwrap_or_default().split(',').map(str::trim).collect();
    let label = header.iter().position(|column| matches!(*column, "is_anomaly" | "anomaly"));
    for cells in rows(&text) {
        let [time, value, ..] = cells[..] else {
            return Err(Failure(format!("{}: a row of one cell", series.name)));
        };
        series.push(time, &[value])?;
        let is_abnormal = label.and_then(|column| cells.get(column)).is_some_and(|cell| cell.trim() == "1");
        series.labels.push(is_abnormal);
    }
    Ok(series)
}

/// All `.csv` files below a folder, as paths below it, in order.
pub(super) fn tables(root: &Path) -> Outcome<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        let at = root.join(&folder);
        let entries = fs::read_dir(&at)
            .map_err(|error| Failure(format!("{} can not be listed: {error}", at.display())))?;
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "csv") {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
