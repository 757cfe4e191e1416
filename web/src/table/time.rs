//! Times as people write them.

use super::DateOrder;

/// A time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Milliseconds since 1970, taken for UTC where no zone is named.
    pub at_ms: i64,
    /// The zone that is named, in minutes east of Greenwich.
    pub zone_minutes: Option<i32>,
}

/// Reads ISO 8601, also with a blank for the `T`, without seconds, without a zone (then UTC is meant); and dates such as
/// 31.12.2024 and 12/31/2024 with a clock after them.
pub fn parse_time(text: &str, order: DateOrder) -> Option<Written> {
    let text = text.trim();
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, rest) = text.split_at_checked(end)?;
    let (year, month, day) = parse_date(date, order)?;
    let is_date =
        (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !is_date {
        return None;
    }
    let midnight_ms = days_from_civil(year, month, day) * 86_400_000;
    if rest.is_empty() {
        return Some(Written { at_ms: midnight_ms, zone_minutes: None });
    }
    let (clock, zone_minutes) = split_zone(rest.get(1..)?)?;
    let offset_ms = i64::from(zone_minutes.unwrap_or(0)) * 60_000;
    Some(Written { at_ms: midnight_ms + parse_clock(clock)? - offset_ms, zone_minutes })
}

fn parse_date(date: &str, order: DateOrder) -> Option<(i64, i64, i64)> {
    let mut fields = date.split(['-', '/', '.']);
    let (first, second, third) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() {
        return None;
    }
    let [a, b, c] = [digits(first)?, digits(second)?, digits(third)?];
    match (first.len(), third.len(), order) {
        (4, 1 | 2, _) => Some((a, b, c)),
        (1 | 2, 4, DateOrder::DayFirst) => Some((c, b, a)),
        (1 | 2, 4, DateOrder::MonthFirst) => Some((c, a, b)),
        _ => None,
    }
}

/// In which order the dates of a column are written; `None` where they do not need it. Only one order makes dates of all
/// of them, or the sign between the numbers tells.
pub(super) fn order_of<'a>(column: impl Iterator<Item = &'a str> + Clone) -> Option<DateOrder> {
    let reads = |order: DateOrder| column.clone().filter(|text| parse_time(text, order).is_some()).count();
    let needs =
        column.clone().any(|text| text.split(['-', '/', '.']).next().is_some_and(|first| first.len() < 3));
    let (day_first, month_first) = (reads(DateOrder::DayFirst), reads(DateOrder::MonthFirst));
    let by_sign = if column.clone().any(|text| text.contains('/')) {
        DateOrder::MonthFirst
    } else {
        DateOrder::DayFirst
    };
    match day_first.cmp(&month_first) {
        _ if !needs || day_first + month_first == 0 => None,
        std::cmp::Ordering::Greater => Some(DateOrder::DayFirst),
        std::cmp::Ordering::Less => Some(DateOrder::MonthFirst),
        std::cmp::Ordering::Equal => Some(by_sign),
    }
}

/// Milliseconds since midnight.
pub(super) fn parse_clock(text: &str) -> Option<i64> {
    let (text, is_afternoon) = match text.get(text.len().saturating_sub(2)..) {
        Some(half) if half.eq_ignore_ascii_case("pm") => (text[..text.len() - 2].trim_end(), Some(true)),
        Some(half) if half.eq_ignore_ascii_case("am") => (text[..text.len() - 2].trim_end(), Some(false)),
        _ => (text, None),
    };
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut fields = whole.split(':').map(digits);
    let (hour, minute) = (fields.next()??, fields.next()??);
    let hour = match is_afternoon {
        Some(is_afternoon) if (1..=12).contains(&hour) => hour % 12 + if is_afternoon { 12 } else { 0 },
        Some(_) => return None,
        None => hour,
    };
    let second = match fields.next() {
        Some(second) => second?,
        None => 0,
    };
    if hour > 24 || minute > 59 || second > 60 || fields.next().is_some() {
        return None;
    }
    let mut ms = 0;
    for place in 0..3 {
        let digit = fraction.as_bytes().get(place).map_or(Some(0), |byte| char::from(*byte).to_digit(10))?;
        ms = ms * 10 + i64::from(digit);
    }
    Some(((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

/// The clock without its zone, and the zone in minutes east of Greenwich.
fn split_zone(text: &str) -> Option<(&str, Option<i32>)> {
    // RFC 9557 names the place as well: 12:00+02:00[Europe/Berlin]
    let text = text.split('[').next().unwrap_or(text).trim_end();
    if let Some(clock) = text
        .strip_suffix(['Z', 'z'])
        .or_else(|| text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")))
    {
        return Some((clock, Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
    let zone = &text[at + 1..];
    let (hours, minutes) = match zone.split_once(':') {
        Some((hours, minutes)) => (digits(hours)?, digits(minutes)?),
        None if zone.len() == 4 => (digits(zone.get(..2)?)?, digits(zone.get(2..)?)?),
        None => (digits(zone)?, 0),
    };
    let minutes = i32::try_from(sign * (hours * 60 + minutes)).ok()?;
    Some((text[..at].trim_end(), Some(minutes)))
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 in the proleptic Gregorian calendar (Hinnant's `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a time in UTC (Hinnant's `civil_from_days`).
pub fn civil(at_ms: i64) -> (i64, i64, i64) {
    let days = at_ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("1970-01-01T00:00:01Z", Some(1000)),
            ("2024-02-29 12:30:00", Some(1_709_209_800_000)),
            ("2024-02-29T12:30", Some(1_709_209_800_000)),
            ("2024-02-29T12:30:00.250+01:00", Some(1_709_206_200_250)),
            ("2024-02-29T12:30:00-0530", Some(1_709_229_600_000)),
            ("2024-02-29T13:30+01:00[Europe/Berlin]", Some(1_709_209_800_000)),
            ("2024-02-29 12:30 GMT", Some(1_709_209_800_000)),
            ("2024/02/29 12:30:00", Some(1_709_209_800_000)),
            ("2024-02-29 12:30 PM", Some(1_709_209_800_000)),
            ("29.02.2024 12:30", Some(1_709_209_800_000)),
            ("29/2/2024", Some(1_709_164_800_000)),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-01-01T25:00", None),
            ("2024-01-01Thello", None),
            ("hello", None),
            ("12.5", None),
            ("ääääääääää", None),
        ] {
            assert_eq!(parse_time(text, DateOrder::DayFirst).map(|time| time.at_ms), expected, "{text}");
        }
    }

    #[test]
    fn the_order_of_dates_is_told_by_the_dates() {
        for (column, expected) in [
            (&["2024-01-31"][..], None),
            (&["13/01/2024", "02/01/2024"], Some(DateOrder::DayFirst)),
            (&["01/13/2024", "01/02/2024"], Some(DateOrder::MonthFirst)),
            (&["01/02/2024"], Some(DateOrder::MonthFirst)),
            (&["01.02.2024 08:00"], Some(DateOrder::DayFirst)),
        ] {
            assert_eq!(order_of(column.iter().copied()), expected, "{column:?}");
        }
        let zoned = parse_time("2024-01-01T00:00-05:30", DateOrder::DayFirst).expect("a time");
        assert_eq!(zoned.zone_minutes, Some(-330));
    }

    #[test]
    fn the_calendar_goes_both_ways() {
        for days in (-200_000..200_000).step_by(97) {
            let (year, month, day) = civil(days * 86_400_000);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
