//! What a silence is called. The words differ because the remedies do.

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
    /// Whether habits stand behind it: of a week, or of a day and a night without a pause.
    pub settled: bool,
}
