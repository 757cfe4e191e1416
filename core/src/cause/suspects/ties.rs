//! Who stands upstream, where no link says so: what usual times tell.
//!
//! Along a chain from a cause to the named stream, each step loses something: of two things that usually go together,
//! the one that goes less with the named stream is farther from it.

use alloc::vec::Vec;

use super::Scene;
use super::nodes::Nodes;
use super::weight::Weight;
use crate::math::sqrt;
use crate::order;

/// The nodes that are compared, and the streams of each.
const NODES: usize = 12;
const STREAMS: usize = 8;
/// Things go together from this tie on.
const TIED: f64 = 0.5;
/// What an upstream thing that is as odd takes of a weight.
const SHARE: f64 = 0.4;
/// Deviations beyond this say no more of what is usual.
const USUAL_MOST: f64 = 4.0;

/// Takes weight from those that are tied to somebody farther upstream.
pub(super) fn lean_upstream(
    scene: &Scene<'_>,
    nodes: &Nodes,
    weights: &[Weight],
    target: usize,
    answers: &mut [f64],
) {
    let asked = nodes.of_stream[target];
    let mut first: Vec<usize> = (0..nodes.count).filter(|&node| answers[node] > 0.0).collect();
    order::few(&mut first, |&a, &b| answers[a] > answers[b]);
    first.truncate(NODES);
    let courses = |node: usize| -> Vec<Vec<f32>> {
        let members = nodes.members(node, weights).into_iter().take(STREAMS);
        members.map(|stream| usual_course(scene, stream)).collect()
    };
    let of_target = courses(asked);
    let looked_at: Vec<(usize, Vec<Vec<f32>>)> = first.iter().map(|&node| (node, courses(node))).collect();
    let to_target: Vec<f64> = looked_at.iter().map(|(_, course)| tie(course, &of_target)).collect();
    let odd = |node: usize| {
        let members = nodes.of_stream.iter().zip(weights).filter(|(of, _)| **of == node);
        members.map(|(_, weight)| weight.explains).fold(0.0, f64::max)
    };
    let mut taken = Vec::new();
    for (place, (node, course)) in looked_at.iter().enumerate() {
        let own = odd(*node);
        let upstream = looked_at.iter().enumerate().filter(|(other, _)| to_target[*other] < to_target[place]);
        let most = upstream.fold(0.0_f64, |most, (_, (other, their_course))| {
            let tie = tie(course, their_course);
            if tie >= TIED && own > 0.0 { most.max((odd(*other) / own).min(1.0) * tie) } else { most }
        });
        taken.push((*node, SHARE * most * answers[*node]));
    }
    taken.into_iter().for_each(|(node, taken)| answers[node] -= taken);
}

/// A stream in usual times: about its mean, of length 1; gaps are its mean.
fn usual_course(scene: &Scene<'_>, stream: usize) -> Vec<f32> {
    let values = || (0..scene.onset).map(|row| scene.history.value(row, stream));
    let known = || values().filter(|x| !x.is_nan());
    let count = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / count;
    let spread = sqrt(known().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count);
    let cut = |x: f64| match x.is_nan() || spread <= 0.0 {
        true => 0.0,
        false => ((x - mean) / spread).clamp(-USUAL_MOST, USUAL_MOST),
    };
    let length = sqrt(values().map(|x| cut(x) * cut(x)).sum::<f64>());
    values().map(|x| if length > 0.0 { (cut(x) / length) as f32 } else { 0.0 }).collect()
}

/// How much two things go together: the root mean square of the correlations of their streams.
fn tie(one: &[Vec<f32>], other: &[Vec<f32>]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for a in one {
        for b in other {
            let product: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
            sum += f64::from(product) * f64::from(product);
            count += 1.0;
        }
    }
    if count > 0.0 { sqrt(sum / count) } else { 0.0 }
}
