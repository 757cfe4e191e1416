//! Tier 3 as a whole: what the views say, what people said before, and what follows from both.

use super::blame::{Blame, most_blamed};
use super::episode::{Episode, Episodes, Finding};
use super::flood::Flood;
use super::fuse::{Fused, Fusion};
use super::label::{Label, Labels};
use super::meta::{CHANNELS, Meta};
use super::quiet::{self, Quiet};
use super::signature::Signature;
use super::tape::LOOSEST_RATE;
use super::{Severity, Verdict, View};
use crate::error::LabelFault;
use crate::opinion::Opinion;
use crate::schema::Schema;
use crate::silence;
use crate::snapshot::state;
use crate::stream::StreamVerdict;

/// What is odd is no lesson in what is normal, unless it is so for more than this share of the last frames: what happens
/// every few hours is how things are.
const ODD_SHARE_MAX: f64 = 0.02;
const ODD_MEMORY_FRAMES: f64 = 2000.0;
/// Nor are the frames next to it, this many with the odd one: the views, which look at the last few, still see it. A
/// handful of lessons this odd would hide for thousands of frames what is a little less so.
const ODD_SPAN_FRAMES: u32 = 3;
/// The meta-learner silences an alarm only where it is this sure.
const SURE: f64 = 0.7;
/// A silence is judged against a week of habits and nothing else.
const SILENCE_CONFIDENCE: f64 = 0.5;

/// Everything that a verdict depends on beyond the views.
#[derive(Clone, Debug)]
pub(crate) struct Tier3 {
    fusion: Fusion,
    blame: Blame,
    episodes: Episodes,
    labels: Labels,
    meta: Meta,
    flood: Flood,
    quiet: Quiet,
    /// How many of the last frames were odd, and how many came since one was.
    odd_share: f64,
    since_odd: u32,
    false_alarm_rate: f64,
}
state!(Tier3 { fusion, blame, episodes, labels, meta, flood, quiet, odd_share, since_odd; false_alarm_rate });

