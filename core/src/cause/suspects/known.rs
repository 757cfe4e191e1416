//! How sure it is that the first suspect is the right one.
//!
//! A logistic curve of three things: how strongly the first is suspected, how far behind the third one is (the second is
//! often the first's own effect), and how many are suspected at all: what hits everybody began with nobody, unless
//! everybody fell silent. It was fitted on simulated services and people, and on cases of real services.
//!
//! Whoever was never seen can not be cleared: where such a stream stands upstream of the suspects, or nobody knows
//! what stands where and much is not seen, there is little to be sure of.

use alloc::vec;
use alloc::vec::Vec;

use super::nodes::Nodes;
use super::{Face, Scene, Suspect};
use crate::math::{exp, ln_1p};
use crate::order;

const BASE: f64 = 2.4;
const PER_STRENGTH: f64 = 0.6;
const PER_THIRD: f64 = -1.8;
const PER_BREADTH: f64 = -6.2;
/// So many more than one are a crowd, however few streams there are.
const CROWD: f64 = 4.0;
/// Whose silence weighs this much was expected to speak.
const SILENT: f64 = 0.05;
/// Of those that fall silent together each is where it began.
const PER_SILENT_BREADTH: f64 = 2.0;
/// What is left of the confidence where something upstream was never seen.
const BLIND_UPSTREAM: f64 = 0.2;
/// Who is this much of the first is suspected, too.
const SUSPECTED: f64 = 0.2;
/// Without links, what each share of streams that was never seen takes of it, and at most.
const BLIND_PER_SHARE: f64 = 8.0;
const BLIND_MOST: f64 = 0.75;

/// The chance that the first of the suspects, which are in order, is the right one.
/// `own` is the weight of each stream before any of it walked to causes, which makes one of many.
pub(super) fn known(scene: &Scene<'_>, suspects: &[Suspect], own: &[f64]) -> f64 {
    let Some(first) = suspects.first().filter(|first| first.weight > 0.0) else { return 0.0 };
    let nodes = Nodes::of(scene.streams, scene.links);
    let (mut walked, mut alone) = (vec![0.0_f64; nodes.count], vec![0.0_f64; nodes.count]);
    for suspect in suspects {
        let node = nodes.of_stream[suspect.stream];
        walked[node] = walked[node].max(suspect.weight);
        alone[node] = alone[node].max(own[suspect.stream]);
    }
    let third = match walked.len() {
        0..3 => 0.0,
        count => order::nth(&mut walked, count - 3) / first.weight,
    };
    let (sum, squares) = alone.iter().fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
    // From 0, where only one is suspected, to 1, where all are alike. Of a handful, two are no crowd yet.
    let alike = if squares > 0.0 { sum * sum / squares } else { 1.0 };
    let breadth = (alike - 1.0) / (asked(scene, &nodes, &alone) - 1.0).max(CROWD);
    let per_breadth = if first.face == Face::Missing { PER_SILENT_BREADTH } else { PER_BREADTH };
    let logit = BASE + PER_STRENGTH * ln_1p(first.weight) + PER_THIRD * third + per_breadth * breadth;
    sighted(scene, &nodes, suspects, first.weight) / (1.0 + exp(-logit))
}

/// How many there were who could have been hit: who is asleep is no witness that others were spared.
fn asked(scene: &Scene<'_>, nodes: &Nodes, alone: &[f64]) -> f64 {
    let mut is_asked: Vec<bool> = alone.iter().map(|weight| *weight > SILENT).collect();
    for (stream, &node) in nodes.of_stream.iter().enumerate() {
        is_asked[node] = is_asked[node] || scene.has_value(scene.onset, stream);
    }
    is_asked.iter().filter(|is| **is).count() as f64
}

/// How much of what may be upstream of the suspects was ever seen.
fn sighted(scene: &Scene<'_>, nodes: &Nodes, suspects: &[Suspect], most: f64) -> f64 {
    let mut blind = vec![true; nodes.count];
    for (stream, &node) in nodes.of_stream.iter().enumerate() {
        blind[node] = blind[node] && !scene.was_ever_seen(stream);
    }
    let unseen = blind.iter().filter(|blind| **blind).count() as f64;
    if unseen == 0.0 {
        return 1.0;
    }
    if scene.links.is_empty() {
        return 1.0 - (BLIND_PER_SHARE * unseen / nodes.count as f64).min(BLIND_MOST);
    }
    let mut upstream = vec![false; nodes.count];
    for suspect in suspects.iter().filter(|suspect| suspect.weight >= SUSPECTED * most) {
        upstream[nodes.of_stream[suspect.stream]] = true;
    }
    let mut grows = true;
    while grows {
        grows = false;
        for link in scene.links {
            let (from, to) = (nodes.of_stream[link.from], nodes.of_stream[link.to]);
            if upstream[to] && !upstream[from] {
                upstream[from] = true;
                grows = true;
            }
        }
    }
    let is_blind = upstream.iter().zip(&blind).any(|(upstream, blind)| *upstream && *blind);
    if is_blind { BLIND_UPSTREAM } else { 1.0 }
}
