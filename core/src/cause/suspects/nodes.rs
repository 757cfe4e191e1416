//! Streams that belong to one thing answer together: several of its streams that moved say more than one.
//!
//! A group is one thing where no link joins two of its streams; where links do, its streams are things of their own.
//! Where a schema has no groups, names that are all made of words around the same separator tell: `cart|cpu`.

use alloc::vec;
use alloc::vec::Vec;

use super::weight::Weight;
use crate::order;
use crate::schema::{Link, Stream};

/// How many streams of a node count, each by this much less than the one before.
const COUNTED: usize = 3;
const NEXT: f64 = 0.7;
/// What may stand between the name of a thing and that of its stream.
const SEPARATORS: [char; 5] = ['|', '/', ':', '.', '_'];

/// What streams belong to.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    pub(super) of_stream: Vec<usize>,
    pub(super) count: usize,
}

/// One number per node.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    pub(super) whole: Vec<f64>,
    pub(super) explains: Vec<f64>,
}

impl Nodes {
    pub(super) fn of(streams: &[Stream], links: &[Link]) -> Self {
        let same = |a: usize, b: usize| streams[a].group.is_some() && streams[a].group == streams[b].group;
        let is_grouped = streams.iter().any(|stream| stream.group.is_some());
        let keys: Vec<Option<Key<'_>>> = if is_grouped {
            let is_family = links.iter().any(|link| same(link.from, link.to));
            streams.iter().map(|stream| stream.group.filter(|_| !is_family).map(Key::Group)).collect()
        } else {
            words(streams)
        };
        let (mut seen, mut count) = (Vec::<(Key<'_>, usize)>::new(), 0);
        let mut of_stream = Vec::with_capacity(streams.len());
        for key in keys {
            let known = key.and_then(|key| seen.iter().find(|(other, _)| *other == key));
            let node = known.map_or(count, |(_, node)| *node);
            if let (Some(key), true) = (key, node == count) {
                seen.push((key, node));
            }
            count = count.max(node + 1);
            of_stream.push(node);
        }
        Self { of_stream, count }
    }

    /// The streams of a node, those with the most weight first.
    pub(super) fn members(&self, node: usize, weights: &[Weight]) -> Vec<usize> {
        let mut members: Vec<usize> =
            (0..weights.len()).filter(|&stream| self.of_stream[stream] == node).collect();
        order::few(&mut members, |&a, &b| weights[a].whole > weights[b].whole);
        members
    }

    pub(super) fn answers(&self, weights: &[Weight]) -> Answers {
        let mut greatest = vec![[0.0_f64; COUNTED]; self.count];
        let mut explains = vec![0.0_f64; self.count];
        for (&node, weight) in self.of_stream.iter().zip(weights) {
            let mut next = weight.whole;
            for kept in &mut greatest[node] {
                if next > *kept {
                    core::mem::swap(kept, &mut next);
                }
            }
            explains[node] = explains[node].max(weight.explains);
        }
        let sum = |greatest: &[f64; COUNTED]| greatest.iter().rev().fold(0.0, |sum, x| NEXT * sum + x);
        Answers { whole: greatest.iter().map(sum).collect(), explains }
    }

    /// Each stream's share of its node's answer: the whole of it for the strongest.
    pub(super) fn hand_back(&self, weights: &[Weight], answers: &[f64]) -> Vec<f64> {
        let mut most = vec![0.0_f64; self.count];
        for (&node, weight) in self.of_stream.iter().zip(weights) {
            most[node] = most[node].max(weight.whole);
        }
        let share = |(&node, weight): (&usize, &Weight)| match most[node] > 0.0 {
            true => answers[node] * weight.whole / most[node],
            false => 0.0,
        };
        self.of_stream.iter().zip(weights).map(share).collect()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Key<'a> {
    Group(usize),
    Word(&'a str),
}

/// What stands before the first separator that all names have.
fn words(streams: &[Stream]) -> Vec<Option<Key<'_>>> {
    let separator = separator(streams);
    let word = |stream| separator.and_then(|separator| word_of(stream, separator));
    streams.iter().map(|stream| word(stream).map(Key::Word)).collect()
}

/// What a stream says of its thing: what stands after the first separator that all names have.
pub(super) fn kinds(streams: &[Stream]) -> Vec<Option<&str>> {
    let separator = separator(streams);
    let halves =
        streams.iter().map(|stream| separator.and_then(|separator| stream.name.split_once(separator)));
    halves.map(|halves| halves.map(|(_, kind)| kind)).collect()
}

fn separator(streams: &[Stream]) -> Option<char> {
    let in_all = |separator: &char| streams.iter().all(|stream| stream.name.contains(*separator));
    SEPARATORS.into_iter().find(in_all)
}

fn word_of(stream: &Stream, separator: char) -> Option<&str> {
    stream.name.split(separator).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::schema::LinkDraft;

    fn nodes(draft: SchemaDraft) -> Vec<usize> {
        let schema = draft.validate().expect("valid");
        Nodes::of(schema.streams(), schema.links()).of_stream
    }

    #[test]
    fn groups_are_things_unless_links_run_inside() {
        let mut draft = SchemaDraft::of_streams(["a.cpu", "b.cpu", "a.disk", "c.net"]);
        assert_eq!(nodes(draft.clone()), [0, 1, 0, 2], "by name");
        draft.streams[1].group = Some("x".into());
        draft.streams[2].group = Some("x".into());
        assert_eq!(nodes(draft.clone()), [0, 1, 1, 2]);
        draft.links = vec![LinkDraft { from: "b.cpu".into(), to: "a.disk".into() }];
        assert_eq!(nodes(draft), [0, 1, 2, 3]);
        assert_eq!(nodes(SchemaDraft::of_streams(["cpu", "cpu.load"])), [0, 1]);
    }

    #[test]
    fn several_streams_say_more_than_one_and_get_their_share_back() {
        let nodes = Nodes { of_stream: vec![0, 0, 1], count: 2 };
        let weights = [2.0, 1.0, 2.5].map(|whole| Weight { whole, explains: whole });
        let answers = nodes.answers(&weights);
        assert_eq!((answers.whole, answers.explains), (vec![2.7, 2.5], vec![2.0, 2.5]));
        assert_eq!(nodes.hand_back(&weights, &[3.0, 0.0]), [3.0, 1.5, 0.0]);
        assert_eq!(nodes.members(0, &weights), [0, 1]);
    }
}
