//! Dependence: streams that are each usual and together, or at this hour, absurd.
//!
//! A running covariance of the lightly smoothed streams and of the clock, and its inverse, the precision matrix, give
//! each stream's residual: how far it lies from what all others and the hour let expect. A residual is measured by the
//! stream's own: by the size that it seldom exceeds where as little, or as much, is expected of it. The three furthest
//! out are the oddness of the moment, since what breaks seldom breaks alone; or the furthest, where it is further by
//! far. What all streams do together is no broken relation.
//!
//! Up to 56 streams are taken together; wider schemas are cut into blocks along their groups.

mod block;
mod mark;

use alloc::vec;
use alloc::vec::Vec;

use super::portrait::START_VALUES;
use super::view::{JointView, Seen};
use crate::math::{cos, sin};
use crate::order;
use crate::schema::Schema;
use crate::snapshot::state;
use crate::stream::StreamVerdict;
pub(crate) use block::Residuals;
use block::{Block, CLOCKS};

/// The most streams in one block: with the clock they fill eight vectors of eight.
const BLOCK_MAX: usize = 64 - CLOCKS;
/// The residuals that make the oddness.
const FURTHEST: usize = 3;
/// What the furthest residual counts by itself: one stream can leave the others, too.
const ALONE: f64 = 0.6;
const DAY_MS: i64 = 86_400_000;

/// All blocks of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Dependence {
    blocks: Vec<Block>,
}
state!(Dependence { blocks });

impl JointView for Dependence {
    type Scratch = Vec<Residuals>;

    fn new(schema: &Schema) -> Self {
        // Without streams there is one block of nobody, which has no rows to walk.
        let blocks = blocks_of(schema).into_iter().filter(|members| !members.is_empty());
        Self { blocks: blocks.map(Block::new).collect() }
    }

    fn scratch(&self) -> Vec<Residuals> {
        self.blocks.iter().map(Block::scratch).collect()
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Vec<Residuals>) -> Option<f64> {
        let clock = clock_at(seen.moment.local_ms);
        let (mut furthest, mut present) = ([0.0; FURTHEST], 0);
        for (block, residuals) in self.blocks.iter().zip(scratch) {
            let here = block.judge(seen.portrait, &clock, residuals);
            // One stream by itself has nothing to depend on.
            if here >= 2 {
                present += here;
                residuals.odd.iter().for_each(|&odd| insert(&mut furthest, odd));
            }
        }
        let asked = present.min(FURTHEST);
        let sum: f32 = furthest.iter().sum();
        let all = f64::from(sum) / asked as f64;
        (present > 0 && seen.rows() > START_VALUES as u64).then(|| all.max(ALONE * f64::from(furthest[0])))
    }

    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Vec<Residuals>) {
        let rows = seen.rows();
        if rows <= START_VALUES as u64 {
            return;
        }
        for (block, residuals) in self.blocks.iter_mut().zip(scratch) {
            block.learn(rows, residuals);
        }
    }

    fn lent_bytes(&self, scratch: &Vec<Residuals>) -> usize {
        size_of_val(scratch.as_slice()) + self.blocks.iter().map(Block::lent_bytes).sum::<usize>()
    }

    fn shares(&self, scratch: &Vec<Residuals>, shares: &mut [f64]) {
        shares.fill(0.0);
        for (block, residuals) in self.blocks.iter().zip(scratch) {
            for (&member, &odd) in block.members().iter().zip(&residuals.odd) {
                shares[member] = f64::from(odd);
            }
        }
    }
}

impl Dependence {
    /// Writes into each stream's verdict how far it lies from what is expected of it, in units of its mark.
    pub(crate) fn tell_apart(&self, residuals: &[Residuals], streams: &mut [StreamVerdict]) {
        for (block, residuals) in self.blocks.iter().zip(residuals) {
            for ((&member, &odd), &here) in block.members().iter().zip(&residuals.odd).zip(&residuals.here) {
                streams[member].apart = (here > 0.0).then_some(f64::from(odd));
            }
        }
    }
}

/// Keeps the largest, in falling order.
fn insert(largest: &mut [f32; FURTHEST], mut next: f32) {
    for kept in largest {
        if next > *kept {
            core::mem::swap(kept, &mut next);
        }
    }
}

/// The time of day as the first waves of a day, so that every habit that is smooth over a few hours is a sum of them.
fn clock_at(local_ms: i64) -> [f32; CLOCKS] {
    let angle = core::f64::consts::TAU * local_ms.rem_euclid(DAY_MS) as f64 / DAY_MS as f64;
    let (one_sin, one_cos) = (sin(angle), cos(angle));
    let (mut wave_sin, mut wave_cos) = (0.0, 1.0);
    let mut clock = [0.0; CLOCKS];
    for pair in clock.chunks_exact_mut(2) {
        (wave_sin, wave_cos) =
            (wave_sin * one_cos + wave_cos * one_sin, wave_cos * one_cos - wave_sin * one_sin);
        pair.copy_from_slice(&[wave_sin as f32, wave_cos as f32]);
    }
    clock
}