impl Tier3 {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self {
            fusion: Fusion::new(),
            blame: Blame::new(schema.streams().len()),
            episodes: Episodes::new(schema.false_alarm_rate()),
            labels: Labels::new(),
            meta: Meta::new(schema.seed()),
            flood: Flood::new(),
            quiet: Quiet::new(schema),
            odd_share: 0.0,
            since_odd: ODD_SPAN_FRAMES,
            false_alarm_rate: schema.false_alarm_rate(),
        }
    }

    pub(crate) fn episodes(&self) -> impl DoubleEndedIterator<Item = &Episode> + ExactSizeIterator {
        self.episodes.iter()
    }

    pub(crate) fn held_back(&self) -> u64 {
        self.flood.held_back()
    }

    pub(crate) fn label(&mut self, episode: u64, label: Label) -> Result<(), LabelFault> {
        self.labels.label(episode, label, &mut self.episodes, &mut self.meta)
    }

    pub(crate) fn undo(&mut self) -> Result<u64, LabelFault> {
        self.labels.undo(&mut self.episodes, &mut self.meta)
    }

    /// Judges the frame whose tier-1 part stands in `verdict` already, fills the rest, and learns. True where the
    /// frame is a lesson in what is normal, which it is not where anyone knows better (`is_no_lesson`).
    pub(crate) fn step(
        &mut self,
        joint: [Opinion; View::COUNT - 1],
        frames: u64,
        is_no_lesson: bool,
        verdict: &mut Verdict,
    ) -> bool {
        self.blame.judge(&mut verdict.streams);
        let fused = self.fusion.judge(&verdict.streams, joint, frames, !verdict.silences.is_empty());
        let news = self.quiet.news(&verdict.silences).copied();
        let mut finding = self.finding(verdict.at_ms, &fused, &verdict.streams);
        // Silence speaks for itself where it is the only news, or the frame has nothing else to judge.
        if let Some(silence) = news.filter(|_| !finding.is_news) {
            finding = silent(&silence, &finding);
        }
        let is_news = finding.is_news;
        verdict.finding = Finding { is_wanted: self.is_wanted(&finding), ..finding };
        verdict.score = 1.0 - finding.chance;
        verdict.oddness = fused.oddness;
        verdict.news = fused.news;
        verdict.confidence = fused.confidence;
        verdict.views = fused.views;
        verdict.alarm = self.opens(&finding);
        let is_odd = !self.carry(&finding, verdict) || self.is_expected(&finding);
        self.odd_share += (f64::from(u8::from(is_odd)) - self.odd_share) / ODD_MEMORY_FRAMES;
        self.since_odd = if is_odd { 0 } else { self.since_odd.saturating_add(1) };
        let is_by_odd = self.since_odd < ODD_SPAN_FRAMES;
        let is_calm = !is_no_lesson && (!is_by_odd || self.odd_share > ODD_SHARE_MAX);

        self.blame.learn(&verdict.streams);
        self.quiet.learn(&verdict.silences);
        self.fusion.learn(&fused, is_news, is_calm);
        self.meta.learn(channels(&fused, verdict), is_calm);
        is_calm
    }

    /// Whether it is odd, and its kind was called expected: no alarm, and no lesson in what is normal either.
    fn is_expected(&self, finding: &Finding) -> bool {
        (finding.is_news || finding.is_abnormal) && self.labels.is_expected(&finding.signature)
    }

    /// Whether one of the silences was not told yet.
    pub(crate) fn is_news(&self, silences: &[silence::Finding]) -> bool {
        self.quiet.news(silences).is_some()
    }

    /// Judges a moment without a frame, on which `verdict` names the silences.
    pub(crate) fn step_silence(&mut self, verdict: &mut Verdict) {
        verdict.views = Default::default();
        verdict.oddness = 0.0;
        verdict.news = 0.0;
        let Some(silence) = self.quiet.news(&verdict.silences).copied() else { return };
        let finding = silent(&silence, &Finding::calm(verdict.at_ms));
        verdict.score = 1.0 - finding.chance;
        verdict.confidence = SILENCE_CONFIDENCE;
        verdict.finding = Finding { is_wanted: self.is_wanted(&finding), ..finding };
        verdict.alarm = self.opens(&finding);
        self.carry(&finding, verdict);
        self.quiet.learn(&verdict.silences);
    }

    /// Takes the episodes one moment further, and says so in the verdict. True where nothing is wrong.
    fn carry(&mut self, finding: &Finding, verdict: &mut Verdict) -> bool {
        let severity = finding.severity(self.false_alarm_rate, 1);
        if verdict.alarm {
            self.episodes.begin(finding);
            self.labels.remember(self.episodes.open().map_or(0, |open| open.id), self.meta.recent());
        } else {
            self.episodes.carry(finding);
        }
        let open = self.episodes.open().filter(|_| finding.is_abnormal || finding.is_news);
        verdict.episode = open.map(|open| open.id);
        verdict.severity = open.map_or(Severity::None, |open| open.severity.max(severity));
        open.is_none()
    }

    fn finding(&self, at_ms: i64, fused: &Fused, streams: &[StreamVerdict]) -> Finding {
        let Fused { chance, rarity, news, .. } = *fused;
        let calm = Finding { chance, rarity, news, ..Finding::calm(at_ms) };
        let calm = calm.at_rate(self.false_alarm_rate);
        let loosest = calm.at_rate(self.false_alarm_rate.max(LOOSEST_RATE));
        if !loosest.is_news && !loosest.is_abnormal {
            // Nobody asks who carries it.
            return calm;
        }
        let oddest = most_blamed(streams);
        let reason = oddest.and_then(|place| streams[place].reason);
        Finding { stream: oddest, reason, signature: Signature::of(self.blame.carriers(streams)), ..calm }
    }

    /// Whether an alarm goes out: there is news, it is no part of what is known, nobody called it expected, and there
    /// is no flood.
    fn opens(&mut self, finding: &Finding) -> bool {
        let is_wanted = self.episodes.would_open(finding) && self.is_wanted(finding);
        self.flood.admit(is_wanted)
    }

    /// Whether what people have said lets it raise an alarm, at whatever rate.
    fn is_wanted(&self, finding: &Finding) -> bool {
        let is_telling = finding.is_news || finding.at_rate(LOOSEST_RATE).is_news;
        is_telling
            && !self.labels.is_expected(&finding.signature)
            && !self.meta.judge().is_some_and(|(real, merit)| (1.0 - real) * merit > SURE)
    }
}

impl Tier3 {
    /// The id of the newest episode: how many alarms were raised.
    pub(crate) fn last_episode(&self) -> u64 {
        self.episodes.last_id()
    }

    /// Changes what raises an alarm; nothing that was learned depends on it.
    pub(crate) fn set_false_alarm_rate(&mut self, rate: f64) {
        self.false_alarm_rate = rate;
        self.episodes.set_false_alarm_rate(rate);
    }
}

/// What a silence means for the episodes.
fn silent(silence: &silence::Finding, frame: &Finding) -> Finding {
    Finding {
        at_ms: frame.at_ms,
        chance: silence.chance.min(frame.chance),
        is_news: true,
        is_abnormal: true,
        stream: silence.stream,
        reason: None,
        cause: Some(silence.cause),
        group: silence.group,
        signature: quiet::signature(silence),
        ..*frame
    }
}

/// A frame as the meta-learner sees it.
fn channels(fused: &Fused, verdict: &Verdict) -> [f32; CHANNELS] {
    let mut channels = [0.0; CHANNELS];
    channels[0] = verdict.score as f32;
    channels[1] = verdict.confidence as f32;
    channels[2] = (fused.news / 10.0).min(1.0) as f32;
    let odd = verdict.streams.iter().filter(|stream| stream.score.is_some_and(|score| score > 0.99)).count();
    channels[3] = odd as f32 / verdict.streams.len().max(1) as f32;
    for (channel, view) in channels[4..].iter_mut().zip(&verdict.views) {
        *channel = view.score.unwrap_or(0.0) as f32;
    }
    channels
}
