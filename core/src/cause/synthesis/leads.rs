//! Who moves before whom: the streams of the trouble, compared over the last hours.

use alloc::vec;
use alloc::vec::Vec;

use super::Case;
use crate::cause::Found;
use crate::cause::lead_lag::{Course, Relation, relate};
use crate::order;
use crate::schema::Link;

/// Steps that are compared.
const STEPS: usize = 288;
/// Pairs that are compared beside those that the schema links.
const PAIRS_MOST: usize = 256;
/// A relation is told if chance gives one this strong less often.
const CHANCE_MOST: f64 = 0.01;
/// Relations that are told.
const TOLD_MOST: usize = 5;
/// A link is not to be seen where chance gives what there is more often than this, over at least so many pairs of values.
const NOTHING_CHANCE: f64 = 0.5;
const NOTHING_PAIRS: f64 = 30.0;

/// What the last hours say of pairs of streams.
pub(super) struct Leads {
    /// The strongest relations of the streams that matter.
    pub(super) told: Vec<Found>,
    /// Links that the values show nothing of.
    unseen: Vec<Link>,
}

impl Leads {
    /// Compares the linked pairs and those of `target` with everybody in the trouble; of these, relations of one of
    /// `leading` are told.
    pub(super) fn of(
        case: &Case<'_>,
        involved: &[usize],
        leading: &[usize],
        target: Option<usize>,
        step_ms: i64,
    ) -> Self {
        let pairs = pairs(case, involved, target);
        let courses = courses(case, &pairs, step_ms);
        let course = |stream: usize| courses.get(stream).and_then(Option::as_ref);
        let mut related: Vec<(Found, f64)> = Vec::new();
        let mut unseen = Vec::new();
        for &(from, to) in &pairs {
            let (Some(cause), Some(effect)) = (course(from), course(to)) else { continue };
            let Some(relation) = relate(effect, cause, pairs.len()) else { continue };
            if relation.chance >= NOTHING_CHANCE && relation.pairs >= NOTHING_PAIRS {
                unseen.push(Link { from, to });
            }
            let matters = [from, to].iter().any(|stream| leading.contains(stream));
            if relation.chance <= CHANCE_MOST && matters {
                related.push((found(from, to, &relation, step_ms), relation.correlation.abs()));
            }
        }
        // Stable: of equals the schema's order.
        order::few(&mut related, |one, other| one.1 > other.1);
        Self { told: related.into_iter().take(TOLD_MOST).map(|(found, _)| found).collect(), unseen }
    }

    /// Whether the values show nothing of a link either.
    pub(super) fn contradict(&self, link: &Link) -> bool {
        self.unseen.contains(link)
    }
}

fn found(from: usize, to: usize, relation: &Relation, step_ms: i64) -> Found {
    let (first, then) = if relation.lag < 0 { (to, from) } else { (from, to) };
    let by_ms = step_ms.saturating_mul(relation.lag.unsigned_abs() as i64);
    let Relation { correlation, chance, order, .. } = *relation;
    Found::Lead { first, then, by_ms, correlation, chance, order }
}

fn pairs(case: &Case<'_>, involved: &[usize], target: Option<usize>) -> Vec<(usize, usize)> {
    let linked: Vec<(usize, usize)> = case.schema.links().iter().map(|link| (link.from, link.to)).collect();
    let mut pairs = linked.clone();
    let Some(target) = target else { return pairs };
    let is_new = |other: usize| !linked.contains(&(other, target)) && !linked.contains(&(target, other));
    let others = involved.iter().filter(|&&other| other != target && is_new(other));
    pairs.extend(others.take(PAIRS_MOST).map(|&other| (other, target)));
    pairs
}

/// The streams of the pairs on a grid of equal steps that ends with the trouble.
fn courses(case: &Case<'_>, pairs: &[(usize, usize)], step_ms: i64) -> Vec<Option<Course>> {
    let history = case.history;
    let end_ms = history.at_ms(case.scene.end);
    let mut courses = vec![None; history.width()];
    let mut slots = [f32::NAN; STEPS];
    for stream in pairs.iter().flat_map(|&(from, to)| [from, to]) {
        if courses[stream].is_some() {
            continue;
        }
        slots.fill(f32::NAN);
        for row in (0..=case.scene.end).rev() {
            let steps = (end_ms - history.at_ms(row) + step_ms / 2) / step_ms;
            let Some(slot) = usize::try_from(steps).ok().and_then(|steps| STEPS.checked_sub(steps + 1))
            else {
                break;
            };
            // Where two frames fall on one step, the newer one counts.
            if slots[slot].is_nan() {
                slots[slot] = history.value(row, stream) as f32;
            }
        }
        courses[stream] = Course::of(&slots);
    }
    courses
}
