//! Everything that the page knows, as one struct of signals. What can be derived is derived where it is shown.

use fourfold::wire::EpisodeJson;
use fourfold_web::chart::pyramid::Pyramid;
use fourfold_web::chart::scale::Span;
use fourfold_web::chart::trace::gap_ms;
use fourfold_web::table::Note;
use fourfold_web::thread::{Report, StreamNote};
use leptos::prelude::*;

/// Where the work on a file stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Phase {
    /// Nothing was opened yet.
    #[default]
    Welcome,
    /// The file is being read.
    Reading { share: f64, rows: u32 },
    /// The engine is at work.
    Judging,
    /// This device is watched.
    Live,
    /// All is judged.
    Done { digest: String, reading_ms: f64, judging_ms: f64 },
    /// Stopped by the user; what was judged until then stays.
    Cancelled,
    /// A sentence that says what to do.
    Failed(String),
}

/// What is drawn.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) times_ms: Vec<f64>,
    pub(crate) streams: Vec<StreamNote>,
    pub(crate) lanes: Vec<Pyramid>,
    pub(crate) gap_ms: f64,
    pub(crate) alarm_oddness: f64,
    pub(crate) has_time: bool,
}

impl Timeline {
    /// All of its time.
    pub(crate) fn whole(&self) -> Span {
        let from_ms = self.times_ms.first().copied().unwrap_or_default();
        let to_ms = self.times_ms.last().copied().unwrap_or_default();
        Span { from_ms, to_ms: to_ms.max(from_ms + 1.0) }
    }

    /// The row nearest to a moment.
    pub(crate) fn row_at(&self, at_ms: f64) -> Option<usize> {
        nearest(&self.times_ms, at_ms)
    }
}

fn nearest(times_ms: &[f64], at_ms: f64) -> Option<usize> {
    let after = times_ms.partition_point(|&time| time < at_ms);
    let before = after.checked_sub(1);
    match (before, times_ms.get(after)) {
        (Some(before), Some(next)) if at_ms - times_ms[before] <= next - at_ms => Some(before),
        (_, Some(_)) => Some(after),
        (before, None) => before,
    }
}

/// What the engine said. It grows while the lanes stand still, so it is a signal of its own.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    /// Verdicts have times of their own: there are some on silence, where there is no row.
    pub(crate) times_ms: Vec<f64>,
    /// How many zeros the odds have: 3 is one in a thousand.
    pub(crate) oddness: Pyramid,
    pub(crate) confidence: Pyramid,
}

impl Verdicts {
    /// The verdict nearest to a moment: oddness and confidence.
    pub(crate) fn verdict_at(&self, at_ms: f64) -> Option<(f64, f64)> {
        let place = nearest(&self.times_ms, at_ms)?;
        Some((*self.oddness.values().get(place)?, *self.confidence.values().get(place)?))
    }
}

/// The page's state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) file_name: RwSignal<String>,
    pub(crate) file_bytes: RwSignal<f64>,
    pub(crate) job: RwSignal<u32>,
    pub(crate) timeline: RwSignal<Timeline>,
    pub(crate) verdicts: RwSignal<Verdicts>,
    pub(crate) rows_judged: RwSignal<u32>,
    pub(crate) judging_since_ms: RwSignal<f64>,
    pub(crate) note: RwSignal<Note>,
    pub(crate) episodes: RwSignal<Vec<EpisodeJson<'static>>>,
    pub(crate) selected: RwSignal<Option<u64>>,
    pub(crate) view: RwSignal<Span>,
    pub(crate) cursor_ms: RwSignal<Option<f64>>,
    /// What a brush covers, while it is drawn.
    pub(crate) brush: RwSignal<Option<Span>>,
    pub(crate) is_dropping: RwSignal<bool>,
    /// Changes when the colours do.
    pub(crate) theme: RwSignal<String>,
}

impl Session {
    pub(crate) fn new() -> Self {
        Self {
            phase: RwSignal::default(),
            file_name: RwSignal::default(),
            file_bytes: RwSignal::default(),
            job: RwSignal::new(0),
            timeline: RwSignal::default(),
            verdicts: RwSignal::default(),
            rows_judged: RwSignal::new(0),
            judging_since_ms: RwSignal::default(),
            note: RwSignal::default(),
            episodes: RwSignal::default(),
            selected: RwSignal::new(None),
            view: RwSignal::default(),
            cursor_ms: RwSignal::new(None),
            brush: RwSignal::new(None),
            is_dropping: RwSignal::new(false),
            theme: RwSignal::new(String::new()),
        }
    }

    /// Empties the page for another file and gives its number.
    pub(crate) fn begin(&self, name: &str, bytes: f64) -> u32 {
        let job = self.job.get_untracked() + 1;
        self.job.set(job);
        self.file_name.set(name.to_string());
        self.file_bytes.set(bytes);
        self.timeline.set(Timeline::default());
        self.verdicts.set(Verdicts::default());
        self.episodes.set(Vec::new());
        self.selected.set(None);
        self.cursor_ms.set(None);
        self.brush.set(None);
        self.rows_judged.set(0);
        self.phase.set(Phase::Reading { share: 0.0, rows: 0 });
        job
    }

