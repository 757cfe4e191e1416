//! From what every view says to one score, one confidence, and the strength of the news.
//!
//! Three numbers come out, for three needs:
//!
//! - `oddness` ranks moments: with company it is that of the joint novelty, which knows a moment better than any single
//!   stream does; a stream alone has nothing to be joint with, and its own oddness counts. It is never made to fit what
//!   was seen lately, so it stays high through a long anomaly, and lingers through a calm moment of one;
//! - `chance` is calibrated: the harmonic mean of the views' chances, which is a chance itself however much the views
//!   depend on each other, moved towards its own true share of what happens nowadays;
//! - `news` raises alarms, once per thing that happens: the most surprising stream, the joint novelty, and what any
//!   other view says for several frames on end, each held back while it says nothing that it did not say before.

use core::f64::consts::LN_10;

use super::insistence::Insistence;
use super::linger::Linger;
use super::member::{Gaze, Member};
use super::{View, ViewVerdict};
use crate::math::{exp, ln_1p};
use crate::opinion::{Health, Opinion};
use crate::snapshot::state;
use crate::stats::approx::log10;
use crate::stats::{Hold, Ranks};
use crate::stream::StreamVerdict;

/// Frames after which a part has half of the trust that it can have.
const SETTLING_FRAMES: f64 = 30.0;
/// How much of a frame each view can know, for the confidence.
const TRUST: [f64; View::COUNT] = [0.8, 0.8, 0.5, 0.5, 0.5, 0.3];
/// What each view counts in the harmonic mean. The forest, which soon learns a long anomaly as normal, counts for the
/// confidence only.
const VOICE: [f64; View::COUNT] = [0.5, 5.0, 1.0, 0.0, 0.3, 0.1];
/// The most decades that a view is believed for one frame. Relations and presence are odd for hours on end, so a frame
/// of theirs proves less than its rank says: by itself such a view makes a moment about as rare as one in a thousand.
/// As the least chance: in decades 3.8, 4.6 and 4.4, and 12 for the others.
const BELIEVED_LEAST: [f64; View::COUNT] = [CHANCE_MIN, CHANCE_MIN, 1.6e-4, CHANCE_MIN, 2.5e-5, 4.0e-5];
/// How far the mean is moved towards its own share of what happens nowadays: all the way, and the end of a long
/// anomaly would rank below its beginning.
const NOWADAYS: f64 = 0.7;
/// Frames after which there is enough of a past for the joint novelty to rank by alone; and how many times larger the
/// streams' own oddness is than the joint one, as a rule.
const PAST_FRAMES: f64 = 400.0;
const OWN_PER_JOINT: f64 = 3.0;
/// Added to the decades before they are ranked, so that "nothing at all" has a place.
const RANK_FLOOR: f64 = 0.01;
/// No chance is believed to be smaller.
const CHANCE_MIN: f64 = 1e-12;
/// What raises an alarm at a false-alarm rate of one in a thousand.
const NEWS_AT_ONE_IN_A_THOUSAND: f64 = 4.4;
/// Decades by which a relation may be odder than it is nowadays: what comes round every few hours is no news, however new
/// it is to the patient ranks.
const BEYOND_NOWADAYS: f64 = 0.8;
/// How far the surprise of one stream among others is believed, by what the others' would make of the moment.
const SURPRISE_PER_DECADE: f64 = 2.5;
/// Views that are listened to for some frames: one odd frame proves little, several on end do. What a relation says is
/// heard twice: all of it, and what of it the joint novelty does not explain, which takes less to be believed. A fast
/// heart in a body at rest is odd in no other way; where everything moves as it seldom does, so do the relations.
const INSISTENT: [View; 5] = [View::Streams, View::Dependence, View::Gaps, View::Silence, View::Dependence];
const UNEXPLAINED: usize = 4;
/// So much more is asked of relations at first, and until when: of few frames any two streams seem related. What the joint
/// novelty has no past for, it can not explain, and that takes longer.
const YOUNG: f64 = 0.8;
const GROWN_FRAMES: [f64; INSISTENT.len()] = [0.0, 2000.0, 0.0, 0.0, 4000.0];
/// How much of what a relation says is explained by as many decades of the joint novelty.
const EXPLAINED: f64 = 0.5;
/// The mean of decades that begins in one normal frame in a thousand, as a rule. Presence jumps, so what is odd about it
/// is soon very odd; silence grows slowly, and once odd it is so for many frames.
const INSISTED_AT: [f64; INSISTENT.len()] = [2.5, 2.2, 2.5, 2.0, 1.6];
/// Frames over which they are listened to, and the most decades that one frame counts.
const INSIST_FRAMES: f64 = 4.0;
const INSIST_MOST: f64 = 6.0;

