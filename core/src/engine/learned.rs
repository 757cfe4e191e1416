//! Everything that a verdict depends on beside the schema, and the order in which it is asked and taught.

use crate::cause::History;
use crate::error::FrameFault;
use crate::frame::TIME_MS_MAX;
use crate::joint::{Joint, JointAngle};
use crate::opinion::Opinion;
use crate::schema::Schema;
use crate::silence::{Cause, Silence};
use crate::snapshot::state;
use crate::stream::Streams;
use crate::verdict::{Standing, Tier3, Verdict, View};

/// What was learned so far.
#[derive(Clone, Debug)]
pub(super) struct Learned {
    /// First in the state, where [`snapshot::describe`](crate::snapshot::describe) finds it.
    pub(super) frames: u64,
    pub(super) last_frame_ms: Option<i64>,
    pub(super) silence: Silence,
    pub(super) streams: Streams,
    pub(super) joint: Joint,
    pub(super) tier3: Tier3,
    pub(super) history: History,
}
state!(Learned { frames, last_frame_ms, silence, streams, joint, tier3, history });

impl Learned {
    pub(super) fn new(schema: &Schema) -> Self {
        Self {
            frames: 0,
            last_frame_ms: None,
            silence: Silence::new(schema),
            streams: Streams::new(schema),
            joint: Joint::new(schema),
            tier3: Tier3::new(schema),
            history: History::new(schema),
        }
    }

    /// Judges a frame, then learns it.
    pub(super) fn take(
        &mut self,
        schema: &Schema,
        at_ms: i64,
        values: &[Option<f64>],
        verdict: &mut Verdict,
    ) {
        self.take_as_told(schema, at_ms, values, verdict, core::convert::identity);
    }

    /// The same, where what the views say passes through `told` on its way to the verdict: tests let one of them lie.
    pub(super) fn take_as_told(
        &mut self,
        schema: &Schema,
        at_ms: i64,
        values: &[Option<f64>],
        verdict: &mut Verdict,
        told: impl FnOnce([Opinion; View::COUNT - 1]) -> [Opinion; View::COUNT - 1],
    ) {
        let moment = schema.moment(at_ms);
        self.streams.judge(moment, values, &mut verdict.streams);
        let joint = self.joint.judge(moment, values);
        self.joint.tell_apart(&mut verdict.streams);
        self.joint.shares(JointAngle::Silence, self.history.quiet_mut());
        let opinions = told([joint.novelty, joint.dependence, joint.forest, joint.gaps, joint.silence]);

        for (stream, value) in values.iter().enumerate() {
            if let Some(x) = value {
                self.silence.heard(stream, moment, *x);
            }
        }
        self.silence.judge(at_ms, &mut verdict.silences);
        self.silence.learn(at_ms, &verdict.silences);
        self.name_silences(at_ms, verdict);

        verdict.at_ms = at_ms;
        verdict.standing = Standing::Final;
        verdict.from_silence = false;
        // While a stuck stream is news, it is odd beside the others: no lesson in how odd normal moments are, else what it
        // teaches in its first hour hides other trouble for days.
        let is_newly_stuck = self.silence.is_newly_stuck(&verdict.silences);
        let is_calm = self.tier3.step(opinions, self.frames, is_newly_stuck, verdict);

        self.streams.learn(values);
        self.joint.learn(values, is_calm);
        self.history.learn(values, verdict);
        self.frames = self.frames.saturating_add(1);
        self.last_frame_ms = Some(at_ms);
    }

    /// Asks the clocks alone; true if one of them had news, on which `verdict` then is.
    pub(super) fn take_silence(&mut self, now_ms: i64, verdict: &mut Verdict) -> bool {
        if self.last_frame_ms.is_none_or(|last_ms| now_ms <= last_ms) {
            return false;
        }
        self.silence.judge(now_ms, &mut verdict.silences);
        if !self.tier3.is_news(&verdict.silences) {
            return false;
        }
        self.silence.learn(now_ms, &verdict.silences);
        self.streams.miss(&mut verdict.streams);
        self.name_silences(now_ms, verdict);
        verdict.at_ms = now_ms;
        verdict.standing = Standing::Final;
        verdict.from_silence = true;
        self.tier3.step_silence(verdict);
        true
    }

    /// Gives each stream that has no value, or always the same, the word for it.
    fn name_silences(&self, at_ms: i64, verdict: &mut Verdict) {
        for (place, stream) in verdict.streams.iter_mut().enumerate().filter(|(_, stream)| !stream.present) {
            stream.silence = self.silence.why(place, at_ms);
        }
        for stuck in verdict.silences.iter().filter(|finding| finding.cause == Cause::ValueStuck) {
            if let Some(stream) = stuck.stream.and_then(|place| verdict.streams.get_mut(place)) {
                stream.silence = Some(Cause::ValueStuck);
            }
        }
    }
}

pub(super) fn check_time(at_ms: i64, last_ms: Option<i64>) -> Result<(), FrameFault> {
    if at_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
        return Err(FrameFault::TimeOutOfRange { at_ms: at_ms as f64 });
    }
    match last_ms {
        Some(last_ms) if at_ms <= last_ms => Err(FrameFault::TimeWentBack { at_ms, last_ms }),
        _ => Ok(()),
    }
}