    /// Takes a report of the engine thread. Those on an earlier file are late and mean nothing any more.
    pub(crate) fn take(&self, report: Report, mut parts: Vec<Vec<f64>>) {
        let current = self.job.get_untracked();
        match report {
            Report::Reading { job, bytes, rows } if job == current => {
                let share = bytes / self.file_bytes.get_untracked().max(1.0);
                self.phase.set(Phase::Reading { share, rows });
            }
            Report::Read { job, streams, note, false_alarm_rate } if job == current => {
                let times_ms = parts.pop().unwrap_or_default();
                let timeline = Timeline {
                    gap_ms: gap_ms(&times_ms),
                    lanes: vec![Pyramid::default(); streams.len()],
                    has_time: note.time_column.is_some(),
                    alarm_oddness: oddness(1.0 - false_alarm_rate),
                    times_ms,
                    streams,
                };
                self.view.set(timeline.whole());
                self.timeline.set(timeline);
                self.note.set(note);
                self.judging_since_ms.set(js_sys::Date::now());
                self.phase.set(Phase::Judging);
            }
            // All lanes follow each other at once: they are drawn when the last is there, not 32 times.
            Report::Lane { job, place } if job == current => self.timeline.maybe_update(|timeline| {
                if let (Some(lane), Some(values)) = (timeline.lanes.get_mut(place as usize), parts.pop()) {
                    *lane = Pyramid::new(values);
                }
                place as usize + 1 == timeline.lanes.len()
            }),
            Report::Judged { job, rows, episodes } if job == current => {
                self.rows_judged.set(rows);
                self.add_verdicts(&parts);
                self.add_episodes(episodes);
            }
            Report::Live(report) => self.take_live(report, &parts),
            Report::Done { job, digest, reading_ms, judging_ms } if job == current => {
                self.phase.set(Phase::Done { digest, reading_ms, judging_ms });
            }
            Report::Cancelled { job } if job == current => {
                let is_drawn = self.timeline.with_untracked(|timeline| !timeline.times_ms.is_empty());
                self.phase.set(if is_drawn { Phase::Cancelled } else { Phase::Welcome });
            }
            Report::Failed { job, message } if job == current => self.phase.set(Phase::Failed(message)),
            _ => {}
        }
    }

    pub(crate) fn add_episodes(&self, episodes: Vec<EpisodeJson<'static>>) {
        if !episodes.is_empty() {
            self.episodes.update(|known| {
                known.retain(|old| episodes.iter().all(|new| new.id != old.id));
                known.extend(episodes);
                known.sort_by_key(|episode| episode.id);
            });
        }
    }

    pub(crate) fn add_verdicts(&self, parts: &[Vec<f64>]) {
        let [times_ms, scores, confidences] = parts else { return };
        let odds: Vec<f64> = scores.iter().map(|&score| oddness(score)).collect();
        self.verdicts.update(|verdicts| {
            verdicts.times_ms.extend_from_slice(times_ms);
            verdicts.oddness.extend(&odds);
            verdicts.confidence.extend(confidences);
        });
    }

    /// Looks at everything again.
    pub(crate) fn reset_view(&self) {
        self.view.set(self.timeline.with_untracked(Timeline::whole));
        self.selected.set(None);
    }

    /// Looks at one episode, with as much before and after.
    pub(crate) fn look_at(&self, episode: &EpisodeJson<'static>) {
        let (whole, gap_ms) = self.timeline.with_untracked(|timeline| (timeline.whole(), timeline.gap_ms));
        let (from_ms, to_ms) = (episode.opened as f64, episode.last as f64);
        let margin_ms = (to_ms - from_ms).max(gap_ms * 8.0);
        self.view.set(Span {
            from_ms: (from_ms - margin_ms).max(whole.from_ms),
            to_ms: (to_ms + margin_ms).min(whole.to_ms),
        });
        self.cursor_ms.set(Some(episode.peak as f64));
        self.selected.set(Some(episode.id));
    }

    /// Zooms around a moment, or around the middle.
    pub(crate) fn zoom(&self, around_ms: Option<f64>, factor: f64) {
        let (whole, least_ms) =
            self.timeline.with_untracked(|timeline| (timeline.whole(), timeline.gap_ms * 2.0));
        self.view.update(|view| {
            let around_ms = around_ms.unwrap_or((view.from_ms + view.to_ms) / 2.0);
            *view = view.zoomed(around_ms, factor, whole, least_ms);
        });
    }

    /// Moves the view.
    pub(crate) fn pan(&self, by_ms: f64) {
        let whole = self.timeline.with_untracked(Timeline::whole);
        self.view.update(|view| *view = view.moved(by_ms, whole));
    }
}

/// How many zeros the odds of a score have, up to seven: what a screen can tell apart.
#[expect(clippy::disallowed_methods, reason = "these are pixels: no verdict depends on them")]
pub(crate) fn oddness(score: f64) -> f64 {
    -(1.0 - score).max(1e-7).log10()
}
