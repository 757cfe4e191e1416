//! A stream during the trouble, from all sides, against itself in usual times.

use alloc::vec;
use alloc::vec::Vec;

use super::usual::Usual;
use super::{Face, Scene, Suspect};
use crate::math::log10;

/// Blocks that a long trouble is cut into.
const BLOCKS: usize = 8;
/// A stream that never changed lies so many deviations off when it does.
const FIRST_CHANGE: f64 = 20.0;
/// What is usual is trusted by half where it is known from so many values.
const FEW_VALUES: f64 = 30.0;
/// What is held against a stream fades by this much per frame, so that who has been wrong all along outweighs who was
/// unlucky once; and frames before the trouble whose rest still counts.
const KEPT: f64 = 0.9;
const MEMORY_FRAMES: usize = 60;
/// No frame counts for more decades.
const FRAME_MOST: f64 = 6.0;
/// Nor for more decades apart, or longest silences.
const APART_MOST: f64 = 30.0;
/// A level this far off says itself in which direction.
const OFF: f64 = 2.5;
/// A part of the greatest that counts as begun.
const BEGUN: f64 = 0.5;

/// What is seen. All numbers are means, or the greatest, of blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// How far the level was off, in usual deviations, block after block.
    pub(super) level: Vec<f64>,
    /// The length of the run of equal values, and of absences, in units of one more than the longest usual one.
    pub(super) stuck: Vec<f64>,
    pub(super) missing: Vec<f64>,
    /// The greatest of all blocks: decades by itself, decades apart, and both together with what came before.
    pub(super) by_itself: f64,
    pub(super) apart: f64,
    pub(super) held: f64,
    /// Silence: of somebody who usually acts, and of a sensor.
    pub(super) quiet: f64,
    pub(super) overdue: f64,
}

impl Look {
    pub(super) fn at(scene: &Scene<'_>, stream: usize) -> Self {
        let values: Vec<f64> = (0..=scene.end).map(|row| scene.history.value(row, stream)).collect();
        let onset = scene.onset.min(scene.end);
        let rows_per_block = (scene.end + 1 - onset).div_ceil(BLOCKS);
        let mut look = Self {
            level: levels(&values, onset, rows_per_block, scene.history.anchor(stream)),
            stuck: runs(&values, onset, rows_per_block, Run::Equal),
            missing: runs(&values, onset, rows_per_block, Run::Absent),
            ..Self::default()
        };
        look.see_marks(scene, stream, onset, rows_per_block);
        look
    }

    /// The greatest deviation of the level, with its sign.
    pub(super) fn furthest(&self) -> f64 {
        self.level.iter().fold(0.0, |most: f64, z| if z.abs() > most.abs() { *z } else { most })
    }

    /// The share of the trouble that the level's deviation lasted, as its mean beside its greatest: what was over soon
    /// is what happened on the way.
    pub(super) fn lasting(&self) -> f64 {
        let most = self.furthest().abs();
        let mean = self.level.iter().map(|z| z.abs()).sum::<f64>() / self.level.len().max(1) as f64;
        if most > 0.0 { mean / most } else { 1.0 }
    }

    pub(super) fn longest_stuck(&self) -> f64 {
        self.stuck.iter().copied().fold(0.0, f64::max)
    }

    pub(super) fn longest_missing(&self) -> f64 {
        self.missing.iter().copied().fold(0.0, f64::max)
    }

    /// The share of an effect's course that a cause goes along with: a cause that is over explains nothing that goes on.
    pub(super) fn goes_along(&self, effect: &Self) -> f64 {
        let (cause, course) = (self.course(), effect.course());
        let both: f64 = cause.iter().zip(&course).map(|(cause, effect)| cause.min(*effect)).sum();
        let all: f64 = course.iter().sum();
        if all > 0.0 { (both / all) * (both / all) } else { 0.0 }
    }

    /// How the oddness went, as shares of its greatest. What is silent or hardly off has no course to tell.
    fn course(&self) -> Vec<f64> {
        let most = self.furthest().abs();
        let is_silent = self.longest_stuck() > 1.0 || self.longest_missing() > 0.5;
        match is_silent || self.quiet > 1.0 || self.overdue > 1.0 || most < 1.0 {
            true => vec![1.0; self.level.len()],
            false => self.level.iter().map(|z| z.abs() / most).collect(),
        }
    }

