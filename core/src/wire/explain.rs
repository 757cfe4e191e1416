//! Why, with names where the engine counts streams. Times are milliseconds since the Unix epoch.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::cause::{Attribution, Candidate, Culprit, Explanation, Face, Found, Mode, Silence, Suspect};
use crate::schema::{Change, Link, Schema};
use crate::silence;

/// What [`Engine::explain`](crate::Engine::explain) says: [`Explanation`] with names. It owns its words, since who asks
/// and who is answered may live in two threads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct ExplanationJson {
    /// The frame that was explained.
    pub t: i64,
    /// Where the trouble around it began.
    pub onset: i64,
    /// Up to where it was looked at.
    pub end: i64,
    /// How thorough it is.
    pub mode: Mode,
    /// The episode that the frame belongs to.
    pub episode: Option<u64>,
    /// One sentence, fit for an alert.
    pub headline: String,
    /// What probably caused it.
    pub primary_cause: Option<CandidateJson>,
    /// The chance that the likeliest cause is the right one.
    pub confidence: f64,
    /// What else it may have been.
    pub alternative_explanations: Vec<CandidateJson>,
    /// The chance that it was none of these.
    pub unknown: f64,
    /// What made the most affected stream what it is.
    pub causal_attribution: AttributionJson,
    /// What happened, in the order of time.
    pub temporal_sequence: Vec<HappeningJson>,
    /// What speaks for it, and against it.
    pub evidence: Vec<EvidenceJson>,
    /// What to do.
    pub recommended_action: Option<String>,
    /// Who is silent and why.
    pub silence: Option<SilenceJson>,
    /// The streams that may have caused it, the likeliest first.
    pub suspects: Vec<SuspectJson>,
    /// The chance that the first suspect is the right one.
    pub known: f64,
    /// Streams that said nothing while it happened.
    pub unseen: Vec<String>,
}

/// A [`Candidate`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct CandidateJson {
    /// Of which kind the culprit is.
    pub kind: CulpritKind,
    /// What it is called.
    pub name: String,
    /// The stream it began with.
    pub stream: Option<String>,
    /// The chance that this is it.
    pub probability: f64,
}

/// Which [`Culprit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CulpritKind {
    /// A named pattern.
    Pattern,
    /// The like of a labelled episode.
    Episode,
    /// A stream.
    Stream,
    /// A group that fell silent.
    Group,
    /// Whatever collects the data.
    Everything,
}

/// An [`Attribution`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct AttributionJson {
    /// The stream.
    pub stream: Option<String>,
    /// By whose doing, the largest share first.
    pub contributions: Vec<ContributionJson>,
    /// The share that nothing explains.
    pub unexplained_variance: f64,
    /// The way up to the first stream that its own causes do not explain.
    pub upstream: Vec<String>,
    /// What the score would have been.
    pub counterfactual: Option<CounterfactualJson>,
    /// Links that the data speaks against.
    pub contradicted: Vec<LinkJson>,
    /// Links that nobody named.
    pub learned: Vec<LinkJson>,
}

/// A share in what a stream is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct ContributionJson {
    /// Whose doing it is; `null` for the hour of the day.
    pub stream: Option<String>,
    /// How much of it.
    pub share: f64,
    /// Whether the link was learned.
    pub learned: bool,
}

/// A frame as it would have been.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct CounterfactualJson {
    /// The stream that is taken to be as usual.
    pub stream: String,
    /// The score of the oddest frame.
    pub score: f64,
    /// What it would have been.
    pub would_be: f64,
}

/// "The first moves the second."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct LinkJson {
    /// The cause.
    pub from: String,
    /// The effect.
    pub to: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct HappeningJson {
    /// When.
    pub t: i64,
    /// To which stream.
    pub stream: String,
    /// What it did.
    pub change: Change,
    /// The value it went to.
    pub value: Option<f64>,
    /// The same in words.
    pub sentence: String,
}

/// Something that speaks for an explanation, or against it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(from = "FlatEvidence")]
#[cfg_attr(feature = "describe", schemars(!from))]
pub struct EvidenceJson {
    /// What was found.
    #[serde(flatten)]
    pub found: FoundJson,
    /// The same in words.
    pub sentence: String,
}

/// What was [`Found`].
#[expect(missing_docs, reason = "the fields are those of `Found`, which says what they are")]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FoundJson {
    Deviation { stream: String, size: f64 },
    Match { name: String, similarity: f64, chance: f64 },
    Lead { first: String, then: String, by_ms: i64, correlation: f64, chance: f64, order: f64 },
    Share { from: Option<String>, to: String, share: f64, learned: bool },
    Counterfactual { stream: String, score: f64, would_be: f64 },
    Contradiction { from: String, to: String },
    Quiet { stream: Option<String>, group: Option<String>, for_ms: i64, usual_ms: i64 },
    Unseen { streams: usize },
}

