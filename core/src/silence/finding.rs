//! What a silence is called. The words differ because the remedies do.

use alloc::vec::Vec;
use core::ops::Range;

use crate::order;
use crate::snapshot::words;

/// Why a stream says nothing, or nothing new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// This sensor is silent while the others of its source speak: look at the sensor.
    #[default]
    SensorSilent,
    /// Several sensors of a source fell silent together, others of it speak: a cable, a hub, a permission.
    SourcePartlySilent,
    /// The whole source is silent, other sources speak: look at the device.
    SourceDown,
    /// Everything is silent: look at whatever collects the data.
    AllSilent,
    /// The readings were made in time and came too late: look at the way that they take.
    DataLate,
    /// The value is zero, as it often is: nothing is wrong.
    TrueZero,
    /// It is usually silent at this hour: nothing is wrong.
    DeviceAsleep,
    /// Readings arrive and have not changed for longer than they ever do.
    ValueStuck,
}

words!(Cause);

impl Cause {
    /// Every cause. New ones go to the end: snapshots and the npm package count them.
    pub const ALL: [Self; 8] = [
        Self::SensorSilent,
        Self::SourcePartlySilent,
        Self::SourceDown,
        Self::AllSilent,
        Self::DataLate,
        Self::TrueZero,
        Self::DeviceAsleep,
        Self::ValueStuck,
    ];
}

/// One silence that is news, or its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// The stream, where it is about one.
    pub stream: Option<usize>,
    /// The group, as a place in [`Schema::groups`](crate::Schema::groups), where it is about one or the stream has one.
    pub group: Option<usize>,
    /// How many streams are silent.
    pub streams: usize,
    /// The newest sign of life before the silence.
    pub since_ms: i64,
    /// The usual time between two signs of life.
    pub usual_ms: i64,
    /// About the chance of a silence this long among usual ones. Below one in a thousand only its order counts.
    pub chance: f64,
    /// Whether habits stand behind it: of a week, or of a day and a night without a pause. A stuck value takes none.
    pub settled: bool,
}

/// Sensors of one source that fell silent at about the same time are one finding.
pub(super) fn merge_parts(findings: &mut Vec<Finding>, silent: Range<usize>) {
    let key = |finding: &Finding| (finding.group, finding.since_ms, finding.stream);
    order::few(&mut findings[silent.clone()], |one, other| key(one) < key(other));
    let mut kept = silent.start;
    for at in silent.clone() {
        let next = findings[at];
        if kept > silent.start {
            let part = &mut findings[kept - 1];
            if part.group.is_some() && part.group == next.group && fell_together(part, &next) {
                part.cause = Cause::SourcePartlySilent;
                part.stream = None;
                part.streams += 1;
                part.chance = part.chance.min(next.chance);
                part.settled |= next.settled;
                continue;
            }
        }
        findings[kept] = next;
        kept += 1;
    }
    findings.drain(kept..silent.end);
}

/// Whether two streams gave their last signs of life within two intervals.
fn fell_together(one: &Finding, other: &Finding) -> bool {
    let together_ms = one.usual_ms.max(other.usual_ms).saturating_mul(2);
    (other.since_ms - one.since_ms).abs() <= together_ms
}
