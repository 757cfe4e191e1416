//! Possible causes and their chances, which sum to 1 with "none of these".

use alloc::vec;
use alloc::vec::Vec;

use super::Case;
use super::seen::Seen;
use super::silence;
use crate::cause::sequence::{Match, Origin, Symbol};
use crate::cause::{Candidate, Culprit, Silence};
use crate::order;

/// The part of what the first suspect leaves that the others share; the rest is somebody whom nobody suspects.
const SUSPECTED: f64 = 0.6;
/// A match counts if it is at least so much of a pattern, and if random events would hardly give as much.
const SIMILARITY_LEAST: f64 = 0.6;
const CHANCE_MOST: f64 = 0.05;
/// A cause less likely than this is not named as the cause.
const NAMED_FROM: f64 = 0.3;

/// The causes of one trouble.
pub(super) struct Causes {
    pub(super) primary: Option<Candidate>,
    pub(super) confidence: f64,
    pub(super) alternatives: Vec<Candidate>,
    pub(super) unknown: f64,
}

/// Whether a match says anything.
pub(super) fn is_telling(found: &Match) -> bool {
    found.similarity >= SIMILARITY_LEAST && found.chance <= CHANCE_MOST
}

/// `known` is the chance that the first suspect is the right one; at most `most` alternatives are told.
pub(super) fn causes(
    case: &Case<'_>,
    seen: &Seen,
    known: f64,
    symbols: &[Symbol],
    matches: &[Match],
    silence: Option<&Silence>,
    most: usize,
) -> Causes {
    let mut chances = chances(case, known);
    let mut candidates = Vec::new();
    if let Some(silence) = silence
        && let Some(culprit) = silence::culprit(silence)
    {
        candidates.push(of_silence(case, seen, silence, culprit, &mut chances));
    }
    for found in matches.iter().filter(|found| is_telling(found)) {
        let mut candidate = Candidate { culprit: culprit(found.origin), stream: None, probability: 0.0 };
        let mut strongest = 0.0;
        for symbol in found.symbols.iter().filter_map(|&place| symbols.get(place)) {
            let Some(chance) = chances.get_mut(symbol.stream) else { continue };
            let taken = *chance * found.similarity * (1.0 - found.chance);
            *chance -= taken;
            candidate.probability += taken;
            if taken > strongest {
                (strongest, candidate.stream) = (taken, Some(symbol.stream));
            }
        }
        candidates.push(candidate);
    }
    let streams = chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0);
    candidates.extend(streams.map(|(stream, &probability)| Candidate {
        culprit: Culprit::Stream(stream),
        stream: Some(stream),
        probability,
    }));
    candidates.retain(|candidate| candidate.probability > 0.0);
    // Stable: of equals what has a name, then the schema's order.
    order::few(&mut candidates, |one, other| one.probability > other.probability);
    let confidence = candidates.first().map_or(0.0, |first| first.probability);
    let primary = candidates.first().filter(|_| confidence >= NAMED_FROM).copied();
    let rest = usize::from(primary.is_some());
    let alternatives: Vec<Candidate> = candidates.into_iter().skip(rest).take(most).collect();
    let named = primary.map_or(0.0, |primary| primary.probability);
    let told = named + alternatives.iter().map(|other| other.probability).sum::<f64>();
    Causes { primary, confidence, alternatives, unknown: (1.0 - told).max(0.0) }
}

/// The chance of every stream: the first suspect's is known, the others share a part of the rest by their weights, and
/// none is more likely than its weight makes it beside the first.
fn chances(case: &Case<'_>, known: f64) -> Vec<f64> {
    let mut chances = vec![0.0; case.history.width()];
    let suspects = &case.ranking.suspects;
    let Some(first) = suspects.first().filter(|first| first.weight > 0.0) else { return chances };
    let others: f64 =
        suspects[1..].iter().map(|suspect| (suspect.weight / first.weight).clamp(0.0, 1.0)).sum();
    let each = if others > 0.0 { known.min(SUSPECTED * (1.0 - known) / others) } else { 0.0 };
    for suspect in &suspects[1..] {
        chances[suspect.stream] = each * (suspect.weight / first.weight).clamp(0.0, 1.0);
    }
    chances[first.stream] = known;
    chances
}

/// A silence has the chances of all who fell silent. Where no frame came that could make anybody a suspect, it is as sure
/// as the clocks are.
fn of_silence(
    case: &Case<'_>,
    seen: &Seen,
    silence: &Silence,
    culprit: Culprit,
    chances: &mut [f64],
) -> Candidate {
    let streams = case.schema.streams();
    let is_of_it = |stream: usize| match culprit {
        Culprit::Group(group) => streams[stream].group == Some(group) && seen.is_silent(stream),
        _ => seen.is_silent(stream),
    };
    let mut probability = 0.0;
    for (_, chance) in chances.iter_mut().enumerate().filter(|(stream, _)| is_of_it(*stream)) {
        probability += core::mem::take(chance);
    }
    let told =
        case.episode.filter(|episode| episode.stream.is_none() && episode.cause == Some(silence.cause));
    if let Some(episode) = told
        && episode.peak_score > probability
    {
        let rest: f64 = chances.iter().sum();
        let room = (1.0 - episode.peak_score).max(0.0);
        let scale = if rest > room { room / rest } else { 1.0 };
        chances.iter_mut().for_each(|chance| *chance *= scale);
        probability = episode.peak_score.min(1.0);
    }
    Candidate { culprit, stream: None, probability }
}

pub(super) fn culprit(origin: Origin) -> Culprit {
    match origin {
        Origin::Schema(place) => Culprit::Pattern(place),
        Origin::Episode(id) => Culprit::Episode(id),
    }
}
