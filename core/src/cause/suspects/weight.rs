//! How strongly a stream is suspected, from all its sides.
//!
//! Every side counts by the logarithm of how many times it is what is usual, so that no unit and no wild outlier decides.
//! The level counts as far as it goes; what the engine itself held against a stream adds to it, up to a limit: it is
//! what decides where nothing is far off, as at an odd hour. Silences stand for themselves.

use super::Face;
use super::look::Look;
use crate::math::{exp, greater, ln};

/// A side: from where on it counts, how much, and at most.
struct Side {
    from: f64,
    worth: f64,
    most: f64,
}

const LEVEL: Side = Side { from: 2.5, worth: 1.0, most: 9.0 };
const BY_ITSELF: Side = Side { from: 2.0, worth: 0.4, most: 2.0 };
const APART: Side = Side { from: 4.0, worth: 0.5, most: 2.0 };
const HELD: Side = Side { from: 1.0, worth: 0.3, most: 2.0 };
const QUIET: Side = Side { from: 0.5, worth: 1.0, most: 1.2 };
const STUCK: Side = Side { from: 0.5, worth: 1.0, most: 9.0 };
const MISSING: Side = Side { from: 1.0, worth: 1.0, most: 9.0 };
const OVERDUE: Side = Side { from: 0.8, worth: 1.0, most: 9.0 };
/// A level that was off for this share of the trouble counts in full.
const LASTS: f64 = 0.5;
/// What a level within the usual is worth: it tells those apart that nothing else is held against.
const HAIR: f64 = 0.001;
/// The named stream itself must be off by this much for likeness to say all that it can.
const TELLING: f64 = 3.0;

impl Side {
    fn count(&self, times: f64) -> f64 {
        self.worth * greater(ln((1.0 + times) / (1.0 + self.from)), 0.0).min(self.most)
    }
}

/// The weight of a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    pub(super) whole: f64,
    /// The part of it by which it may explain others: what can be seen from outside.
    pub(super) explains: f64,
}

/// How much a stream moves with the one that is named: powers of correlations, from each side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likeness {
    level: f64,
    stuck: f64,
    missing: f64,
    /// What is left of a weight: the cube of the correlation of levels.
    along: f64,
}

impl Likeness {
    /// Where nobody is named.
    pub(super) const UNKNOWN: Self = Self { level: 1.0, stuck: 1.0, missing: 1.0, along: 1.0 };

    pub(super) fn of(look: &Look, target: &Look) -> Self {
        // What hardly moves itself says little of who moves with it.
        let say = (target.furthest().abs() / TELLING).min(1.0);
        let like = |blocks: &[f64], power: f64| {
            let correlation = correlation(blocks, &target.level).abs();
            if correlation > 0.0 { exp(power * say * ln(correlation)) } else { 0.0 }
        };
        Self {
            level: like(&look.level, 2.0),
            stuck: like(&look.stuck, 2.0),
            missing: like(&look.missing, 2.0),
            along: like(&look.level, 3.0),
        }
    }
}

impl Weight {
    /// `credit` is the share of the evidence that is believed.
    pub(super) fn of(look: &Look, like: Likeness, credit: f64) -> Self {
        let off = look.furthest().abs();
        let level = LEVEL.count(off * like.level) * (look.lasting() / LASTS).min(1.0);
        let by_itself = BY_ITSELF.count(look.by_itself) * like.level;
        let evidence = credit * evidence(look) * like.level;
        let silence = QUIET
            .count(look.quiet)
            .max(STUCK.count(look.longest_stuck()) * like.stuck)
            .max(MISSING.count(look.longest_missing()) * like.missing)
            .max(OVERDUE.count(look.overdue) * like.missing);
        let hair = HAIR * ln(1.0 + off);
        Self {
            whole: ((level + by_itself + evidence).max(silence) + hair) * like.along,
            explains: ((level + by_itself).max(silence) + hair) * like.along,
        }
    }
}

/// What the engine held against a stream because of the others, or again and again.
pub(super) fn evidence(look: &Look) -> f64 {
    APART.count(look.apart) + HELD.count(look.held)
}

/// The side that says most.
pub(super) fn face_of(look: &Look) -> Face {
    let level = LEVEL.count(look.furthest().abs()) + BY_ITSELF.count(look.by_itself) + evidence(look);
    let stuck = STUCK.count(look.longest_stuck()).max(QUIET.count(look.quiet));
    let missing = MISSING.count(look.longest_missing()).max(OVERDUE.count(look.overdue));
    match () {
        () if missing > level && missing >= stuck => Face::Missing,
        () if stuck > level => Face::Stuck,
        () => Face::Level,
    }
}

/// Pearson's, with the usual state as one more block.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().min(b.len()) as f64 + 1.0;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / count, b.iter().sum::<f64>() / count);
    let (mut ab, mut aa, mut bb) = (mean_a * mean_b, mean_a * mean_a, mean_b * mean_b);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa > 0.0 && bb > 0.0 {
        (ab / crate::math::sqrt(aa) / crate::math::sqrt(bb)).clamp(-1.0, 1.0)
    } else {
        0.0
    }
}
