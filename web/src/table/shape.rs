//! What the columns of a table are, guessed from its first rows.

use std::borrow::Cow;

use super::record::cells;
use super::time::parse_time;
use super::{STREAMS_MAX, TableFault};

/// How the time column speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// A date and a clock.
    Text,
    /// A count since 1970, of which one second has so many.
    Epoch { per_second: i64 },
}

/// Which cell is what.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) separator: u8,
    pub(super) width: usize,
    pub(super) time: Option<(usize, TimeForm)>,
    /// The cells that are streams.
    pub(super) numeric: Vec<usize>,
    pub(super) names: Vec<String>,
    pub(super) text_columns: Vec<String>,
    pub(super) surplus_columns: Vec<String>,
    /// False where the first line holds numbers already.
    pub(super) has_header: bool,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Missing,
    Number(f64),
    Unreadable,
}

/// Reads a cell of a numeric column. A file that separates by semicolons may write decimals with a comma.
pub(super) fn cell(text: &str, separator: u8) -> Cell {
    if text.is_empty()
        || ["na", "n/a", "nan", "null", "none", "-", "#n/a"].iter().any(|no| text.eq_ignore_ascii_case(no))
    {
        return Cell::Missing;
    }
    let text = match separator {
        b',' => Cow::Borrowed(text),
        _ if text.contains(',') => Cow::Owned(text.replace(',', ".")),
        _ => Cow::Borrowed(text),
    };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Cell::Number(number),
        _ => Cell::Unreadable,
    }
}

impl Shape {
    /// The shape of a file that starts with `header` and goes on with `sample`.
    pub(super) fn guess(header: &[u8], separator: u8, sample: &[Vec<u8>]) -> Result<Self, TableFault> {
        let first: Vec<Cow<'_, str>> = cells(header, separator).collect();
        let width = first.len();
        let is_value = |text: &Cow<'_, str>| {
            matches!(cell(text, separator), Cell::Number(_)) || parse_time(text).is_some()
        };
        let has_header = !first.iter().all(is_value);
        let mut names = Vec::with_capacity(width);
        for (place, text) in first.iter().enumerate() {
            let name = if has_header && !text.is_empty() {
                text.to_string()
            } else {
                format!("column {}", place + 1)
            };
            names.push(distinct(&names, name));
        }
        let rows: Vec<Vec<Cow<'_, str>>> = (!has_header)
            .then_some(first.clone())
            .into_iter()
            .chain(sample.iter().map(|record| cells(record, separator).collect()))
            .filter(|row: &Vec<_>| row.len() == width)
            .collect();
        let column = |place: usize| {
            rows.iter()
                .map(move |row| row[place].as_ref())
                .filter(|text| cell(text, separator) != Cell::Missing)
        };
        let time = (0..width).find_map(|place| Some((place, time_form(&names[place], column(place))?)));
        let mut shape = Self {
            separator,
            width,
            time,
            numeric: Vec::new(),
            names,
            text_columns: Vec::new(),
            surplus_columns: Vec::new(),
            has_header,
        };
        for place in (0..width).filter(|&place| Some(place) != time.map(|(place, _)| place)) {
            let filled = column(place).count();
            let numbers =
                column(place).filter(|text| matches!(cell(text, separator), Cell::Number(_))).count();
            let name = shape.names[place].clone();
            match (numbers * 5 >= filled * 4, shape.numeric.len() < STREAMS_MAX) {
                (true, true) => shape.numeric.push(place),
                (true, false) => shape.surplus_columns.push(name),
                (false, _) => shape.text_columns.push(name),
            }
        }
        if shape.numeric.is_empty() { Err(TableFault::NoNumbers) } else { Ok(shape) }
    }
}

fn distinct(taken: &[String], name: String) -> String {
    // The engine's limit, in whole characters.
    let name: String = name.chars().filter(|char| !char.is_control()).take(32).collect();
    let mut candidate = name.clone();
    let mut count = 1;
    while taken.contains(&candidate) {
        count += 1;
        candidate = format!("{name} ({count})");
    }
    candidate
}

/// Whether a column says when. A bare number is a time only if it lies in our days and either rises or is named so.
fn time_form<'a>(name: &str, column: impl Iterator<Item = &'a str> + Clone) -> Option<TimeForm> {
    let filled = column.clone().count();
    if filled == 0 {
        return None;
    }
    if column.clone().filter(|text| parse_time(text).is_some()).count() * 10 >= filled * 9 {
        return Some(TimeForm::Text);
    }
    let numbers: Vec<f64> = column.filter_map(|text| text.parse().ok()).collect();
    if numbers.len() * 10 < filled * 9 {
        return None;
    }
    let name = name.to_lowercase();
    let is_named = ["time", "date", "epoch", "ts", "t", "unix"]
        .iter()
        .any(|word| name == *word || name.contains("time"));
    let rises = numbers.len() > 2 && numbers.windows(2).all(|pair| pair[0] < pair[1]);
    // 1990 to 2100, so that a count of bytes is not taken for a moment.
    let lies_in_our_days = |per_second: i64| {
        let range = 631_152_000.0..4_102_444_800.0;
        numbers.iter().all(|number| range.contains(&(number / per_second as f64)))
    };
    [1, 1000, 1_000_000]
        .into_iter()
        .find(|&per_second| (is_named || rises) && lies_in_our_days(per_second))
        .map(|per_second| TimeForm::Epoch { per_second })
}
