//! What the network says of one frame: what made a stream unusual, in which shares, and whose doing it was at the root.

use alloc::vec;
use alloc::vec::Vec;

use super::{Edge, LEVELS, Level, Network, hour_of};
use crate::frame::{DAY_MS, Moment};
use crate::math::{exp2, ln};
use crate::order;

/// Frames of what is usual that stand behind every estimate: a link that was hardly ever seen at work explains little.
const PRIOR_FRAMES: f64 = 2.0;
/// The chance of a level that was never seen.
const LEAST: f64 = 1e-4;
/// A cause with a smaller share does not explain a stream.
const EXPLAINS: f64 = 0.2;
/// Rounds in which shares are handed on. Each goes one link further; longer chains than this carry nothing.
const ROUNDS: usize = 8;

/// Where a share comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// It is often so at this hour.
    Hour,
    /// Another stream, through a link of the schema or a learned one.
    Stream { stream: usize, is_learned: bool },
}

/// What made a stream what it is. The shares and what is unexplained sum to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shares {
    /// The largest first.
    pub(crate) of: Vec<(Source, f64)>,
    pub(crate) unexplained: f64,
}

/// The network's view of one frame.
pub(crate) struct Reading<'a> {
    network: &'a Network,
    levels: &'a [Level],
    hour: usize,
    /// What brings counts to frames of now.
    scale: f64,
    /// Places of the links that lead to each stream, those that count.
    causes: Vec<Vec<usize>>,
}

impl<'a> Reading<'a> {
    /// `levels` holds one per stream.
    pub(crate) fn new(network: &'a Network, at: Moment, levels: &'a [Level]) -> Self {
        let mut causes = vec![Vec::new(); levels.len()];
        for (place, edge) in network.edges.iter().enumerate().filter(|(_, edge)| !edge.is_vacant()) {
            let is_given = place < network.given;
            if is_given || edge.is_learned(&network.base(edge, at.at_ms)) {
                causes[edge.to()].push(place);
            }
        }
        let begun_ms = network.begun_ms.unwrap_or(at.at_ms);
        let scale = exp2(-(at.at_ms.saturating_sub(begun_ms) as f64) / DAY_MS as f64);
        Self { network, levels, hour: hour_of(at), scale, causes }
    }

    /// The chance that a stream is at each level, whatever the others are.
    fn usual(&self, stream: usize) -> [f64; LEVELS] {
        let mut counts = [0.0; LEVELS];
        for hour in &self.network.nodes[stream].hours {
            counts.iter_mut().zip(hour).for_each(|(sum, count)| *sum += f64::from(*count) * self.scale);
        }
        let total: f64 = counts.iter().sum();
        let chances =
            counts.map(|count| ((count + PRIOR_FRAMES / LEVELS as f64) / (total + PRIOR_FRAMES)).max(LEAST));
        normalised(chances)
    }

    /// How many times as likely each level is at this hour.
    fn by_hour(&self, stream: usize, usual: &[f64; LEVELS]) -> [f64; LEVELS] {
        let counts = self.network.nodes[stream].hours[self.hour].map(|count| f64::from(count) * self.scale);
        ratios(counts, usual)
    }

    /// How many times as likely each level of the effect is, given what the cause is.
    fn by_cause(&self, edge: &Edge, usual: &[f64; LEVELS]) -> [f64; LEVELS] {
        let cause = self.levels[edge.from()];
        let all = [Level::Low, Level::Usual, Level::High, Level::Absent];
        ratios(all.map(|effect| edge.seen(cause, effect).0 * self.scale), usual)
    }

    /// The chance of each level of a stream, given the hour and all that are linked to it, each taken by itself.
    #[cfg(test)]
    pub(super) fn expected(&self, stream: usize) -> [f64; LEVELS] {
        let usual = self.usual(stream);
        let mut chances = times(usual, self.by_hour(stream, &usual));
        for &place in &self.causes[stream] {
            chances = times(chances, self.by_cause(&self.network.edges[place], &usual));
        }
        normalised(chances)
    }

