//! One link of the network, and whether the data insists on it or speaks against it.

use super::{HOLD_FRAMES, LEVELS, Level};
use crate::math::sqrt;
use crate::snapshot::state;

/// A link is learned if so many turns followed, so many standard deviations above what chance gives.
const LEARNED_TURNS: f64 = 6.0;
const LEARNED_DEVIATIONS: f64 = 5.0;
/// It has a direction if turns come after the cause's so many times as often as with it.
const LEARNED_ORDER: f64 = 1.0;
/// A link is contradicted if the cause turned at least so often,
const CONTRADICTED_TURNS: f64 = 20.0;
/// and the effect's turns with it lie so many standard deviations below what the weakest link worth its name gives:
const CONTRADICTED_DEVIATIONS: f64 = 2.3;
/// so many times what chance gives, and one turn of the cause in so many.
const WEAKEST_LIFT: f64 = 3.0;
const WEAKEST_SHARE: f64 = 0.1;

/// What is counted of a link.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// One more than the place, so that 0 is "no link here".
    from: u32,
    to: u32,
    /// Frames by the recent level of the cause, and the level of the effect.
    joint: [[f32; LEVELS]; LEVELS],
    /// Turns of the effect shortly after one of the cause, and those in the same frame.
    followed: f32,
    together: f32,
}
state!(Edge { from, to, joint, followed, together });

/// What an edge is measured against, in frames.
pub(crate) struct Base {
    /// What brings counts to frames of now.
    pub(crate) scale: f64,
    pub(crate) frames: f64,
    /// Turns of the cause and of the effect.
    pub(crate) causes: f64,
    pub(crate) effects: f64,
}

impl Base {
    /// Turns of the effect within so many frames of one of the cause, by chance.
    fn by_chance(&self, frames: u8) -> f64 {
        self.causes * self.effects * f64::from(frames) / self.frames.max(1.0)
    }
}

impl Edge {
    pub(crate) fn vacant() -> Self {
        Self { from: 0, to: 0, joint: [[0.0; LEVELS]; LEVELS], followed: 0.0, together: 0.0 }
    }

    pub(crate) fn of(from: usize, to: usize) -> Self {
        Self { from: from as u32 + 1, to: to as u32 + 1, ..Self::vacant() }
    }

    pub(crate) fn is_vacant(&self) -> bool {
        self.from == 0 || self.to == 0
    }

    pub(crate) fn from(&self) -> usize {
        self.from.saturating_sub(1) as usize
    }

    pub(crate) fn to(&self) -> usize {
        self.to.saturating_sub(1) as usize
    }

    pub(crate) fn count(&mut self, weight: f32, cause: Level, effect: Level) {
        self.joint[cause as usize][effect as usize] += weight;
    }

    /// Notes that the effect turned: after the cause, or in the same frame.
    pub(crate) fn follow(&mut self, weight: f32, is_after: bool) {
        *(if is_after { &mut self.followed } else { &mut self.together }) += weight;
    }

    pub(crate) fn followed(&self) -> f32 {
        self.followed
    }

    /// Gives way by so much; false once nothing speaks for this link any more.
    pub(crate) fn yield_to(&mut self, weight: f32) -> bool {
        self.followed -= weight;
        !self.is_vacant() && self.followed > 0.0
    }

    pub(crate) fn scale(&mut self, by: f32) {
        self.joint.iter_mut().flatten().for_each(|count| *count *= by);
        self.followed *= by;
        self.together *= by;
    }

    pub(crate) fn is_learned(&self, base: &Base) -> bool {
        let [followed, together] = [self.followed, self.together].map(|count| f64::from(count) * base.scale);
        let by_chance = base.by_chance(HOLD_FRAMES - 1);
        followed >= LEARNED_TURNS
            && followed >= LEARNED_ORDER * together
            && (followed - by_chance) / sqrt(by_chance + 1.0) >= LEARNED_DEVIATIONS
    }

    pub(crate) fn is_contradicted(&self, base: &Base) -> bool {
        let seen = f64::from(self.followed + self.together) * base.scale;
        let expected = (WEAKEST_LIFT * base.by_chance(HOLD_FRAMES)).max(WEAKEST_SHARE * base.causes);
        base.causes >= CONTRADICTED_TURNS
            && (expected - seen) / sqrt(expected.max(1.0)) >= CONTRADICTED_DEVIATIONS
    }

    /// How often the effect was at `effect` while the cause was at `cause`, and how often the cause was there at all.
    pub(crate) fn seen(&self, cause: Level, effect: Level) -> (f64, f64) {
        let row = &self.joint[cause as usize];
        (f64::from(row[effect as usize]), row.iter().map(|count| f64::from(*count)).sum())
    }
}
