//! Where an axis is marked, and how numbers and times are written.

use std::sync::Arc;

use super::scale::Span;
use crate::table::{Shown, Zone, civil, offset_name};

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const STEPS_MS: [f64; 25] = [
    1.0,
    5.0,
    20.0,
    100.0,
    500.0,
    SECOND,
    5.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    5.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
    30.0 * DAY,
    91.0 * DAY,
    182.0 * DAY,
    365.0 * DAY,
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What the numbers of the time axis are.
#[derive(Clone, Debug, PartialEq)]
pub enum Clock {
    /// Milliseconds since 1970, shown on a wall in this zone.
    Zone(Arc<Zone>),
    /// Rows, counted from 0.
    Rows,
}

impl Default for Clock {
    fn default() -> Self {
        Zone::default().into()
    }
}

impl From<Zone> for Clock {
    fn from(zone: Zone) -> Self {
        Self::Zone(Arc::new(zone))
    }
}

impl From<&Clock> for Clock {
    fn from(clock: &Clock) -> Self {
        clock.clone()
    }
}

impl From<bool> for Clock {
    /// UTC where there is a time at all.
    fn from(has_time: bool) -> Self {
        if has_time { Self::default() } else { Self::Rows }
    }
}

/// A mark on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub at_ms: f64,
    /// What it says.
    pub label: String,
}

/// About `most` marks at round times of the clock; for rows without a time, at round numbers.
pub fn time_ticks(span: Span, most: usize, clock: impl Into<Clock>) -> Vec<Tick> {
    let room = span.length_ms() / most.max(1) as f64;
    let Clock::Zone(zone) = clock.into() else {
        let label = |at_ms: f64| format!("{}", at_ms + 1.0);
        return ticks(span.from_ms, span.to_ms, round_step(room.max(1.0)), 0.0, &label);
    };
    let step = STEPS_MS
        .into_iter()
        .find(|&step| step >= room)
        .unwrap_or_else(|| (room / (365.0 * DAY)).ceil() * 365.0 * DAY);
    let mut all: Vec<Tick> = Vec::new();
    for [from_ms, to_ms, east_ms] in zone.stretches(span.from_ms, span.to_ms) {
        // Where the clock is changed, what it showed ends before what it shows then.
        all.retain(|tick| tick.at_ms < from_ms);
        all.extend(ticks(from_ms, to_ms, step, east_ms, &|local_ms| axis_label(local_ms, step)));
    }
    all
}

fn ticks(from_ms: f64, to_ms: f64, step: f64, east_ms: f64, label: &dyn Fn(f64) -> String) -> Vec<Tick> {
    let first = ((from_ms + east_ms) / step).ceil();
    let count = (((to_ms + east_ms) / step).floor() - first).clamp(-1.0, 64.0) as i64;
    let tick = |place| {
        let local_ms = (first + place as f64) * step;
        Tick { at_ms: local_ms - east_ms, label: label(local_ms) }
    };
    (0..=count).map(tick).collect()
}

fn axis_label(at_ms: f64, step: f64) -> String {
    let at = at_ms as i64;
    let (year, month, day) = civil(at);
    let month_name = MONTHS[(month - 1) as usize];
    let of_day = at.rem_euclid(DAY as i64);
    let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60);
    match step {
        _ if step >= 300.0 * DAY => format!("{year}"),
        _ if step >= 30.0 * DAY => format!("{month_name} {year}"),
        _ if step >= DAY || of_day == 0 => format!("{day} {month_name}"),
        _ if step >= MINUTE => format!("{hour:02}:{minute:02}"),
        _ if step >= SECOND => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{second:02}.{:03}", of_day % 1000),
    }
}

/// A moment in full.
pub fn moment(at_ms: f64, clock: impl Into<Clock>) -> String {
    let Clock::Zone(zone) = clock.into() else { return format!("row {}", at_ms + 1.0) };
    let at = zone.local_ms(at_ms as i64);
    let (year, month, day) = civil(at);
    let of_day = at.rem_euclid(DAY as i64);
    let clock = format!("{:02}:{:02}", of_day / 3_600_000, of_day / 60_000 % 60);
    let seconds = match of_day % 60_000 {
        0 => String::new(),
        ms if ms % 1000 == 0 => format!(":{:02}", ms / 1000),
        ms => format!(":{:02}.{:03}", ms / 1000, ms % 1000),
    };
    let is_twice = matches!(zone.shown(at), Shown::Twice(..));
    let which = is_twice.then(|| format!(" ({})", offset_name(zone.minutes_at(at_ms as i64))));
    format!("{day} {} {year}, {clock}{seconds}{}", MONTHS[(month - 1) as usize], which.unwrap_or_default())
}

