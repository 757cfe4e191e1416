//! Has this happened before, and under which name? What happened is written down as timed symbols and aligned with
//! patterns: those that the schema names, and those of episodes that people have labelled.
//!
//! A pattern's steps may be skipped, events may lie between them, come late or in another order: each has its cost, and
//! what is left of the pattern's worth is the similarity. How much a match says is told by its chance: the same moments
//! are given to streams at random, many times, and it is noted how much of any pattern is found in that.

mod align;
mod symbols;

use alloc::vec::Vec;

pub(crate) use symbols::{Symbol, symbols};

use crate::order;
use crate::rng::Rng;
use crate::schema::{Change, Step};
use align::{Aligner, Pair};

/// What it costs to leave a step out, beside its own worth, which is 1.
const SKIPPED: f64 = 0.5;
/// What an event between two matched ones costs, and all of them at most.
const BETWEEN: f64 = 0.02;
const BETWEEN_MOST: f64 = 0.2;
/// What it costs to come much too late, or in the wrong order: as much as one step is worth.
const LATE_MOST: f64 = 1.0;
const DISORDER: f64 = 0.5;
/// Draws of the null distribution, and pairs that are looked at in all of them together.
const DRAWS_LEAST: usize = 19;
const PAIRS_LOOKED_AT: usize = 400_000;

/// Where a pattern comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Its place in the schema's patterns.
    Schema(usize),
    /// The episode that it was learned from.
    Episode(u64),
}

/// A sequence that may happen again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern {
    pub(crate) origin: Origin,
    pub(crate) steps: Vec<Step>,
    /// So many of the first steps come at once, in any order.
    pub(crate) at_once: usize,
}

/// How far what happened is like a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Match {
    pub(crate) origin: Origin,
    /// From 0, nothing of it, to 1: every step in order and in time.
    pub(crate) similarity: f64,
    /// The chance that symbols at random have as many steps in common with any of the patterns, less the costs. Counted
    /// in steps, since a short pattern is easily found whole.
    pub(crate) chance: f64,
    /// The symbols that matched, by place.
    pub(crate) symbols: Vec<usize>,
}

