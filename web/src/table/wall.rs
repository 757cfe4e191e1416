//! From what a clock showed to when that was: rows in a file tell it by their order.

use super::Note;
use super::zone::{Shown, Zone};

/// No zone is changed twice within so short a time: what does is two clocks in one file.
const BETWEEN_CHANGES_MS: i64 = 7 * 86_400_000;
/// More changes than any zone has in a century that anybody measures.
const CHANGES_MOST: usize = 200;
/// By what a clock may be put forward or back.
const CHANGE_MS: std::ops::RangeInclusive<i64> = 1_800_000..=7_200_000;

/// The zones that a reader may need.
#[derive(Clone, Debug, Default)]
pub struct Zones {
    /// The one that is chosen.
    pub chosen: Option<Zone>,
    /// Where this device is; asked only where it matters.
    pub own: Option<fn() -> Option<Zone>>,
}

/// A clock that is read row by row.
#[derive(Clone, Debug, Default)]
pub(super) struct Wall {
    pub(super) zone: Zone,
    /// Rows that came later than the one before, less those that came earlier.
    rise: i64,
    last_local_ms: Option<i64>,
    /// Of each thing, its last row in an hour that comes twice.
    doubled_ms: Vec<(String, i64)>,
    doubled_rows: u64,
    skipped_rows: u64,
}

impl Wall {
    pub(super) fn new(zone: Zone) -> Self {
        Self { zone, ..Self::default() }
    }

    /// When it showed this to a thing. Of an hour that comes twice, the order of the thing's rows tells which it is.
    pub(super) fn at_ms(&mut self, local_ms: i64, thing: &str) -> i64 {
        let last_ms = self.last_local_ms.replace(local_ms);
        self.rise += last_ms.map_or(0, |last_ms| (local_ms - last_ms).signum());
        let falls = self.rise < 0;
        match self.zone.shown(local_ms) {
            Shown::Once(at_ms) => at_ms,
            Shown::Never(at_ms) => {
                self.skipped_rows += 1;
                at_ms
            }
            Shown::Twice(first_ms, second_ms) => {
                self.doubled_rows += 1;
                let last = self.doubled_ms.iter_mut().find(|(known, _)| known == thing);
                let is_second = match &last {
                    Some((_, last_ms)) if falls => second_ms < *last_ms,
                    Some((_, last_ms)) => first_ms <= *last_ms,
                    None => falls,
                };
                let at_ms = if is_second { second_ms } else { first_ms };
                match last {
                    Some((_, last_ms)) => *last_ms = at_ms,
                    None => self.doubled_ms.push((thing.to_string(), at_ms)),
                }
                at_ms
            }
        }
    }

    /// Says what it met.
    pub(super) fn note(&self, note: &mut Note) {
        (note.doubled_rows, note.skipped_rows) = (self.doubled_rows, self.skipped_rows);
    }
}

/// Whether rows with these times, in their order, were read from that clock and no other: where it is changed they go on at
/// their usual distance, which by any clock that stands still they do not; and no row lies in an hour that it skips.
pub(super) fn is_told_by(local_ms: &[i64], own: impl FnOnce() -> Option<Zone>) -> bool {
    let mut steps: Vec<i64> = local_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let middle = steps.len() / 2;
    if steps.len() < 3 {
        return false;
    }
    let usual_ms = *steps.select_nth_unstable(middle).1;
    let is_of_a_change =
        |pair: &[i64]| CHANGE_MS.contains(&(pair[1] - pair[0] - usual_ms).abs()) && usual_ms != 0;
    if !local_ms.windows(2).any(is_of_a_change) {
        return false;
    }
    let Some(zone) = own() else { return false };
    let goes_on = |pair: &&[i64]| {
        let ([a, later_a], [b, later_b]) = (zone.shown(pair[0]).bounds(), zone.shown(pair[1]).bounds());
        is_of_a_change(pair) && (later_b - a == usual_ms || b - later_a == usual_ms)
    };
    let is_skipped = |&local_ms: &i64| matches!(zone.shown(local_ms), Shown::Never(_));
    local_ms.windows(2).any(|pair| goes_on(&pair)) && !local_ms.iter().any(is_skipped)
}

/// The offsets that times name themselves, from when each is named.
#[derive(Clone, Debug, Default)]
pub(super) struct Named(Vec<(i64, i32)>);

impl Named {
    pub(super) fn hear(&mut self, at_ms: i64, minutes: i32) {
        let is_news = self.0.last().is_none_or(|last| last.1 != minutes);
        if is_news && self.0.len() <= CHANGES_MOST {
            self.0.push((at_ms, minutes));
        }
    }

    /// The clock that shows what they say; of several clocks in one file, the first.
    pub(super) fn zone(&self) -> Option<Zone> {
        let ((_, minutes), changes) = self.0.split_first()?;
        let is_one = changes.len() < CHANGES_MOST
            && self.0.first().zip(changes.first()).is_none_or(|(first, next)| first.0 < next.0)
            && changes.windows(2).all(|pair| pair[1].0 - pair[0].0 > BETWEEN_CHANGES_MS);
        let changes = if is_one { changes.to_vec() } else { Vec::new() };
        Some(Zone { name: None, minutes: *minutes, changes })
    }
}