/// Streams that are taken together: all, or by their group, or by their place where a group is too wide or missing.
fn blocks_of(schema: &Schema) -> Vec<Vec<usize>> {
    let streams = schema.streams();
    if streams.len() <= BLOCK_MAX {
        return vec![(0..streams.len()).collect()];
    }
    let group_of = |stream: usize| streams[stream].group.map_or(usize::MAX, |group| group);
    let order = order::places(streams.len(), &mut |a, b| group_of(a) < group_of(b));
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for group in order.chunk_by(|&a, &b| streams[a].group == streams[b].group) {
        let pieces = group.len().div_ceil(BLOCK_MAX);
        for piece in group.chunks(group.len().div_ceil(pieces)) {
            match blocks.last_mut() {
                // Small groups share a block, as long as it holds them whole.
                Some(last) if last.len() + piece.len() <= BLOCK_MAX => last.extend_from_slice(piece),
                _ => blocks.push(piece.to_vec()),
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::joint::contract::Watch;
    use crate::rng::Rng;

    /// Streams on two factors that wander; from `broken_from` on, in every second hundred rows, three of them are
    /// replaced by their own past: each is as usual as ever, and their relation to the others is gone.
    struct Factors {
        rng: Rng,
        loads: Vec<[f64; 2]>,
        factors: [f64; 2],
        past: Vec<Vec<f64>>,
    }

    impl Factors {
        fn new(width: usize, seed: u64) -> Self {
            let mut rng = Rng::new(seed);
            let loads = (0..width).map(|_| [normal(&mut rng), normal(&mut rng)]).collect();
            Self { rng, loads, factors: [0.0; 2], past: Vec::new() }
        }

        fn row(&mut self, broken_from: usize) -> (Vec<Option<f64>>, bool) {
            for factor in &mut self.factors {
                *factor = 0.9 * *factor + 0.436 * normal(&mut self.rng);
            }
            let [first, second] = self.factors;
            let now: Vec<f64> = self
                .loads
                .iter()
                .map(|load| load[0] * first + load[1] * second + 0.3 * normal(&mut self.rng))
                .collect();
            let row = self.past.len();
            let is_broken = row >= broken_from && row / 100 % 4 == 3;
            let mut shown: Vec<Option<f64>> = now.iter().copied().map(Some).collect();
            if is_broken {
                for place in 0..3 {
                    let stream = (row / 100 * 7 + place * 5) % now.len();
                    shown[stream] = Some(self.past[row - 700 - 300 * place][stream]);
                }
            }
            self.past.push(now);
            (shown, is_broken)
        }
    }

    fn normal(rng: &mut Rng) -> f64 {
        (0..12).map(|_| f64::from(rng.unit()) - 0.5).sum()
    }

    /// The share of pairs of a broken and a whole row that are in the right order.
    fn area_under_roc(mut broken: Vec<f64>, mut whole: Vec<f64>) -> f64 {
        broken.sort_by(f64::total_cmp);
        whole.sort_by(f64::total_cmp);
        let below: usize = broken.iter().map(|odd| whole.partition_point(|other| other < odd)).sum();
        below as f64 / (broken.len() * whole.len()) as f64
    }

    fn found(width: usize) -> f64 {
        let names = (0..width).map(|stream| alloc::format!("s{stream}"));
        let schema = SchemaDraft::of_streams(names).validate().expect("valid");
        let mut areas = 0.0;
        for seed in 0..2 {
            let mut watch = Watch::<Dependence>::new(&schema);
            let mut factors = Factors::new(width, seed);
            let (mut broken, mut whole) = (Vec::new(), Vec::new());
            for row in 0..7000 {
                let (values, is_broken) = factors.row(3000);
                let odd = watch.learn(&values).oddness.unwrap_or(0.0);
                if row >= 3000 {
                    if is_broken { broken.push(odd) } else { whole.push(odd) }
                }
            }
            areas += area_under_roc(broken, whole) / 2.0;
        }
        areas
    }

    #[test]
    fn finds_three_streams_that_repeat_their_past() {
        let (few, many) = (found(20), found(100));
        assert!(few >= 0.95 && many >= 0.90, "20 streams {few}, 100 streams {many}");
    }

    #[test]
    fn the_stream_that_leaves_its_peers_has_the_largest_share() {
        let names = (0..10).map(|stream| alloc::format!("s{stream}"));
        let schema = SchemaDraft::of_streams(names).validate().expect("valid");
        let mut watch = Watch::<Dependence>::new(&schema);
        let mut factors = Factors::new(10, 4);
        (0..2000).for_each(|_| watch.skip(&factors.row(usize::MAX).0));
        for _ in 0..40 {
            let mut values = factors.row(usize::MAX).0;
            values[6] = values[6].map(|x| -x);
            watch.skip(&values);
        }
        let (mut wrong, mut right) = (0.0, 0.0);
        for _ in 0..20 {
            let mut values = factors.row(usize::MAX).0;
            values[6] = values[6].map(|x| -x);
            watch.judge(&values);
            let shares = watch.shares(&values);
            right += shares[6];
            wrong += shares
                .iter()
                .enumerate()
                .filter(|(stream, _)| *stream != 6)
                .map(|(_, s)| *s)
                .fold(0.0, f64::max);
            watch.skip(&values);
        }
        assert!(right > wrong, "{right} {wrong}");
    }

    #[test]
    fn wide_schemas_are_cut_along_their_groups() {
        let mut draft = SchemaDraft::of_streams((0..150).map(|stream| alloc::format!("s{stream}")));
        draft.streams.iter_mut().enumerate().for_each(|(place, stream)| {
            stream.group = (place < 130).then(|| alloc::format!("g{}", place % 2));
        });
        let blocks = blocks_of(&draft.validate().expect("valid"));
        let mut all: Vec<usize> = blocks.concat();
        all.sort_unstable();
        assert_eq!(all, (0..150).collect::<Vec<_>>());
        assert!(blocks.iter().all(|block| block.len() <= BLOCK_MAX));
        assert!(blocks[0].iter().all(|stream| stream % 2 == 0));
    }
}
