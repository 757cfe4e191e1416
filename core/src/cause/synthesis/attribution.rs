//! What the network says: whose doing it is, in which shares, and what the score would have been without.

use alloc::vec::Vec;

use super::Case;
use super::seen::Seen;
use crate::cause::network::{Level, Reading, Source};
use crate::cause::{Attribution, Contribution, Counterfactual};
use crate::math::{exp, log10};

/// What must be held against a stream, in decades, for it not to be as usual: the score by which the network learns.
const UNUSUAL: f64 = 1.0;

/// Beyond this nothing is told apart.
const EVIDENCE_MOST: f64 = 6.0;
/// Frames around the one that was asked about in which the oddest is looked for, and around that what is unusual.
const REACH: usize = 12;
const NEAR: usize = 3;

pub(super) fn attribution(case: &Case<'_>, seen: &Seen) -> Attribution {
    let peak = peak(case);
    let (evidence, levels) = levels(case, seen, peak);
    let at = case.schema.moment(case.history.at_ms(peak));
    let reading = Reading::new(case.network, at, &levels);
    let first = case.ranking.suspects.first().map(|first| first.stream);
    let stream = case.scene.target.or_else(|| most_affected(&reading, &evidence, &levels)).or(first);
    let Some(stream) = stream else { return Attribution { unexplained: 1.0, ..Attribution::default() } };
    let shares = reading.shares(stream);
    let contributions = shares.of.iter().map(|&(source, share)| match source {
        Source::Hour => Contribution { stream: None, share, is_learned: false },
        Source::Stream { stream, is_learned } => Contribution { stream: Some(stream), share, is_learned },
    });
    let now_ms = case.history.at_ms(case.history.len().saturating_sub(1));
    Attribution {
        stream: Some(stream),
        contributions: contributions.collect(),
        unexplained: shares.unexplained,
        upstream: reading.upstream(stream),
        counterfactual: first.and_then(|first| counterfactual(case, &reading, &evidence, first, peak)),
        contradicted: case.network.contradicted(now_ms),
        learned: case.network.learned(now_ms),
    }
}

/// The oddest frame near the one that was asked about; of equals the first.
fn peak(case: &Case<'_>) -> usize {
    let from = case.scene.onset.max(case.row.saturating_sub(REACH));
    let rows = from..=case.scene.end.min(case.row + REACH);
    rows.fold(
        case.row,
        |most, row| {
            if case.history.decades(row) > case.history.decades(most) { row } else { most }
        },
    )
}

/// What was held against each stream at most, and what that makes it.
fn levels(case: &Case<'_>, seen: &Seen, peak: usize) -> (Vec<f64>, Vec<Level>) {
    let rows = case.scene.onset.max(peak.saturating_sub(NEAR))..=case.scene.end.min(peak + NEAR);
    let held = |row: usize, stream: usize| {
        let mark = case.history.mark(row, stream);
        let decades = mark.by_itself.max(mark.apart).max(mark.overdue).min(EVIDENCE_MOST);
        if mark.is_low { -decades } else { decades }
    };
    let strongest = |stream: usize| {
        let held = rows.clone().map(|row| held(row, stream));
        held.fold(0.0, |most: f64, next| if next.abs() > most.abs() { next } else { most })
    };
    let signed: Vec<f64> = (0..case.history.width()).map(strongest).collect();
    let level = |(stream, evidence): (usize, &f64)| match *evidence {
        _ if seen.is_silent(stream) => Level::Absent,
        evidence if evidence >= UNUSUAL => Level::High,
        evidence if evidence <= -UNUSUAL => Level::Low,
        _ => Level::Usual,
    };
    let levels = signed.iter().enumerate().map(level).collect();
    (signed.into_iter().map(f64::abs).collect(), levels)
}

/// The stream with the most held against it for which others are to blame.
fn most_affected(reading: &Reading<'_>, evidence: &[f64], levels: &[Level]) -> Option<usize> {
    let unusual = (0..levels.len()).filter(|&stream| levels[stream] != Level::Usual);
    let affected = unusual.map(|stream| {
        let shares = reading.shares(stream);
        let by_others =
            shares.of.iter().filter(|(source, _)| *source != Source::Hour).map(|(_, share)| share);
        (stream, evidence[stream] * by_others.sum::<f64>())
    });
    let most =
        affected.fold((None, 0.0), |most, next| if next.1 > most.1 { (Some(next.0), next.1) } else { most });
    most.0
}

/// The decades of the oddest frame, less the part of all evidence that is one stream's doing. One stream or another of
/// so many always has some decades against it: only what is beyond is evidence.
fn counterfactual(
    case: &Case<'_>,
    reading: &Reading<'_>,
    evidence: &[f64],
    stream: usize,
    peak: usize,
) -> Option<Counterfactual> {
    let usual = log10(evidence.len() as f64);
    let beyond = |evidence: &f64| (evidence - usual).max(0.0);
    let doing = reading.doing_of(stream);
    let all: f64 = evidence.iter().map(beyond).sum();
    let rest: f64 =
        evidence.iter().zip(&doing).map(|(evidence, doing)| beyond(evidence) * (1.0 - doing)).sum();
    let decades = case.history.decades(peak);
    let score = |decades: f64| 1.0 - exp(-decades * core::f64::consts::LN_10);
    // Where nothing is its doing, there is nothing to tell.
    (rest < all).then(|| Counterfactual {
        stream,
        score: score(decades),
        would_be: score(decades * rest / all),
    })
}
