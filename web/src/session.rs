//! Everything that the page knows, as one struct of signals. What can be derived is derived where it is shown.

use fourfold::cause::Mode;
use fourfold::wire::EpisodeJson;
use fourfold_web::chart::pyramid::Pyramid;
use fourfold_web::chart::scale::Span;
use fourfold_web::chart::ticks::{Clock, grouped};
use fourfold_web::table::Note;
use fourfold_web::thread::{Agreement, HealthNote, Said, Settings, StreamNote};
use leptos::prelude::*;

use crate::kept;
use crate::link::Link;

mod reports;
mod why;

pub(crate) use why::{Lesson, Told, Why};

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

/// What stands beside the lanes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// What happened, and why.
    #[default]
    Findings,
    /// How every stream is.
    Streams,
    /// How the file was read.
    File,
    /// What can be taken away.
    Save,
}

/// What is drawn.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) times_ms: Vec<f64>,
    pub(crate) streams: Vec<StreamNote>,
    pub(crate) lanes: Vec<Pyramid>,
    /// Which stream moves which, as places.
    pub(crate) links: Vec<(u32, u32)>,
    pub(crate) gap_ms: f64,
    /// First and last moment of what the file itself calls abnormal.
    pub(crate) labelled: Vec<(f64, f64)>,
    pub(crate) alarm_oddness: f64,
    pub(crate) clock: Clock,
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

/// What people set to their liking.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Controls {
    /// The share of normal frames that may raise an alarm.
    pub(crate) rate: RwSignal<f64>,
    /// The same as the schema has it.
    pub(crate) own_rate: RwSignal<f64>,
    pub(crate) mode: RwSignal<Mode>,
    pub(crate) worst_first: RwSignal<bool>,
    pub(crate) is_paused: RwSignal<bool>,
    /// Rows per second; `None` as fast as it goes.
    pub(crate) pace: RwSignal<Option<f64>>,
}

impl Controls {
    fn new() -> Self {
        Self {
            rate: RwSignal::new(0.001),
            own_rate: RwSignal::new(0.001),
            mode: RwSignal::default(),
            worst_first: RwSignal::new(true),
            is_paused: RwSignal::new(false),
            pace: RwSignal::new(None),
        }
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
    /// What somebody said of the file, and the preset that it follows.
    pub(crate) settings: RwSignal<Settings>,
    pub(crate) preset: RwSignal<Option<String>>,
    pub(crate) tab: RwSignal<Tab>,
    /// Groups whose lanes are folded away.
    pub(crate) folded: RwSignal<Vec<String>>,
    pub(crate) health: RwSignal<Vec<HealthNote>>,
    pub(crate) agreement: RwSignal<Option<Agreement>>,
    /// Frames that a session had learned when it was opened, and the last of them.
    pub(crate) resumed: RwSignal<Option<(u64, Option<i64>)>>,
    pub(crate) controls: Controls,
    pub(crate) episodes: RwSignal<Vec<EpisodeJson<'static>>>,
    pub(crate) selected: RwSignal<Option<u64>>,
    pub(crate) why: RwSignal<Why>,
    /// What people said of episodes, and what the newest word changed.
    pub(crate) said: RwSignal<Vec<Said>>,
    /// Words that a session came with and that were taken back, and those that still can be.
    pub(crate) earlier: RwSignal<(u32, u32)>,
    pub(crate) lesson: RwSignal<Option<Lesson>>,
    /// Episodes that the engine told since it began, or began again.
    retold: StoredValue<Vec<u64>>,
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
            settings: RwSignal::default(),
            preset: RwSignal::new(None),
            tab: RwSignal::default(),
            folded: RwSignal::default(),
            health: RwSignal::default(),
            agreement: RwSignal::new(None),
            resumed: RwSignal::new(None),
            controls: Controls::new(),
            episodes: RwSignal::default(),
            selected: RwSignal::new(None),
            why: RwSignal::default(),
            said: RwSignal::default(),
            earlier: RwSignal::default(),
            lesson: RwSignal::new(None),
            retold: StoredValue::default(),
            view: RwSignal::default(),
            cursor_ms: RwSignal::new(None),
            brush: RwSignal::new(None),
            is_dropping: RwSignal::new(false),
            theme: RwSignal::new(String::new()),
        }
    }

    /// Back to the first screen.
    pub(crate) fn go_home(&self, link: Link) {
        link.cancel();
        kept::drop_file();
        self.begin("", 0.0);
        self.phase.set(Phase::Welcome);
    }

    /// Looks at everything again.
    pub(crate) fn reset_view(&self) {
        self.view.set(self.timeline.with_untracked(Timeline::whole));
        self.unselect();
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
        self.why.set(Why::Asked);
    }

    /// Up to where it is judged, while that is going on.
    pub(crate) fn judged_ms(&self) -> Option<f64> {
        if self.phase.get_untracked() != Phase::Judging {
            return None;
        }
        let row = self.rows_judged.get_untracked() as usize;
        self.timeline.with_untracked(|timeline| timeline.times_ms.get(row).copied())
    }

    /// Folds a group's lanes away, or unfolds them.
    pub(crate) fn fold(&self, group: &str) {
        self.folded.update(|folded| match folded.iter().position(|known| known == group) {
            Some(place) => _ = folded.remove(place),
            None => folded.push(group.to_string()),
        });
    }

    /// Closes the explanation; the view stays.
    pub(crate) fn unselect(&self) {
        self.selected.set(None);
        self.why.set(Why::Nothing);
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

/// Ten to the power of `oddness`, as people say odds.
#[expect(clippy::disallowed_methods, reason = "this is text on a screen: no verdict depends on it")]
pub(crate) fn one_in(oddness: f64) -> String {
    let chance = 10_f64.powf(oddness);
    // Two digits are as exact as odds are; hundreds are said whole.
    let unit = if oddness < 3.0 { 1.0 } else { 10_f64.powf(oddness.floor() - 1.0) };
    format!("1 in {}", grouped((chance / unit).round() * unit))
}

/// How many zeros the odds of a score have, up to seven: what a screen can tell apart.
#[expect(clippy::disallowed_methods, reason = "these are pixels: no verdict depends on them")]
pub(crate) fn oddness(score: f64) -> f64 {
    -(1.0 - score).max(1e-7).log10()
}
