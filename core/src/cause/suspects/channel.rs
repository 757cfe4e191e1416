//! Which way trouble can have come to the stream that is named: along links, from stream to stream.
//!
//! Where links join the latency of one thing to the latency of another, and the named stream is a latency, another's
//! requests explain little of it: they may have moved because of it. So who stands upstream of the named stream speaks
//! in full, and the other streams of the same thing stand aside. A thing of which nothing upstream was ever measured
//! speaks by what there is.

use alloc::vec;
use alloc::vec::Vec;

use super::Scene;
use super::nodes::{Nodes, kinds};
use super::weight::Weight;
use crate::order;

/// What is left of a stream that is not upstream, beside one of its thing that is: of its weight, and of what it explains.
const ASIDE: f64 = 0.5;
const ASIDE_EXPLAINS: f64 = 0.25;

/// Lets streams stand aside.
pub(super) fn follow(scene: &Scene<'_>, nodes: &Nodes, target: usize, weights: &mut [Weight]) {
    let is_upstream = upstream_of(scene, nodes, target);
    if is_upstream.iter().filter(|is| **is).count() < 2 {
        return;
    }
    let mut shows = vec![false; nodes.count];
    for (stream, &node) in nodes.of_stream.iter().enumerate() {
        shows[node] = shows[node] || (is_upstream[stream] && scene.was_ever_seen(stream));
    }
    for ((weight, &node), is_upstream) in weights.iter_mut().zip(&nodes.of_stream).zip(is_upstream) {
        if !is_upstream && shows[node] {
            weight.whole *= ASIDE;
            weight.explains *= ASIDE_EXPLAINS;
        }
    }
}

/// Whether each stream stands upstream of the named one, by any number of links, or is that one.
fn upstream_of(scene: &Scene<'_>, nodes: &Nodes, target: usize) -> Vec<bool> {
    let links = meant(scene, nodes);
    let mut is_upstream = vec![false; scene.streams.len()];
    is_upstream[target] = true;
    let mut grows = true;
    while grows {
        grows = false;
        for &(from, to) in &links {
            if is_upstream[to] && !is_upstream[from] {
                is_upstream[from] = true;
                grows = true;
            }
        }
    }
    is_upstream
}

/// The links that say which stream moves which. Where a stream is linked to several of another thing's, its own kind is
/// meant, as far as anything of that thing is linked to its own kind.
fn meant(scene: &Scene<'_>, nodes: &Nodes) -> Vec<(usize, usize)> {
    let kinds = kinds(scene.streams);
    let links: Vec<(usize, usize)> = scene.links.iter().map(|link| (link.from, link.to)).collect();
    let is_of_kind = |&(from, to): &(usize, usize)| kinds[from].is_some() && kinds[from] == kinds[to];
    let things = |&(from, to): &(usize, usize)| (nodes.of_stream[from], nodes.of_stream[to]);
    let to_thing = |&(from, to): &(usize, usize)| (from, nodes.of_stream[to]);
    let with_kind = sorted(links.iter().filter(|link| is_of_kind(link)).map(things).collect());
    let all = sorted(links.iter().map(to_thing).collect());
    let several = |link: &(usize, usize)| {
        let first = all.partition_point(|other| *other < to_thing(link));
        all.get(first + 1).is_some_and(|next| *next == to_thing(link))
    };
    let is_meant = |link: &(usize, usize)| {
        is_of_kind(link) || !several(link) || with_kind.binary_search(&things(link)).is_err()
    };
    links.iter().copied().filter(is_meant).collect()
}

fn sorted(pairs: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let places = order::places(pairs.len(), &mut |a, b| pairs[a] < pairs[b]);
    places.into_iter().map(|place| pairs[place]).collect()
}
