//! Consecutive abnormal frames are one thing that happened: opened, updated, closed, and one alarm.

use super::fuse::Fusion;
use super::signature::Signature;
use super::{Label, Severity};
use crate::math::log10;
use crate::silence::Cause;
use crate::snapshot::{Capped, state, words};
use crate::stream::Reason;

/// Episodes that the engine itself remembers; a shell stores more.
pub(crate) const KEPT: usize = 256;
/// Calm frames that end an episode.
const CALM_FRAMES: u32 = 10;
/// Fewer calm frames are a pause: what comes after them is not another thing yet.
const PAUSE_FRAMES: u32 = 3;
/// What has stayed the same for an hour is a new normal, or a question. Hourly data is given a few frames all the same.
const STEADY_MS: i64 = 3_600_000;
const STEADY_FRAMES: u32 = 12;

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Episode {
    /// Counts from 1 and never comes again.
    pub id: u64,
    /// The first abnormal frame.
    pub opened_ms: i64,
    /// The newest abnormal frame.
    pub last_ms: i64,
    /// The frame that ended it, once it is over.
    pub closed_ms: Option<i64>,
    /// Its highest score.
    pub peak_score: f64,
    /// When it was highest.
    pub peak_ms: i64,
    /// Its abnormal frames.
    pub frames: u64,
    /// The worst that it has been.
    pub severity: Severity,
    /// The most unusual stream at the peak; `None` where silence was the finding.
    pub stream: Option<usize>,
    /// What made that stream stand out.
    pub reason: Option<Reason>,
    /// Why nobody speaks, where silence was the finding.
    pub cause: Option<Cause>,
    /// The group that fell silent, where one did.
    pub group: Option<usize>,
    /// How it ended, or `Open`.
    pub end: End,
    /// What a person called it.
    pub label: Option<Label>,
    /// What it looked like when it opened, and at its peak.
    pub(crate) opening: Signature,
    pub(crate) peak: Signature,
    calm_frames: u32,
    /// The newest frame that brought something new.
    news_ms: i64,
    frames_since_news: u32,
}
state!(Episode {
    id,
    opened_ms,
    last_ms,
    closed_ms,
    peak_score,
    peak_ms,
    frames,
    severity,
    stream,
    reason,
    cause,
    group,
    end,
    label,
    opening,
    peak,
    calm_frames,
    news_ms,
    frames_since_news
});

/// How an episode ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It goes on.
    #[default]
    Open,
    /// Everything is as it was.
    Calm,
    /// Nothing new came for an hour, yet it is not as it was: "adopt as normal?"
    NewNormal,
    /// A person adopted it as normal.
    Adopted,
    /// Something else happened before it was over.
    Overtaken,
}
words!(End { End::Open, End::Calm, End::NewNormal, End::Adopted, End::Overtaken });

/// What the views say of a frame, as far as episodes care.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finding {
    pub(crate) at_ms: i64,
    /// The chance of a frame at least this unusual.
    pub(crate) chance: f64,
    /// The same where every view is believed whatever it says: an episode goes on for less than it takes to begin one.
    pub(crate) rarity: f64,
    /// How strong the news is, in decades.
    pub(crate) news: f64,
    /// Whether nobody called its kind expected, as far as that was asked.
    pub(crate) is_wanted: bool,
    /// Something new and unusual enough for an alarm.
    pub(crate) is_news: bool,
    /// Unusual enough to belong to an episode that is open.
    pub(crate) is_abnormal: bool,
    pub(crate) stream: Option<usize>,
    pub(crate) reason: Option<Reason>,
    pub(crate) cause: Option<Cause>,
    pub(crate) group: Option<usize>,
    pub(crate) signature: Signature,
}

impl Finding {
    /// The same where one in `1 / rate` normal frames may raise an alarm. A silence is one at any rate.
    pub(crate) fn at_rate(self, rate: f64) -> Self {
        let is_silence = self.cause.is_some();
        Self {
            is_news: is_silence || self.news >= Fusion::threshold(rate),
            is_abnormal: is_silence || self.rarity < rate,
            ..self
        }
    }

