//! The clock on a wall: how far it is from Greenwich, and when that changes.

use fourfold::schema::{ZoneChangeDraft, ZoneDraft};
use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
/// No clock is farther from Greenwich.
const FARTHEST_MS: i64 = 86_400_000;

/// Offsets from UTC, as far as somebody knows them. Where it has a name, a browser has filled them in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// As the world calls it: `Europe/Berlin`.
    pub name: Option<String>,
    /// Minutes east of Greenwich before the first change.
    pub minutes: i32,
    /// From which moment on how many minutes hold, in the order of time.
    pub changes: Vec<(i64, i32)>,
}

/// When a clock shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As most of the time.
    Once(i64),
    /// Before and after it is put back.
    Twice(i64, i64),
    /// It skips that; so much later it has gone on as if it had not.
    Never(i64),
}

impl Shown {
    /// The first moment, and the last.
    pub fn bounds(self) -> [i64; 2] {
        match self {
            Self::Once(at_ms) | Self::Never(at_ms) => [at_ms, at_ms],
            Self::Twice(first_ms, last_ms) => [first_ms, last_ms],
        }
    }
}

impl Zone {
    /// A clock that is never changed.
    pub fn fixed(minutes: i32) -> Self {
        Self { minutes, ..Self::default() }
    }

    /// How far it is from Greenwich at a moment.
    pub fn minutes_at(&self, at_ms: i64) -> i32 {
        let passed = self.changes.partition_point(|&(from_ms, _)| from_ms <= at_ms);
        passed
            .checked_sub(1)
            .and_then(|place| self.changes.get(place))
            .map_or(self.minutes, |change| change.1)
    }

    /// What people call it at a moment.
    pub fn title(&self, at_ms: i64) -> String {
        let name = self.name.as_ref().map(|name| name.replace('_', " "));
        name.unwrap_or_else(|| offset_name(self.minutes_at(at_ms)))
    }

    /// What it shows at a moment, as milliseconds since it showed 1970.
    pub fn local_ms(&self, at_ms: i64) -> i64 {
        at_ms.saturating_add(i64::from(self.minutes_at(at_ms)) * MINUTE_MS)
    }

    /// When it shows this.
    pub fn shown(&self, local_ms: i64) -> Shown {
        let long_past = self.changes.partition_point(|&(from_ms, _)| from_ms + FARTHEST_MS <= local_ms);
        let (past, ahead) = self.changes.split_at(long_past);
        let mut east_ms = i64::from(past.last().map_or(self.minutes, |change| change.1)) * MINUTE_MS;
        for &(from_ms, minutes) in ahead {
            let then_ms = i64::from(minutes) * MINUTE_MS;
            let (low_ms, high_ms) = (from_ms + east_ms.min(then_ms), from_ms + east_ms.max(then_ms));
            match local_ms {
                _ if local_ms < low_ms => break,
                _ if local_ms >= high_ms => east_ms = then_ms,
                _ if then_ms < east_ms => return Shown::Twice(local_ms - east_ms, local_ms - then_ms),
                _ => return Shown::Never(local_ms - east_ms),
            }
        }
        Shown::Once(local_ms - east_ms)
    }

    /// The parts of a time in which it is not changed: from, to, and how far from Greenwich, in milliseconds.
    pub fn stretches(&self, from_ms: f64, to_ms: f64) -> Vec<[f64; 3]> {
        let inside = self.changes.iter().map(|change| change.0 as f64);
        let mut bounds: Vec<f64> = inside.filter(|&at_ms| at_ms > from_ms && at_ms < to_ms).collect();
        bounds.insert(0, from_ms);
        let ends = bounds.iter().skip(1).copied().chain([to_ms]);
        let east_ms = |at_ms: f64| f64::from(self.minutes_at(at_ms.floor() as i64)) * MINUTE_MS as f64;
        bounds.iter().zip(ends).map(|(&from_ms, to_ms)| [from_ms, to_ms, east_ms(from_ms)]).collect()
    }

