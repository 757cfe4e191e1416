//! Local time: habits follow the clock on the wall, and that clock is changed twice a year in half of the world.
//!
//! The engine knows no time-zone data base (it changes several times a year, and two machines would disagree): whoever
//! makes the schema says from when on which offset holds.

use alloc::vec::Vec;

use super::fault::SchemaFault;
use crate::frame::TIME_MS_MAX;

const MINUTE_MS: i64 = 60_000;
/// No place on earth is farther from Greenwich; the margin is for history.
pub(super) const OFFSET_MINUTES_MAX: i64 = 18 * 60;
/// A zone that changes twice a year says enough for two centuries.
pub(super) const CHANGES_MAX: usize = 400;

/// Local time as people write it: one offset, or offsets with the moments from which they hold, or both.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ZoneDraft {
    /// Minutes to add to UTC, before the first change. Left out, the first change holds from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_minutes: Option<f64>,
    /// Changes, in the order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ZoneChangeDraft>,
}

/// "From this moment on, this offset."
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ZoneChangeDraft {
    /// Milliseconds since the Unix epoch, UTC.
    pub from: f64,
    /// Minutes to add to UTC.
    pub offset_minutes: f64,
}

/// Checked local time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Zone {
    before_ms: i64,
    /// From when, and the offset from then on.
    changes: Vec<(i64, i64)>,
}

impl Zone {
    pub(super) fn local_ms(&self, at_ms: i64) -> i64 {
        let passed = self.changes.partition_point(|&(from_ms, _)| from_ms <= at_ms);
        let offset_ms = if passed == 0 { self.before_ms } else { self.changes[passed - 1].1 };
        at_ms.saturating_add(offset_ms)
    }

    /// `None` for plain UTC, which is what a schema without a zone means.
    pub(super) fn to_draft(&self) -> Option<ZoneDraft> {
        let minutes = |ms: i64| (ms / MINUTE_MS) as f64;
        (*self != Self::default()).then(|| ZoneDraft {
            offset_minutes: Some(minutes(self.before_ms)),
            changes: (self.changes.iter())
                .map(|&(from_ms, offset_ms)| ZoneChangeDraft {
                    from: from_ms as f64,
                    offset_minutes: minutes(offset_ms),
                })
                .collect(),
        })
    }
}

impl ZoneDraft {
    pub(super) fn check(&self, faults: &mut Vec<SchemaFault>) -> Zone {
        let mut offset_ms = |minutes: f64| {
            if crate::math::floor(minutes) == minutes && minutes.abs() <= OFFSET_MINUTES_MAX as f64 {
                minutes as i64 * MINUTE_MS
            } else {
                faults.push(SchemaFault::BadZoneOffset(minutes));
                0
            }
        };
        let first = self.offset_minutes.or(self.changes.first().map(|change| change.offset_minutes));
        let before_ms = first.map_or(0, &mut offset_ms);
        let offsets_ms: Vec<i64> =
            self.changes.iter().map(|change| offset_ms(change.offset_minutes)).collect();
        let in_order = self.changes.is_sorted_by(|a, b| a.from < b.from);
        let in_range = self.changes.iter().all(|change| change.from.abs() <= TIME_MS_MAX as f64);
        if !in_order || !in_range || self.changes.len() > CHANGES_MAX || first.is_none() {
            faults.push(SchemaFault::BadZone);
        }
        Zone {
            before_ms,
            changes: self.changes.iter().map(|change| change.from as i64).zip(offsets_ms).collect(),
        }
    }
}
