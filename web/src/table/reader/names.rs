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
    (heads(&first, has_header), has_header)
}

/// Names and units of columns that are called so; those of a table without a header are counted.
pub(super) fn heads(texts: &[Cow<'_, str>], has_header: bool) -> Vec<Head> {
    let apart: Vec<(&str, Option<&str>)> = (texts.iter())
        .map(|text| named(text).map_or((text.as_ref(), None), |(name, unit)| (name, Some(unit))))
        .collect();
    // Who tells columns apart by their units alone keeps them in the names.
    let is_alone = |name: &str| apart.iter().filter(|(other, _)| *other == name).count() == 1;
    let mut names = Vec::with_capacity(texts.len());
    let mut heads = Vec::with_capacity(texts.len());
    for (place, (text, (short, unit))) in texts.iter().zip(&apart).enumerate() {
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
    heads
}

/// The keys of the first lines, in the order in which they come.
pub(super) fn keys_of(sample: &[(u64, Vec<u8>)]) -> Vec<Cow<'static, str>> {
    let mut keys = Vec::new();
    for Fields(fields) in sample.iter().filter_map(|(_, record)| fields(record)) {
        for (key, _) in fields {
            if !keys.iter().any(|known| *known == key) {
                keys.push(Cow::Owned(key));
            }
        }
    }
    keys
}

/// An object's fields in the order of the columns; what is not there is empty.
pub(super) fn in_columns(
    keys: &[Cow<'static, str>],
    fields: Fields,
) -> impl Iterator<Item = Cow<'static, str>> {
    let Fields(mut fields) = fields;
    keys.iter().map(move |name| {
        let found = fields.iter().position(|(key, _)| key == name);
        found.map_or(Cow::Borrowed(""), |place| Cow::Owned(fields.swap_remove(place).1))
    })
}