/// The record of every view, and the calibration of all of them together.
#[derive(Clone, Debug)]
pub(crate) struct Fusion {
    members: [Member; View::COUNT],
    /// Of the newest frame: another one means that values moved.
    trace: f64,
    holds: [Hold; Source::COUNT],
    insistences: [Insistence; INSISTENT.len()],
    insisted: [f64; INSISTENT.len()],
    /// Of the most unusual stream by itself, and of a stream that is alone.
    own: Ranks,
    alone: Ranks,
    /// Of all that is said together, and of what is believed of it.
    said: Ranks,
    believed: Ranks,
    /// Of the view on dependence, as it is nowadays.
    relations: Ranks,
    linger: Linger,
}
state!(Fusion {
    members,
    trace,
    holds,
    insistences,
    insisted,
    own,
    alone,
    said,
    believed,
    relations,
    linger
});

/// What can be news.
#[derive(Clone, Copy)]
enum Source {
    Stream,
    Novelty,
}

impl Source {
    const COUNT: usize = 2;
}

/// The fused answer, before episodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fused {
    /// How odd, unbounded: what moments are ranked by.
    pub(crate) oddness: f64,
    /// The same of this moment by itself.
    momentary: f64,
    opinions: [Opinion; View::COUNT],
    /// Changes with the values.
    trace: f64,
    /// What the own ranks learn; nothing where nobody speaks.
    own: Option<f64>,
    alone: Option<f64>,
    said: f64,
    believed: f64,
    surprises: [f64; Source::COUNT],
    insisted: [f64; INSISTENT.len()],
    is_loudest: [bool; INSISTENT.len()],
    is_silence_known: bool,
    /// The chance of a frame at least this unusual.
    pub(crate) chance: f64,
    /// The same where all views are believed whatever they say: what keeps an episode going.
    pub(crate) rarity: f64,
    /// How strong the news is, in decades: 0 for nothing new.
    pub(crate) news: f64,
    pub(crate) confidence: f64,
    pub(crate) views: [ViewVerdict; View::COUNT],
}

impl Fusion {
    pub(crate) fn new() -> Self {
        Self {
            members: Default::default(),
            trace: 0.0,
            holds: Default::default(),
            insistences: Default::default(),
            insisted: [0.0; INSISTENT.len()],
            own: Ranks::patient(),
            alone: Ranks::patient(),
            said: Ranks::present(),
            believed: Ranks::present(),
            relations: Ranks::present(),
            linger: Linger::new(),
        }
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
        is_silence_known: bool,
    ) -> Fused {
        let company = streams.iter().filter(|stream| stream.present).count() as f64;
        let opinions = opinions(streams, joint, frames);
        let own = opinions[0].oddness.map(|_| RANK_FLOOR - log10(opinions[0].chance));
        let is_alone = company <= 1.0;
        let alone = opinions[0].oddness.filter(|_| is_alone);
        let mut chances = opinions.map(|opinion| opinion.oddness.and(sane_chance(opinion.chance)));
        chances[0] = own.map(|decades| self.own.chance(decades));
        if is_alone {
            // Nothing is joint about one stream: its own oddness takes the place of the joint one.
            chances[1] = alone.map(|oddness| self.alone.chance(oddness));
        }
        let views = self.views(&opinions, &chances);
        let said = decades(&chances, &views, [CHANCE_MIN; View::COUNT]);
        let believed = decades(&chances, &views, BELIEVED_LEAST);
        let relation = opinions[View::Dependence as usize].oddness;
        let relation_nowadays = relation.map_or(0.0, |oddness| -log10(self.relations.chance(oddness)));
        let insisted = self.insisted(&chances, &views, is_alone, relation_nowadays + BEYOND_NOWADAYS);
        let surprises =
            surprises(streams, &opinions, &views, company, chances[0].map(|chance| -log10(chance)));
        let insisting = self.insisting(&insisted, frames, is_silence_known);
        let heard = surprises.iter().zip(&self.holds).map(|(surprise, hold)| hold.judge(*surprise));
        let news = heard.chain(insisting).fold(0.0, f64::max);
        let doubt: f64 = views.iter().zip(TRUST).map(|(view, trust)| 1.0 - view.weight * trust).product();
        let momentary = oddness(&opinions, &views, is_alone, frames);
        Fused {
            oddness: self.linger.judge(momentary),
            momentary,
            opinions,
            trace: streams.iter().map(|stream| stream.row).sum(),
            own,
            alone,
            said,
            believed,
            surprises,
            insisted,
            is_silence_known,
            chance: nowadays(believed, &self.believed),
            rarity: nowadays(said, &self.said),
            news,
            is_loudest: insisting.map(|decades| decades == news),
            confidence: 1.0 - doubt,
            views,
        }
    }

