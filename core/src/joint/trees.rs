//! Half-space trees (Tan, Ting, Liu 2011): random cuts through the space of features, and how many of the latest
//! moments fell into each cell. A moment in a thin cell is odd.
//!
//! Trees are complete and lie in flat arrays; ten are walked side by side, so that the memory's delay is shared. Only
//! one counter per tree is touched by a frame. A tree's profile becomes the reference when half a window is over, at
//! another row for every tree.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::ln_brief;
use crate::rng::Rng;
use crate::snapshot::state;

/// Trees that are walked at the same time.
const ABREAST: usize = 10;
/// Moments in half a window.
const HALF_WINDOW: u64 = 1024;

/// The most features that trees can cut.
pub(crate) const FEATURES_MAX: usize = 64;

/// One cut, left of it or right of it: where, and in its lowest bits which feature. It is the one thing that is looked up
/// at every step of a walk.
#[derive(Clone, Copy, Debug)]
struct Cut(u32);

impl Cut {
    const FEATURE: u32 = FEATURES_MAX as u32 - 1;

    fn new(at: f32, feature: usize) -> Self {
        Self(at.to_bits() & !Self::FEATURE | feature as u32 & Self::FEATURE)
    }

    #[inline]
    fn feature(self) -> usize {
        (self.0 & Self::FEATURE) as usize
    }

    #[inline]
    fn at(self) -> f32 {
        f32::from_bits(self.0 & !Self::FEATURE)
    }
}

/// Some trees over one set of features.
#[derive(Clone, Debug)]
pub(crate) struct Trees {
    /// What the current half window has counted, leaf by leaf, tree after tree.
    latest: Vec<u16>,
    /// What the windows before it have.
    reference: Vec<u16>,
    moments: u64,
    /// The cuts of a tree lie together, children of `n` at `2 n + 1` and `2 n + 2`. They follow from the seed.
    cuts: Vec<Cut>,
    height: u32,
}
state!(Trees { latest, reference, moments; cuts, height });

impl Trees {
    /// `count` trees over at most [`FEATURES_MAX`] features, rounded up to whole walks.
    pub(crate) fn new(count: usize, height: u32, features: usize, rng: &mut Rng) -> Self {
        let count = count.next_multiple_of(ABREAST);
        let leaves = 1_usize << height;
        let mut cuts = Vec::new();
        cuts.reserve_exact(count * (leaves - 1));
        (0..count).for_each(|_| cuts.extend(grow(leaves - 1, features, rng)));
        let blank = vec![0; count * leaves];
        Self { latest: blank.clone(), reference: blank, moments: 0, cuts, height }
    }

    pub(crate) fn count(&self) -> usize {
        self.latest.len() >> self.height
    }

    /// Bytes of the cuts.
    pub(crate) fn fixed_bytes(&self) -> usize {
        size_of_val(self.cuts.as_slice())
    }

    /// How thin the cells of this moment are, in nats less than an even share; fills in the leaves.
    pub(crate) fn judge(&self, features: &[f32; FEATURES_MAX], leaves: &mut [u32]) -> f32 {
        let inner = (1_usize << self.height) - 1;
        let mut odd = 0.0;
        for (walk, leaves) in leaves.chunks_exact_mut(ABREAST).enumerate() {
            let cuts = &self.cuts[walk * ABREAST * inner..][..ABREAST * inner];
            let mut places = [0_usize; ABREAST];
            for _ in 0..self.height {
                for (tree, place) in places.iter_mut().enumerate() {
                    let cut = cuts[tree * inner + *place];
                    *place = 2 * *place + 1 + usize::from(features[cut.feature()] >= cut.at());
                }
            }
            let mut counts = [0.0; ABREAST];
            for (tree, place) in places.iter().enumerate() {
                let leaf = ((walk * ABREAST + tree) << self.height) + place - inner;
                leaves[tree] = leaf as u32;
                counts[tree] = f32::from(self.reference[leaf]);
            }
            odd -= thickness(counts).iter().sum::<f32>();
        }
        odd / self.count().max(1) as f32
    }

    pub(crate) fn learn(&mut self, leaves: &[u32]) {
        for &leaf in leaves {
            let counter = &mut self.latest[leaf as usize];
            *counter = counter.saturating_add(1);
        }
        self.moments = self.moments.saturating_add(1);
        let count = self.count() as u64;
        let lag = |tree: u64| tree * HALF_WINDOW / count.max(1);
        if self.moments < HALF_WINDOW {
            // The first window is short and shorter ones before it, so that there is a reference from the start.
            for tree in 0..count {
                let is_over = self.moments + lag(tree) == HALF_WINDOW;
                if is_over || self.moments.wrapping_add(tree).is_power_of_two() {
                    self.turn(tree as usize);
                }
            }
            return;
        }
        // Lags grow from tree to tree: those that are due follow the first whose lag is no smaller than what is left.
        let left = self.moments.wrapping_neg() % HALF_WINDOW;
        let first = (left * count).div_ceil(HALF_WINDOW);
        for tree in (first..count).take_while(|tree| lag(*tree) == left) {
            self.turn(tree as usize);
        }
    }

    /// The latest half window joins the reference, which loses half of its weight.
    fn turn(&mut self, tree: usize) {
        let leaves = (tree << self.height)..((tree + 1) << self.height);
        for (latest, reference) in self.latest[leaves.clone()].iter_mut().zip(&mut self.reference[leaves]) {
            *reference = (*reference / 2).saturating_add(*latest);
            *latest = 0;
        }
    }

