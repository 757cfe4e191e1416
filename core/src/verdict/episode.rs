//! Consecutive abnormal frames are one thing that happened, and one alarm.

use super::Severity;
use crate::math::log10;
use crate::snapshot::{Capped, state, words};
use crate::stream::{Reason, StreamVerdict};

/// Episodes that the engine itself remembers; a shell stores more.
const KEPT: usize = 256;
/// An open episode goes on while frames are this many times more likely than what raises an alarm.
const LINGER: f64 = 10.0;
/// Calm frames that end an episode.
const CALM_FRAMES: u64 = 10;
/// Frames after which an episode is lasting.
const LASTING_FRAMES: u64 = 30;

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
    calm_frames: u64,
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
    calm_frames
});

/// The episodes of one engine.
#[derive(Clone, Debug)]
pub(crate) struct Episodes {
    kept: Capped<Episode>,
    last_id: u64,
    false_alarm_rate: f64,
}
state!(Episodes { kept, last_id; false_alarm_rate });

/// What a frame means for the episodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) alarm: bool,
    pub(crate) episode: Option<u64>,
    pub(crate) severity: Severity,
}

impl Episodes {
    pub(crate) fn new(false_alarm_rate: f64) -> Self {
        Self { kept: Capped::new(KEPT), last_id: 0, false_alarm_rate }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Episode> + ExactSizeIterator {
        self.kept.iter()
    }

    pub(crate) fn step(&mut self, at_ms: i64, chance: f64, streams: &[StreamVerdict]) -> Step {
        let rate = self.false_alarm_rate;
        let open = self.kept.newest_mut().filter(|episode| episode.closed_ms.is_none());
        match open {
            Some(episode) if chance < rate * LINGER => {
                episode.extend(at_ms, chance, rate, streams);
                Step { alarm: false, episode: Some(episode.id), severity: episode.severity }
            }
            Some(episode) => {
                episode.calm_frames += 1;
                if episode.calm_frames < CALM_FRAMES {
                    return Step::default();
                }
                episode.closed_ms = Some(at_ms);
                Step::default()
            }
            None if chance < rate => {
                self.last_id += 1;
                let mut episode = Episode { id: self.last_id, opened_ms: at_ms, ..Episode::default() };
                episode.extend(at_ms, chance, rate, streams);
                let step = Step { alarm: true, episode: Some(episode.id), severity: episode.severity };
                self.kept.push(episode);
                step
            }
            None => Step::default(),
        }
    }
}

impl Episode {
    fn extend(&mut self, at_ms: i64, chance: f64, rate: f64, streams: &[StreamVerdict]) {
        self.last_ms = at_ms;
        self.frames += 1;
        self.calm_frames = 0;
        if 1.0 - chance > self.peak_score || self.frames == 1 {
            self.peak_score = 1.0 - chance;
            self.peak_ms = at_ms;
            let scored =
                streams.iter().enumerate().filter_map(|(place, stream)| Some((place, stream.score?)));
            // Of equally odd streams the first is named: the order of the schema, on every target.
            let oddest = scored.fold(None, |best: Option<(usize, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            });
            self.stream = oddest.map(|(place, _)| place);
            self.reason = oddest.and_then(|(place, _)| streams[place].reason);
        }
        self.severity = self.severity.max(severity(chance, rate, self.frames));
    }
}

fn severity(chance: f64, rate: f64, frames: u64) -> Severity {
    let magnitudes = log10(rate / chance);
    let is_lasting = frames >= LASTING_FRAMES;
    match magnitudes {
        m if m >= 3.0 || (m >= 2.0 && is_lasting) => Severity::Critical,
        m if m >= 2.0 || is_lasting => Severity::High,
        m if m >= 1.0 => Severity::Medium,
        _ => Severity::Low,
    }
}

words!(Severity { Severity::None, Severity::Low, Severity::Medium, Severity::High, Severity::Critical });
words!(Reason {
    Reason::Residual,
    Reason::Novelty,
    Reason::Level,
    Reason::Spread,
    Reason::Flat,
    Reason::Drift,
    Reason::Jump,
    Reason::Bounds,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_one_alarm() {
        let mut episodes = Episodes::new(0.001);
        let streams = [StreamVerdict {
            score: Some(0.9),
            reason: Some(Reason::Residual),
            present: true,
            ..StreamVerdict::default()
        }];
        let chances = [0.5, 0.0001, 0.005, 0.000_001, 0.5, 0.002];
        let steps = chances.iter().zip(0..).map(|(&chance, at)| episodes.step(at, chance, &streams));
        let alarms: alloc::vec::Vec<bool> = steps.map(|step| step.alarm).collect();
        assert_eq!(alarms, [false, true, false, false, false, false]);
        (10..20).for_each(|at| assert_eq!(episodes.step(at, 0.5, &streams), Step::default()));
        let episode = episodes.iter().next_back().expect("one episode");
        assert_eq!((episode.id, episode.opened_ms, episode.last_ms, episode.closed_ms), (1, 1, 5, Some(19)));
        assert_eq!((episode.frames, episode.peak_ms, episode.severity), (4, 3, Severity::Critical));
        assert_eq!((episode.stream, episode.reason), (Some(0), Some(Reason::Residual)));
        assert!(episodes.step(30, 0.0001, &streams).alarm);
        assert_eq!(episodes.iter().next_back().map(|episode| episode.id), Some(2));
    }
}
