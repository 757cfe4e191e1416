//! The answer to "why".

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::ask::Mode;
use super::suspects::Suspect;
use crate::schema::{Change, Link, Schema};
use crate::silence;

/// Why a frame is as it is.
///
/// ```
/// use fourfold::cause::{Ask, Culprit, Mode};
/// use fourfold::schema::LinkDraft;
/// use fourfold::{Engine, Frame, SchemaDraft};
///
/// let mut draft = SchemaDraft::of_streams(["pump", "flow", "light", "wind", "rain"]);
/// draft.links = vec![LinkDraft { from: "pump".into(), to: "flow".into() }];
/// let mut engine = Engine::new(draft.validate()?);
/// for minute in 0..400_i64 {
///     // The pump stops, and the flow with it a minute later.
///     let (pump, flow) = (minute < 390, minute < 391);
///     let wave = |period: i64| (minute * minute % period) as f64;
///     let (pump, flow) = (90.0 * f64::from(pump) + wave(7), 40.0 * f64::from(flow) + wave(5));
///     let values = [pump, flow, wave(11), wave(13), wave(17)];
///     engine.observe(Frame { at_ms: 1_700_000_000_000 + 60_000 * minute, values: &values })?;
/// }
/// let why = engine.explain(Ask { mode: Mode::Thorough, ..Ask::default() })?;
/// assert_eq!(why.primary_cause.map(|cause| cause.culprit), Some(Culprit::Stream(0)));
/// assert_eq!(why.temporal_sequence[0].sentence, "04:43: pump fell to 4");
/// assert_eq!(why.temporal_sequence[1].sentence, "04:44: flow fell to 1");
/// // Named, alternatives and unknown are a whole.
/// let said: f64 = why.alternative_explanations.iter().map(|other| other.probability).sum();
/// let named = why.primary_cause.map_or(0.0, |cause| cause.probability);
/// assert!((named + said + why.unknown - 1.0).abs() < 1e-9);
/// # Ok::<(), fourfold::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The frame that was explained.
    pub at_ms: i64,
    /// Where the trouble around it began.
    pub onset_ms: i64,
    /// Up to where it was looked at.
    pub end_ms: i64,
    /// How thorough it is.
    pub mode: Mode,
    /// The episode that the frame belongs to: all of it has this one explanation.
    pub episode: Option<u64>,
    /// One sentence, fit for an alert.
    pub headline: String,
    /// What probably caused it; `None` where nobody can tell: then [`confidence`](Self::confidence) is below 0.3.
    pub primary_cause: Option<Candidate>,
    /// The chance that the likeliest cause is the right one, in [0, 1]. What was not seen lowers it.
    pub confidence: f64,
    /// What else it may have been, the likeliest first. With the primary cause and [`unknown`](Self::unknown) the
    /// probabilities sum to 1.
    pub alternative_explanations: Vec<Candidate>,
    /// The chance that it was none of these.
    pub unknown: f64,
    /// What made the most affected stream what it is.
    pub causal_attribution: Attribution,
    /// What happened, in the order of time.
    pub temporal_sequence: Vec<Happening>,
    /// What speaks for it, and against it.
    pub evidence: Vec<Evidence>,
    /// What to do, in the words of the schema's pattern.
    pub recommended_action: Option<String>,
    /// Who is silent and why, where absence is the finding.
    pub silence: Option<Silence>,
    /// The streams that may have caused it, the likeliest first.
    pub suspects: Vec<Suspect>,
    /// The chance that the first suspect is the right one, in [0, 1].
    pub known: f64,
    /// Streams that said nothing while it happened, so that nobody knows what they had to do with it.
    pub unseen: Vec<usize>,
}

/// Who or what is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// A pattern that the schema names, by its place in [`Schema::patterns`](crate::Schema::patterns).
    Pattern(usize),
    /// What happened before, in an episode that somebody labelled.
    Episode(u64),
    /// A stream, by its place in [`Schema::streams`](crate::Schema::streams).
    Stream(usize),
    /// A group that fell silent, by its place in [`Schema::groups`](crate::Schema::groups).
    Group(usize),
    /// Whatever collects the data: everything fell silent.
    Everything,
}

