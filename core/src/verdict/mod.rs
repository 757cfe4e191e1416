//! Tier 3: one verdict per frame, one episode per thing that happened.

mod episode;
mod flood;
mod fuse;
mod label;
mod member;
mod meta;
mod quiet;
mod severity;
mod signature;
mod tier;

pub use crate::ingest::Standing;
pub use episode::{End, Episode};
pub use label::Label;
pub use severity::Severity;
use signature::Signature;
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
    /// One minus the chance of a frame at least this unusual, in [0, 1]. It stays high while an anomaly lasts.
    pub score: f64,
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
}

/// One way of looking at a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
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
    pub(crate) fn blank(schema: &Schema) -> Self {
        Self {
            at_ms: 0,
            standing: Standing::Final,
            score: 0.0,
            news: 0.0,
            alarm: false,
            confidence: 0.0,
            severity: Severity::None,
            episode: None,
            streams: alloc::vec![StreamVerdict::default(); schema.streams().len()],
            views: Default::default(),
            silences: Vec::with_capacity(schema.streams().len() + schema.groups().len() + 1),
            from_silence: false,
        }
    }
}