    /// As a schema has it, with the changes between two moments; `None` for UTC.
    pub fn to_draft(&self, from_ms: i64, to_ms: i64) -> Option<ZoneDraft> {
        let inside = self.changes.iter().filter(|change| change.0 > from_ms && change.0 <= to_ms);
        let changes: Vec<ZoneChangeDraft> = inside
            .map(|&(from_ms, minutes)| ZoneChangeDraft {
                from: from_ms as f64,
                offset_minutes: f64::from(minutes),
            })
            .collect();
        let minutes = self.minutes_at(from_ms);
        let is_utc = minutes == 0 && changes.is_empty();
        (!is_utc).then(|| ZoneDraft { offset_minutes: Some(f64::from(minutes)), changes })
    }
}

impl From<ZoneDraft> for Zone {
    fn from(draft: ZoneDraft) -> Self {
        let changes = draft.changes.iter().map(|change| (change.from as i64, change.offset_minutes as i32));
        let minutes = draft.offset_minutes.unwrap_or_default() as i32;
        Self { name: None, minutes, changes: changes.collect() }
    }
}

/// A fixed offset as people write it.
pub fn offset_name(minutes: i32) -> String {
    match minutes {
        0 => "UTC".to_string(),
        _ => format!(
            "UTC{}{}:{:02}",
            if minutes < 0 { "−" } else { "+" },
            minutes.abs() / 60,
            minutes.abs() % 60
        ),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::table::{DateOrder, parse_time};

    pub(crate) fn at(text: &str) -> i64 {
        parse_time(text, DateOrder::DayFirst).expect(text).at_ms
    }

    /// As Berlin had it in 2024.
    pub(crate) fn berlin() -> Zone {
        let changes = vec![(at("2024-03-31T01:00Z"), 120), (at("2024-10-27T01:00Z"), 60)];
        Zone { name: Some("Europe/Berlin".into()), minutes: 60, changes }
    }

    #[test]
    fn a_clock_shows_an_hour_twice_and_one_never() {
        for (local, expected) in [
            ("2024-03-31T01:59", Shown::Once(at("2024-03-31T00:59Z"))),
            ("2024-03-31T02:00", Shown::Never(at("2024-03-31T01:00Z"))),
            ("2024-03-31T02:30", Shown::Never(at("2024-03-31T01:30Z"))),
            ("2024-03-31T03:00", Shown::Once(at("2024-03-31T01:00Z"))),
            ("2024-10-27T01:59", Shown::Once(at("2024-10-26T23:59Z"))),
            ("2024-10-27T02:00", Shown::Twice(at("2024-10-27T00:00Z"), at("2024-10-27T01:00Z"))),
            ("2024-10-27T03:00", Shown::Once(at("2024-10-27T02:00Z"))),
        ] {
            let shown = berlin().shown(at(local));
            assert_eq!(shown, expected, "{local}");
            let is_back = shown.bounds().iter().all(|&at_ms| berlin().local_ms(at_ms) == at(local));
            assert_eq!(is_back, !matches!(shown, Shown::Never(_)), "{local}");
        }
    }

    #[test]
    fn a_schema_takes_the_changes_that_its_table_needs() {
        let draft = |from, to| berlin().to_draft(at(from), at(to)).expect("not UTC");
        let winter = draft("2024-01-01", "2024-03-01");
        assert_eq!((winter.offset_minutes, winter.changes.len()), (Some(60.0), 0));
        let autumn = draft("2024-06-01", "2025-01-01");
        assert_eq!((autumn.offset_minutes, autumn.changes.len()), (Some(120.0), 1));
        assert_eq!(Zone::from(draft("2024-01-01", "2025-01-01")), Zone { name: None, ..berlin() });
        assert_eq!(Zone::fixed(0).to_draft(0, 1), None);
    }

    #[test]
    fn offsets_are_written_as_people_do() {
        assert_eq!([0, -210, 120].map(offset_name), ["UTC", "UTC−3:30", "UTC+2:00"]);
    }
}
