//! A small time-series forest: trees that ask for the mean, the spread or the slope of a score over an interval.

use alloc::vec::Vec;

use super::window::{CHANNELS, FRAMES, Window};
use crate::math::sqrt;
use crate::rng::Rng;
use crate::snapshot::state;

const TREES: usize = 24;
const DEPTH: usize = 3;
const NODES: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;
/// Questions that are tried at a node.
const TRIES: usize = 12;
/// A label counts as much as this many ordinary windows: a person looked at it.
const LABEL_WEIGHT: f64 = 4.0;

/// One training window.
#[derive(Clone, Copy)]
pub(super) struct Sample<'a> {
    pub(super) window: &'a Window,
    pub(super) is_real: bool,
    pub(super) is_label: bool,
}

impl Sample<'_> {
    fn weight(&self) -> f64 {
        if self.is_label { LABEL_WEIGHT } else { 1.0 }
    }
}

/// What a node asks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Question {
    channel: u8,
    start: u8,
    length: u8,
    /// 0 mean, 1 spread, 2 slope.
    kind: u8,
    threshold: f32,
}
state!(Question { channel, start, length, kind, threshold } where |question| {
    usize::from(question.channel) < CHANNELS
        && usize::from(question.start) + usize::from(question.length) <= FRAMES
});

impl Question {
    fn random(rng: &mut Rng) -> Self {
        let length = 3 + rng.below(FRAMES - 2);
        let length = length.min(FRAMES);
        Self {
            channel: rng.below(CHANNELS) as u8,
            start: rng.below(FRAMES - length + 1) as u8,
            length: length as u8,
            kind: rng.below(3) as u8,
            threshold: 0.0,
        }
    }

    /// In single precision, as the threshold is: a window that gave its own threshold is on one side of it for sure.
    fn answer(&self, window: &Window) -> f32 {
        let scores = || window.interval(self.channel.into(), self.start.into(), self.length.into());
        let count = f64::from(self.length.max(1));
        let mean = scores().sum::<f64>() / count;
        let answer = match self.kind {
            0 => mean,
            1 => sqrt(scores().map(|score| (score - mean) * (score - mean)).sum::<f64>() / count),
            _ => {
                let middle = (count - 1.0) / 2.0;
                let lever = |at: usize| at as f64 - middle;
                let levers: f64 = (0..usize::from(self.length)).map(|at| lever(at) * lever(at)).sum();
                scores().enumerate().map(|(at, score)| lever(at) * score).sum::<f64>() / levers.max(1.0)
            }
        };
        answer as f32
    }
}

/// A complete tree: node n asks, then goes to 2n+1 or 2n+2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tree {
    questions: [Question; NODES],
    /// The share of real ones among the training windows that end here.
    leaves: [f32; LEAVES],
}
state!(Tree { questions, leaves });

impl Tree {
    fn leaf_of(&self, window: &Window) -> usize {
        let mut node = 0;
        while node < NODES {
            let question = &self.questions[node];
            node = 2 * node + 1 + usize::from(question.answer(window) > question.threshold);
        }
        node - NODES
    }