    /// Votes, weights and health; who lies has no weight.
    fn views(
        &self,
        opinions: &[Opinion; View::COUNT],
        chances: &[Option<f64>; View::COUNT],
    ) -> [ViewVerdict; View::COUNT] {
        core::array::from_fn(|at| {
            let is_broken = self.members[at].is_broken();
            ViewVerdict {
                score: chances[at].map(|chance| 1.0 - chance),
                weight: if is_broken { 0.0 } else { opinions[at].weight },
                health: if is_broken { Health::Broken } else { opinions[at].health },
            }
        })
    }

    /// What the insistent views have said over some frames, this one included.
    fn insisted(
        &self,
        chances: &[Option<f64>; View::COUNT],
        views: &[ViewVerdict; View::COUNT],
        is_alone: bool,
        relation_most: f64,
    ) -> [f64; INSISTENT.len()] {
        core::array::from_fn(|at| {
            let view = INSISTENT[at] as usize;
            let said = match chances[view] {
                // A stream alone says all that it has to say at once.
                _ if is_alone => 0.0,
                Some(chance) if views[view].health == Health::Ready => -log10(chance.clamp(CHANCE_MIN, 1.0)),
                _ => 0.0,
            };
            let most = if INSISTENT[at] == View::Dependence { relation_most } else { INSIST_MOST };
            let explained = match chances[View::Novelty as usize] {
                Some(chance) if at == UNEXPLAINED => EXPLAINED * -log10(chance.clamp(CHANCE_MIN, 1.0)),
                _ => 0.0,
            };
            let said = (said - explained).max(0.0);
            self.insisted[at] + (said.min(most).min(INSIST_MOST) - self.insisted[at]) / INSIST_FRAMES
        })
    }

    /// How strong that is as news.
    fn insisting(
        &self,
        insisted: &[f64; INSISTENT.len()],
        frames: u64,
        is_silence_known: bool,
    ) -> [f64; INSISTENT.len()] {
        core::array::from_fn(|at| {
            if is_silence_known && INSISTENT[at] == View::Gaps {
                // The clocks say it better, and once.
                return 0.0;
            }
            let told = &self.insistences[at];
            let youth =
                if GROWN_FRAMES[at] > 0.0 { (1.0 - frames as f64 / GROWN_FRAMES[at]).max(0.0) } else { 0.0 };
            let enough = INSISTED_AT[at] + YOUNG * youth + told.doubt();
            told.judge(insisted[at]) + NEWS_AT_ONE_IN_A_THOUSAND - enough
        })
    }

    /// Takes note of what was said: `is_news` where it may have raised an alarm, `is_calm` where nothing is wrong. What
    /// belongs to an episode teaches nobody how odd normal moments are.
    pub(crate) fn learn(&mut self, fused: &Fused, is_news: bool, is_calm: bool) {
        self.insisted = fused.insisted;
        self.linger.learn(fused.momentary);
        for (at, told) in self.insistences.iter_mut().enumerate() {
            let is_silence = fused.is_silence_known && INSISTENT[at] == View::Gaps;
            told.learn(
                fused.insisted[at],
                is_news || is_silence,
                fused.is_loudest[at] && !fused.is_silence_known,
            );
        }
        if let Some(decades) = fused.own {
            self.said.learn(fused.said + RANK_FLOOR);
            self.believed.learn(fused.believed + RANK_FLOOR);
            if is_calm {
                self.own.learn(decades);
            }
            if let (Some(oddness), true) = (fused.opinions[View::Dependence as usize].oddness, is_calm) {
                self.relations.learn(oddness);
            }
        }
        if let (Some(oddness), true) = (fused.alone, is_calm) {
            self.alone.learn(oddness);
        }
        let is_moving = fused.trace.to_bits() != self.trace.to_bits();
        self.trace = fused.trace;
        for ((member, opinion), view) in self.members.iter_mut().zip(&fused.opinions).zip(View::ALL) {
            member.learn(opinion, view.gaze(), is_moving);
        }
        self.holds.iter_mut().zip(fused.surprises).for_each(|(hold, surprise)| hold.learn(surprise));
    }
}