impl Culprit {
    /// What it is called: the schema's name for it, where it has one.
    pub fn name(self, schema: &Schema) -> String {
        let named = match self {
            Self::Pattern(place) => schema.patterns().get(place).map(|pattern| pattern.name.clone()),
            Self::Stream(place) => schema.streams().get(place).map(|stream| stream.name.clone()),
            Self::Group(place) => schema.groups().get(place).cloned(),
            Self::Episode(id) => Some(format!("the like of episode {id}")),
            Self::Everything => Some("everything".into()),
        };
        named.unwrap_or_default()
    }
}

/// A possible cause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Who or what it would be.
    pub culprit: Culprit,
    /// The stream it began with, where it began with one.
    pub stream: Option<usize>,
    /// The chance that this is it.
    pub probability: f64,
}

/// What made a stream what it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attribution {
    /// The stream.
    pub stream: Option<usize>,
    /// By whose doing, the largest share first.
    pub contributions: Vec<Contribution>,
    /// The share that nothing explains: with the contributions it sums to 1.
    pub unexplained: f64,
    /// The way from the stream up to the first one that its own causes do not explain.
    pub upstream: Vec<usize>,
    /// What the score would have been had the first suspect been as usual.
    pub counterfactual: Option<Counterfactual>,
    /// Links of the schema that the data of the last days speaks against.
    pub contradicted: Vec<Link>,
    /// Links that nobody named and the data of the last days insists on.
    pub learned: Vec<Link>,
}

/// A share in what a stream is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The stream whose doing it is; `None` for the hour of the day.
    pub stream: Option<usize>,
    /// How much of it, in [0, 1].
    pub share: f64,
    /// Whether the link was learned rather than named by the schema.
    pub is_learned: bool,
}

/// A frame as it would have been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counterfactual {
    /// The stream that is taken to be as usual, and with it what is its doing.
    pub stream: usize,
    /// The score of the oddest frame.
    pub score: f64,
    /// What it would have been.
    pub would_be: f64,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// When.
    pub at_ms: i64,
    /// To which stream.
    pub stream: usize,
    /// What it did.
    pub change: Change,
    /// The value it went to, where it has one.
    pub value: Option<f64>,
    /// The same in words: local time, and the value with its unit.
    pub sentence: String,
}

/// Something that speaks for an explanation, or against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What was found.
    pub found: Found,
    /// The same in words.
    pub sentence: String,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// A stream is off by so many usual deviations, or stuck or missing for so many times the usual.
    Deviation {
        /// The stream.
        stream: usize,
        /// How far.
        size: f64,
    },
    /// What happened is like something with a name.
    Match {
        /// The pattern or the episode.
        culprit: Culprit,
        /// How like, in [0, 1].
        similarity: f64,
        /// The chance that as much is found in random events.
        chance: f64,
    },
    /// One stream moves before another, in the last hours as a whole.
    Lead {
        /// Who moves first.
        first: usize,
        /// Who follows.
        then: usize,
        /// How much later; 0 where they move together.
        by_ms: i64,
        /// Their correlation, in [-1, 1].
        correlation: f64,
        /// The chance of one this strong, memory of the streams and number of tries considered.
        chance: f64,
        /// How sure the order is, in [0, 1].
        order: f64,
    },
    /// One stream's state makes another's less surprising.
    Share {
        /// The cause; `None` for the hour of the day.
        from: Option<usize>,
        /// The effect.
        to: usize,
        /// How much of it, in [0, 1].
        share: f64,
        /// Whether the link was learned rather than named by the schema.
        is_learned: bool,
    },
    /// What the score would have been.
    Counterfactual(Counterfactual),
    /// A link of the schema that the data speaks against.
    Contradiction(Link),
    /// There was no sign of life for longer than usual.
    Quiet {
        /// Of which stream; `None` for all of a group, or of everything.
        stream: Option<usize>,
        /// Of which group; `None` for everything.
        group: Option<usize>,
        /// Since the last one.
        for_ms: i64,
        /// The usual time between two of them.
        usual_ms: i64,
    },
    /// Streams were not seen.
    Unseen {
        /// How many.
        streams: usize,
    },
}

/// A silence that is the finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// What it is called.
    pub cause: silence::Cause,
    /// The stream, where it is about one.
    pub stream: Option<usize>,
    /// The group, where it is about one.
    pub group: Option<usize>,
    /// The last sign of life, as far as it is remembered; where no clock told it, the first frame without one.
    pub since_ms: i64,
}
