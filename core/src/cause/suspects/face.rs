//! The faces of trouble: a stream is at another level, it is stuck, or it is missing.

use alloc::vec::Vec;

use super::Scene;
use super::usual::Usual;
use crate::math::log2;

/// What is odd about a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// Its values are not where they usually are.
    #[default]
    Level,
    /// It repeats one value for longer than it does.
    Stuck,
    /// It has no value for longer than usual.
    Missing,
}

/// Blocks that a long trouble is cut into.
const BLOCKS: usize = 8;

/// A stream seen from one side: how far off it was, block after block.
#[derive(Clone, Debug)]
pub(super) struct Aspect {
    pub(super) face: Face,
    pub(super) blocks: Vec<f64>,
}

impl Aspect {
    /// All sides of a stream that can be seen.
    pub(super) fn all(scene: &Scene<'_>, stream: usize) -> impl Iterator<Item = Self> {
        [Face::Level, Face::Stuck, Face::Missing]
            .into_iter()
            .filter_map(move |face| Self::of(scene, stream, face))
    }

    fn of(scene: &Scene<'_>, stream: usize, face: Face) -> Option<Self> {
        let anchor = if face == Face::Level { scene.history.anchor(stream) } else { 0.0 };
        let all: Vec<f64> = numbers(scene, stream, face).collect();
        let (before, during) = all.split_at(scene.onset.min(all.len()));
        let mut known: Vec<f64> = before.iter().copied().filter(|x| !x.is_nan()).collect();
        let usual = Usual::of(&mut known, anchor)?;
        let rows_per_block = during.len().div_ceil(BLOCKS).max(1);
        let blocks = during.chunks(rows_per_block).map(|block| {
            let known = block.iter().copied().filter(|x| !x.is_nan());
            let (count, sum) = known.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x));
            if count > 0.0 { usual.measure(sum / count) } else { 0.0 }
        });
        Some(Self { face, blocks: blocks.collect() })
    }
}

/// One number per row, the last one that of the end of the trouble: the value, or how long it has been the same or away.
fn numbers(scene: &Scene<'_>, stream: usize, face: Face) -> impl Iterator<Item = f64> {
    let (mut run, mut last) = (0.0, f64::NAN);
    (0..=scene.end).map(move |row| {
        let value = scene.history.value(row, stream);
        match face {
            Face::Level => value,
            Face::Stuck if value.is_nan() => f64::NAN,
            Face::Stuck => {
                run = if value.to_bits() == last.to_bits() { run + 1.0 } else { 1.0 };
                last = value;
                log2(run)
            }
            Face::Missing => {
                run = if value.is_nan() { run + 1.0 } else { 0.0 };
                log2(1.0 + run)
            }
        }
    })
}
