//! Dependence: streams that are each usual and together absurd.
//!
//! A running covariance of the lightly smoothed streams and its inverse, the precision matrix, give each stream's
//! residual: how far it lies from what all others let expect, in units of what is left to chance. Up to 64 streams are
//! taken together; wider schemas are cut into blocks along their groups. What is absent takes the value that the
//! others let expect, and so adds nothing.

use alloc::vec;
use alloc::vec::Vec;

use super::portrait::{LANES, MEMORY_VALUES, START_VALUES};
use super::precision::Precision;
use super::view::{JointView, Seen};
use crate::schema::Schema;
use crate::snapshot::state;

/// The most streams in one block.
const BLOCK_MAX: usize = 64;
/// A level over 15 rows varies less than a value, by the square root of 29 where values are independent.
const SMOOTH_SCALE: f32 = 5.385_165;
/// What is believed at first, that all streams are independent with spread 1, counts as much as so many rows.
const PRIOR_ROWS: f32 = 20.0;
/// Rows with twice the work on the inverse for each: at first it changes fast.
const EARLY_ROWS: u64 = 400;
/// No residual counts as further out than this.
const RESIDUAL_MAX: f32 = 30.0;
/// How often the expected values of absent streams are improved. Each round takes what the others were last given.
const ROUNDS: usize = 3;
/// Improvements per block and row, so that a row with many absent streams is no slow row.
const IMPROVEMENTS_MAX: usize = 96;

/// Covariance and precision of a few streams.
#[derive(Clone, Debug)]
struct Block {
    mean: Vec<f32>,
    /// Row after row, each padded to whole lanes.
    covariance: Vec<f32>,
    precision: Precision,
    members: Vec<usize>,
    stride: usize,
}
state!(Block { mean, covariance, precision; members, stride });

/// All blocks of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Dependence {
    blocks: Vec<Block>,
}
state!(Dependence { blocks });

/// One block's numbers of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Residuals {
    /// Distance from the mean; for absent streams the expected one.
    apart: Vec<f32>,
    /// 1 where the stream is present.
    here: Vec<f32>,
    /// Precision times distance.
    pull: Vec<f32>,
    /// Residual per member, 0 where absent.
    residual: Vec<f32>,
}

impl JointView for Dependence {
    type Scratch = Vec<Residuals>;

    fn new(schema: &Schema) -> Self {
        // Without streams there is one block of nobody, which has no rows to walk.
        let blocks = blocks_of(schema).into_iter().filter(|members| !members.is_empty());
        Self { blocks: blocks.map(Block::new).collect() }
    }

    fn scratch(&self) -> Vec<Residuals> {
        (self.blocks.iter())
            .map(|block| {
                let blank = vec![0.0; block.stride];
                Residuals { apart: blank.clone(), here: blank.clone(), pull: blank.clone(), residual: blank }
            })
            .collect()
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Vec<Residuals>) -> Option<f64> {
        let (mut total, mut present) = (0.0, 0.0);
        for (block, residuals) in self.blocks.iter().zip(scratch) {
            let here = block.judge(seen, residuals);
            // One stream by itself has nothing to depend on.
            if here >= 2 {
                total += residuals.odd();
                present += here as f64;
            }
        }
        (present > 0.0 && seen.rows() > START_VALUES as u64).then(|| total / present)
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
        let of_block =
            |block: &Block| block.members.len() * size_of::<usize>() + 4 * block.stride * size_of::<f32>();
        size_of_val(scratch.as_slice()) + self.blocks.iter().map(of_block).sum::<usize>()
    }

    fn shares(&self, scratch: &Vec<Residuals>, shares: &mut [f64]) {
        shares.fill(0.0);
        for (block, residuals) in self.blocks.iter().zip(scratch) {
            for (&member, &residual) in block.members.iter().zip(&residuals.residual) {
                shares[member] = f64::from(residual * residual);
            }
        }
    }
}

impl Residuals {
    /// The sum of squared residuals.
    fn odd(&self) -> f64 {
        let mut sums = [0.0_f32; LANES];
        for lanes in self.residual.chunks_exact(LANES) {
            for lane in 0..LANES {
                sums[lane] += lanes[lane] * lanes[lane];
            }
        }
        f64::from(sums.iter().sum::<f32>())
    }
}

impl Block {
    fn new(members: Vec<usize>) -> Self {
        let stride = members.len().next_multiple_of(LANES);
        let mut covariance = vec![0.0; members.len() * stride];
        (0..members.len()).for_each(|member| covariance[member * stride + member] = 1.0);
        let precision = Precision::new(members.len());
        Self { mean: vec![0.0; stride], covariance, precision, members, stride }
    }