    /// What made a stream what it is: by how much each cause that is itself not as usual, and the hour, make its level
    /// less surprising. A stream that is as usual has nothing to explain.
    pub(crate) fn shares(&self, stream: usize) -> Shares {
        let level = self.levels[stream] as usize;
        let usual = self.usual(stream);
        let mut chances = times(usual, self.by_hour(stream, &usual));
        let mut gains = vec![(Source::Hour, gain(self.by_hour(stream, &usual)[level]))];
        for &place in &self.causes[stream] {
            let edge = &self.network.edges[place];
            if self.levels[edge.from()] == Level::Usual {
                continue;
            }
            let ratios = self.by_cause(edge, &usual);
            chances = times(chances, ratios);
            let source = Source::Stream { stream: edge.from(), is_learned: place >= self.network.given };
            gains.push((source, gain(ratios[level])));
        }
        let before = -ln(usual[level]);
        let after = -ln(normalised(chances)[level].max(LEAST));
        let together: f64 = gains.iter().map(|(_, gain)| gain).sum();
        if self.levels[stream] == Level::Usual || before <= 0.0 || after >= before || together <= 0.0 {
            return Shares { of: Vec::new(), unexplained: 1.0 };
        }
        let explained = (before - after) / before;
        let mut of: Vec<(Source, f64)> =
            gains.into_iter().map(|(source, gain)| (source, explained * gain / together)).collect();
        of.retain(|(_, share)| *share > 0.0);
        // Of equals the first source.
        order::few(&mut of, |one, other| one.1 > other.1 || one.1 == other.1 && one.0 < other.0);
        let unexplained = (1.0 - of.iter().map(|(_, share)| share).sum::<f64>()).max(0.0);
        Shares { of, unexplained }
    }

    /// The way from a stream up to the first one that its own causes do not explain; the stream itself is its first
    /// stop.
    pub(crate) fn upstream(&self, stream: usize) -> Vec<usize> {
        let mut way = vec![stream];
        let mut here = stream;
        loop {
            let shares = self.shares(here);
            let strongest = shares.of.iter().find_map(|(source, share)| match source {
                Source::Stream { stream, .. } if *share >= EXPLAINS => Some(*stream),
                _ => None,
            });
            match strongest {
                // Links may lead in a circle.
                Some(cause) if !way.contains(&cause) => {
                    way.push(cause);
                    here = cause;
                }
                _ => return way,
            }
        }
    }

    /// For each stream the share of what it is that is `root`'s doing, directly and through others.
    pub(crate) fn doing_of(&self, root: usize) -> Vec<f64> {
        let unusual =
            (0..self.levels.len()).filter(|&stream| stream != root && self.levels[stream] != Level::Usual);
        let shares: Vec<(usize, Shares)> = unusual.map(|stream| (stream, self.shares(stream))).collect();
        let mut doing = vec![0.0; self.levels.len()];
        doing[root] = 1.0;
        for _ in 0..ROUNDS {
            let before = doing.clone();
            for (stream, shares) in &shares {
                let of_stream = shares.of.iter().map(|(source, share)| match source {
                    Source::Hour => 0.0,
                    Source::Stream { stream, .. } => share * before[*stream],
                });
                doing[*stream] = of_stream.sum::<f64>().min(1.0);
            }
        }
        doing
    }
}

fn gain(ratio: f64) -> f64 {
    ln(ratio.max(LEAST)).max(0.0)
}

fn ratios(counts: [f64; LEVELS], usual: &[f64; LEVELS]) -> [f64; LEVELS] {
    let total: f64 = counts.iter().sum();
    let mut ratios = [1.0; LEVELS];
    for (ratio, (count, usual)) in ratios.iter_mut().zip(counts.iter().zip(usual)) {
        *ratio = (count + PRIOR_FRAMES * usual) / ((total + PRIOR_FRAMES) * usual);
    }
    ratios
}

fn times(one: [f64; LEVELS], other: [f64; LEVELS]) -> [f64; LEVELS] {
    let mut product = one;
    product.iter_mut().zip(other).for_each(|(product, factor)| *product *= factor);
    product
}

fn normalised(chances: [f64; LEVELS]) -> [f64; LEVELS] {
    let total: f64 = chances.iter().sum();
    chances.map(|chance| chance / total)
}
