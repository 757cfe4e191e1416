//! Times as people write them.

/// Milliseconds since 1970 of an ISO 8601 time, also with a blank for the `T`, without seconds, without a zone
/// (then UTC is meant) or without a time of day.
pub fn parse_time(text: &str) -> Option<i64> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let mut fields = date.split(['-', '/']).map(digits);
    let (year, month, day) = (fields.next()??, fields.next()??, fields.next()??);
    let is_date =
        (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !is_date || fields.next().is_some() {
        return None;
    }
    let midnight_ms = days_from_civil(year, month, day) * 86_400_000;
    if rest.is_empty() {
        return Some(midnight_ms);
    }
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, offset_ms) = split_zone(clock)?;
    Some(midnight_ms + parse_clock(clock)? - offset_ms)
}

fn parse_clock(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut fields = whole.split(':').map(digits);
    let (hour, minute) = (fields.next()??, fields.next()??);
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

/// The clock without its zone, and the zone's offset from UTC.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    let text = text.trim_end();
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    if let Some(clock) = text.strip_suffix(" UTC") {
        return Some((clock, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
    let zone = &text[at + 1..];
    let (hours, minutes) = match zone.split_once(':') {
        Some((hours, minutes)) => (digits(hours)?, digits(minutes)?),
        None if zone.len() == 4 => (digits(zone.get(..2)?)?, digits(zone.get(2..)?)?),
        None => (digits(zone)?, 0),
    };
    Some((text[..at].trim_end(), sign * (hours * 60 + minutes) * 60_000))
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
            ("2024/02/29 12:30:00", Some(1_709_209_800_000)),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-01-01T25:00", None),
            ("2024-01-01Thello", None),
            ("hello", None),
            ("12.5", None),
            ("ääääääääää", None),
        ] {
            assert_eq!(parse_time(text), expected, "{text}");
        }
    }

    #[test]
    fn the_calendar_goes_both_ways() {
        for days in (-200_000..200_000).step_by(97) {
            let (year, month, day) = civil(days * 86_400_000);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
