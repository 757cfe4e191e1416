//! Whether a stream is fit to be judged, and what kind of gap it is in.

use crate::math::lesser;
use crate::schema::{Kind, Stream};
use crate::snapshot::state;
use crate::stats::pace;

/// Frames over which availability is learned.
const MEMORY_FRAMES: f64 = 256.0;
/// Missing frames, in usual gaps, from which a gap is short, medium, long, permanent.
const GAP_FROM: [f64; 4] = [2.0, 6.0, 31.0, 501.0];
/// Values over which the usual gap between them is learned, and how many usual gaps an outage counts for.
const MEMORY_GAPS: f64 = 64.0;
const OUTAGE_GAPS: f64 = 4.0;
/// Streams that speak now and then are given this much more time.
const SPORADIC_PATIENCE: f64 = 3.0;
/// Usual gaps after which half of the trust is lost.
const PATIENCE_GAPS: f64 = 4.0;
/// Values after which a stream has half of the trust that it can have.
const SETTLING_ROWS: f64 = 30.0;
/// Values that a stream must show after a permanent gap before it is judged again: it may be another sensor.
const RETRAINING_ROWS: u32 = 30;

/// How long a stream has been missing, by its own measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// It is here.
    #[default]
    None,
    /// One usual gap: a lost reading.
    Point,
    /// A few.
    Short,
    /// Many: an interruption.
    Medium,
    /// A long outage.
    LongOutage,
    /// It has left, as far as anyone can tell.
    Permanent,
}

/// Presence and absence of one stream.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    frames: u64,
    rows: u64,
    /// Running share of frames with a value, from the first value on.
    available: f64,
    /// Missing frames between two values, usually.
    between: f64,
    /// Frames without a value since the last one.
    missing: u32,
    /// Values still to come before the stream is trusted again.
    retraining: u32,
    patience: f64,
}
state!(Health { frames, rows, available, between, missing, retraining; patience });

impl Health {
    pub(crate) fn new(stream: &Stream) -> Self {
        let patience = match stream.kind {
            Kind::Sporadic => SPORADIC_PATIENCE,
            Kind::ContinuousSmooth | Kind::ContinuousNoisy | Kind::DiscreteEvents => 1.0,
        };
        Self { frames: 0, rows: 0, available: 0.0, between: 0.0, missing: 0, retraining: 0, patience }
    }

    /// The gap that the frame is in: `is_here` says whether it has a value.
    pub(crate) fn gap(&self, is_here: bool) -> Gap {
        if is_here || self.rows == 0 {
            return Gap::None;
        }
        let missing = f64::from(self.missing) + 1.0;
        let gaps = missing / (self.usual_gap() * self.patience);
        match GAP_FROM.iter().filter(|from| gaps >= **from).count() {
            0 => Gap::Point,
            1 => Gap::Short,
            2 => Gap::Medium,
            3 => Gap::LongOutage,
            _ => Gap::Permanent,
        }
    }

    /// From 0, unfit, to 1: settled, always there, there now.
    pub(crate) fn fitness(&self, is_here: bool) -> f64 {
        let rows = self.rows.cast_signed() as f64;
        let missing = if is_here { 0.0 } else { f64::from(self.missing) + 1.0 };
        let patience = self.patience * PATIENCE_GAPS * self.usual_gap();
        let presence = self.available * (1.0 + self.between) * self.patience;
        let presence = if presence < 1.0 { presence } else { 1.0 };
        // Settled share, times how recent, times how often: one division for both ratios.
        presence * rows * patience / ((rows + SETTLING_ROWS) * (patience + missing))
    }

    /// Whether it was away for so long that what it was like says little.
    pub(crate) fn needs_retraining(&self) -> bool {
        self.retraining > 0
    }

    pub(crate) fn learn(&mut self, is_here: bool) {
        if self.rows == 0 && !is_here {
            return;
        }
        let step = pace(self.frames, MEMORY_FRAMES);
        self.available += step * (f64::from(u8::from(is_here)) - self.available);
        self.frames = self.frames.saturating_add(1);
        if is_here {
            // An outage must not make itself usual: it counts as a few of the gaps before it.
            let most = OUTAGE_GAPS * self.usual_gap();
            let gap = lesser(f64::from(self.missing), most);
            self.between += pace(self.rows, MEMORY_GAPS) * (gap - self.between);
            self.rows = self.rows.saturating_add(1);
            self.missing = 0;
            self.retraining = self.retraining.saturating_sub(1);
            return;
        }
        if self.gap(false) == Gap::Permanent {
            self.retraining = RETRAINING_ROWS;
        }
        self.missing = self.missing.saturating_add(1);
    }

    /// Missing frames that a gap usually has; at least one.
    fn usual_gap(&self) -> f64 {
        if self.between > 1.0 { self.between } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Schema, SchemaDraft};

    fn schema(kind: Kind) -> Schema {
        let mut draft = SchemaDraft::of_streams(["any"]);
        draft.streams[0].kind = kind;
        draft.validate().expect("valid")
    }

    fn gaps(health: &mut Health, frames: u32) -> Gap {
        let mut gap = Gap::None;
        for _ in 0..frames {
            gap = health.gap(false);
            health.learn(false);
        }
        gap
    }

    fn steady(kind: Kind) -> Health {
        let mut health = Health::new(&schema(kind).streams()[0]);
        (0..400).for_each(|_| health.learn(true));
        health
    }

    #[test]
    fn a_gap_grows_through_its_classes() {
        let mut health = steady(Kind::ContinuousSmooth);
        let classes = [1, 2, 10, 100, 2000].map(|frames| gaps(&mut health, frames));
        assert_eq!(classes, [Gap::Point, Gap::Short, Gap::Medium, Gap::LongOutage, Gap::Permanent]);
        assert!(health.needs_retraining());
        (0..RETRAINING_ROWS).for_each(|_| health.learn(true));
        assert!(!health.needs_retraining());
    }

    #[test]
    fn sporadic_streams_have_three_times_the_time() {
        assert_eq!(gaps(&mut steady(Kind::Sporadic), 5), Gap::Point);
        assert_eq!(gaps(&mut steady(Kind::Sporadic), 6), Gap::Short);
        assert_eq!(gaps(&mut steady(Kind::ContinuousNoisy), 2), Gap::Short);
    }

    #[test]
    fn a_stream_that_speaks_every_tenth_frame_is_measured_by_that() {
        let mut health = Health::new(&schema(Kind::ContinuousSmooth).streams()[0]);
        (0..1000).for_each(|frame| health.learn(frame % 10 == 0));
        assert_eq!(gaps(&mut health, 5), Gap::Point);
        assert_eq!(gaps(&mut health, 20), Gap::Short);
    }

    #[test]
    fn fitness_falls_while_missing_and_recovers() {
        let mut health = steady(Kind::ContinuousSmooth);
        assert!(health.fitness(true) > 0.9);
        (0..40).for_each(|_| health.learn(false));
        let away = health.fitness(false);
        health.learn(true);
        assert!(away < 0.2 && health.fitness(true) > 0.7, "{away} {}", health.fitness(true));
    }
}