    /// How bad it is, where so many frames were abnormal so far: by its chance or by its news, whichever is worse.
    pub(crate) fn severity(&self, rate: f64, frames: u64) -> Severity {
        let by_chance = log10(rate / self.chance);
        Severity::of(by_chance.max(self.news - Fusion::threshold(rate)), frames)
    }

    /// A moment with nothing to say.
    pub(crate) fn calm(at_ms: i64) -> Self {
        Self {
            at_ms,
            chance: 1.0,
            rarity: 1.0,
            news: 0.0,
            is_wanted: true,
            is_news: false,
            is_abnormal: false,
            stream: None,
            reason: None,
            cause: None,
            group: None,
            signature: Signature::default(),
        }
    }
}

/// The episodes of one engine.
#[derive(Clone, Debug)]
pub(crate) struct Episodes {
    kept: Capped<Episode>,
    last_id: u64,
    false_alarm_rate: f64,
}
state!(Episodes { kept, last_id; false_alarm_rate });

impl Episodes {
    pub(crate) fn new(false_alarm_rate: f64) -> Self {
        Self { kept: Capped::new(KEPT), last_id: 0, false_alarm_rate }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Episode> + ExactSizeIterator {
        self.kept.iter()
    }

    pub(crate) fn find_mut(&mut self, id: u64) -> Option<&mut Episode> {
        self.kept.iter_mut().find(|episode| episode.id == id)
    }

    pub(crate) fn open(&self) -> Option<&Episode> {
        self.kept.iter().next_back().filter(|episode| episode.end == End::Open)
    }

    /// Whether this frame would open an episode, and so raise an alarm.
    pub(crate) fn would_open(&self, finding: &Finding) -> bool {
        finding.is_news && self.kept.iter().next_back().is_none_or(|newest| newest.makes_way_for(finding))
    }

    /// Opens an episode; one that is open is overtaken.
    pub(crate) fn begin(&mut self, finding: &Finding) {
        if let Some(open) = self.open_mut() {
            open.finish(finding.at_ms, End::Overtaken);
        }
        self.last_id += 1;
        let mut episode = Episode {
            id: self.last_id,
            opened_ms: finding.at_ms,
            opening: finding.signature,
            ..Episode::default()
        };
        episode.extend(finding, self.false_alarm_rate);
        self.kept.push(episode);
    }

    /// Carries the open episode, if any, one frame further.
    pub(crate) fn carry(&mut self, finding: &Finding) {
        let rate = self.false_alarm_rate;
        let Some(open) = self.open_mut() else { return };
        if finding.is_abnormal || finding.is_news {
            open.extend(finding, rate);
            let is_steady =
                finding.at_ms - open.news_ms >= STEADY_MS && open.frames_since_news >= STEADY_FRAMES;
            if is_steady {
                open.finish(finding.at_ms, End::NewNormal);
            }
        } else {
            open.calm_frames = open.calm_frames.saturating_add(1);
            if open.calm_frames >= CALM_FRAMES {
                open.finish(finding.at_ms, End::Calm);
            }
        }
    }

    fn open_mut(&mut self) -> Option<&mut Episode> {
        self.kept.newest_mut().filter(|episode| episode.end == End::Open)
    }
}

impl Episodes {
    pub(crate) fn last_id(&self) -> u64 {
        self.last_id
    }

    pub(crate) fn set_false_alarm_rate(&mut self, rate: f64) {
        self.false_alarm_rate = rate;
    }
}

impl Episode {
    pub(crate) fn finish(&mut self, at_ms: i64, end: End) {
        self.closed_ms = Some(at_ms);
        self.end = end;
    }

    /// Whether a finding is another thing that happened. News of the same kind is none while the episode lasts, nor while
    /// the question is new whether this is the new normal. News of another kind is, after some calm or some sameness.
    fn makes_way_for(&self, finding: &Finding) -> bool {
        let is_like = finding.signature.is_like(&self.peak) || finding.signature.is_like(&self.opening);
        match (self.end, self.closed_ms) {
            (End::Open, _) => {
                (self.calm_frames >= PAUSE_FRAMES || self.frames_since_news >= STEADY_FRAMES) && !is_like
            }
            (End::NewNormal, Some(asked_ms)) => !is_like || finding.at_ms - asked_ms >= STEADY_MS,
            _ => true,
        }
    }