/// Evidence with every field that any of it may have. What serde derives for the reading of flattened, tagged enums is
/// several times as long.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FlatEvidence {
    kind: String,
    sentence: String,
    stream: Option<String>,
    group: Option<String>,
    name: String,
    first: String,
    then: String,
    from: Option<String>,
    to: String,
    size: f64,
    similarity: f64,
    chance: f64,
    correlation: f64,
    order: f64,
    share: f64,
    score: f64,
    would_be: f64,
    by_ms: i64,
    for_ms: i64,
    usual_ms: i64,
    streams: usize,
    learned: bool,
}

impl From<FlatEvidence> for EvidenceJson {
    fn from(flat: FlatEvidence) -> Self {
        let FlatEvidence { kind, sentence, stream, name, first, then, from, to, size, share, .. } = flat;
        let FlatEvidence { similarity, chance, correlation, order, score, would_be, by_ms, .. } = flat;
        let whom = || stream.clone().unwrap_or_default();
        let found = match kind.as_str() {
            "match" => FoundJson::Match { name, similarity, chance },
            "lead" => FoundJson::Lead { first, then, by_ms, correlation, chance, order },
            "share" => FoundJson::Share { from, to, share, learned: flat.learned },
            "counterfactual" => FoundJson::Counterfactual { stream: whom(), score, would_be },
            "contradiction" => FoundJson::Contradiction { from: from.unwrap_or_default(), to },
            "unseen" => FoundJson::Unseen { streams: flat.streams },
            "quiet" => {
                let FlatEvidence { group, for_ms, usual_ms, .. } = flat;
                FoundJson::Quiet { stream, group, for_ms, usual_ms }
            }
            _ => FoundJson::Deviation { stream: whom(), size },
        };
        Self { found, sentence }
    }
}

/// A silence that is the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct SilenceJson {
    /// What it is called.
    pub cause: silence::Cause,
    /// The stream, where it is about one.
    pub stream: Option<String>,
    /// The group, where it is about one.
    pub group: Option<String>,
    /// From when on.
    pub since: i64,
}

/// A stream that may have caused the trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct SuspectJson {
    /// Its name.
    pub stream: String,
    /// How strongly it is suspected.
    pub weight: f64,
    /// What is odd about it.
    pub face: Face,
    /// Whether it is lower than usual.
    pub low: bool,
    /// When it began to be odd.
    pub since: i64,
    /// How odd it is.
    pub size: f64,
}

impl ExplanationJson {
    /// The shape of `why`, which is about `schema`.
    pub fn new(schema: &Schema, why: &Explanation) -> Self {
        let names = Names(schema);
        Self {
            t: why.at_ms,
            onset: why.onset_ms,
            end: why.end_ms,
            mode: why.mode,
            episode: why.episode,
            headline: why.headline.clone(),
            primary_cause: why.primary_cause.map(|candidate| names.candidate(candidate)),
            confidence: why.confidence,
            alternative_explanations: (why.alternative_explanations.iter())
                .map(|candidate| names.candidate(*candidate))
                .collect(),
            unknown: why.unknown,
            causal_attribution: names.attribution(&why.causal_attribution),
            temporal_sequence: (why.temporal_sequence.iter())
                .map(|happening| HappeningJson {
                    t: happening.at_ms,
                    stream: names.stream(happening.stream),
                    change: happening.change,
                    value: happening.value,
                    sentence: happening.sentence.clone(),
                })
                .collect(),
            evidence: (why.evidence.iter())
                .map(|evidence| EvidenceJson {
                    found: names.found(&evidence.found),
                    sentence: evidence.sentence.clone(),
                })
                .collect(),
            recommended_action: why.recommended_action.clone(),
            silence: why.silence.map(|silence| names.silence(silence)),
            suspects: why.suspects.iter().map(|suspect| names.suspect(suspect)).collect(),
            known: why.known,
            unseen: why.unseen.iter().map(|&place| names.stream(place)).collect(),
        }
    }
}

/// Looks up what things are called.
#[derive(Clone, Copy)]
struct Names<'a>(&'a Schema);