/// What the name of a column says of the zone: `time_utc`, `Time (UTC+02:00)`, in minutes.
pub(super) fn zone_of_name(name: &str) -> Option<i32> {
    let lower = name.to_ascii_lowercase();
    let place = ["utc", "gmt"].into_iter().find_map(|word| lower.find(word))?;
    let is_letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_lowercase());
    let (before, after) = (name.get(..place)?, name.get(place + 3..)?);
    let is_capital = name.get(place..place + 3)?.chars().all(|char| char.is_ascii_uppercase());
    if !is_capital && (is_letter(before.chars().last()) || is_letter(after.chars().next())) {
        return None;
    }
    let sign = match after.trim_start().chars().next() {
        Some('+') => 1,
        Some('-' | '−') => -1,
        _ => return Some(0),
    };
    let digits = after.trim_start().trim_start_matches(['+', '-', '−']).trim_start();
    let end = digits.find(|char: char| !char.is_ascii_digit() && char != ':').unwrap_or(digits.len());
    let (hours, minutes) = digits.get(..end)?.split_once(':').unwrap_or((digits.get(..end)?, "0"));
    let minutes: i32 = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
    (minutes <= 18 * 60).then_some(sign * minutes)
}

#[cfg(test)]
mod tests {
    use super::super::zone::tests::{at, berlin};
    use super::*;

    const QUARTER_MS: i64 = 900_000;

    /// What Berlin's clock shows every quarter of an hour.
    fn shown(from: &str, rows: i64) -> (Vec<i64>, Vec<i64>) {
        let times_ms: Vec<i64> = (0..rows).map(|row| at(from) + row * QUARTER_MS).collect();
        let local_ms = times_ms.iter().map(|&at_ms| berlin().local_ms(at_ms)).collect();
        (times_ms, local_ms)
    }

    fn read(local_ms: impl Iterator<Item = i64>) -> (Vec<i64>, Note) {
        let (mut wall, mut note) = (Wall::new(berlin()), Note::default());
        let times_ms = local_ms.map(|local_ms| wall.at_ms(local_ms, "")).collect();
        wall.note(&mut note);
        (times_ms, note)
    }

    #[test]
    fn rows_over_both_changes_are_put_where_they_were() {
        for (from, doubled_rows) in [("2024-03-30T12:00Z", 0), ("2024-10-26T12:00Z", 8)] {
            let (times_ms, local_ms) = shown(from, 100);
            let (read_ms, note) = read(local_ms.iter().copied());
            assert_eq!((read_ms, note.doubled_rows, note.skipped_rows), (times_ms.clone(), doubled_rows, 0));
            let (mut read_ms, _) = read(local_ms.iter().rev().copied());
            read_ms.reverse();
            assert_eq!(read_ms, times_ms, "newest first");
        }
        // Every hour: the doubled one is there twice, with the same stamp.
        let hours = ["01:00", "02:00", "02:00", "03:00"].map(|clock| at(&format!("2024-10-27T{clock}")));
        let (read_ms, _) = read(hours.into_iter());
        assert!(read_ms.windows(2).all(|pair| pair[1] - pair[0] == 3_600_000), "{read_ms:?}");
        let (moved, note) = read([at("2024-03-31T02:30")].into_iter());
        assert_eq!((berlin().local_ms(moved[0]), note.skipped_rows), (at("2024-03-31T03:30"), 1));
    }

    #[test]
    fn each_thing_has_its_own_order() {
        let mut wall = Wall::new(berlin());
        let mut read = |clock: &str, thing| wall.at_ms(at(&format!("2024-10-27T{clock}")), thing);
        let told = [
            read("02:00", "a"),
            read("02:00", "b"),
            read("02:30", "a"),
            read("02:00", "a"),
            read("02:00", "b"),
        ];
        let [first, second] = berlin().shown(at("2024-10-27T02:00")).bounds();
        assert_eq!(told, [first, first, first + 1_800_000, second, second]);
    }

    #[test]
    fn rows_tell_the_clock_that_they_were_read_from() {
        for from in ["2024-03-30T12:00Z", "2024-10-26T12:00Z"] {
            let (times_ms, local_ms) = shown(from, 100);
            assert!(is_told_by(&local_ms, || Some(berlin())), "{from}");
            assert!(!is_told_by(&times_ms, || panic!("a regular file asks nobody")), "{from}");
            let reversed: Vec<i64> = local_ms.iter().rev().copied().collect();
            assert!(is_told_by(&reversed, || Some(berlin())), "{from}, newest first");
            let elsewhere = Zone { changes: Vec::new(), ..berlin() };
            assert!(!is_told_by(&local_ms, || Some(elsewhere)), "{from}");
        }
        // An outage of an hour on another day is no change of the clock.
        let (mut times_ms, _) = shown("2024-06-01T12:00Z", 100);
        times_ms.drain(40..44);
        assert!(!is_told_by(&times_ms, || Some(berlin())));
    }

    #[test]
    fn offsets_that_times_name_are_one_clock_or_the_first() {
        let named = |told: &[(&str, i32)]| {
            let mut named = Named::default();
            told.iter().for_each(|(text, minutes)| named.hear(at(text), *minutes));
            named.zone()
        };
        let clock =
            named(&[("2024-10-26T23:00Z", 120), ("2024-10-27T00:59Z", 120), ("2024-10-27T01:00Z", 60)]);
        assert_eq!(
            clock,
            Some(Zone { name: None, minutes: 120, changes: vec![(at("2024-10-27T01:00Z"), 60)] })
        );
        let mixed = [("2024-10-26T23:00Z", 120), ("2024-10-26T23:01Z", 0), ("2024-10-26T23:02Z", 120)];
        assert_eq!(named(&mixed), Some(Zone::fixed(120)));
        assert_eq!(named(&[]), None);
    }

    #[test]
    fn names_of_columns_say_their_zone() {
        for (name, expected) in [
            ("time_utc", Some(0)),
            ("UTCTime", Some(0)),
            ("Date (GMT)", Some(0)),
            ("Time (UTC+02:00)", Some(120)),
            ("time utc-3:30", Some(-210)),
            ("timestamp", None),
            ("outcome", None),
            ("UTC+99", None),
        ] {
            assert_eq!(zone_of_name(name), expected, "{name}");
        }
    }
}
