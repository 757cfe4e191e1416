//! What a cell says.

use super::Decimal;
use super::unit::parts;

/// A cell of a column of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Missing,
    Number(f64),
    Unreadable,
}

/// Reads a cell of a column of numbers.
pub(super) fn cell(text: &str, decimal: Decimal) -> Cell {
    match number(text, decimal) {
        Some(number) if number.is_finite() => Cell::Number(number),
        Some(number) if number.is_nan() => Cell::Missing,
        Some(_) => Cell::Unreadable,
        None if is_missing(text) => Cell::Missing,
        None => Cell::Unreadable,
    }
}

/// Words that people and programs write where there is no value.
pub(super) fn is_missing(text: &str) -> bool {
    text.is_empty()
        || ["na", "n/a", "nan", "null", "none", "-", "#n/a"].iter().any(|no| text.eq_ignore_ascii_case(no))
}

fn number(text: &str, decimal: Decimal) -> Option<f64> {
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    match decimal {
        Decimal::Point => text.parse().ok().or_else(|| without_thousands(text, ',')?.parse().ok()),
        // Without a comma it may be a whole number, or one with its thousands apart: 1.234
        Decimal::Comma if !text.contains([',', '.']) => text.parse().ok(),
        Decimal::Comma => without_thousands(text, '.')?.replace(',', ".").parse().ok(),
    }
}

/// `1,234,567.8` without its commas; `None` where they do not part thousands.
fn without_thousands(text: &str, mark: char) -> Option<String> {
    let fraction = if mark == ',' { '.' } else { ',' };
    let (whole, rest) = text.find(fraction).map_or((text, ""), |at| text.split_at(at));
    let mut parts = whole.split(mark);
    let first = parts.next()?.trim_start_matches(['-', '+']);
    let is_grouped = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && parts.all(|part| part.len() == 3 && part.bytes().all(|digit| digit.is_ascii_digit()));
    let is_plain = !whole.contains(mark);
    (is_grouped || is_plain).then(|| format!("{}{rest}", whole.replace(mark, "")))
}

/// The sign before fractions in these cells: the comma where it makes numbers of more of them. `1,234` may be either; whoever
/// parts cells by semicolons writes commas in numbers.
pub(super) fn decimal_of<'a>(cells: impl Iterator<Item = &'a str> + Clone, separator: Option<u8>) -> Decimal {
    let cells = cells.map(|text| parts(text).map_or(text, |(number, _)| number));
    let only = |decimal: Decimal, other: Decimal| {
        let is_number = |text: &&str| matches!(cell(text, decimal), Cell::Number(_));
        cells.clone().filter(|text| is_number(text) && !matches!(cell(text, other), Cell::Number(_))).count()
    };
    let (comma, point) = (only(Decimal::Comma, Decimal::Point), only(Decimal::Point, Decimal::Comma));
    let prefers_comma = separator == Some(b';') && cells.clone().any(|text| text.contains(','));
    match comma.cmp(&point) {
        std::cmp::Ordering::Greater => Decimal::Comma,
        std::cmp::Ordering::Equal if prefers_comma => Decimal::Comma,
        _ => Decimal::Point,
    }
}

/// What a label says: abnormal or not; `None` where it is no label.
pub(super) fn label(text: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_missing(text) || is_one_of(&["0", "0.0", "false", "no", "normal", "benign", "ok", "f", "n"]) {
        return Some(false);
    }
    is_one_of(&["1", "1.0", "true", "yes", "anomaly", "anomalous", "abnormal", "attack", "outlier", "t", "y"])
        .then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        use Decimal::{Comma, Point};
        for (text, decimal, expected) in [
            ("1.5", Point, Cell::Number(1.5)),
            ("1,234.5", Point, Cell::Number(1234.5)),
            ("-1,234,567", Point, Cell::Number(-1_234_567.0)),
            ("1,5", Point, Cell::Unreadable),
            ("1,5", Comma, Cell::Number(1.5)),
            ("1.234,5", Comma, Cell::Number(1234.5)),
            ("1.234", Comma, Cell::Number(1234.0)),
            ("1.5", Comma, Cell::Unreadable),
            ("42 %", Point, Cell::Number(42.0)),
            ("1e3", Comma, Cell::Number(1000.0)),
            ("NaN", Point, Cell::Missing),
            ("n/a", Comma, Cell::Missing),
            ("inf", Point, Cell::Unreadable),
            ("oops", Point, Cell::Unreadable),
        ] {
            assert_eq!(cell(text, decimal), expected, "{text} {decimal:?}");
        }
    }

    #[test]
    fn the_decimal_sign_is_the_one_that_makes_numbers() {
        for (cells, separator, expected) in [
            (&["1,5", "2"][..], b'\t', Decimal::Comma),
            (&["1.5", "2"], b';', Decimal::Point),
            (&["1.234,5", "1.000,0"], b'\t', Decimal::Comma),
            (&["0,125"], b'\t', Decimal::Comma),
            (&["1,234", "5,678"], b'\t', Decimal::Point),
            (&["1,234", "5,678"], b';', Decimal::Comma),
            (&["sky", ""], b';', Decimal::Point),
        ] {
            assert_eq!(decimal_of(cells.iter().copied(), Some(separator)), expected, "{cells:?}");
        }
    }
}
