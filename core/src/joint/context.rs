//! Where in the week a moment lies, by the clock on the wall.

const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
pub(crate) const WEEK_MS: i64 = 7 * DAY_MS;
/// From the epoch, a Thursday, back to the Monday before.
const MONDAY_MS: i64 = 3 * DAY_MS;

/// The hours of a working day and those of a day off.
pub(crate) const CONTEXTS: usize = 48;

/// How far into its period a time lies.
pub(crate) fn within(local_ms: i64, period_ms: i64) -> i64 {
    (local_ms + MONDAY_MS).rem_euclid(period_ms)
}

pub(crate) fn is_weekend(local_ms: i64) -> bool {
    within(local_ms, WEEK_MS) >= 5 * DAY_MS
}

pub(crate) fn is_working_hours(local_ms: i64) -> bool {
    !is_weekend(local_ms) && (9 * HOUR_MS..17 * HOUR_MS).contains(&within(local_ms, DAY_MS))
}

/// The hour of the day, counted apart for days off.
pub(crate) fn context_of(local_ms: i64) -> usize {
    let hour = (within(local_ms, DAY_MS) / HOUR_MS) as usize;
    if is_weekend(local_ms) { CONTEXTS / 2 + hour } else { hour }
}

/// The same hour on the other kind of day: what is known of it stands in on the first weekend.
pub(crate) fn other_day(context: usize) -> usize {
    (context + CONTEXTS / 2) % CONTEXTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_begins_on_monday() {
        // 2024-07-01 was a Monday; 00:00 UTC.
        let monday_ms = 1_719_792_000_000;
        assert_eq!(within(monday_ms, WEEK_MS), 0);
        assert_eq!(context_of(monday_ms + 9 * HOUR_MS), 9);
        assert_eq!(context_of(monday_ms + 5 * DAY_MS + 9 * HOUR_MS), 33);
        assert_eq!(context_of(-1), 23);
        assert_eq!([other_day(9), other_day(33)], [33, 9]);
        assert!(is_weekend(monday_ms - 1) && !is_weekend(monday_ms));
        assert!(is_working_hours(monday_ms + 10 * HOUR_MS));
    }
}
