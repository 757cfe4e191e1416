//! Whether absence is the finding, and whose it is.

use alloc::vec::Vec;

use super::Case;
use super::seen::Seen;
use crate::cause::{Culprit, Face, Found, Silence};
use crate::order;
use crate::silence::Cause;

/// So many gaps before a silence say what is usual; fewer than these say nothing.
const GAPS_MOST: usize = 64;
const GAPS_LEAST: usize = 8;

/// The silence that explains the trouble, where one does: the one that the clocks told, or that of the first suspect.
pub(super) fn of(case: &Case<'_>, seen: &Seen) -> Option<Silence> {
    let first = case.ranking.suspects.first();
    if let Some(episode) = case.episode
        && let (None, Some(cause)) = (episode.stream, episode.cause)
    {
        let since_ms = episode.opened_ms;
        let mut silence = Silence { cause: Cause::AllSilent, stream: None, group: None, since_ms };
        if !is_of_all(case, seen) {
            let stream = first.filter(|first| first.face == Face::Missing).map(|first| first.stream);
            let stream = stream.filter(|_| cause == Cause::SensorSilent);
            silence = Silence { cause, stream, group: episode.group, since_ms };
        }
        // It was told later than it began, by what patience took.
        if let Some(row) = sign_until(case, &silence, since_ms) {
            silence.since_ms = case.history.at_ms(row);
        }
        return Some(silence);
    }
    let first = first?;
    let stream = Some(first.stream);
    let silence = Silence { cause: Cause::ValueStuck, stream, group: None, since_ms: first.onset_ms };
    match first.face {
        Face::Level => None,
        Face::Stuck => Some(silence),
        Face::Missing => Some(wide(case, seen, silence)),
    }
}

/// Whether somebody speaks in a row of whom a silence says that they do not. Where part of a group is silent, nobody
/// knows which part.
fn is_sign(case: &Case<'_>, silence: &Silence, row: usize) -> bool {
    let is_there = |stream: usize| !case.history.value(row, stream).is_nan();
    silence.cause != Cause::SourcePartlySilent
        && (0..case.history.width()).any(|stream| is_there(stream) && is_of(case, Some(silence), stream))
}

/// The newest row with such a sign of life, up to a moment.
fn sign_until(case: &Case<'_>, silence: &Silence, at_ms: i64) -> Option<usize> {
    (0..=case.history.row_at(at_ms)?).rev().find(|&row| is_sign(case, silence, row))
}

/// What speaks for a silence: it is longer than the gaps before it.
pub(super) fn quiet(case: &Case<'_>, silence: &Silence) -> Option<Found> {
    let &Silence { cause, stream, group, since_ms } = silence;
    if matches!(cause, Cause::ValueStuck | Cause::TrueZero) {
        return None;
    }
    let at_ms = |row| case.history.at_ms(row);
    let last = sign_until(case, silence, since_ms)?;
    let (mut later, mut gaps) = (last, Vec::new());
    for row in (0..last).rev().filter(|&row| is_sign(case, silence, row)).take(GAPS_MOST) {
        gaps.push(at_ms(later) - at_ms(row));
        later = row;
    }
    order::few(&mut gaps, |one, other| one < other);
    let usual_ms = *gaps.get(gaps.len() / 2).filter(|_| gaps.len() >= GAPS_LEAST)?;
    let next = (last + 1..=case.row).find(|&row| is_sign(case, silence, row));
    // A silence that was told while nothing arrived has no rows of its own.
    let told_ms = case.episode.map_or(i64::MIN, |episode| episode.opened_ms);
    let for_ms = next.map_or(at_ms(case.row).max(told_ms), at_ms) - at_ms(last);
    let group = group.filter(|_| stream.is_none());
    (for_ms > usual_ms).then_some(Found::Quiet { stream, group, for_ms, usual_ms })
}

/// Widens the silence of one stream to what fell silent with it.
fn wide(case: &Case<'_>, seen: &Seen, silence: Silence) -> Silence {
    let streams = case.schema.streams();
    let group = silence.stream.and_then(|stream| streams[stream].group);
    let (members, silent) = match group {
        Some(group) => count(case, seen, |stream| streams[stream].group == Some(group)),
        None => (0, 0),
    };
    match () {
        () if is_of_all(case, seen) => Silence { cause: Cause::AllSilent, stream: None, ..silence },
        () if silent >= 2 && silent == members => {
            Silence { cause: Cause::SourceDown, stream: None, group, ..silence }
        }
        () if silent >= 2 => Silence { cause: Cause::SourcePartlySilent, stream: None, group, ..silence },
        () => Silence { cause: Cause::SensorSilent, ..silence },
    }
}

/// Whether everybody who is usually there is silent, and they are not all of one group.
fn is_of_all(case: &Case<'_>, seen: &Seen) -> bool {
    let streams = case.schema.streams();
    let (all, silent) = count(case, seen, |_| true);
    let is_of_one = |group: usize| count(case, seen, |stream| streams[stream].group == Some(group)).0 == all;
    silent >= 2 && silent == all && !(0..case.schema.groups().len()).any(is_of_one)
}

/// How many of some streams are usually there, and how many of those are silent.
fn count(case: &Case<'_>, seen: &Seen, is_in: impl Fn(usize) -> bool) -> (usize, usize) {
    let streams = 0..case.schema.streams().len();
    let usual = streams.filter(|&stream| is_in(stream) && seen.is_usually_there(stream));
    usual.fold((0, 0), |(all, silent), stream| (all + 1, silent + usize::from(seen.is_silent(stream))))
}

/// Who is to blame for a silence that is wider than one stream.
pub(super) fn culprit(silence: &Silence) -> Option<Culprit> {
    match (silence.cause, silence.group) {
        (Cause::AllSilent, _) => Some(Culprit::Everything),
        (Cause::SourceDown | Cause::SourcePartlySilent, Some(group)) => Some(Culprit::Group(group)),
        _ => None,
    }
}

/// Whether a stream is of those whose silence is the finding.
pub(super) fn is_of(case: &Case<'_>, silence: Option<&Silence>, stream: usize) -> bool {
    let Some(silence) = silence else { return false };
    match culprit(silence) {
        Some(Culprit::Group(group)) => case.schema.streams()[stream].group == Some(group),
        Some(_) => true,
        None => silence.stream == Some(stream),
    }
}
