//! Sentences. Names, units and actions are the schema's; the rest is plain English.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::cause::{Counterfactual, Culprit, Found};
use crate::frame::DAY_MS;
use crate::schema::{Change, Schema};
use crate::silence::Cause;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
/// Names in one sentence, at most.
const NAMES_MOST: usize = 3;
/// Beyond so many times the usual a number says nothing more.
const FAR: f64 = 1000.0;
/// An order that is surer than this is worth telling.
const ORDER_TOLD: f64 = 0.8;

/// Who words things, and on which day.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    schema: &'a Schema,
    /// The frame that is explained: times of its day need no date.
    at_ms: i64,
    /// Whether frames are so close that minutes do not tell them apart.
    has_seconds: bool,
}

impl<'a> Words<'a> {
    pub(super) fn new(schema: &'a Schema, at_ms: i64, step_ms: i64) -> Self {
        Self { schema, at_ms, has_seconds: step_ms < MINUTE_MS }
    }

    pub(super) fn stream(&self, place: usize) -> &'a str {
        self.schema.streams().get(place).map_or("?", |stream| &stream.name)
    }

    fn group(&self, place: usize) -> &'a str {
        self.schema.groups().get(place).map_or("?", |group| group)
    }

    pub(super) fn culprit(&self, culprit: Culprit) -> String {
        culprit.name(self.schema)
    }

    /// The time on the wall; with its date where that is another day's.
    pub(super) fn time(&self, at_ms: i64) -> String {
        let moment = self.schema.moment(at_ms);
        if !moment.is_clock() {
            return format!("t = {at_ms}");
        }
        let of_day = moment.local_ms.rem_euclid(DAY_MS);
        let (hour, minute) = (of_day / HOUR_MS, of_day % HOUR_MS / MINUTE_MS);
        let mut text = format!("{hour:02}:{minute:02}");
        if self.has_seconds {
            text.push_str(&format!(":{:02}", of_day % MINUTE_MS / SECOND_MS));
        }
        let day = moment.local_ms.div_euclid(DAY_MS);
        if day == self.schema.local_ms(self.at_ms).div_euclid(DAY_MS) {
            return text;
        }
        let (year, month, day) = date(day);
        format!("{year:04}-{month:02}-{day:02} {text}")
    }

    /// A value with its unit.
    pub(super) fn value(&self, stream: usize, value: f64) -> String {
        match self.schema.streams().get(stream).and_then(|stream| stream.unit.as_deref()) {
            Some(unit) => format!("{} {unit}", figure(value)),
            None => figure(value),
        }
    }

    /// What a stream did: "heart_rate rose to 150 bpm".
    pub(super) fn deed(&self, stream: usize, change: Change, value: Option<f64>) -> String {
        let verb = match change {
            Change::Up => "rose",
            Change::Down => "fell",
            Change::Absent => return format!("{} fell silent", self.stream(stream)),
            Change::Present => "spoke up",
            Change::Any => "became odd",
        };
        match (value, change) {
            (Some(value), Change::Up | Change::Down) => {
                format!("{} {verb} to {}", self.stream(stream), self.value(stream, value))
            }
            (Some(value), _) => format!("{} {verb} at {}", self.stream(stream), self.value(stream, value)),
            (None, _) => format!("{} {verb}", self.stream(stream)),
        }
    }

    /// A silence, without its time.
    pub(super) fn silence(&self, cause: Cause, stream: Option<usize>, group: Option<usize>) -> String {
        let stream = stream.map_or("a stream", |place| self.stream(place));
        let group = group.map_or("a group", |place| self.group(place));
        match cause {
            Cause::SensorSilent => format!("{stream} is silent while others speak"),
            Cause::SourcePartlySilent => format!("Part of {group} is silent"),
            Cause::SourceDown => format!("All of {group} is silent"),
            Cause::AllSilent => "Everything is silent".into(),
            Cause::DataLate => format!("The readings of {stream} come late"),
            Cause::TrueZero => format!("{stream} is zero, as it often is"),
            Cause::DeviceAsleep => format!("{stream} is silent, as it often is at this hour"),
            Cause::ValueStuck => format!("{stream} repeats one value"),
        }
    }

    /// A few names, and how many more.
    pub(super) fn list(&self, streams: &[usize]) -> String {
        let shown: Vec<&str> = streams.iter().take(NAMES_MOST).map(|&place| self.stream(place)).collect();
        let more = streams.len() - shown.len();
        let shown = shown.join(", ");
        if more == 0 { shown } else { format!("{shown} and {more} more") }
    }

    pub(super) fn found(&self, found: &Found) -> String {
        match *found {
            Found::Deviation { stream, size } if size > FAR => {
                format!("{} is far off all that is usual", self.stream(stream))
            }
            Found::Deviation { stream, size } => {
                format!("{} is off by {} times the usual", self.stream(stream), figure(size))
            }
            Found::Match { culprit, similarity, chance } => format!(
                "what happened is like {} by {}; in random events as much is found in {}",
                self.culprit(culprit),
                percent(similarity),
                percent(chance)
            ),
            Found::Lead { first, then, by_ms, correlation, order, .. } => {
                let (first, then, by) = (self.stream(first), self.stream(then), figure(correlation));
                match by_ms {
                    by_ms if by_ms > 0 && order >= ORDER_TOLD => {
                        format!("{first} moves {} before {then} (correlation {by})", span(by_ms))
                    }
                    _ => format!("{first} and {then} move together (correlation {by})"),
                }
            }
            Found::Share { from, to, share, is_learned } => {
                let from = from.map_or("the hour", |place| self.stream(place));
                let how = if is_learned { ", by a link that was learned" } else { "" };
                format!("{} of what {} does is explained by {from}{how}", percent(share), self.stream(to))
            }
            Found::Counterfactual(Counterfactual { stream, score, would_be }) => format!(
                "with {} as usual the score would have been {} instead of {}",
                self.stream(stream),
                cut(would_be),
                cut(score)
            ),
            Found::Contradiction(link) => format!(
                "the schema says that {} moves {}, which the last days do not show",
                self.stream(link.from),
                self.stream(link.to)
            ),
            Found::Quiet { stream, group, for_ms, usual_ms } => {
                let (who, usual) = match (stream, group) {
                    (Some(stream), _) => (format!("{} has said nothing", self.stream(stream)), "it does"),
                    (None, Some(group)) => {
                        (format!("nobody of {} has spoken", self.group(group)), "somebody does")
                    }
                    (None, None) => ("nobody has spoken".into(), "somebody does"),
                };
                format!("{who} for {}; usually {usual} every {}", span(for_ms), span(usual_ms))
            }
            Found::Unseen { streams } => format!("{streams} of the streams said nothing meanwhile"),
        }
    }
}

