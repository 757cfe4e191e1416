//! What the columns are called.

use std::borrow::Cow;

use super::super::cell::{Cell, cell};
use super::super::choices::Decimal;
use super::super::json::{Fields, fields};
use super::super::record::cells;
use super::super::shape::{Head, distinct};
use super::super::time::parse_time;
use super::super::unit::named;

/// What a header says of the columns, and whether it is one: a line of values has none.
pub(super) fn heads_of(header: &[u8], separator: u8) -> (Vec<Head>, bool) {
    let first: Vec<Cow<'_, str>> = cells(header, separator).collect();
    let is_number = |text: &str, decimal| matches!(cell(text, decimal), Cell::Number(_));
    let is_value = |text: &Cow<'_, str>| {
        [Decimal::Point, Decimal::Comma].into_iter().any(|decimal| is_number(text, decimal))
            || parse_time(text, Default::default()).is_some()
    };
    let has_header = !first.iter().all(is_value);
    let apart: Vec<(&str, Option<&str>)> = (first.iter())
        .map(|text| named(text).map_or((text.as_ref(), None), |(name, unit)| (name, Some(unit))))
        .collect();
    // Who tells columns apart by their units alone keeps them in the names.
    let is_alone = |name: &str| apart.iter().filter(|(other, _)| *other == name).count() == 1;
    let mut names = Vec::with_capacity(first.len());
    let mut heads = Vec::with_capacity(first.len());
    for (place, (text, (short, unit))) in first.iter().zip(&apart).enumerate() {
        let unnamed = format!("column {}", place + 1);
        let (name, unit) = match unit.filter(|_| is_alone(short)) {
            _ if !has_header || text.is_empty() => (unnamed.as_str(), None),
            Some(unit) => (*short, Some(unit.to_string())),
            None => (text.as_ref(), None),
        };
        let name = distinct(&names, name);
        names.push(name.clone());
        heads.push(Head { name, unit });
    }
    (heads, has_header)
}

/// The keys of the first lines, in the order in which they come.
pub(super) fn keys_of(sample: &[(u64, Vec<u8>)]) -> Vec<Head> {
    let mut names: Vec<String> = Vec::new();
    for Fields(fields) in sample.iter().filter_map(|(_, record)| fields(record)) {
        for (name, _) in fields {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.into_iter().map(|name| Head { name, unit: None }).collect()
}

/// An object's fields in the order of the columns; what is not there is empty.
pub(super) fn in_columns(names: &[String], fields: Fields) -> impl Iterator<Item = Cow<'static, str>> {
    let Fields(mut fields) = fields;
    names.iter().map(move |name| {
        let found = fields.iter().position(|(key, _)| key == name);
        found.map_or(Cow::Borrowed(""), |place| Cow::Owned(fields.swap_remove(place).1))
    })
}
