//! From what every view says to one score, one confidence, and the strength of the news.
//!
//! The joint novelty knows a moment better than any single stream does, so with company it carries the score. News are in
//! decades (one decade is a chance ten times smaller): of the joint novelty, and of the most surprising stream where it
//! is odder than the number of streams explains. The other views are shown with their votes and count for the
//! confidence only: as news or as a part of the score they cost more than they gave.

use super::member::Member;
use super::{View, ViewVerdict};
use crate::math::{exp, ln_1p, log10};
use crate::opinion::{Health, Opinion};
use crate::snapshot::state;
use crate::stats::{Hold, Ranks};
use crate::stream::StreamVerdict;

/// Frames after which a part has half of the trust that it can have.
const SETTLING_FRAMES: f64 = 30.0;
/// How much of a frame each view can know, for the confidence.
const TRUST: [f64; View::COUNT] = [0.8, 0.8, 0.5, 0.5, 0.5, 0.3];
/// What raises an alarm at a false-alarm rate of one in a thousand.
const NEWS_AT_ONE_IN_A_THOUSAND: f64 = 4.4;

/// The record of every view, and the calibration of all of them together.
#[derive(Clone, Debug)]
pub(crate) struct Fusion {
    members: [Member; View::COUNT],
    holds: [Hold; View::COUNT],
    ranks: Ranks,
}
state!(Fusion { members, holds, ranks });

/// The fused answer, before episodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fused {
    oddness: f64,
    chances: [Option<f64>; View::COUNT],
    surprises: [f64; View::COUNT],
    /// The chance of a frame at least this unusual.
    pub(crate) chance: f64,
    /// How strong the news is, in decades: 0 for nothing new.
    pub(crate) news: f64,
    pub(crate) confidence: f64,
    pub(crate) views: [ViewVerdict; View::COUNT],
}

impl Fusion {
    pub(crate) fn new() -> Self {
        Self { members: [Member::default(); View::COUNT], holds: Default::default(), ranks: Ranks::new() }
    }

    /// The news that raises an alarm at a rate of normal frames.
    pub(crate) fn threshold(false_alarm_rate: f64) -> f64 {
        NEWS_AT_ONE_IN_A_THOUSAND - log10(false_alarm_rate * 1000.0)
    }

    pub(crate) fn judge(
        &self,
        streams: &[StreamVerdict],
        joint: [Opinion; View::COUNT - 1],
        frames: u64,
    ) -> Fused {
        let company = streams.iter().filter(|stream| stream.present).count() as f64;
        let opinions = opinions(streams, joint, frames);
        let chances = opinions.map(|opinion| opinion.oddness.map(|_| opinion.chance));
        let mut views = [ViewVerdict::default(); View::COUNT];
        let (mut decades, mut weights) = (0.0, 0.0);
        for (at, view) in View::ALL.into_iter().enumerate() {
            let opinion = opinions[at];
            let is_broken = self.members[at].is_broken();
            views[at] = ViewVerdict {
                score: chances[at].map(|chance| 1.0 - chance),
                weight: if is_broken { 0.0 } else { opinion.weight },
                health: if is_broken { Health::Broken } else { opinion.health },
            };
            if is_broken || chances[at].is_none() {
                continue;
            }
            let said = opinion.oddness.unwrap_or(0.0);
            let weight = view.voice(company) * opinion.weight;
            decades += weight * said;
            weights += weight;
        }
        let fused = if weights > 0.0 { decades / weights } else { 0.0 };
        let surprises = surprises(streams, &opinions, company);
        let heard = surprises.iter().zip(&self.holds).zip(&self.members);
        let news = heard
            .filter(|(_, member)| !member.is_broken())
            .map(|((surprise, hold), _)| hold.judge(*surprise))
            .fold(0.0, f64::max);
        let doubt: f64 = views.iter().zip(TRUST).map(|(view, trust)| 1.0 - view.weight * trust).product();
        Fused {
            oddness: fused,
            chances,
            surprises,
            chance: self.ranks.chance(fused),
            news,
            confidence: 1.0 - doubt,
            views,
        }
    }

    pub(crate) fn learn(&mut self, fused: &Fused) {
        self.ranks.learn(fused.oddness);
        self.members.iter_mut().zip(fused.chances).for_each(|(member, chance)| member.learn(chance));
        self.holds.iter_mut().zip(fused.surprises).for_each(|(hold, surprise)| hold.learn(surprise));
    }
}

impl View {
    /// How much of the score a view carries among `company` streams that speak. With company the joint novelty ranks
    /// moments better by itself than any mixture does; a stream alone has nothing to be joint with.
    fn voice(self, company: f64) -> f64 {
        match self {
            Self::Streams => f64::from(u8::from(company <= 1.0)),
            Self::Novelty => f64::from(u8::from(company > 1.0)),
            Self::Dependence | Self::Forest | Self::Gaps | Self::Silence => 0.0,
        }
    }
}

