//! Times in files: a date is a moment on a clock, a whole number is only a place in a row.

/// Between two numbered rows. So short that no day passes in any file: rows without a clock have no daily rhythm, and
/// none must be invented.
const ROW_MS: i64 = 1;

/// Milliseconds since 1970, from a date (`2014-02-18 16:02:00`, with `T`, a fraction or without seconds) or a number.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(row) = text.parse::<i64>() {
        return row.checked_mul(ROW_MS);
    }
    let mut numbers = text.split(['-', ' ', 'T', ':']).map(|part| part.trim_end_matches('Z').parse::<f64>());
    let mut next = || numbers.next().and_then(Result::ok);
    let (year, month, day) = (next()? as i64, next()? as i64, next()? as i64);
    let (hour, minute, second) = (next().unwrap_or(0.0), next().unwrap_or(0.0), next().unwrap_or(0.0));
    let seconds = hour * 3600.0 + minute * 60.0 + second;
    Some(days_since_1970(year, month, day) * 86_400_000 + (seconds * 1000.0) as i64)
}

/// Days from the first of January 1970, in the Gregorian calendar. Years begin in March here, so that the leap day is
/// the last one.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_row_numbers() {
        assert_eq!(parse_ms("1970-01-01 00:00:00"), Some(0));
        assert_eq!(parse_ms("2000-02-29"), Some(951_782_400_000));
        assert_eq!(parse_ms("2014-02-18T16:02:00.500000"), Some(1_392_739_320_500));
        assert_eq!(parse_ms("17"), Some(17));
        assert_eq!(parse_ms("noon"), None);
    }
}