/// What frames are ranked by. The joint novelty needs a past: in the first frames the streams' own oddness counts too.
fn oddness(
    opinions: &[Opinion; View::COUNT],
    views: &[ViewVerdict; View::COUNT],
    is_alone: bool,
    frames: u64,
) -> f64 {
    let said = [View::Streams, View::Novelty].map(|view| opinions[view as usize].oddness);
    let [own, joint] = said.map(|oddness| oddness.filter(|odd| odd.is_finite()).unwrap_or(0.0));
    let is_broken = views[View::Novelty as usize].health == Health::Broken;
    let past = if is_alone || is_broken { 0.0 } else { (frames as f64 / PAST_FRAMES).min(1.0) };
    if is_alone { own } else { past * joint + (1.0 - past) * own / OWN_PER_JOINT }
}

/// A chance, or nothing where a view answers with what is none.
fn sane_chance(chance: f64) -> Option<f64> {
    Some(chance).filter(|chance| (0.0..=1.0).contains(chance))
}

/// The chance that so many decades stand for, moved towards their share of what happens nowadays.
fn nowadays(decades: f64, ranks: &Ranks) -> f64 {
    let nowadays = -log10(ranks.chance(decades + RANK_FLOOR).max(CHANCE_MIN));
    exp(-LN_10 * (decades + NOWADAYS * (nowadays - decades))).min(1.0)
}

/// The harmonic mean, in decades, of the chances of all views that may be heard, each of them at least so large.
fn decades(
    chances: &[Option<f64>; View::COUNT],
    views: &[ViewVerdict; View::COUNT],
    least: [f64; View::COUNT],
) -> f64 {
    let (mut sum, mut voices) = (0.0, 0.0);
    for (((chance, view), voice), least) in chances.iter().zip(views).zip(VOICE).zip(least) {
        if let (Some(chance), false) = (chance, view.health == Health::Broken) {
            sum += voice / chance.clamp(least, 1.0);
            voices += voice;
        }
    }
    if voices > 0.0 { log10(sum / voices).max(0.0) } else { 0.0 }
}

impl View {
    fn gaze(self) -> Gaze {
        match self {
            Self::Streams | Self::Novelty | Self::Dependence | Self::Forest => Gaze::Values,
            Self::Gaps | Self::Silence => Gaze::Presence,
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

/// How surprising the moment is, in decades, before it is asked whether that is new.
fn surprises(
    streams: &[StreamVerdict],
    opinions: &[Opinion; View::COUNT],
    views: &[ViewVerdict; View::COUNT],
    company: f64,
    own: Option<f64>,
) -> [f64; Source::COUNT] {
    let is_heard = |view: View| views[view as usize].health != Health::Broken;
    let is_ready = |view: View| views[view as usize].health == Health::Ready;
    let mut surprises = [0.0; Source::COUNT];
    if is_heard(View::Streams) {
        let greatest = streams.iter().map(|stream| stream.surprise).fold(0.0, f64::max);
        // The most surprising of so many streams is more surprising than one, and a stream among others is believed only
        // as far as the moment is unusual for all of them: some record is broken every day.
        let most = match own {
            Some(decades) if company > 1.0 => SURPRISE_PER_DECADE * decades,
            _ => f64::INFINITY,
        };
        surprises[Source::Stream as usize] = (greatest - log10(company.max(1.0))).max(0.0).min(most);
    }
    if company > 1.0 && is_ready(View::Novelty) {
        surprises[Source::Novelty as usize] =
            -log10(opinions[View::Novelty as usize].chance.clamp(f64::MIN_POSITIVE, 1.0));
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
        scores.map(|score| {
            let row = score.unwrap_or(0.0);
            StreamVerdict { score, row, present: score.is_some(), ..StreamVerdict::default() }
        })
    }

    fn joint(chance: f64) -> [Opinion; View::COUNT - 1] {
        [Opinion { oddness: Some(1.0 - chance), chance, weight: 0.9, health: Health::Ready }; View::COUNT - 1]
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
        let confidence = |scores, frames| fusion.judge(&streams(scores), nothing, frames, false).confidence;
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
            (said[0].chance, said[0].oddness) = (1e-6, Some(9.0));
            let fused = fusion.judge(&streams([Some(0.5 + f64::from(frame) * 1e-3); 4]), said, 1000, false);
            fusion.learn(&fused, false, true);
        }
        let mut said = joint(0.6);
        (said[0].chance, said[0].oddness) = (1e-6, Some(9.0));
        let fused = fusion.judge(&streams([Some(0.5); 4]), said, 1000, false);
        assert_eq!(fused.views[1].health, Health::Broken);
        assert_eq!(fused.views[1].weight, 0.0);
        assert!(fused.news < Fusion::threshold(0.001), "{}", fused.news);
    }
}