    /// Fills in the residuals; returns how many members are present.
    fn judge(&self, seen: &Seen<'_>, at: &mut Residuals) -> usize {
        let mut present = 0;
        for (place, &member) in self.members.iter().enumerate() {
            let cell = &seen.portrait.cells[member / LANES];
            let is_here = cell.here[member % LANES] > 0.0 && seen.portrait.settled(member);
            let apart = SMOOTH_SCALE * cell.smooth[member % LANES] - self.mean[place];
            (at.here[place], at.apart[place]) = if is_here { (1.0, apart) } else { (0.0, 0.0) };
            present += usize::from(is_here);
        }
        at.pull.fill(0.0);
        for place in 0..self.members.len() {
            self.precision.add(place, at.apart[place], &mut at.pull);
        }
        if present < self.members.len() && present > 0 {
            self.expect_absent(at);
        }
        for place in 0..self.members.len() {
            let residual = at.pull[place] * self.precision.spread(place);
            at.residual[place] = residual.clamp(-RESIDUAL_MAX, RESIDUAL_MAX) * at.here[place];
        }
        present
    }

    /// Gives each absent stream the value that the others let expect, which is where its pull is 0.
    fn expect_absent(&self, at: &mut Residuals) {
        let mut improvements = 0;
        for _ in 0..ROUNDS {
            for place in 0..self.members.len() {
                if at.here[place] > 0.0 || improvements == IMPROVEMENTS_MAX {
                    continue;
                }
                let spread = self.precision.spread(place);
                let step = -at.pull[place] * spread * spread;
                at.apart[place] += step;
                self.precision.add(place, step, &mut at.pull);
                improvements += 1;
            }
        }
    }

    fn learn(&mut self, rows: u64, at: &Residuals) {
        let pace = (1.0 / (rows as f32 + PRIOR_ROWS)).max(1.0 / MEMORY_VALUES as f32);
        for (place, row) in self.covariance.chunks_exact_mut(self.stride).enumerate() {
            if at.here[place] == 0.0 {
                continue;
            }
            let apart = at.apart[place] * (1.0 - pace);
            for (cov, (other, here)) in row.iter_mut().zip(at.apart.iter().zip(&at.here)) {
                *cov += pace * here * (apart * other - *cov);
            }
        }
        for (mean, (apart, here)) in self.mean.iter_mut().zip(at.apart.iter().zip(&at.here)) {
            *mean += pace * apart * here;
        }
        let shrink = self.members.len() as f32 / (self.members.len() as f32 + rows as f32);
        for _ in 0..if rows < EARLY_ROWS { 4 } else { 1 } {
            self.precision.work(&self.covariance, shrink);
        }
    }
}

/// Streams that are taken together: all, or by their group, or by their place where a group is too wide or missing.
fn blocks_of(schema: &Schema) -> Vec<Vec<usize>> {
    let streams = schema.streams();
    let mut order: Vec<usize> = (0..streams.len()).collect();
    if streams.len() <= BLOCK_MAX {
        return vec![order];
    }
    order.sort_by_key(|&stream| (streams[stream].group.map_or(usize::MAX, |group| group), stream));
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
    fn an_absent_stream_is_as_if_it_had_never_been_there() {
        let schema = SchemaDraft::of_streams(["a", "b", "c"]).validate().expect("valid");
        let mut block = Block::new(vec![0, 1, 2]);
        // The covariance of the first two is [[1, .8], [.8, 1]], whatever the third does.
        for (entry, value) in [(1, 0.8), (2, 0.5), (8, 0.8), (10, 0.7), (16, 0.5), (17, 0.7)] {
            block.covariance[entry] = value;
        }
        (0..6).for_each(|_| block.precision.work(&block.covariance, 0.0));
        let mut at = Dependence::new(&schema).scratch().remove(0);
        at.here[..2].fill(1.0);
        at.apart[..2].copy_from_slice(&[1.0, -1.0]);
        (0..3).for_each(|place| block.precision.add(place, at.apart[place], &mut at.pull));
        block.expect_absent(&mut at);
        // The inverse of [[1.01, .8], [.8, 1.01]] times (1, -1).
        let expected = 1.0 / (1.01 - 0.8);
        assert!(
            (at.pull[0] - expected).abs() < 1e-3 && (at.pull[1] + expected).abs() < 1e-3,
            "{:?}",
            at.pull
        );
        assert!(at.pull[2].abs() < 1e-4, "{:?}", at.pull);
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