/// A length of time in one or two words.
pub fn length(ms: f64, clock: impl Into<Clock>) -> String {
    if clock.into() == Clock::Rows {
        return format!("{} rows", ms + 1.0);
    }
    match ms {
        _ if ms < SECOND => "a moment".to_string(),
        _ if ms < MINUTE => format!("{:.0} s", ms / SECOND),
        _ if ms < 2.0 * HOUR => format!("{:.0} min", ms / MINUTE),
        _ if ms < 2.0 * DAY => format!("{:.1} h", ms / HOUR),
        _ => format!("{:.1} days", ms / DAY),
    }
}

/// A value with about four digits.
pub fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if value.is_nan() => "–".to_string(),
        _ if size == 0.0 => "0".to_string(),
        _ if !(1e-3..1e9).contains(&size) => format!("{value:.2e}"),
        _ if size >= 1e4 => grouped(value),
        _ if size >= 100.0 => trimmed(format!("{value:.1}")),
        _ if size >= 1.0 => trimmed(format!("{value:.2}")),
        _ => trimmed(format!("{value:.4}")),
    }
}

/// A whole number with its thousands apart.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

fn trimmed(text: String) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn round_step(room: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 <= room {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|&step| step >= room).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let day = Span { from_ms: 1_704_067_200_000.0, to_ms: 1_704_067_200_000.0 + DAY };
        let labels: Vec<String> = time_ticks(day, 5, true).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["1 Jan", "06:00", "12:00", "18:00", "2 Jan"]);
        for length in [3.0, 999.0, 7e4, 5e6, 9e8, 8e10, 4e12] {
            let span = Span { from_ms: 1.7e12, to_ms: 1.7e12 + length };
            assert!(time_ticks(span, 8, true).len() <= 9, "{length}");
            assert!(time_ticks(span, 8, false).len() <= 9, "{length}");
        }
    }

    #[test]
    fn numbers_are_short() {
        for (value, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (12.345, "12.35"),
            (-0.25, "-0.25"),
            (1234.56, "1234.6"),
            (1_234_567.0, "1,234,567"),
            (1e12, "1.00e12"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn moments_are_written_in_full() {
        assert_eq!(moment(1_709_209_800_000.0, true), "29 Feb 2024, 12:30");
        assert_eq!(moment(1_709_209_805_250.0, true), "29 Feb 2024, 12:30:05.250");
        assert_eq!(moment(4.0, false), "row 5");
        assert_eq!(moment(0.0, Zone::fixed(60)), "1 Jan 1970, 01:00");
    }

    #[test]
    fn a_clock_that_is_put_back_shows_an_hour_twice() {
        let hour = |hours: f64| 1_729_987_200_000.0 + hours * HOUR;
        let clock = Clock::from(Zone { name: None, minutes: 120, changes: vec![(hour(1.0) as i64, 60)] });
        let told = [-0.5, 0.5, 1.5, 2.5].map(|hours| moment(hour(hours), &clock));
        assert_eq!(
            told,
            [
                "27 Oct 2024, 01:30",
                "27 Oct 2024, 02:30 (UTC+2:00)",
                "27 Oct 2024, 02:30 (UTC+1:00)",
                "27 Oct 2024, 03:30"
            ]
        );
        let day = Span { from_ms: hour(-2.0), to_ms: hour(3.0) };
        let ticks = time_ticks(day, 6, &clock);
        let told: Vec<(&str, f64)> =
            ticks.iter().map(|tick| (tick.label.as_str(), (tick.at_ms - hour(0.0)) / HOUR)).collect();
        let expected = [
            ("27 Oct", -2.0),
            ("01:00", -1.0),
            ("02:00", 0.0),
            ("02:00", 1.0),
            ("03:00", 2.0),
            ("04:00", 3.0),
        ];
        assert_eq!(told, expected);
    }
}
