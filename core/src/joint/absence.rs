//! Who is silent: how usual is it that just these streams speak and just those do not?

use alloc::vec;
use alloc::vec::Vec;

use crate::math::ln;
use crate::schema::Schema;
use crate::snapshot::state;
use crate::stats::Tail;

/// Frames over which a stream's presence is remembered.
const MEMORY_FRAMES: f64 = 2048.0;

/// The running share of frames in which each stream speaks, and the tail of the surprise of all of them together.
#[derive(Clone, Debug)]
pub(crate) struct Absence {
    frames: u64,
    /// Per stream. A stream that never spoke has share 0, and its silence is no news.
    present_share: Vec<f64>,
    tail: Tail,
}
state!(Absence { frames, present_share, tail });

impl Absence {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self { frames: 0, present_share: vec![0.0; schema.streams().len()], tail: Tail::new(MEMORY_FRAMES) }
    }

    /// The chance of a silence at least this unusual; `None` while there is nothing to compare with.
    pub(crate) fn judge(&self, values: &[Option<f64>]) -> Option<f64> {
        (self.frames > 0).then(|| self.tail.chance(self.surprise(values)))
    }

    pub(crate) fn learn(&mut self, values: &[Option<f64>]) {
        if self.frames > 0 {
            self.tail.learn(self.surprise(values));
        }
        self.frames += 1;
        let pace = 1.0 / (self.frames as f64).min(MEMORY_FRAMES);
        for (share, value) in self.present_share.iter_mut().zip(values) {
            *share += (f64::from(u8::from(value.is_some())) - *share) * pace;
        }
    }

    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Minus the log-likelihood of who is here and who is not, in nats. A share of exactly 0 or 1 is pulled in by
    /// half a frame, since the next frame may always be the first of its kind.
    fn surprise(&self, values: &[Option<f64>]) -> f64 {
        let least = 0.5 / (self.frames as f64 + 1.0).min(MEMORY_FRAMES);
        (self.present_share.iter().zip(values))
            .filter(|(share, value)| **share > 0.0 || value.is_some())
            .map(|(share, value)| {
                let likely = if value.is_some() { *share } else { 1.0 - share };
                -ln(likely.clamp(least, 1.0 - least))
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    #[test]
    fn only_unusual_silence_is_odd() {
        let schema = SchemaDraft::of_streams(["steady", "every_other", "never"]).validate().expect("valid");
        let mut absence = Absence::new(&schema);
        for frame in 0..500 {
            absence.learn(&[Some(1.0), (frame % 2 == 0).then_some(1.0), None]);
        }
        let chance = |values: [Option<f64>; 3]| absence.judge(&values).expect("settled");
        assert!(chance([Some(1.0), None, None]) > 0.2);
        assert!(chance([None, Some(1.0), None]) < 0.002);
        assert!(chance([Some(1.0), Some(1.0), Some(1.0)]) < 0.002);
    }
}