/// Tier 1 as one opinion beside those of tier 2.
fn opinions(
    streams: &[StreamVerdict],
    joint: [Opinion; View::COUNT - 1],
    frames: u64,
) -> [Opinion; View::COUNT] {
    let settled = frames as f64 / (frames as f64 + SETTLING_FRAMES);
    let present = streams.iter().filter(|stream| stream.present).count();
    let coverage = present as f64 / streams.len().max(1) as f64;
    let is_cold = (frames as f64) < SETTLING_FRAMES;
    let chance = least_chance(streams);
    let own = Opinion {
        oddness: chance.map(|_| streams.iter().map(|stream| stream.row).sum::<f64>() / present.max(1) as f64),
        chance: chance.unwrap_or(1.0),
        weight: if chance.is_some() { settled * coverage } else { 0.0 },
        health: match chance {
            _ if is_cold => Health::Cold,
            Some(_) => Health::Ready,
            None => Health::Starved,
        },
    };
    let mut all = [own; View::COUNT];
    all[1..].copy_from_slice(&joint);
    all
}

/// How surprising each view finds the moment, in decades, before it is asked whether that is new.
fn surprises(
    streams: &[StreamVerdict],
    opinions: &[Opinion; View::COUNT],
    company: f64,
) -> [f64; View::COUNT] {
    let greatest = streams.iter().map(|stream| stream.surprise).fold(0.0, f64::max);
    let mut surprises = [0.0; View::COUNT];
    // The most surprising of so many streams is more surprising than one.
    surprises[0] = (greatest - log10(company.max(1.0))).max(0.0);
    for (at, view) in View::ALL.into_iter().enumerate().skip(1) {
        if view.voice(company) > 0.0 && opinions[at].health == Health::Ready {
            surprises[at] = -log10(opinions[at].chance.clamp(f64::MIN_POSITIVE, 1.0));
        }
    }
    surprises
}

/// The chance that the oddest of so many independent streams is at least as odd as the oddest one here (Sidak).
fn least_chance(streams: &[StreamVerdict]) -> Option<f64> {
    let scores = streams.iter().filter_map(|stream| stream.score);
    let (count, highest) =
        scores.fold((0.0, 0.0), |(count, highest), score| (count + 1.0, f64::max(highest, score)));
    (count > 0.0).then(|| {
        let chance = (1.0 - highest).max(f64::MIN_POSITIVE);
        (1.0 - exp(count * ln_1p(-chance))).clamp(f64::MIN_POSITIVE, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streams<const N: usize>(scores: [Option<f64>; N]) -> [StreamVerdict; N] {
        scores.map(|score| StreamVerdict { score, present: score.is_some(), ..StreamVerdict::default() })
    }

    fn joint(chance: f64) -> [Opinion; View::COUNT - 1] {
        [Opinion { oddness: Some(1.0), chance, weight: 0.9, health: Health::Ready }; View::COUNT - 1]
    }

    #[test]
    fn one_odd_stream_among_many_is_less_odd_than_alone() {
        assert_eq!(least_chance(&streams([None, None])), None);
        let alone = least_chance(&streams([Some(0.9)])).expect("one score");
        let among_ten = least_chance(&streams([Some(0.9); 10])).expect("ten scores");
        assert!((alone - 0.1).abs() < 1e-12);
        assert!((among_ten - 0.651_321_559_9).abs() < 1e-9);
    }

    #[test]
    fn confidence_grows_with_what_there_is() {
        let fusion = Fusion::new();
        let nothing = [Opinion::default(); View::COUNT - 1];
        let confidence = |scores, frames| fusion.judge(&streams(scores), nothing, frames).confidence;
        assert_eq!(confidence([Some(0.1), Some(0.1)], 0), 0.0);
        let half = confidence([Some(0.1), None], 1000);
        let whole = confidence([Some(0.1), Some(0.1)], 1000);
        assert!(0.0 < half && half < whole && whole < 1.0, "{half} {whole}");
    }

    #[test]
    fn a_lying_view_is_named_and_not_heard() {
        let mut fusion = Fusion::new();
        for frame in 0..60 {
            let honest = 0.5 + f64::from(frame) * 1e-3;
            let mut said = joint(honest);
            said[0].chance = 1e-6;
            let fused = fusion.judge(&streams([Some(0.5 + f64::from(frame) * 1e-3); 4]), said, 1000);
            fusion.learn(&fused);
        }
        let mut said = joint(0.6);
        said[0].chance = 1e-6;
        let fused = fusion.judge(&streams([Some(0.5); 4]), said, 1000);
        assert_eq!(fused.views[1].health, Health::Broken);
        assert_eq!(fused.views[1].weight, 0.0);
        assert_eq!(fused.news, 0.0_f64.max(fused.news.min(1.0)));
    }
}
