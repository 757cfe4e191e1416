//! Tier 3: one verdict per frame, one episode per thing that happened.
//!
//! # What it computes
//!
//! Three outputs, for three needs. [`score`](Verdict::score) is one minus the chance of a frame at least this unusual,
//! nowadays: on simulated clean streams 0.95 and 0.99 are reached by as many frames as they say, within a factor 1.5.
//! [`oddness`](Verdict::oddness) ranks frames, and stays high through a long anomaly, which in time makes itself usual in
//! the score. [`alarm`](Verdict::alarm) is true once per thing that happens, when its [`news`](Verdict::news) pass what
//! the schema's false-alarm rate allows. Every stream's [`blame`](crate::stream::StreamVerdict::blame) says who carries it.
//!
//! - Every [`View`] shows its vote, its weight and its [`Health`]. A view that repeats itself or answers with what is no
//!   number is outvoted and named.
//! - [`confidence`](Verdict::confidence) says how much there was to judge with, how settled the views are and how far they
//!   agree; [`Severity`] how unlikely it is, and how lasting.
//! - Abnormal frames in a row are one [`Episode`], with an id that stays. What lasts for an hour without news ends as a new
//!   normal, or as a question that a [`Label`] answers.
//! - "Expected" keeps the like of an episode from raising alarms again, "real" teaches what to look for; `undo` takes either
//!   back to the bit. Labels also teach a forest that reads the course of the scores, heard only as far as it has been right.
//! - A silence of [`tick`](crate::Engine::tick) is told once, for as long as it lasts.
//! - Where episodes themselves come in a flood, the surplus of alarms is held back and counted.
//!
//! # What it costs
//!
//! 0.3 MB, most of it the 256 newest episodes, the labels and what they taught. Little time: some logarithms per view.
//!
//! # When it is wrong
//!
//! - The threshold knows rates, not consequences: an alarm is unusual, not necessarily bad.
//! - In the first frames every view is cold; the confidence is near 0, and the score says little.
//! - Two things that happen at the same time are one episode.
//! - Smooth waves that beat against each other raise some alarms beyond the rate: each beat is a little unlike all before.
//! - A new normal that comes as slowly as a season has no beginning, so it raises no alarm.
//! - A label speaks of a kind of episode: something bad that looks like an expected thing is expected too.
//!
//! # Example
//!
//! ```
//! use fourfold::{Engine, Frame, Label, SchemaDraft, Severity};
//!
//! let mut engine = Engine::new(SchemaDraft::of_streams(["queue"]).validate()?);
//! let mut alarms = Vec::new();
//! for minute in 0..1000_i64 {
//!     // A quarter of an hour in which the queue is far too long.
//!     let queue = if (600..615).contains(&minute) { 400.0 + minute as f64 } else { (minute % 9) as f64 };
//!     let verdict = engine.observe(Frame { at_ms: 60_000 * minute, values: &[queue] })?;
//!     if verdict.alarm {
//!         assert!(verdict.score > 0.99 && verdict.severity > Severity::None);
//!         alarms.push((minute, verdict.episode));
//!     }
//! }
//! let episode = engine.episodes().next_back().cloned().ok_or("one thing happened")?;
//! assert_eq!(alarms, [(600, Some(episode.id))]);
//! assert_eq!(episode.stream, Some(0));
//! engine.label(episode.id, Label::Expected)?;
//! assert_eq!(engine.undo()?, episode.id);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blame;
mod episode;
mod flood;
mod fuse;
mod insistence;
mod label;
mod linger;
mod member;
mod meta;
mod output;
mod quiet;
mod severity;
mod signature;
mod tape;
mod tier;

pub use crate::ingest::Standing;
pub(crate) use episode::Finding;
pub use episode::{End, Episode};
pub use label::Label;
pub use output::Output;
pub use severity::Severity;
use signature::Signature;
pub use tape::{LOOSEST_RATE, Tape};
pub(crate) use tier::Tier3;

use alloc::vec::Vec;

use crate::opinion::Health;
use crate::schema::Schema;
use crate::silence;
use crate::stream::StreamVerdict;

/// The answer for one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The frame's time; for a verdict on silence, the time of the tick.
    pub at_ms: i64,
    /// How firm it is: final, unless late events may still change it.
    pub standing: Standing,
    /// One minus the chance of a frame at least this unusual, in [0, 1]: 0.99 is reached by one normal frame in a hundred.
    pub score: f64,
    /// How odd the frame is, from 0 up, on no fixed scale. It is the number to rank frames by: it is not fitted to what
    /// was seen lately, so it stays high through a long anomaly.
    pub oddness: f64,
    /// How strong the news is: decades of unlikeliness, 0 for nothing new. It is high once per thing that happens.
    pub news: f64,
    /// True once per episode, with the first verdict that opens it.
    pub alarm: bool,
    /// How much there was to judge with, in [0, 1].
    pub confidence: f64,
    /// How bad it is.
    pub severity: Severity,
    /// The episode that this frame belongs to.
    pub episode: Option<u64>,
    /// Tier 1, in the order of the schema's streams.
    pub streams: Vec<StreamVerdict>,
    /// What went into the score, in the order of [`View::ALL`].
    pub views: [ViewVerdict; View::COUNT],
    /// Who is overdue, and why: the widest silences first.
    pub silences: Vec<silence::Finding>,
    /// True for a verdict of `tick`: there was no frame, and that is what is judged.
    pub from_silence: bool,
    /// What the episodes were told of it.
    pub(crate) finding: Finding,
}

/// One way of looking at a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The most unusual of all streams by themselves.
    Streams,
    /// Whether all streams together were ever in a state like this.
    Novelty,
    /// Whether streams that belong together still do.
    Dependence,
    /// How thinly this corner of all features was visited.
    Forest,
    /// How usual it is that just these streams speak.
    Gaps,
    /// Whether nobody acts although somebody usually does by now.
    Silence,
}

impl View {
    /// How many views there are.
    pub const COUNT: usize = 6;
    /// Every view, in the order of [`Verdict::views`].
    pub const ALL: [Self; Self::COUNT] =
        [Self::Streams, Self::Novelty, Self::Dependence, Self::Forest, Self::Gaps, Self::Silence];
}

/// What a view said, and how far it was believed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ViewVerdict {
    /// One minus the chance, in [0, 1]; `None` where the view has no opinion.
    pub score: Option<f64>,
    /// How much it had to judge with, in [0, 1].
    pub weight: f64,
    /// Whether it is fit to be heard.
    pub health: Health,
}

impl Verdict {
    /// The stream that carries what is odd; `None` where nothing is, or silence is the finding.
    pub fn carrier(&self) -> Option<usize> {
        self.finding.stream
    }

    pub(crate) fn blank(schema: &Schema) -> Self {
        let (streams, groups) = (schema.streams().len(), schema.groups().len());
        Self { silences: Vec::with_capacity(streams + groups + 1), ..Self::of_width(streams) }
    }

    /// A verdict on so many streams that says nothing: a shell that keeps verdicts fills its fields in again.
    #[must_use]
    pub fn of_width(streams: usize) -> Self {
        Self {
            at_ms: 0,
            standing: Standing::Final,
            score: 0.0,
            oddness: 0.0,
            news: 0.0,
            alarm: false,
            confidence: 0.0,
            severity: Severity::None,
            episode: None,
            streams: alloc::vec![StreamVerdict::default(); streams],
            views: Default::default(),
            silences: Vec::new(),
            from_silence: false,
            finding: Finding::calm(0),
        }
    }
}