/// The patterns that what happened is like, the likest first. `width` is how many streams there are, `draws` how often
/// chance is asked, at most.
pub(crate) fn matches(
    symbols: &[Symbol],
    patterns: &[Pattern],
    width: usize,
    draws: usize,
    seed: u64,
) -> Vec<Match> {
    let mut aligner = Aligner::default();
    let mut found: Vec<(Match, f64)> = Vec::new();
    for pattern in patterns {
        let (pair, join) = (worth(&pattern.steps, symbols), cost(pattern, symbols));
        let chain = aligner.chain(pattern.steps.len(), symbols.len(), pair, join);
        if chain.score > 0.0 {
            let similarity = (chain.score / pattern.steps.len() as f64).min(1.0);
            let symbols = chain.pairs.iter().map(|(_, event)| *event).collect();
            found.push((Match { origin: pattern.origin, similarity, chance: 1.0, symbols }, chain.score));
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    // Of equals the one with more to it; then, since it is stable, the one that stands first in the schema.
    order::few(&mut found, |(one, more), (other, less)| {
        one.similarity > other.similarity || one.similarity == other.similarity && more > less
    });
    let by_chance = by_chance(symbols, patterns, width, draws, seed);
    for (found, score) in &mut found {
        let as_much = by_chance.iter().filter(|drawn| **drawn >= *score - 1e-9).count();
        found.chance = (as_much + 1) as f64 / (by_chance.len() + 1) as f64;
    }
    found.into_iter().map(|(found, _)| found).collect()
}

/// The best score of any pattern, were the symbols those of random streams, for each of many draws.
fn by_chance(symbols: &[Symbol], patterns: &[Pattern], width: usize, draws: usize, seed: u64) -> Vec<f64> {
    let steps: usize = patterns.iter().map(|pattern| pattern.steps.len()).sum();
    let draws = draws.min((PAIRS_LOOKED_AT / (steps * symbols.len()).max(1)).max(DRAWS_LEAST));
    let mut rng = Rng::new(seed);
    let mut aligner = Aligner::default();
    let mut drawn = symbols.to_vec();
    let draw = |_| {
        drawn.iter_mut().for_each(|symbol| symbol.stream = rng.below(width.max(1)));
        // What rises might as well have fallen: the changes are dealt anew.
        for place in (1..drawn.len()).rev() {
            let other = rng.below(place + 1);
            let change = drawn[place].change;
            drawn[place].change = drawn[other].change;
            drawn[other].change = change;
        }
        patterns.iter().fold(0.0, |most: f64, pattern| {
            let steps = &pattern.steps;
            most.max(aligner.score(steps.len(), drawn.len(), worth(steps, &drawn), cost(pattern, &drawn)))
        })
    };
    (0..draws).map(draw).collect()
}

/// What it is worth that a step and an event are paired: 1, or nothing.
fn worth<'a>(steps: &'a [Step], symbols: &'a [Symbol]) -> impl Fn(Pair) -> Option<f64> + 'a {
    |(step, event)| {
        let (step, symbol) = (&steps[step], &symbols[event]);
        let is_it =
            step.stream == symbol.stream && (step.change == Change::Any || step.change == symbol.change);
        is_it.then_some(1.0)
    }
}

/// What it costs to go on from one pair to the next.
fn cost<'a>(pattern: &'a Pattern, symbols: &'a [Symbol]) -> impl Fn(Pair, Pair) -> f64 + 'a {
    let steps = &pattern.steps;
    move |(last_step, last), (step, event)| {
        let skipped = SKIPPED * (step - last_step - 1) as f64;
        let between = BETWEEN * event.abs_diff(last).saturating_sub(1) as f64;
        let time_ms = symbols[event].at_ms.saturating_sub(symbols[last].at_ms);
        let time_ms = if step < pattern.at_once { time_ms.saturating_abs() } else { time_ms };
        // Steps that do not say when leave all the time there is.
        let allowed_ms = steps[last_step + 1..=step]
            .iter()
            .try_fold(0_i64, |sum, step| Some(sum.saturating_add(step.within_ms?)));
        let is_same = event == last || steps[step].stream == steps[last_step].stream && time_ms <= 0;
        let timing = match allowed_ms {
            _ if is_same => f64::INFINITY,
            None if time_ms < 0 => LATE_MOST,
            None => 0.0,
            Some(allowed_ms) if time_ms < 0 => DISORDER + (1.0 - DISORDER) * excess(-time_ms, 0, allowed_ms),
            Some(allowed_ms) => LATE_MOST * excess(time_ms, allowed_ms, allowed_ms),
        };
        skipped + between.min(BETWEEN_MOST) + timing
    }
}

/// How much a time is beyond what is allowed, in units of what is usual, at most 1.
fn excess(time_ms: i64, allowed_ms: i64, usual_ms: i64) -> f64 {
    (time_ms.saturating_sub(allowed_ms).max(0) as f64 / usual_ms.max(1) as f64).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::symbols::SYMBOLS_MOST;
    use super::*;
    use alloc::vec;

    const MINUTE_MS: i64 = 60_000;

    fn symbol(minute: i64, stream: usize, change: Change) -> Symbol {
        Symbol { at_ms: minute * MINUTE_MS, stream, change, strength: 2.0 }
    }

    fn step(stream: usize, change: Change, within_minutes: i64) -> Step {
        Step { stream, change, within_ms: Some(within_minutes * MINUTE_MS) }
    }

    /// First 3 rises, within ten minutes 5 falls, within ten minutes 7 is silent.
    fn pattern() -> Pattern {
        let steps = vec![step(3, Change::Up, 10), step(5, Change::Down, 10), step(7, Change::Absent, 10)];
        Pattern { origin: Origin::Schema(0), steps, at_once: 0 }
    }

    fn similarity(symbols: &[Symbol]) -> f64 {
        matches(symbols, &[pattern()], 32, 0, 1).first().map_or(0.0, |found| found.similarity)
    }

    #[test]
    fn every_fault_has_its_cost() {
        let (up, down, gone) = (Change::Up, Change::Down, Change::Absent);
        let whole = [symbol(0, 3, up), symbol(5, 5, down), symbol(12, 7, gone)];
        assert_eq!(similarity(&whole), 1.0);
        // The middle one is missing: two steps of three, less a skip.
        assert!((similarity(&[whole[0], whole[2]]) - 1.5 / 3.0).abs() < 1e-12);
        // The last one rises where it should be silent.
        assert!((similarity(&[whole[0], whole[1], symbol(12, 7, up)]) - 2.0 / 3.0).abs() < 1e-12);
        // It comes at 20 minutes, where 15 are allowed: half a usual time too late.
        assert!((similarity(&[whole[0], whole[1], symbol(20, 7, gone)]) - 2.5 / 3.0).abs() < 1e-12);
        // The first two change places, five minutes apart: half a step and half of the other half.
        let swapped = [symbol(0, 5, down), symbol(5, 3, up), symbol(10, 7, gone)];
        assert!((similarity(&swapped) - 2.25 / 3.0).abs() < 0.01, "{}", similarity(&swapped));
        // Where the order is not known, it costs nothing.
        let any_order = Pattern { at_once: 2, ..pattern() };
        assert!(matches(&swapped, &[any_order], 32, 0, 1)[0].similarity > 0.99);
        // Something else in between costs little.
        let disturbed = [whole[0], symbol(2, 9, up), whole[1], whole[2]];
        assert!((similarity(&disturbed) - (3.0 - BETWEEN) / 3.0).abs() < 1e-12);
        assert_eq!(similarity(&[symbol(0, 4, up)]), 0.0);
    }

    #[test]
    fn any_change_is_matched_by_any() {
        let pattern = Pattern { steps: vec![step(1, Change::Any, 1), step(2, Change::Up, 1)], ..pattern() };
        let happened = [symbol(0, 1, Change::Down), symbol(1, 2, Change::Any)];
        let found = matches(&happened, &[pattern], 8, 0, 1);
        assert_eq!(found[0].similarity, 0.5, "what is odd in another way did not rise");
        assert_eq!(found[0].symbols, [0]);
    }

    #[test]
    fn the_chance_tells_a_match_from_luck() {
        let whole = [symbol(0, 3, Change::Up), symbol(5, 5, Change::Down), symbol(12, 7, Change::Absent)];
        let other = Pattern { origin: Origin::Episode(9), steps: vec![step(4, Change::Up, 10)], at_once: 1 };
        let found = matches(&whole, &[other.clone(), pattern()], 32, 399, 1);
        assert_eq!((found.len(), found[0].origin, found[0].symbols.len()), (1, Origin::Schema(0), 3));
        // Each of the 400 is a draw of its own, or the truth.
        assert!(found[0].chance <= 2.0 / 400.0, "{}", found[0].chance);
        // A pattern of one step among four streams is matched by luck more often than not.
        let crowd: Vec<Symbol> = (0..12).map(|place| symbol(place, place as usize % 4, Change::Up)).collect();
        let easy = Pattern { steps: vec![step(0, Change::Up, 10)], ..pattern() };
        let found = matches(&crowd, &[easy], 4, 399, 1);
        assert!(found[0].similarity == 1.0 && found[0].chance > 0.9, "{found:?}");
    }

    #[test]
    fn draws_are_the_same_every_time_and_bounded() {
        let crowd: Vec<Symbol> =
            (0..SYMBOLS_MOST).map(|place| symbol(place as i64, place % 16, Change::Up)).collect();
        let many = vec![pattern(); 1000];
        assert_eq!(by_chance(&crowd, &many, 16, 399, 5).len(), DRAWS_LEAST);
        assert_eq!(by_chance(&crowd, &many[..1], 16, 99, 5), by_chance(&crowd, &many[..1], 16, 99, 5));
        assert_eq!(by_chance(&crowd, &many[..1], 16, 99, 5).len(), 99);
    }
}
