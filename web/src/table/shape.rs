//! What the columns of a table are, guessed from its first rows where nobody says it.

use std::borrow::Cow;

use super::cell::{Cell, cell, decimal_of, is_missing, label};
use super::choices::{Choices, ColumnPlan, DateOrder, Decimal, Role};
use super::time::{order_of, parse_clock, parse_time};
use super::unit::{factor, parts, shown};
use super::{STREAMS_MAX, TableFault};

/// A text column with more different words than this names no things.
const THINGS_MOST: usize = 64;
/// 1954 to 2119, as spreadsheets count days.
const SHEET_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;
const LABEL_NAMES: [&str; 8] =
    ["label", "labels", "anomaly", "is_anomaly", "anomalous", "outlier", "is_outlier", "ground_truth"];
const THING_NAMES: [&str; 10] =
    ["stream", "sensor", "metric", "name", "series", "channel", "variable", "device", "host", "source"];

/// How the time column speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TimeForm {
    /// A date and a clock.
    Text(DateOrder),
    /// A count since 1970, of which one second has so many.
    Epoch { per_second: f64 },
    /// Days since the end of 1899, as spreadsheets count them.
    Days,
}

/// Which cell is what.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) names: Vec<String>,
    pub(super) slots: Vec<Slot>,
    pub(super) form: Option<TimeForm>,
    pub(super) decimal: Decimal,
    /// What is counted in each column, where the cells say so.
    units: Vec<Option<String>>,
    /// Of dates, where they need it.
    pub(super) order: Option<DateOrder>,
    pub(super) plan: Vec<ColumnPlan>,
    /// Numeric columns beyond the first 32.
    pub(super) surplus: Vec<String>,
}

/// What is said of a stream before its values.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) name: String,
    pub(super) unit: Option<String>,
}

/// What is done with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Time,
    /// The clock, where the time column holds the day alone.
    Clock,
    Value,
    Group,
    Label,
    Skip,
}

/// The first rows, column by column.
struct Sample<'a> {
    rows: &'a [Vec<Cow<'a, str>>],
    choices: &'a Choices,
    decimal: Decimal,
}

impl<'a> Sample<'a> {
    fn column(&self, place: usize) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let rows = self.rows;
        rows.iter().filter_map(move |row| row.get(place)).map(AsRef::as_ref).filter(|text| !is_missing(text))
    }

    fn is_numeric(&self, place: usize) -> bool {
        let filled = self.column(place).count();
        let is_number = |text: &&str| matches!(cell(text, self.decimal), Cell::Number(_));
        self.column(place).filter(is_number).count() * 5 >= filled * 4
    }

    /// What most cells count. Where they count it in thousands and in ones, ones are meant.
    fn unit(&self, place: usize) -> Option<String> {
        let is_number = |text: &str| matches!(cell(text, self.decimal), Cell::Number(_));
        let units: Vec<&str> = self
            .column(place)
            .filter_map(parts)
            .filter(|(number, _)| is_number(number))
            .map(|(_, unit)| unit)
            .collect();
        let first = *units.first()?;
        let is_one = units.iter().all(|unit| *unit == first);
        let filled = self.column(place).count();
        let to = if is_one && units.len() == filled { first } else { shown(first) };
        let known = units.iter().filter(|unit| factor(unit, to).is_some()).count();
        let plain = self.column(place).filter(|text| parts(text).is_none() && is_number(text)).count();
        (known * 2 >= filled && (known + plain) * 5 >= filled * 4).then(|| to.to_string())
    }

    fn words(&self, place: usize) -> usize {
        let mut words: Vec<&str> = self.column(place).collect();
        words.sort_unstable();
        words.dedup();
        words.len()
    }

    fn is_label(&self, name: &str, place: usize) -> bool {
        let is_named = LABEL_NAMES.iter().any(|word| name.eq_ignore_ascii_case(word));
        is_named && self.column(place).all(|text| label(text).is_some())
    }

    /// Whether a column holds the clock to the days of another.
    fn is_clock_of(&self, place: usize, time: usize) -> bool {
        let has_days_alone = !self.column(time).any(|text| text.contains(':'));
        has_days_alone
            && self.column(place).next().is_some()
            && self.column(place).all(|text| parse_clock(text).is_some())
    }

    /// Whether a column of words says which thing a row is about: a few words that come back, and either rows share
    /// their times or the column is called so.
    fn is_group(&self, name: &str, place: usize, time: Option<usize>) -> bool {
        let (words, rows) = (self.words(place), self.column(place).count());
        let is_few = (2..=THINGS_MOST).contains(&words) && words * 2 <= rows.max(4);
        let is_named = THING_NAMES.iter().any(|word| name.eq_ignore_ascii_case(word));
        is_few && time.is_some_and(|time| is_named || self.words(time) * 3 <= self.column(time).count() * 2)
    }
}