impl Names<'_> {
    fn stream(self, place: usize) -> String {
        self.0.streams().get(place).map_or_else(String::new, |stream| stream.name.clone())
    }

    fn link(self, link: &Link) -> LinkJson {
        LinkJson { from: self.stream(link.from), to: self.stream(link.to) }
    }

    fn candidate(self, candidate: Candidate) -> CandidateJson {
        let kind = match candidate.culprit {
            Culprit::Pattern(_) => CulpritKind::Pattern,
            Culprit::Episode(_) => CulpritKind::Episode,
            Culprit::Stream(_) => CulpritKind::Stream,
            Culprit::Group(_) => CulpritKind::Group,
            Culprit::Everything => CulpritKind::Everything,
        };
        CandidateJson {
            kind,
            name: candidate.culprit.name(self.0),
            stream: candidate.stream.map(|place| self.stream(place)),
            probability: candidate.probability,
        }
    }

    fn attribution(self, attribution: &Attribution) -> AttributionJson {
        let links = |links: &[Link]| links.iter().map(|link| self.link(link)).collect();
        AttributionJson {
            stream: attribution.stream.map(|place| self.stream(place)),
            contributions: (attribution.contributions.iter())
                .map(|part| ContributionJson {
                    stream: part.stream.map(|place| self.stream(place)),
                    share: part.share,
                    learned: part.is_learned,
                })
                .collect(),
            unexplained_variance: attribution.unexplained,
            upstream: attribution.upstream.iter().map(|&place| self.stream(place)).collect(),
            counterfactual: attribution.counterfactual.map(|would| CounterfactualJson {
                stream: self.stream(would.stream),
                score: would.score,
                would_be: would.would_be,
            }),
            contradicted: links(&attribution.contradicted),
            learned: links(&attribution.learned),
        }
    }

    fn found(self, found: &Found) -> FoundJson {
        match *found {
            Found::Deviation { stream, size } => FoundJson::Deviation { stream: self.stream(stream), size },
            Found::Match { culprit, similarity, chance } => {
                FoundJson::Match { name: culprit.name(self.0), similarity, chance }
            }
            Found::Lead { first, then, by_ms, correlation, chance, order } => {
                let [first, then] = [first, then].map(|place| self.stream(place));
                FoundJson::Lead { first, then, by_ms, correlation, chance, order }
            }
            Found::Share { from, to, share, is_learned } => {
                let from = from.map(|place| self.stream(place));
                FoundJson::Share { from, to: self.stream(to), share, learned: is_learned }
            }
            Found::Counterfactual(would) => FoundJson::Counterfactual {
                stream: self.stream(would.stream),
                score: would.score,
                would_be: would.would_be,
            },
            Found::Contradiction(link) => {
                let LinkJson { from, to } = self.link(&link);
                FoundJson::Contradiction { from, to }
            }
            Found::Quiet { stream, group, for_ms, usual_ms } => FoundJson::Quiet {
                stream: stream.map(|place| self.stream(place)),
                group: group.and_then(|place| self.0.groups().get(place).cloned()),
                for_ms,
                usual_ms,
            },
            Found::Unseen { streams } => FoundJson::Unseen { streams },
        }
    }

    fn silence(self, silence: Silence) -> SilenceJson {
        SilenceJson {
            cause: silence.cause,
            stream: silence.stream.map(|place| self.stream(place)),
            group: silence.group.and_then(|place| self.0.groups().get(place).cloned()),
            since: silence.since_ms,
        }
    }

    fn suspect(self, suspect: &Suspect) -> SuspectJson {
        SuspectJson {
            stream: self.stream(suspect.stream),
            weight: suspect.weight,
            face: suspect.face,
            low: suspect.is_low,
            since: suspect.onset_ms,
            size: suspect.size,
        }
    }
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use serde_json::to_value;

    use super::*;
    use crate::cause::Ask;
    use crate::{Engine, Frame, SchemaDraft};

    #[test]
    fn an_explanation_names_what_the_engine_counts() {
        let schema = SchemaDraft::preset("iot").and_then(SchemaDraft::validate).expect("a preset");
        let mut engine = Engine::new(schema);
        for minute in 0..500_i64 {
            // The machine shakes, then it is loud.
            let (shakes, is_loud) = (f64::from(minute >= 480), f64::from(minute >= 485));
            let wave = (minute % 7) as f64;
            let values =
                [20.0 + 0.1 * wave, 40.0 - wave, 50.0 + wave + 60.0 * is_loud, 3.0 + wave + 90.0 * shakes];
            let at_ms = 1_700_000_000_000 + 60_000 * minute;
            engine.observe(Frame { at_ms, values: &values }).expect("a good frame");
        }
        let ask = Ask { mode: Mode::Thorough, ..Ask::default() };
        let why = engine.explain(ask).expect("the newest frame");
        let shape = ExplanationJson::new(engine.schema(), &why);
        let json = to_value(&shape).expect("it is JSON");
        assert_eq!(serde_json::from_value::<ExplanationJson>(json.clone()).expect("its own shape"), shape);
        assert_eq!(json["suspects"][0]["stream"], "vibration");
        assert_eq!(json["mode"], "thorough");
        let all = |list: &str, key: &str| -> Vec<String> {
            let parts = json[list].as_array().into_iter().flatten();
            parts.filter_map(|part| Some(part[key].as_str()?.into())).collect()
        };
        let sentences = all("temporal_sequence", "sentence");
        assert!(sentences.iter().any(|text| text == "06:13: vibration rose to 97 mm/s"), "{sentences:?}");
        let kinds = all("evidence", "kind");
        let is_found = |kind: &&str| kinds.iter().any(|found| found == kind);
        assert!(["deviation", "counterfactual"].iter().all(is_found), "{kinds:?}");
        let whole = |list: &serde_json::Value, key: &str| -> f64 {
            list.as_array().into_iter().flatten().filter_map(|part| part[key].as_f64()).sum()
        };
        let attribution = &json["causal_attribution"];
        let shares = whole(&attribution["contributions"], "share");
        assert!((shares + attribution["unexplained_variance"].as_f64().unwrap_or(9.0) - 1.0).abs() < 1e-9);
        let others = whole(&json["alternative_explanations"], "probability");
        let first = json["primary_cause"]["probability"].as_f64().unwrap_or(0.0);
        assert!((first + others + json["unknown"].as_f64().unwrap_or(9.0) - 1.0).abs() < 1e-9, "{json:#}");
    }
}