/// A score with two digits, or as many as it takes to tell it from 1. Cut, since what is rounded up to 1 would be wrong.
fn cut(score: f64) -> String {
    let mut digits = 2;
    let mut scale = 100.0;
    while digits < 6 && score < 1.0 && (1.0 - score) * scale < 1.0 {
        digits += 1;
        scale *= 10.0;
    }
    let cut = crate::math::floor(score * scale) / scale;
    format!("{cut:.digits$}")
}

/// A number as people write it: three digits that count, and no more zeros than needed.
pub(super) fn figure(x: f64) -> String {
    let size = x.abs();
    let digits = match size {
        _ if size >= 1e9 || (size < 1e-3 && size > 0.0) => return format!("{x:.2e}"),
        _ if size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{x:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.to_string() }
}

pub(super) fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 0.0 && percent < 0.5 => "less than 1 %".into(),
        percent if (99.5..100.0).contains(&percent) => "more than 99 %".into(),
        percent => format!("{percent:.0} %"),
    }
}

/// How long: in the unit that suits.
fn span(ms: i64) -> String {
    let (unit_ms, unit) = match ms {
        ms if ms >= 2 * DAY_MS => (DAY_MS, "days"),
        ms if ms >= 2 * HOUR_MS => (HOUR_MS, "hours"),
        ms if ms >= 2 * MINUTE_MS => (MINUTE_MS, "minutes"),
        ms if ms >= 2 * SECOND_MS => (SECOND_MS, "seconds"),
        _ => return format!("{ms} ms"),
    };
    format!("{} {unit}", figure(ms as f64 / unit_ms as f64))
}

/// Year, month and day of a number of days since 1970 (Howard Hinnant's algorithm for the civil calendar).
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (400 * era + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::schema::ZoneDraft;

    #[test]
    fn numbers_are_short_and_right() {
        for (x, text) in [
            (150.0, "150"),
            (36.62, "36.6"),
            (-85.0, "-85"),
            (0.5, "0.5"),
            (99.96, "100"),
            (1234.56, "1235"),
            (1.25e12, "1.25e12"),
            (2.0e-5, "2.00e-5"),
            (-0.0001, "-1.00e-4"),
            (0.0, "0"),
        ] {
            assert_eq!(figure(x), text);
        }
        assert_eq!([cut(0.3), cut(0.999_96), cut(1.0)], ["0.30", "0.99996", "1.00"]);
        assert_eq!(
            [percent(0.6), percent(0.001), percent(0.9999)],
            ["60 %", "less than 1 %", "more than 99 %"]
        );
        assert_eq!([span(120_000), span(90_000), span(7_200_000)], ["2 minutes", "90 seconds", "2 hours"]);
    }

    #[test]
    fn times_are_those_on_the_wall() {
        let mut draft = SchemaDraft::of_streams(["a"]);
        draft.zone = Some(ZoneDraft { offset_minutes: Some(120.0), changes: Vec::new() });
        let schema = draft.validate().expect("valid");
        // 2023-11-14 22:13:20 UTC is past midnight two hours further east.
        let at_ms = 1_700_000_000_000;
        assert_eq!(Words::new(&schema, at_ms, 60_000).time(at_ms), "00:13");
        assert_eq!(Words::new(&schema, at_ms, 1000).time(at_ms), "00:13:20");
        assert_eq!(Words::new(&schema, at_ms, 60_000).time(at_ms - 900_000), "2023-11-14 23:58");
        assert_eq!(Words::new(&schema, 5, 1).time(4711), "t = 4711");
        assert_eq!([date(0), date(11_016), date(-1)], [(1970, 1, 1), (2000, 2, 29), (1969, 12, 31)]);
    }
}
