//! The rule.

use alloc::vec;
use alloc::vec::Vec;

use super::face::Aspect;
use super::{Ranking, Scene, Suspect};
use crate::math::{exp, ln, ln_1p};

/// Deviations up to here are nothing.
const NOTHING: f64 = 9.0;
/// What a decade held against a stream is worth: it tells those apart that are equal otherwise.
const DECADE_WORTH: f64 = 0.005;
/// The share of the excess by which a stream has begun.
const BEGUN: f64 = 0.1;
/// The most that an upstream stream which is as odd takes away.
const EXPLAINED: f64 = 0.5;

/// Ranks all streams.
pub(crate) fn rank(scene: &Scene<'_>) -> Ranking {
    let target = scene.target.and_then(|target| Aspect::all(scene, target).next());
    let mut suspects: Vec<Suspect> = (0..scene.history.width())
        .filter_map(|stream| {
            let sides =
                Aspect::all(scene, stream).map(|aspect| suspect(scene, stream, &aspect, target.as_ref()));
            sides.fold(None, |most: Option<Suspect>, next| match most {
                Some(most) if most.weight >= next.weight => Some(most),
                _ => Some(next),
            })
        })
        .collect();
    explain_away(scene, &mut suspects);
    suspects.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.stream.cmp(&b.stream)));
    let known = known(&suspects);
    Ranking { suspects, known }
}

fn suspect(scene: &Scene<'_>, stream: usize, aspect: &Aspect, target: Option<&Aspect>) -> Suspect {
    let most = aspect.blocks.iter().fold(0.0, |most: f64, z| if z.abs() > most.abs() { *z } else { most });
    let size = ln_1p(most.abs());
    let excess = (size - ln(NOTHING)).max(0.0);
    let like = target.map_or(1.0, |target| correlation(&aspect.blocks, &target.blocks));
    let begun = begun(&aspect.blocks);
    let early = exp(-0.5 * begun / aspect.blocks.len().max(1) as f64);
    let rows_per_block = (scene.end + 1 - scene.onset).div_ceil(aspect.blocks.len().max(1));
    let onset = (scene.onset + begun as usize * rows_per_block).min(scene.end);
    Suspect {
        stream,
        weight: (excess / (1.0 + excess) + DECADE_WORTH * held_against(scene, stream)) * like * like * early,
        face: aspect.face,
        is_low: most < 0.0,
        onset_ms: scene.history.at_ms(onset),
        size: most.abs(),
    }
}

/// The most that one frame of the trouble held against a stream, in decades.
fn held_against(scene: &Scene<'_>, stream: usize) -> f64 {
    let decades = (scene.onset..=scene.end).map(|row| scene.history.evidence(row, stream).abs());
    decades.fold(0.0, f64::max)
}

/// The first block by which a tenth of all deviations had come.
fn begun(blocks: &[f64]) -> f64 {
    let all: f64 = blocks.iter().map(|z| z.abs()).sum();
    let mut sum = 0.0;
    let place = blocks.iter().position(|z| {
        sum += z.abs();
        sum >= BEGUN * all
    });
    place.unwrap_or(0) as f64
}

/// Pearson's, with the usual state as one more block.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len() as f64 + 1.0;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / count, b.iter().sum::<f64>() / count);
    let (mut ab, mut aa, mut bb) = (mean_a * mean_b, mean_a * mean_a, mean_b * mean_b);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa * bb > 0.0 { ab / crate::math::sqrt(aa * bb) } else { 0.0 }
}

/// Who stands below somebody at least as odd is odd because of that, and the stream that was asked about is no answer.
fn explain_away(scene: &Scene<'_>, suspects: &mut [Suspect]) {
    let mut own = vec![0.0; scene.history.width()];
    suspects.iter().for_each(|suspect| own[suspect.stream] = suspect.weight);
    for suspect in suspects.iter_mut() {
        let upstream = scene.links.iter().filter(|link| link.to == suspect.stream).map(|link| own[link.from]);
        let most = upstream.fold(0.0, f64::max);
        if suspect.weight > 0.0 {
            suspect.weight *= 1.0 - EXPLAINED * (most / suspect.weight).min(1.0);
        }
        if scene.target == Some(suspect.stream) {
            suspect.weight = 0.0;
        }
    }
}

/// How far the first stands out from all.
fn known(suspects: &[Suspect]) -> f64 {
    let all: f64 = suspects.iter().map(|suspect| suspect.weight * suspect.weight).sum();
    suspects.first().map_or(0.0, |first| if all > 0.0 { first.weight * first.weight / all } else { 0.0 })
}
