//! Half-space forests: one over the selected features of all streams, and a smaller one for each group.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::features::{BUDGET, Features, value};
use super::trees::{FEATURES_MAX, Trees};
use super::view::{JointView, Seen};
use crate::math::{greater, inverse_sqrt_brief};
use crate::rng::Rng;
use crate::schema::Schema;
use crate::snapshot::state;

const MAIN_TREES: usize = 50;
const MAIN_HEIGHT: u32 = 8;
const GROUP_TREES: usize = 30;
const GROUP_HEIGHT: u32 = 6;
/// Groups with a forest of their own: more would cost more than all else.
const GROUPS_MAX: usize = 8;
/// Rows over which a forest's usual oddness is remembered.
const MEMORY_ROWS: f32 = 8192.0;
/// Moments before a forest has an opinion.
const MOMENTS_MIN: u64 = 32;

/// One forest and how odd it usually finds moments: forests of different sizes are compared by it.
#[derive(Clone, Debug)]
struct Forest {
    trees: Trees,
    usual: f32,
    variance: f32,
}
state!(Forest { trees, usual, variance });

/// All forests of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Forests {
    features: Features,
    moments: u64,
    main: Forest,
    of_groups: Vec<Forest>,
    /// The streams of each group that has a forest.
    members: Vec<Vec<usize>>,
}
state!(Forests { features, moments, main, of_groups; members });

/// The features and leaves of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    features: Box<[f32; FEATURES_MAX]>,
    odd: f32,
    leaves: Vec<u32>,
    of_groups: Vec<(f32, Vec<u32>)>,
}

impl JointView for Forests {
    type Scratch = Walk;

    fn new(schema: &Schema) -> Self {
        let mut rng = Rng::new(schema.seed() ^ 0x666f_7265_7374);
        let features = Features::new(schema);
        let members: Vec<Vec<usize>> = (0..schema.groups().len())
            .map(|group| {
                let streams = schema.streams().iter().enumerate();
                streams.filter(|(_, stream)| stream.group == Some(group)).map(|(place, _)| place).collect()
            })
            .filter(|members: &Vec<usize>| members.len() >= 2 && members.len() < schema.streams().len())
            .map(|mut members| {
                members.truncate(BUDGET);
                members
            })
            .take(GROUPS_MAX)
            .collect();
        let main = Forest::new(Trees::new(MAIN_TREES, MAIN_HEIGHT, features.count(), &mut rng));
        let of_groups = (members.iter())
            .map(|members| Forest::new(Trees::new(GROUP_TREES, GROUP_HEIGHT, members.len(), &mut rng)))
            .collect();
        Self { features, moments: 0, main, of_groups, members }
    }

    fn scratch(&self) -> Walk {
        Walk {
            features: Box::new([0.0; FEATURES_MAX]),
            odd: 0.0,
            leaves: vec![0; self.main.trees.count()],
            of_groups: self.of_groups.iter().map(|forest| (0.0, vec![0; forest.trees.count()])).collect(),
        }
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Walk) -> Option<f64> {
        let Walk { features, odd, leaves, of_groups } = scratch;
        self.features.judge(seen, features.as_mut_slice());
        *odd = self.main.trees.judge(features, leaves);
        let mut most = self.main.compared(*odd);
        for ((forest, members), (odd, leaves)) in self.of_groups.iter().zip(&self.members).zip(of_groups) {
            features.iter_mut().zip(members).for_each(|(feature, &stream)| *feature = value(seen, stream));
            *odd = forest.trees.judge(features, leaves);
            most = most.max(forest.compared(*odd));
        }
        // Shifted and stretched to be positive with a mean of about 1.
        (self.moments >= MOMENTS_MIN && seen.portrait.here > 0).then(|| f64::from(most))
    }

    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Walk) {
        self.moments = self.moments.saturating_add(1);
        let pace = greater(1.0 / self.moments as f32, 1.0 / MEMORY_ROWS);
        self.main.learn(scratch.odd, pace, &scratch.leaves);
        for (forest, (odd, leaves)) in self.of_groups.iter_mut().zip(&scratch.of_groups) {
            forest.learn(*odd, pace, leaves);
        }
        self.features.learn(seen);
    }

    fn lent_bytes(&self, scratch: &Walk) -> usize {
        let of_groups = self.of_groups.iter().zip(&self.members).zip(&scratch.of_groups);
        let of_groups = of_groups.map(|((forest, members), group)| {
            forest.trees.fixed_bytes()
                + size_of_val(members.as_slice())
                + size_of_val(group)
                + size_of_val(group.1.as_slice())
        });
        self.main.trees.fixed_bytes()
            + size_of_val(&*scratch.features)
            + size_of_val(scratch.leaves.as_slice())
            + of_groups.sum::<usize>()
    }

    fn shares(&self, scratch: &Walk, shares: &mut [f64]) {
        shares.fill(0.0);
        self.main.trees.shares(&scratch.leaves, |feature, share| {
            if let Some(stream) = self.features.stream_of(feature) {
                shares[stream] += share;
            }
        });
        for ((forest, members), (_, leaves)) in
            self.of_groups.iter().zip(&self.members).zip(&scratch.of_groups)
        {
            forest.trees.shares(leaves, |feature, share| shares[members[feature]] += share);
        }
    }
}

impl Forest {
    fn new(trees: Trees) -> Self {
        Self { trees, usual: 0.0, variance: 0.0 }
    }

    /// Oddness in spreads from this forest's usual, as a positive number: 1 is usual, each spread above doubles less.
    fn compared(&self, odd: f32) -> f32 {
        let spread = (odd - self.usual) * inverse_sqrt_brief(greater(self.variance, 1e-6));
        if spread >= 0.0 { 1.0 + spread } else { 1.0 / (1.0 - spread) }
    }

    fn learn(&mut self, odd: f32, pace: f32, leaves: &[u32]) {
        let apart = odd - self.usual;
        self.usual += pace * apart;
        self.variance = (1.0 - pace) * (self.variance + pace * apart * apart);
        self.trees.learn(leaves);
    }
}
