//! What is guessed of a table, and what a person may say instead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::zone::Zone;

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Says when.
    Time,
    /// A stream, or the values of many.
    Value,
    /// Says which thing a row is about: each has streams of its own.
    Group,
    /// Says whether a row is known to be abnormal. The engine does not see it.
    Label,
    /// Left out.
    Ignore,
}

impl Role {
    /// Every role, with its name on the screen.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Time, "time"),
        (Self::Value, "value"),
        (Self::Group, "group"),
        (Self::Label, "label"),
        (Self::Ignore, "ignore"),
    ];
}

/// The sign before a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// 1.5
    #[default]
    Point,
    /// 1,5
    Comma,
}

/// In which order a date of numbers is written, where the year does not come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2024
    #[default]
    DayFirst,
    /// 12/31/2024
    MonthFirst,
}

/// What a person says of a table. All that is left out is guessed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// By the name of the column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Role>,
    /// Between cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// Before fractions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<Decimal>,
    /// Of dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<DateOrder>,
    /// Where clocks show times without a zone: by name, with all its changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The same in minutes east of Greenwich, for clocks that are never changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone_minutes: Option<i32>,
    /// The length of the frames that rows on single things are gathered in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_ms: Option<f64>,
}

/// How a table was understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Between cells; `None` for JSON lines.
    pub separator: Option<char>,
    /// Before fractions.
    pub decimal: Decimal,
    /// Of dates; `None` where no date needs it.
    pub order: Option<DateOrder>,
    /// Where clocks show times without a zone.
    pub zone: Zone,
    /// Whether the rows themselves tell that it is this one.
    pub zone_is_told: bool,
    /// Whether any time came without a zone, so that it matters.
    pub needs_zone: bool,
    /// The usual distance between rows.
    pub interval_ms: i64,
    /// The length of the frames that rows were gathered in, where they were.
    pub frame_ms: Option<f64>,
    /// All columns of the file.
    pub columns: Vec<ColumnPlan>,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPlan {
    /// As in the header.
    pub name: String,
    /// What it is taken for.
    pub role: Role,
    /// The first cell that is not empty.
    pub example: String,
}