    fn extend(&mut self, finding: &Finding, rate: f64) {
        self.last_ms = finding.at_ms;
        self.frames += 1;
        self.calm_frames = 0;
        if finding.is_news {
            self.news_ms = finding.at_ms;
            self.frames_since_news = 0;
        } else {
            self.frames_since_news = self.frames_since_news.saturating_add(1);
        }
        let score = 1.0 - finding.chance;
        if score > self.peak_score || self.frames == 1 {
            self.peak_score = score;
            self.peak_ms = finding.at_ms;
            self.peak = finding.signature;
            self.stream = finding.stream;
            self.reason = finding.reason;
            self.cause = finding.cause;
            self.group = finding.group;
        }
        self.severity = self.severity.max(finding.severity(rate, self.frames));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(at_ms: i64, chance: f64, stream: usize) -> Finding {
        Finding {
            chance,
            rarity: chance,
            is_news: chance < 0.001,
            is_abnormal: chance < 0.01,
            stream: Some(stream),
            signature: Signature::of([(stream, 1.0)].into_iter()),
            ..Finding::calm(at_ms)
        }
    }

    /// What the engine does each frame; true when an alarm goes out.
    fn step(episodes: &mut Episodes, finding: &Finding) -> bool {
        let opens = episodes.would_open(finding);
        if opens {
            episodes.begin(finding);
        } else {
            episodes.carry(finding);
        }
        opens
    }

    fn newest(episodes: &Episodes) -> &Episode {
        episodes.iter().next_back().expect("an episode")
    }

    #[test]
    fn one_thing_is_one_alarm() {
        let mut episodes = Episodes::new(0.001);
        let chances = [0.5, 0.0001, 0.005, 0.000_001, 0.5, 0.002];
        let alarms: alloc::vec::Vec<bool> =
            (0..).zip(chances).map(|(at, chance)| step(&mut episodes, &finding(at, chance, 0))).collect();
        assert_eq!(alarms, [false, true, false, false, false, false]);
        (10..20).for_each(|at| assert!(!step(&mut episodes, &finding(at, 0.5, 0))));
        let episode = newest(&episodes);
        assert_eq!((episode.id, episode.opened_ms, episode.last_ms, episode.closed_ms), (1, 1, 5, Some(19)));
        assert_eq!((episode.frames, episode.peak_ms, episode.end), (4, 3, End::Calm));
        assert!(step(&mut episodes, &finding(30, 0.0001, 0)));
        assert_eq!(newest(&episodes).id, 2);
    }

    #[test]
    fn a_lasting_new_level_ends_with_a_question() {
        let mut episodes = Episodes::new(0.001);
        assert!(step(&mut episodes, &finding(0, 0.0001, 0)));
        let minute_ms = 60_000;
        (1..=60).for_each(|minute| assert!(!step(&mut episodes, &finding(minute * minute_ms, 0.005, 0))));
        assert_eq!(newest(&episodes).end, End::NewNormal);
    }

    #[test]
    fn another_thing_overtakes_only_what_fades() {
        let mut episodes = Episodes::new(0.001);
        assert!(step(&mut episodes, &finding(0, 0.0001, 0)));
        assert!(!step(&mut episodes, &finding(1, 0.0001, 1)), "moving together is one incident");
        (2..5).for_each(|at| assert!(!step(&mut episodes, &finding(at, 0.5, 0))));
        assert!(step(&mut episodes, &finding(5, 0.0001, 2)));
        assert_eq!(
            episodes.iter().map(|episode| episode.end).collect::<alloc::vec::Vec<_>>(),
            [End::Overtaken, End::Open]
        );
    }

    #[test]
    fn severity_knows_size() {
        let rate = 0.001;
        let spike = |news| Finding { news, chance: 0.0008, ..finding(0, 0.0008, 0) }.severity(rate, 1);
        assert_eq!(spike(Fusion::threshold(rate)), Severity::Low);
        assert_eq!(spike(Fusion::threshold(rate) + 4.0), Severity::Critical);
        // What is no news is as bad as its chance says.
        assert_eq!(Finding { news: 0.0, ..finding(0, 5e-6, 0) }.severity(rate, 1), Severity::High);
    }
}