    /// Goes over what was held against the stream, frame by frame.
    fn see_marks(&mut self, scene: &Scene<'_>, stream: usize, onset: usize, rows_per_block: usize) {
        let usual = log10(scene.history.width().max(1) as f64);
        let mut held = 0.0;
        let mut step = |row: usize| {
            let mark = scene.history.mark(row, stream);
            held = KEPT * held + (mark.by_itself.max(mark.apart) - usual).clamp(0.0, FRAME_MOST);
            [mark.by_itself, mark.apart.min(APART_MOST), held, mark.quiet, mark.overdue]
        };
        (onset.saturating_sub(MEMORY_FRAMES)..onset).for_each(|row| {
            step(row);
        });
        let mut row = onset;
        while row <= scene.end {
            let end = (row + rows_per_block).min(scene.end + 1);
            let mut sums = [0.0; 5];
            for row in row..end {
                sums.iter_mut().zip(step(row)).for_each(|(sum, x)| *sum += x);
            }
            let [by_itself, apart, held, quiet, overdue] = sums.map(|sum| sum / (end - row) as f64);
            self.by_itself = self.by_itself.max(by_itself);
            self.apart = self.apart.max(apart);
            self.held = self.held.max(held);
            self.quiet = self.quiet.max(quiet);
            self.overdue = self.overdue.max(overdue);
            row = end;
        }
    }

    /// The stream as a suspect.
    pub(super) fn suspect(&self, scene: &Scene<'_>, stream: usize, weight: f64) -> Suspect {
        let face = super::weight::face_of(self);
        let (course, size) = match face {
            Face::Level => (&self.level, self.furthest().abs()),
            Face::Stuck => (&self.stuck, self.longest_stuck().max(self.quiet)),
            Face::Missing => (&self.missing, self.longest_missing()),
        };
        let most = course.iter().map(|x| x.abs()).fold(0.0, f64::max);
        let begun = course.iter().position(|x| x.abs() >= BEGUN * most).unwrap_or(0);
        let onset = scene.onset.min(scene.end);
        let rows_per_block = (scene.end + 1 - onset).div_ceil(BLOCKS);
        Suspect {
            stream,
            weight,
            face,
            is_low: face == Face::Level && self.is_low(scene, stream),
            onset_ms: scene.history.at_ms((onset + begun * rows_per_block).min(scene.end)),
            size,
        }
    }
}

impl Look {
    /// By its level where that is off; otherwise by what was held against it most.
    fn is_low(&self, scene: &Scene<'_>, stream: usize) -> bool {
        let furthest = self.furthest();
        let rows = (scene.onset.min(scene.end)..=scene.end).map(|row| scene.history.evidence(row, stream));
        let held =
            rows.fold(0.0, |most: f64, decades| if decades.abs() > most.abs() { decades } else { most });
        if furthest.abs() >= OFF || held == 0.0 { furthest < 0.0 } else { held < 0.0 }
    }
}

/// Means of blocks, in usual deviations; 0 where a block has no value or nothing is known.
fn levels(values: &[f64], onset: usize, rows_per_block: usize, anchor: f64) -> Vec<f64> {
    let (before, during) = values.split_at(onset);
    let mut known: Vec<f64> = before.iter().copied().filter(|x| !x.is_nan()).collect();
    let Some(usual) = Usual::of(&mut known, anchor) else {
        return vec![0.0; during.chunks(rows_per_block).len()];
    };
    let furthest = during.iter().map(|x| (x - usual.level).abs()).fold(0.0, f64::max);
    let spread = if usual.spread > 0.0 { usual.spread } else { furthest / FIRST_CHANGE };
    let trust = known.len() as f64 / (known.len() as f64 + FEW_VALUES);
    let blocks = during.chunks(rows_per_block).map(|block| {
        let known = block.iter().filter(|x| !x.is_nan());
        let (count, sum) = known.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x));
        if count > 0.0 && spread > 0.0 { trust * (sum / count - usual.level) / spread } else { 0.0 }
    });
    blocks.collect()
}

#[derive(Clone, Copy)]
enum Run {
    Equal,
    Absent,
}

/// The longest run of each block, in units of one more than the longest usual one; 0 for a stream that knows nothing else.
fn runs(values: &[f64], onset: usize, rows_per_block: usize, kind: Run) -> Vec<f64> {
    let (mut run, mut last, mut changes) = (0.0, f64::NAN, 0_usize);
    let mut next = |x: f64| {
        let goes_on = match kind {
            Run::Equal if x.is_nan() => return 0.0,
            Run::Equal => x == last,
            Run::Absent => x.is_nan(),
        };
        changes += usize::from(!goes_on);
        run = match (goes_on, kind) {
            (true, _) => run + 1.0,
            (false, Run::Equal) => 1.0,
            (false, Run::Absent) => 0.0,
        };
        last = x;
        run
    };
    let longest = values[..onset].iter().map(|&x| next(x)).fold(0.0, f64::max);
    let blocks = values[onset..].chunks(rows_per_block);
    let found: Vec<f64> =
        blocks.map(|block| block.iter().map(|&x| next(x)).fold(0.0, f64::max) / (longest + 1.0)).collect();
    let is_known = changes > 1;
    if is_known { found } else { vec![0.0; found.len()] }
}
