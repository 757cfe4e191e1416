//! Whether absence is the finding, and whose it is.

use alloc::vec::Vec;

use super::Case;
use super::seen::Seen;
use crate::cause::{Culprit, Face, Found, Silence};
use crate::order;
use crate::silence::Cause;

/// Gaps before a silence that say what is usual, and how few are enough.
const GAPS: [usize; 2] = [64, 8];

/// The silence that explains the trouble, where one does: the one that the clocks told, or that of the first suspect.
pub(super) fn of(case: &Case<'_>, seen: &Seen) -> Option<Silence> {
    let first = case.ranking.suspects.first();
    if let Some(episode) = case.episode
        && let (None, Some(cause)) = (episode.stream, episode.cause)
    {
        if is_of_all(case, seen) {
            let since_ms = last_sign(case, episode.opened_ms, |_| true);
            return Some(Silence { cause: Cause::AllSilent, stream: None, group: None, since_ms });
        }
        let stream = first.filter(|first| first.face == Face::Missing).map(|first| first.stream);
        let stream = stream.filter(|_| cause == Cause::SensorSilent);
        let silence = Silence { cause, stream, group: episode.group, since_ms: episode.opened_ms };
        let since_ms = last_sign(case, episode.opened_ms, |place| is_silent_in(case, &silence, place));
        return Some(Silence { since_ms, ..silence });
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

/// Whether such a silence is one in which this stream says nothing.
fn is_silent_in(case: &Case<'_>, silence: &Silence, stream: usize) -> bool {
    match (silence.cause, silence.group) {
        (Cause::AllSilent, _) => true,
        (Cause::SourceDown, Some(group)) => case.schema.streams()[stream].group == Some(group),
        _ => silence.stream == Some(stream),
    }
}

/// When one of some streams was last heard before a silence was told: that is later by what patience took.
fn last_sign(case: &Case<'_>, told_ms: i64, is_in: impl Fn(usize) -> bool) -> i64 {
    signs(case, told_ms, is_in).next().unwrap_or(told_ms)
}

/// When one of some streams was heard, the newest first.
fn signs(case: &Case<'_>, told_ms: i64, is_in: impl Fn(usize) -> bool) -> impl Iterator<Item = i64> {
    let history = case.history;
    let members: Vec<usize> = (0..history.width()).filter(|&stream| is_in(stream)).collect();
    let rows = history.row_at(told_ms).map_or(0..0, |newest| 0..newest + 1).rev();
    rows.filter(move |&row| members.iter().any(|&stream| !history.value(row, stream).is_nan()))
        .map(|row| history.at_ms(row))
}

/// What speaks for a silence: it is longer than the gaps before it.
pub(super) fn quiet(case: &Case<'_>, silence: &Silence) -> Option<Found> {
    let &Silence { cause, stream, group, since_ms } = silence;
    if matches!(cause, Cause::ValueStuck | Cause::TrueZero) {
        return None;
    }
    let until = |at_ms| signs(case, at_ms, |stream| is_silent_in(case, silence, stream));
    let [most, least] = GAPS;
    let mut before = until(since_ms).take(most + 1);
    let last = before.next()?;
    let mut later = last;
    let mut gaps: Vec<i64> = before.map(|sign| core::mem::replace(&mut later, sign) - sign).collect();
    order::few(&mut gaps, |one, other| one < other);
    let usual_ms = *gaps.get(gaps.len() / 2).filter(|_| gaps.len() >= least)?;
    let now_ms = case.history.at_ms(case.row);
    let next = until(now_ms).take_while(|&sign| sign > last).last();
    // A silence that was told while nothing arrived has no rows of its own.
    let told_ms = case.episode.map_or(now_ms, |episode| episode.opened_ms.max(now_ms));
    let for_ms = next.unwrap_or(told_ms) - last;
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
