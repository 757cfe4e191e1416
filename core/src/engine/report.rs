//! How the engine and its streams are: for dashboards, and for whoever decides what needs a hand. Asking changes nothing.

use alloc::vec::Vec;

use super::Engine;
use super::learned::Learned;
use super::record::StreamRecord;
use crate::ingest::Counts;
use crate::opinion::Health;
use crate::stream::Gap;
use crate::verdict::View;

/// How fit everything is to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthReport {
    /// In the order of the schema's streams.
    pub streams: Vec<StreamHealth>,
    /// At the newest frame, in the order of [`View::ALL`].
    pub views: [Health; View::COUNT],
}

/// How fit a stream is to be judged.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct StreamHealth {
    /// In [0, 1]: settled, usually there, there now.
    pub fitness: f64,
    /// The gap that it is in.
    pub gap: Gap,
    /// The share of frames in which it had a value, over about the last thousand.
    pub available: f64,
    /// Whether it was away for so long that what it was like says little.
    pub needs_retraining: bool,
    /// Whether it lately drifted, or went to another level.
    pub drifting: bool,
    /// The usual time between two signs of life, as learned; `None` until there were some.
    pub usual_gap_ms: Option<i64>,
    /// Its newest sign of life.
    #[serde(rename = "last")]
    pub last_ms: Option<i64>,
    /// Since when it is silent for longer than it usually is at this hour; `None` while it is not.
    #[serde(rename = "overdue_since")]
    pub overdue_since_ms: Option<i64>,
}

/// Which model answers for a stream, and how far off it has lately been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelInUse {
    /// Its name.
    pub model: &'static str,
    /// Its mean error over about the last hundred values, in the stream's unit; `None` before it had any.
    pub error: Option<f64>,
    /// The same of the model that it is held against.
    pub rival_error: Option<f64>,
}

/// When a stream is usually silent.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct GapReport {
    /// How usual its absence is, in [0, 1]: in each hour of a working day, then in each hour of a day off, by the clock
    /// on the wall. An hour that was not seen yet says what is known of the others. Empty until there were frames.
    pub absence: Vec<f64>,
    /// The usual time between two signs of life.
    pub usual_gap_ms: Option<i64>,
}

/// How good a stream's data is.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct Quality {
    /// The share of frames in which it had a value, over about the last thousand.
    pub completeness: f64,
    /// The age of its newest value that was learned; `None` before the first.
    pub age_ms: Option<i64>,
    /// The share of its values that were ordinary numbers, could be a measurement, and lay within the schema's bounds.
    /// `None` before the first.
    pub validity: Option<f64>,
    /// Values in frames.
    pub values: u64,
    /// Those that are no ordinary number. They count as missing.
    pub not_a_number: u64,
    /// Those that are so far off that they can not be a measurement. They count as missing too.
    pub insane: u64,
    /// Those outside of the schema's bounds. They are judged.
    pub out_of_bounds: u64,
    /// What became of its events, since the engine was made or opened.
    pub events: Counts,
}

/// What a monitor watches. How long a call takes is for the caller to measure, who has a clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    /// Frames that were learned.
    pub frames: u64,
    /// Alarms that were raised.
    pub alarms: u64,
    /// Alarms that the flood control held back.
    pub held_back: u64,
    /// The share of frames that belong to an episode, over about the last thousand.
    pub anomaly_rate: f64,
    /// The share of streams that had a value, over about the last thousand frames.
    pub available: f64,
    /// Streams that lately drifted or went to another level, as places in the schema.
    pub drifting: Vec<usize>,
    /// Streams that are learned anew after a long absence.
    pub retraining: Vec<usize>,
    /// Views that contradict themselves and are not heard.
    pub broken: Vec<View>,
    /// What is beyond its threshold.
    pub alerts: Vec<Alert>,
}

/// From where on a figure of the monitor is an alert.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// A larger share of abnormal frames.
    pub anomaly_rate_max: f64,
    /// A smaller share of streams with a value.
    pub available_min: f64,
    /// Fewer frames say nothing.
    pub frames_min: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { anomaly_rate_max: 0.05, available_min: 0.5, frames_min: 100 }
    }
}

/// Something that wants a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    /// Too many frames are abnormal: the world has changed, or the schema does not fit it.
    AnomalyRate,
    /// Too few streams speak.
    Availability,
    /// A view contradicts itself.
    BrokenView,
}