impl Shape {
    /// The shape of a table with these columns and these first rows.
    pub(super) fn guess(
        heads: Vec<Head>,
        rows: &[Vec<Cow<'_, str>>],
        separator: Option<u8>,
        choices: &Choices,
    ) -> Result<Self, TableFault> {
        let (names, in_names): (Vec<String>, Vec<Option<String>>) =
            heads.into_iter().map(|head| (head.name, head.unit)).unzip();
        let said = |place: usize| choices.roles.get(&names[place]).copied();
        let all = (0..names.len()).flat_map(|place| rows.iter().filter_map(move |row| row.get(place)));
        let decimal = choices.decimal.unwrap_or_else(|| decimal_of(all.map(AsRef::as_ref), separator));
        let sample = Sample { rows, choices, decimal };
        let units: Vec<Option<String>> = (0..names.len()).map(|place| sample.unit(place)).collect();
        let form = |place: usize| sample.time_form(&names[place], place, said(place) == Some(Role::Time));
        let chosen = (0..names.len()).find(|&place| said(place) == Some(Role::Time));
        let time =
            chosen.or_else(|| (0..names.len()).find(|&place| said(place).is_none() && form(place).is_some()));
        let clock = time.and_then(|time| {
            let is_free = |place: &usize| *place != time && said(*place).is_none();
            (0..names.len()).filter(is_free).find(|&place| sample.is_clock_of(place, time))
        });
        let mut shape = Self {
            slots: vec![Slot::Skip; names.len()],
            form: time.and_then(form),
            order: time.and_then(|place| choices.order.or_else(|| order_of(sample.column(place)))),
            decimal,
            units,
            plan: Vec::new(),
            surplus: Vec::new(),
            names,
        };
        for place in 0..shape.names.len() {
            let name = &shape.names[place];
            let has = |slot: Slot| shape.slots.contains(&slot);
            let guessed = match () {
                () if time == Some(place) || clock == Some(place) => Role::Time,
                () if sample.is_label(name, place) => Role::Label,
                () if sample.is_numeric(place) || shape.units[place].is_some() => Role::Value,
                () if !has(Slot::Group) && sample.is_group(name, place, time) => Role::Group,
                () => Role::Ignore,
            };
            let said = choices.roles.get(name).copied();
            let role = said.filter(|role| *role != Role::Time || time == Some(place)).unwrap_or(guessed);
            let values = shape.slots.iter().filter(|slot| **slot == Slot::Value).count();
            shape.slots[place] = match role {
                Role::Time if clock == Some(place) => Slot::Clock,
                Role::Time => Slot::Time,
                Role::Value if values < STREAMS_MAX => Slot::Value,
                Role::Group if !has(Slot::Group) => Slot::Group,
                Role::Label if !has(Slot::Label) => Slot::Label,
                _ => Slot::Skip,
            };
            if role == Role::Value && values >= STREAMS_MAX {
                shape.surplus.push(name.clone());
            }
            let example = sample.column(place).next().unwrap_or_default().chars().take(40).collect();
            let role = if shape.slots[place] == Slot::Skip { Role::Ignore } else { role };
            shape.plan.push(ColumnPlan { name: name.clone(), role, example });
        }
        // What the cells say goes before what the header does.
        shape.units.iter_mut().zip(in_names).for_each(|(unit, in_name)| *unit = unit.take().or(in_name));
        if shape.slots.contains(&Slot::Value) { Ok(shape) } else { Err(TableFault::NoNumbers) }
    }

    /// The places of the streams among the cells.
    pub(super) fn values(&self) -> impl Iterator<Item = usize> {
        (0..self.slots.len()).filter(|&place| self.slots[place] == Slot::Value)
    }

    /// What is said of each stream.
    pub(super) fn heads(&self) -> Vec<Head> {
        let unit = |place: usize| self.units[place].clone().filter(|unit| !unit.is_empty());
        self.values().map(|place| Head { name: self.names[place].clone(), unit: unit(place) }).collect()
    }

    /// Reads a cell of a stream.
    pub(super) fn read(&self, place: usize, text: &str) -> Cell {
        let said = cell(text, self.decimal);
        let (Cell::Unreadable, Some(Some(to))) = (said, self.units.get(place)) else { return said };
        let number = parts(text).and_then(|(number, of)| match cell(number, self.decimal) {
            Cell::Number(number) => Some(number * factor(of, to)?),
            _ => None,
        });
        number.map_or(said, Cell::Number)
    }
}

impl Sample<'_> {
    /// Whether a column says when, and how. A bare number is a time only if it lies in our days and either rises or is
    /// named so, unless a person says that it is one.
    fn time_form(&self, name: &str, place: usize, is_said: bool) -> Option<TimeForm> {
        let column = self.column(place);
        let filled = column.clone().count();
        let order = self.choices.order.or_else(|| order_of(column.clone())).unwrap_or_default();
        let texts = column.clone().filter(|text| parse_time(text, order).is_some()).count();
        if filled == 0 || texts * 10 >= filled * 9 {
            return (filled > 0).then_some(TimeForm::Text(order));
        }
        let number = |text: &str| match cell(text, self.decimal) {
            Cell::Number(number) => Some(number),
            _ => None,
        };
        let numbers: Vec<f64> = column.filter_map(number).collect();
        if numbers.len() * 10 < filled * 9 {
            return None;
        }
        let name = name.to_lowercase();
        let is_named = ["epoch", "ts", "t", "unix"].contains(&name.as_str())
            || ["time", "date", "datum", "zeit"].iter().any(|word| name.contains(word));
        // Rows on several things share their times.
        let rises = numbers.len() > 2 && numbers.windows(2).all(|pair| pair[0] < pair[1]);
        // 1990 to 2100, so that a count of bytes is not taken for a moment.
        let lies_in_our_days = |per_second: &f64| {
            let range = 631_152_000.0..4_102_444_800.0;
            numbers.iter().all(|number| range.contains(&(number / per_second)))
        };
        let known = [1.0, 1e3, 1e6, 1e9].into_iter().find(lies_in_our_days);
        match known {
            Some(per_second) if is_said || is_named || rises => Some(TimeForm::Epoch { per_second }),
            None if is_named && numbers.iter().all(|days| SHEET_DAYS.contains(days)) => Some(TimeForm::Days),
            // Seconds since the start of something.
            None if is_said => Some(TimeForm::Epoch { per_second: 1.0 }),
            _ => None,
        }
    }
}

/// Names that differ, of the engine's length, in whole characters.
pub(super) fn distinct(taken: &[String], name: &str) -> String {
    let name: String = name.chars().filter(|char| !char.is_control()).take(32).collect();
    let mut candidate = name.clone();
    let mut count = 1;
    while taken.contains(&candidate) {
        count += 1;
        candidate = format!("{name} ({count})");
    }
    candidate
}
