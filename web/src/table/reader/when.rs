//! When a row was: what its cell says, and by which clock.

use super::super::cell::{Cell, cell};
use super::super::choices::Choices;
use super::super::shape::TimeForm;
use super::super::time::parse_time;
use super::super::wall::{Wall, Zones, is_told_by};
use super::super::zone::Zone;
use super::{Body, Rows};

/// From the day that spreadsheets count from to 1970.
const DAYS_TO_1970: f64 = 25_569.0;

/// A time in a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Time {
    /// Milliseconds since 1970.
    At(i64),
    /// What a clock showed.
    Shown(i64),
}

/// The zone that somebody chose.
pub(super) fn chosen(choices: &Choices, zones: &Zones) -> Option<Zone> {
    choices.zone_minutes.map(Zone::fixed).or_else(|| zones.chosen.clone())
}

impl Body {
    fn number(&self, text: &str) -> Option<f64> {
        match cell(text, self.shape.decimal) {
            Cell::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn time(&mut self, text: &str) -> Option<Time> {
        match self.shape.form? {
            TimeForm::Text(order) => {
                let written = parse_time(text, self.shape.order.unwrap_or(order))?;
                let Some(minutes) = written.zone_minutes else { return Some(self.shown(written.at_ms)) };
                self.named.hear(written.at_ms, minutes);
                Some(Time::At(written.at_ms))
            }
            TimeForm::Epoch { per_second } => {
                let ms = self.number(text)? * (1000.0 / per_second);
                (ms.abs() < 8.64e15).then_some(Time::At(ms.round() as i64))
            }
            TimeForm::Days => {
                let days = self.number(text)? - DAYS_TO_1970;
                // A sheet's clock is no finer than a millisecond, and its fractions are a little off.
                (days.abs() < 1e8).then(|| self.shown((days * 86_400_000.0).round() as i64))
            }
        }
    }

    fn shown(&mut self, local_ms: i64) -> Time {
        self.needs_zone = !self.zone_in_name;
        Time::Shown(local_ms)
    }

    /// Where nobody says which clock a file was read from, it is UTC: two people who open it see the same verdicts, wherever
    /// they are. Only where the rows follow the changes of this device's own clock, which UTC never has, is it that one.
    pub(super) fn guess_zone(&mut self, choices: &Choices, zones: &Zones) -> bool {
        let (Rows::Wide(wide), Some(own)) = (&mut self.rows, zones.own) else { return false };
        let says_none = self.needs_zone && self.named.zone().is_none() && chosen(choices, zones).is_none();
        let mut zone = None;
        let is_told = says_none
            && is_told_by(&wide.times_ms, || {
                zone = own();
                zone.clone()
            });
        if let Some(zone) = zone.filter(|_| is_told) {
            self.wall = Wall::new(zone);
            wide.times_ms.iter_mut().for_each(|at_ms| *at_ms = self.wall.at_ms(*at_ms, ""));
        }
        is_told
    }
}
