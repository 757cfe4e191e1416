//! Why, with names where the engine counts streams. Times are milliseconds since the Unix epoch.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::cause::{Attribution, Candidate, Culprit, Explanation, Face, Found, Mode, Silence, Suspect};
use crate::schema::{Change, Link, Schema};
use crate::silence;

/// What [`Engine::explain`](crate::Engine::explain) says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct ExplanationJson<'a> {
    t: i64,
    onset: i64,
    end: i64,
    mode: Mode,
    episode: Option<u64>,
    headline: &'a str,
    primary_cause: Option<CandidateJson<'a>>,
    confidence: f64,
    alternative_explanations: Vec<CandidateJson<'a>>,
    unknown: f64,
    causal_attribution: AttributionJson<'a>,
    temporal_sequence: Vec<HappeningJson<'a>>,
    evidence: Vec<EvidenceJson<'a>>,
    recommended_action: Option<&'a str>,
    silence: Option<SilenceJson<'a>>,
    suspects: Vec<SuspectJson<'a>>,
    known: f64,
    unseen: Vec<&'a str>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct CandidateJson<'a> {
    kind: &'static str,
    name: String,
    stream: Option<&'a str>,
    probability: f64,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct AttributionJson<'a> {
    stream: Option<&'a str>,
    contributions: Vec<ContributionJson<'a>>,
    unexplained_variance: f64,
    upstream: Vec<&'a str>,
    counterfactual: Option<CounterfactualJson<'a>>,
    contradicted: Vec<LinkJson<'a>>,
    learned: Vec<LinkJson<'a>>,
}

/// `stream` is `null` for the hour of the day.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct ContributionJson<'a> {
    stream: Option<&'a str>,
    share: f64,
    learned: bool,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct CounterfactualJson<'a> {
    stream: &'a str,
    score: f64,
    would_be: f64,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct LinkJson<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct HappeningJson<'a> {
    t: i64,
    stream: &'a str,
    change: Change,
    value: Option<f64>,
    sentence: &'a str,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct EvidenceJson<'a> {
    #[serde(flatten)]
    found: FoundJson<'a>,
    sentence: &'a str,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FoundJson<'a> {
    Deviation { stream: &'a str, size: f64 },
    Match { name: String, similarity: f64, chance: f64 },
    Lead { first: &'a str, then: &'a str, by_ms: i64, correlation: f64, chance: f64, order: f64 },
    Share { from: Option<&'a str>, to: &'a str, share: f64, learned: bool },
    Counterfactual { stream: &'a str, score: f64, would_be: f64 },
    Contradiction { from: &'a str, to: &'a str },
    Unseen { streams: usize },
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct SilenceJson<'a> {
    cause: silence::Cause,
    stream: Option<&'a str>,
    group: Option<&'a str>,
    since: i64,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct SuspectJson<'a> {
    stream: &'a str,
    weight: f64,
    face: Face,
    low: bool,
    since: i64,
    size: f64,
}

impl<'a> ExplanationJson<'a> {
    /// The shape of `why`, which is about `schema`.
    pub fn new(schema: &'a Schema, why: &'a Explanation) -> Self {
        let names = Names(schema);
        Self {
            t: why.at_ms,
            onset: why.onset_ms,
            end: why.end_ms,
            mode: why.mode,
            episode: why.episode,
            headline: &why.headline,
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
                    sentence: &happening.sentence,
                })
                .collect(),
            evidence: (why.evidence.iter())
                .map(|evidence| EvidenceJson {
                    found: names.found(&evidence.found),
                    sentence: &evidence.sentence,
                })
                .collect(),
            recommended_action: why.recommended_action.as_deref(),
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

impl<'a> Names<'a> {
    fn stream(self, place: usize) -> &'a str {
        self.0.streams().get(place).map_or("", |stream| &stream.name)
    }

    fn link(self, link: &Link) -> LinkJson<'a> {
        LinkJson { from: self.stream(link.from), to: self.stream(link.to) }
    }

    fn candidate(self, candidate: Candidate) -> CandidateJson<'a> {
        let kind = match candidate.culprit {
            Culprit::Pattern(_) => "pattern",
            Culprit::Episode(_) => "episode",
            Culprit::Stream(_) => "stream",
            Culprit::Group(_) => "group",
            Culprit::Everything => "everything",
        };
        CandidateJson {
            kind,
            name: candidate.culprit.name(self.0),
            stream: candidate.stream.map(|place| self.stream(place)),
            probability: candidate.probability,
        }
    }

    fn attribution(self, attribution: &Attribution) -> AttributionJson<'a> {
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

    fn found(self, found: &Found) -> FoundJson<'a> {
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
            Found::Unseen { streams } => FoundJson::Unseen { streams },
        }
    }

    fn silence(self, silence: Silence) -> SilenceJson<'a> {
        SilenceJson {
            cause: silence.cause,
            stream: silence.stream.map(|place| self.stream(place)),
            group: silence.group.and_then(|place| Some(self.0.groups().get(place)?.as_str())),
            since: silence.since_ms,
        }
    }

    fn suspect(self, suspect: &Suspect) -> SuspectJson<'a> {
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
        let json = to_value(ExplanationJson::new(engine.schema(), &why)).expect("it is JSON");
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
