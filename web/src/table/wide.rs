//! Rows that say everything of a moment.

use super::shape::Head;
use super::{Column, Note};

/// Moments, and one column per stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Wide {
    pub(super) times_ms: Vec<i64>,
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) labels: Vec<bool>,
}

impl Wide {
    /// Room for so many streams.
    pub(super) fn new(streams: usize) -> Self {
        Self { columns: vec![Vec::new(); streams], ..Self::default() }
    }

    /// Puts the rows in the order of time, one per moment.
    pub(super) fn order(&mut self, note: &mut Note) {
        let times_ms = &self.times_ms;
        if !times_ms.windows(2).any(|pair| pair[0] >= pair[1]) {
            return;
        }
        note.sorted = times_ms.windows(2).any(|pair| pair[0] > pair[1]);
        let mut order: Vec<usize> = (0..times_ms.len()).collect();
        order.sort_by_key(|&row| times_ms[row]);
        self.columns = self.columns.iter().map(|column| in_order(column, times_ms, &order)).collect();
        let mut labels: Vec<bool> = Vec::new();
        let mut sorted: Vec<i64> = Vec::new();
        for &row in &order {
            let is_labelled = self.labels.get(row).copied().unwrap_or(false);
            match labels.last_mut() {
                Some(label) if sorted.last() == Some(&times_ms[row]) => *label |= is_labelled,
                _ => {
                    labels.push(is_labelled);
                    sorted.push(times_ms[row]);
                }
            }
        }
        note.merged_rows = (times_ms.len() - sorted.len()) as u64;
        if !self.labels.is_empty() {
            self.labels = labels;
        }
        self.times_ms = sorted;
    }

    /// The streams that say anything; the names of the others are noted.
    pub(super) fn into_columns(self, heads: Vec<Head>, note: &mut Note) -> Vec<Column> {
        let (spoken, empty): (Vec<_>, Vec<_>) =
            heads.into_iter().zip(self.columns).partition(|(_, values)| values.iter().any(|x| !x.is_nan()));
        note.text_columns.extend(empty.into_iter().map(|(head, _)| head.name));
        let column = |(Head { name, unit }, values)| Column { name, values, unit, group: None };
        spoken.into_iter().map(column).collect()
    }
}

/// A column in the order of time; of rows with one time, the last that has a value counts.
fn in_order(column: &[f64], times_ms: &[i64], order: &[usize]) -> Vec<f64> {
    let mut sorted: Vec<f64> = Vec::with_capacity(column.len());
    let mut last_ms = None;
    for &row in order {
        if last_ms != Some(times_ms[row]) {
            sorted.push(column[row]);
        } else if let Some(value) = sorted.last_mut()
            && !column[row].is_nan()
        {
            *value = column[row];
        }
        last_ms = Some(times_ms[row]);
    }
    sorted
}