    /// Adds each tree's oddness to the features on its way, in equal parts.
    pub(crate) fn shares(&self, leaves: &[u32], mut add: impl FnMut(usize, f64)) {
        let inner = (1_usize << self.height) - 1;
        for (tree, &leaf) in leaves.iter().enumerate() {
            let leaf = leaf as usize;
            let odd =
                f64::from(ln_brief(HALF_WINDOW as f32) - thickness([f32::from(self.reference[leaf])])[0])
                    .max(0.0);
            let mut place = leaf - (tree << self.height) + inner;
            while place > 0 {
                place = (place - 1) / 2;
                add(self.cuts[tree * inner + place].feature(), odd / f64::from(self.height));
            }
        }
    }
}

/// The logs of leaves' shares of all moments, side by side.
#[inline]
fn thickness<const N: usize>(counts: [f32; N]) -> [f32; N] {
    core::array::from_fn(|tree| ln_brief(counts[tree] + 0.5))
}

/// The cuts of one tree. Each halves what its way has left of a feature's range; the ranges are drawn wider than
/// [0, 1], so that the trees do not all cut at the same places.
fn grow(inner: usize, features: usize, rng: &mut Rng) -> Vec<Cut> {
    let ranges: Vec<(f32, f32)> = (0..features)
        .map(|_| {
            let middle = rng.unit();
            let reach = 2.0 * middle.max(1.0 - middle);
            (middle - reach, middle + reach)
        })
        .collect();
    let mut cuts: Vec<Cut> = Vec::with_capacity(inner);
    for place in 0..inner {
        let feature = rng.below(features.max(1));
        let (mut low, mut high) = ranges.get(feature).copied().unwrap_or((0.0, 1.0));
        // The range that is left here, by going up.
        let mut child = place;
        let mut bounds = (low, high);
        while child > 0 {
            let parent = (child - 1) / 2;
            let cut = cuts[parent];
            if cut.feature() == feature {
                if child == 2 * parent + 1 {
                    bounds.1 = bounds.1.min(cut.at())
                } else {
                    bounds.0 = bounds.0.max(cut.at())
                }
            }
            child = parent;
        }
        (low, high) = bounds;
        cuts.push(Cut::new(0.5 * (low + high), feature));
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded<const N: usize>(features: [f32; N]) -> [f32; FEATURES_MAX] {
        core::array::from_fn(|place| features.get(place).copied().unwrap_or(0.0))
    }

    /// One tree, one node after the other.
    fn naive_leaf(trees: &Trees, tree: usize, features: &[f32; FEATURES_MAX]) -> usize {
        let inner = (1_usize << trees.height) - 1;
        let mut node = 0;
        for _ in 0..trees.height {
            let at = tree * inner + node;
            node = if features[trees.cuts[at].feature()] < trees.cuts[at].at() {
                2 * node + 1
            } else {
                2 * node + 2
            };
        }
        node - inner
    }

    #[test]
    fn agrees_with_trees_walked_one_by_one() {
        let mut rng = Rng::new(9);
        let mut trees = Trees::new(20, 5, 4, &mut rng);
        let mut leaves = vec![0; trees.count()];
        // The naive twin keeps every moment of the half window that fills, and counts.
        let mut fell: Vec<Vec<usize>> = vec![Vec::new(); trees.count()];
        for _ in 0..5000 {
            let features = core::array::from_fn(|_| rng.unit() * rng.unit());
            let odd = trees.judge(&features, &mut leaves);
            let mut slow = 0.0;
            for tree in 0..trees.count() {
                let leaf = (tree << trees.height) + naive_leaf(&trees, tree, &features);
                assert_eq!(leaves[tree] as usize, leaf);
                slow -= ln_brief(f32::from(trees.reference[leaf]) + 0.5);
            }
            assert!((odd - slow / trees.count() as f32).abs() < 1e-4);
            trees.learn(&leaves);
            for (tree, fell) in fell.iter_mut().enumerate() {
                fell.push(leaves[tree] as usize);
                let range = (tree << trees.height)..((tree + 1) << trees.height);
                if trees.latest[range.clone()].iter().all(|&count| count == 0) {
                    fell.clear();
                }
                for leaf in range {
                    let times = fell.iter().filter(|&&at| at == leaf).count();
                    assert_eq!(usize::from(trees.latest[leaf]), times);
                }
            }
        }
    }

    #[test]
    fn no_two_trees_turn_in_the_same_row_once_settled() {
        let mut rng = Rng::new(1);
        let mut trees = Trees::new(50, 4, 3, &mut rng);
        let mut leaves = vec![0; 50];
        let mut empty_before = 0;
        for row in 0..4000 {
            trees.judge(&padded([0.3, 0.6, 0.5]), &mut leaves);
            trees.learn(&leaves);
            let empty =
                trees.latest.chunks(1 << 4).filter(|leaves| leaves.iter().all(|&count| count == 0)).count();
            assert!(row < 1100 || empty <= 1, "{empty} trees turned in row {row}");
            empty_before += empty;
        }
        assert!(empty_before > 100);
    }

    #[test]
    fn a_thin_place_is_odd() {
        let mut rng = Rng::new(2);
        let mut trees = Trees::new(50, 8, 2, &mut rng);
        let mut leaves = vec![0; 50];
        for _ in 0..4000 {
            let x = 0.4 + 0.2 * rng.unit();
            trees.judge(&padded([x, x]), &mut leaves);
            trees.learn(&leaves);
        }
        let usual = trees.judge(&padded([0.5, 0.5]), &mut leaves);
        let odd = trees.judge(&padded([0.42, 0.58]), &mut leaves);
        assert!(odd > usual + 1.0, "{odd} {usual}");
        let mut by_feature = [0.0; 2];
        trees.shares(&leaves, |feature, share| by_feature[feature] += share);
        assert!(by_feature.iter().all(|&share| share > 0.0));
    }
}