impl Engine {
    /// How fit streams and views are, at a time (usually now, or that of the newest frame). With events, who is overdue is
    /// known as of the newest frame that is over.
    pub fn health(&self, now_ms: i64) -> HealthReport {
        let record = &self.state.record;
        // What is in an open frame has been heard of and not been noted yet: nobody is silent who speaks there.
        let now_ms = match self.newest().last_frame_ms {
            Some(last_ms) if self.is_fed_by_events() => now_ms.min(last_ms),
            _ => now_ms,
        };
        let of_stream = |place: usize| {
            let stream = &record.streams[place];
            let habit = self.newest().silence.habit(place);
            StreamHealth {
                fitness: stream.fitness,
                gap: stream.gap(),
                available: stream.complete,
                needs_retraining: stream.needs_retraining,
                drifting: stream.is_drifting(),
                usual_gap_ms: habit.usual_ms,
                last_ms: habit.last_ms,
                overdue_since_ms: habit.due_ms.filter(|due_ms| *due_ms <= now_ms),
            }
        };
        HealthReport { streams: (0..record.streams.len()).map(of_stream).collect(), views: record.views() }
    }

    /// Which model answers for each stream, in the order of the schema's streams. Of two, the one that was closer lately.
    ///
    /// ```
    /// use fourfold::{Engine, Frame, SchemaDraft};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["ramp"]).validate()?);
    /// assert_eq!(engine.models()[0].error, None);
    /// for minute in 0..500 {
    ///     engine.observe(Frame { at_ms: 60_000 * i64::from(minute), values: &[f64::from(minute)] })?;
    /// }
    /// let ramp = engine.models()[0];
    /// assert_eq!(ramp.model, "Snarimax");
    /// assert!(ramp.error < ramp.rival_error, "{ramp:?}");
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn models(&self) -> Vec<ModelInUse> {
        let models = self.newest().streams.models_in_use();
        models
            .map(|(model, errors)| ModelInUse {
                model,
                error: errors.map(|[own, _]| own),
                rival_error: errors.map(|[_, rival]| rival),
            })
            .collect()
    }

    /// When each stream is usually silent, in the order of the schema's streams.
    pub fn gaps(&self) -> Vec<GapReport> {
        let Learned { joint, silence, .. } = self.newest();
        (0..self.schema.streams().len())
            .map(|place| GapReport {
                absence: joint.absence(place),
                usual_gap_ms: silence.habit(place).usual_ms,
            })
            .collect()
    }

    /// How good each stream's data is at a time, in the order of the schema's streams.
    pub fn quality(&self, now_ms: i64) -> Vec<Quality> {
        let of_stream = |(stream, events): (&StreamRecord, &Counts)| Quality {
            completeness: stream.complete,
            age_ms: stream.last_ms.map(|last_ms| now_ms.saturating_sub(last_ms).max(0)),
            validity: (stream.values > 0).then(|| 1.0 - stream.invalid() as f64 / stream.values as f64),
            values: stream.values,
            not_a_number: stream.not_a_number,
            insane: stream.insane,
            out_of_bounds: stream.out_of_bounds,
            events: *events,
        };
        self.state.record.streams.iter().zip(self.state.ingest.counts()).map(of_stream).collect()
    }

    /// The figures that a monitor watches, and which of them are beyond their thresholds.
    ///
    /// ```
    /// use fourfold::{Engine, Frame, SchemaDraft, engine::{Alert, Thresholds}};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b", "c"]).validate()?);
    /// for minute in 0..500 {
    ///     let values = [f64::from(minute % 7), f64::NAN, f64::NAN];
    ///     engine.observe(Frame { at_ms: 60_000 * i64::from(minute), values: &values })?;
    /// }
    /// let monitor = engine.monitor(&Thresholds::default());
    /// assert_eq!((monitor.frames, monitor.alarms), (500, 0));
    /// assert_eq!(monitor.alerts, [Alert::Availability]);
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn monitor(&self, thresholds: &Thresholds) -> Monitor {
        let record = &self.state.record;
        let tier3 = &self.state.learned.tier3;
        let places = |is_so: fn(&StreamRecord) -> bool| {
            let streams = record.streams.iter().enumerate();
            streams.filter(|(_, stream)| is_so(stream)).map(|(place, _)| place).collect()
        };
        let views = View::ALL.into_iter().zip(record.views());
        let broken: Vec<View> =
            views.filter(|(_, health)| *health == Health::Broken).map(|(view, _)| view).collect();
        let is_telling = record.frames >= thresholds.frames_min;
        let checks = [
            (Alert::AnomalyRate, is_telling && record.anomaly_rate > thresholds.anomaly_rate_max),
            (Alert::Availability, is_telling && record.available < thresholds.available_min),
            (Alert::BrokenView, !broken.is_empty()),
        ];
        Monitor {
            frames: record.frames,
            alarms: tier3.last_episode(),
            held_back: tier3.held_back(),
            anomaly_rate: record.anomaly_rate,
            available: record.available,
            drifting: places(StreamRecord::is_drifting),
            retraining: places(|stream| stream.needs_retraining),
            broken,
            alerts: checks.into_iter().filter(|(_, is_so)| *is_so).map(|(alert, _)| alert).collect(),
        }
    }
}