    fn grow(samples: &[Sample<'_>], drawn: &[usize], rng: &mut Rng) -> Self {
        let mut tree = Self::default();
        let mut members: Vec<(usize, usize)> = drawn.iter().map(|&sample| (0, sample)).collect();
        for node in 0..NODES {
            let here: Vec<usize> =
                members.iter().filter(|(at, _)| *at == node).map(|(_, sample)| *sample).collect();
            tree.questions[node] = best_question(samples, &here, rng);
            let question = tree.questions[node];
            for (at, sample) in members.iter_mut().filter(|(at, _)| *at == node) {
                *at =
                    2 * node + 1 + usize::from(question.answer(samples[*sample].window) > question.threshold);
            }
        }
        let overall = share_of_real(samples, drawn.iter().copied()).unwrap_or(0.5);
        for (leaf, slot) in tree.leaves.iter_mut().enumerate() {
            let here = members.iter().filter(|(at, _)| *at == NODES + leaf).map(|(_, sample)| *sample);
            *slot = share_of_real(samples, here).unwrap_or(overall) as f32;
        }
        tree
    }
}

fn share_of_real(samples: &[Sample<'_>], members: impl Iterator<Item = usize>) -> Option<f64> {
    let (real, all) = members.fold((0.0, 0.0), |(real, all), member| {
        let weight = samples[member].weight();
        (real + if samples[member].is_real { weight } else { 0.0 }, all + weight)
    });
    (all > 0.0).then(|| real / all)
}

/// Weighted Gini impurity times weight: what a split is to make small.
fn impurity(real: f64, all: f64) -> f64 {
    if all > 0.0 { real * (all - real) / all } else { 0.0 }
}

fn best_question(samples: &[Sample<'_>], here: &[usize], rng: &mut Rng) -> Question {
    let mut best = (f64::INFINITY, Question::default());
    for _ in 0..TRIES {
        let mut question = Question::random(rng);
        if here.is_empty() {
            continue;
        }
        // The threshold between two members drawn by chance: cheap, and as good as a full search in a forest.
        let pair = [here[rng.below(here.len())], here[rng.below(here.len())]];
        question.threshold =
            pair.iter().map(|&member| question.answer(samples[member].window)).sum::<f32>() / 2.0;
        let mut sides = [(0.0, 0.0); 2];
        for &member in here {
            let side = &mut sides[usize::from(question.answer(samples[member].window) > question.threshold)];
            side.0 += if samples[member].is_real { samples[member].weight() } else { 0.0 };
            side.1 += samples[member].weight();
        }
        let left = sides.iter().map(|&(real, all)| impurity(real, all)).sum();
        if left < best.0 {
            best = (left, question);
        }
    }
    best.1
}

/// The trees and how well they predict labels that they did not see.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Forest {
    trees: [Tree; TREES],
    merit: f64,
}
state!(Forest { trees, merit } where |forest| (0.0..=1.0).contains(&forest.merit));

impl Forest {
    /// Out-of-bag agreement with the labels beyond chance: 0 is worthless, 1 perfect.
    pub(super) fn merit(&self) -> f64 {
        self.merit
    }

    pub(super) fn chance_of_real(&self, window: &Window) -> f64 {
        let votes: f64 = self.trees.iter().map(|tree| f64::from(tree.leaves[tree.leaf_of(window)])).sum();
        votes / TREES as f64
    }

    pub(super) fn train(samples: &[Sample<'_>], seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut forest = Self::default();
        let mut unseen = alloc::vec![(0.0, 0.0); samples.len()];
        for tree in &mut forest.trees {
            let drawn: Vec<usize> = (0..samples.len()).map(|_| rng.below(samples.len())).collect();
            *tree = Tree::grow(samples, &drawn, &mut rng);
            for (place, sample) in samples.iter().enumerate().filter(|(place, _)| !drawn.contains(place)) {
                unseen[place].0 += f64::from(tree.leaves[tree.leaf_of(sample.window)]);
                unseen[place].1 += 1.0;
            }
        }
        forest.merit = merit(samples, &unseen);
        forest
    }
}

/// Balanced accuracy over real and not real, from 0 (chance) to 1. Both sides must have been judged.
fn merit(samples: &[Sample<'_>], unseen: &[(f64, f64)]) -> f64 {
    let mut sides = [(0.0, 0.0); 2];
    for (sample, (votes, count)) in samples.iter().zip(unseen).filter(|(_, (_, count))| *count > 0.0) {
        let side = &mut sides[usize::from(sample.is_real)];
        side.1 += sample.weight();
        if (votes / count > 0.5) == sample.is_real {
            side.0 += sample.weight();
        }
    }
    if sides.iter().any(|(_, all)| *all == 0.0) {
        return 0.0;
    }
    let accuracy = sides.iter().map(|(right, all)| right / all).sum::<f64>() / 2.0;
    (2.0 * accuracy - 1.0).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(level: impl Fn(usize) -> f32) -> Window {
        let mut window = Window::default();
        (0..FRAMES).for_each(|frame| window.push([level(frame); CHANNELS]));
        window
    }

    #[test]
    fn the_questions_are_mean_spread_and_slope() {
        let ramp = window(|frame| frame as f32 / 51.0);
        let ask =
            |kind| 51.0 * Question { channel: 0, start: 2, length: 5, kind, threshold: 0.0 }.answer(&ramp);
        for (kind, expected) in [4.0, sqrt(2.0), 1.0].into_iter().enumerate() {
            assert!((f64::from(ask(kind as u8)) - expected).abs() < 1e-5, "{kind}");
        }
    }

    #[test]
    fn learns_what_people_call_real() {
        // Real ones end high; expected ones are high all along; the background is low.
        let real: Vec<Window> =
            (0..6).map(|n| window(|frame| if frame > 16 + n % 3 { 0.9 } else { 0.1 })).collect();
        let expected: Vec<Window> = (0..6).map(|n| window(|_| 0.8 + n as f32 / 100.0)).collect();
        let background: Vec<Window> = (0..12).map(|n| window(|_| n as f32 / 50.0)).collect();
        let sample = |is_real, is_label| move |window| Sample { window, is_real, is_label };
        let samples: Vec<Sample<'_>> = real
            .iter()
            .map(sample(true, true))
            .chain(expected.iter().map(sample(false, true)))
            .chain(background.iter().map(sample(false, false)))
            .collect();
        let forest = Forest::train(&samples, 1);
        assert!(forest.merit() > 0.5, "{}", forest.merit());
        assert!(forest.chance_of_real(&window(|frame| if frame > 18 { 1.0 } else { 0.0 })) > 0.5);
        assert!(forest.chance_of_real(&window(|_| 0.85)) < 0.5);
        assert_eq!(Forest::train(&samples, 1), forest);
    }

    #[test]
    fn one_sided_labels_have_no_merit() {
        let high = window(|_| 0.9);
        let samples = [Sample { window: &high, is_real: true, is_label: true }; 5];
        assert_eq!(Forest::train(&samples, 1).merit(), 0.0);
    }
}
