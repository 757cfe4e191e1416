//! Which stream is it? All streams, ranked by how likely the trouble began with them.
//!
//! 1. [`look`]: every stream is seen from several sides, block after block: its level, how long it has been stuck, missing
//!    or quiet, and what was held against it. Each side is measured against what is usual for this very stream.
//! 2. [`weight`]: one number of all sides. Where a stream is named whose trouble is to be explained, who moves with it
//!    counts, and who does not counts for less; where nobody is, [`pulled`] tells who only seems wrong because of another.
//! 3. [`channel`]: where links lead to the named stream, the streams that they lead from speak in full.
//! 4. [`upstream`]: weight walks along the links from effects to causes, as far as the cause is odd as well.
//! 5. [`nodes`]: where a stream is named, the streams of one group answer together, and of those that usually go together
//!    the one that goes least with the named stream stands farthest upstream.

mod channel;
mod known;
mod look;
mod nodes;
mod pulled;
#[cfg(test)]
mod tests;
mod ties;
mod upstream;
mod usual;
mod weight;

use alloc::vec::Vec;

use super::history::History;
use crate::order;
use crate::schema::{Link, Stream};
use look::Look;
use nodes::Nodes;
use upstream::walk;
use weight::{Likeness, Weight};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) history: &'a History,
    /// The first row and the last one of the trouble, as the history counts them. What is before is taken for usual.
    pub(crate) onset: usize,
    pub(crate) end: usize,
    /// The stream whose trouble is to be explained, where one is named.
    pub(crate) target: Option<usize>,
    pub(crate) links: &'a [Link],
    pub(crate) streams: &'a [Stream],
}

impl Scene<'_> {
    /// Whether a stream had a value in any frame that is remembered.
    fn was_ever_seen(&self, stream: usize) -> bool {
        self.has_value(0, stream)
    }

    /// Whether a stream had a value from a row on.
    fn has_value(&self, from: usize, stream: usize) -> bool {
        (from.min(self.end)..=self.end).any(|row| !self.history.value(row, stream).is_nan())
    }
}

/// What is odd about a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// Its values are not where they usually are, or not where the others and the hour let expect them.
    #[default]
    Level,
    /// It says the same for longer than it does.
    Stuck,
    /// It has no value for longer than usual.
    Missing,
}

/// A stream that may have caused the trouble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspect {
    /// Its place in the schema's streams.
    pub stream: usize,
    /// How strongly it is suspected: of use to compare suspects of one explanation.
    pub weight: f64,
    /// What is odd about it.
    pub face: Face,
    /// Whether it is lower than usual rather than higher; false where it is neither.
    pub is_low: bool,
    /// When it began to be odd.
    pub onset_ms: i64,
    /// How odd it is, in usual deviations, or runs of so many times the longest usual one.
    pub size: f64,
}

/// The answer.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    /// The likeliest first.
    pub(crate) suspects: Vec<Suspect>,
    /// The chance that the first is the right one.
    pub(crate) known: f64,
}

/// Weights of all streams: each by itself, and after walking to causes.
struct Weights {
    own: Vec<f64>,
    walked: Vec<f64>,
}

/// Ranks all streams.
pub(crate) fn rank(scene: &Scene<'_>) -> Ranking {
    let looks: Vec<Look> = (0..scene.history.width()).map(|stream| Look::at(scene, stream)).collect();
    let Weights { own, walked: weights } = match scene.target {
        Some(target) => named(scene, &looks, target),
        None => unnamed(scene, &looks),
    };
    let by_weight = order::places(looks.len(), &mut |a, b| weights[a] > weights[b]);
    let suspects: Vec<Suspect> =
        by_weight.into_iter().map(|stream| looks[stream].suspect(scene, stream, weights[stream])).collect();
    let known = known::known(scene, &suspects, &own);
    Ranking { suspects, known }
}

/// Nobody is named: every stream answers for itself.
fn unnamed(scene: &Scene<'_>, looks: &[Look]) -> Weights {
    let believed = looks.iter().zip(pulled::credits(looks));
    let weights: Vec<Weight> =
        believed.map(|(look, credit)| Weight::of(look, Likeness::UNKNOWN, credit)).collect();
    let links = scene.links.iter().map(|link| (link.from, link.to));
    let explains: Vec<f64> = weights.iter().map(|weight| weight.explains).collect();
    let own: Vec<f64> = weights.iter().map(|weight| weight.whole).collect();
    let mut walked = own.clone();
    let goes_along = |cause: usize, effect: usize| looks[cause].goes_along(&looks[effect]);
    walk(&mut walked, &explains, &upstream::links(links, looks.len()), goes_along, upstream::Reach::Near);
    Weights { own, walked }
}

/// Somebody is named: the nodes answer, and hand their answer back to their streams.
fn named(scene: &Scene<'_>, looks: &[Look], target: usize) -> Weights {
    let nodes = Nodes::of(scene.streams, scene.links);
    let likeness = |look: &Look| Likeness::of(look, &looks[target]);
    let mut weights: Vec<Weight> = looks.iter().map(|look| Weight::of(look, likeness(look), 1.0)).collect();
    channel::follow(scene, &nodes, target, &mut weights);
    let asked = nodes.of_stream[target];
    for (weight, &node) in weights.iter_mut().zip(&nodes.of_stream) {
        if node == asked {
            weight.whole = 0.0;
        }
    }
    let mut answers = nodes.answers(&weights);
    ties::lean_upstream(scene, &nodes, &weights, target, &mut answers.whole);
    let own = nodes.hand_back(&weights, &answers.whole);
    let links = scene.links.iter().map(|link| (nodes.of_stream[link.from], nodes.of_stream[link.to]));
    let links = upstream::links(links, nodes.count);
    walk(&mut answers.whole, &answers.explains, &links, |_, _| 1.0, upstream::Reach::Far);
    answers.whole[asked] = 0.0;
    Weights { own, walked: nodes.hand_back(&weights, &answers.whole) }
}
