//! One explanation from all that is known: suspects, network, sequences, leads.

mod attribution;
mod candidates;
mod leads;
mod seen;
mod silence;
mod words;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::network::Network;
use super::sequence::{self, Match, Origin, Pattern, Symbol, symbols};
use super::suspects::Ranking;
use super::{
    Attribution, Candidate, Culprit, Evidence, Explanation, Found, Happening, History, Mode, Scene, Silence,
};
use crate::math::{floor, log10};
use crate::order;
use crate::schema::{Change, Schema};
use crate::verdict::Episode;
use candidates::{Causes, causes, is_telling};
use leads::Leads;
use seen::Seen;
use words::Words;

/// Deviations that are worth a word, and suspects that get one.
const TOLD_SIZE: f64 = 3.0;
const SUSPECTS_TOLD: usize = 3;
/// A share in what a stream does is told from here on.
const SHARE_TOLD: f64 = 0.05;

/// How far each mode goes.
struct Reach {
    /// Frames before the trouble in which a sequence may begin.
    rows_before: usize,
    alternatives: usize,
    happenings: usize,
    draws: usize,
    has_leads: bool,
}

impl Mode {
    fn reach(self) -> Reach {
        match self {
            Self::Fast => {
                Reach { rows_before: 3, alternatives: 2, happenings: 6, draws: 59, has_leads: false }
            }
            Self::Thorough => {
                Reach { rows_before: 12, alternatives: 5, happenings: 12, draws: 299, has_leads: true }
            }
        }
    }
}

/// All that an explanation is made of.
pub(crate) struct Case<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) history: &'a History,
    pub(crate) network: &'a Network,
    pub(crate) scene: Scene<'a>,
    /// The row that was asked about.
    pub(crate) row: usize,
    pub(crate) mode: Mode,
    pub(crate) ranking: Ranking,
    /// The episode that the row belongs to.
    pub(crate) episode: Option<&'a Episode>,
    /// What people have labelled.
    pub(crate) learned: Vec<Pattern>,
}

impl Case<'_> {
    /// Why it is so.
    pub(crate) fn explain(mut self) -> Explanation {
        let reach = self.mode.reach();
        let seen = Seen::of(&self.scene);
        let silence = silence::of(&self, &seen);
        let is_found = |stream: usize| silence::is_of(&self, silence.as_ref(), stream);
        let unseen: Vec<usize> = seen.unseen().into_iter().filter(|&stream| !is_found(stream)).collect();
        let known = self.ranking.known * seen.coverage(&unseen);
        let mut happened = symbols(&self.scene, reach.rows_before, &self.ranking.suspects);
        let matches = self.matches(&happened, reach.draws);
        let causes = causes(&self, &seen, known, &happened, &matches, silence.as_ref(), reach.alternatives);
        let mut attribution = if is_silence_of_all(&causes, silence.as_ref()) {
            // Nobody is left to move anybody, and what the last one did before is not what happened.
            happened.retain(|symbol| symbol.change == Change::Absent);
            Attribution { unexplained: 1.0, ..Attribution::default() }
        } else {
            attribution::attribution(&self, &seen)
        };
        let words = Words::new(self.schema, self.history.at_ms(self.row), self.step_ms());
        let mut found = self.deviations();
        found.extend(matches.iter().filter(|found| is_telling(found)).map(|found| Found::Match {
            culprit: candidates::culprit(found.origin),
            similarity: found.similarity,
            chance: found.chance,
        }));
        let leads = reach.has_leads.then(|| self.leads(&happened, attribution.stream));
        // Turns alone do not speak against a link: the values must show nothing of it either.
        attribution.contradicted.retain(|link| leads.as_ref().is_some_and(|leads| leads.contradict(link)));
        found.extend(leads.map(|leads| leads.told).unwrap_or_default());
        found.extend(of_network(&attribution));
        found.extend(silence.as_ref().and_then(|silence| silence::quiet(&self, silence)));
        if !unseen.is_empty() {
            found.push(Found::Unseen { streams: unseen.len() });
        }
        Explanation {
            at_ms: self.history.at_ms(self.row),
            onset_ms: self.history.at_ms(self.scene.onset),
            end_ms: self.history.at_ms(self.scene.end),
            mode: self.mode,
            episode: self.episode.map(|episode| episode.id),
            headline: self.headline(&words, &causes, silence.as_ref(), &happened),
            recommended_action: causes.primary.and_then(|primary| self.action(primary.culprit)),
            primary_cause: causes.primary,
            confidence: causes.confidence,
            alternative_explanations: causes.alternatives,
            unknown: causes.unknown,
            causal_attribution: attribution,
            temporal_sequence: self.sequence(&words, happened, reach.happenings),
            evidence: found
                .into_iter()
                .map(|found| Evidence { found, sentence: words.found(&found) })
                .collect(),
            silence,
            suspects: core::mem::take(&mut self.ranking.suspects),
            known,
            unseen,
        }
    }

    fn matches(&mut self, happened: &[Symbol], draws: usize) -> Vec<Match> {
        let of_schema = self.schema.patterns().iter().enumerate();
        let mut patterns: Vec<Pattern> = of_schema
            .map(|(place, pattern)| Pattern {
                origin: Origin::Schema(place),
                steps: pattern.steps.clone(),
                at_once: 0,
            })
            .collect();
        patterns.append(&mut self.learned);
        let seed = self.schema.seed() ^ self.history.at_ms(self.row).cast_unsigned();
        sequence::matches(happened, &patterns, self.history.width(), draws, seed)
    }

    /// The usual time between two frames: the middle one of the last.
    fn step_ms(&self) -> i64 {
        let rows = self.scene.end.saturating_sub(64)..self.scene.end;
        let mut steps: Vec<i64> =
            rows.map(|row| self.history.at_ms(row + 1) - self.history.at_ms(row)).collect();
        order::few(&mut steps, |one, other| one < other);
        steps.get(steps.len() / 2).copied().unwrap_or(1).max(1)
    }

    fn deviations(&self) -> Vec<Found> {
        let odd =
            self.ranking.suspects.iter().take(SUSPECTS_TOLD).filter(|suspect| suspect.size >= TOLD_SIZE);
        odd.map(|suspect| Found::Deviation { stream: suspect.stream, size: suspect.size }).collect()
    }

    fn leads(&self, happened: &[Symbol], target: Option<usize>) -> Leads {
        let suspects = self.ranking.suspects.iter().take(SUSPECTS_TOLD).map(|suspect| suspect.stream);
        let leading: Vec<usize> = suspects.chain(target).collect();
        let mut involved: Vec<usize> = happened.iter().map(|symbol| symbol.stream).collect();
        involved.extend(&leading);
        order::few(&mut involved, |one, other| one < other);
        involved.dedup();
        Leads::of(self, &involved, &leading, target, self.step_ms())
    }

    fn action(&self, culprit: Culprit) -> Option<String> {
        let Culprit::Pattern(place) = culprit else { return None };
        self.schema.patterns().get(place)?.action.clone()
    }

    /// What happened, with the values that streams went to.
    fn sequence(&self, words: &Words<'_>, mut happened: Vec<Symbol>, most: usize) -> Vec<Happening> {
        if happened.len() > most {
            order::few(&mut happened, |one, other| one.strength > other.strength);
            happened.truncate(most);
            let key = |symbol: &Symbol| (symbol.at_ms, symbol.stream);
            order::few(&mut happened, |one, other| key(one) < key(other));
        }
        let tell = |symbol: Symbol| {
            let value = self.value_at(symbol.at_ms, symbol.stream);
            let deed = words.deed(symbol.stream, symbol.change, value);
            let sentence = format!("{}: {deed}", words.time(symbol.at_ms));
            Happening { at_ms: symbol.at_ms, stream: symbol.stream, change: symbol.change, value, sentence }
        };
        happened.into_iter().map(tell).collect()
    }

    fn value_at(&self, at_ms: i64, stream: usize) -> Option<f64> {
        let row = self.history.row_at(at_ms)?;
        let value = self.history.anchor(stream) + self.history.value(row, stream);
        (!value.is_nan()).then(|| rounded(value, self.history.anchor(stream)))
    }

    fn headline(
        &self,
        words: &Words<'_>,
        causes: &Causes,
        silence: Option<&Silence>,
        happened: &[Symbol],
    ) -> String {
        let since = words.time(self.history.at_ms(self.scene.onset));
        let Some(primary) = causes.primary else {
            let likeliest = causes.alternatives.first().map(|first| {
                let percent = words::percent(first.probability);
                format!("; the likeliest is {} with {percent}", words.culprit(first.culprit))
            });
            return format!("Nobody can tell what happened at {since}{}.", likeliest.unwrap_or_default());
        };
        let percent = words::percent(primary.probability);
        let is_of_silence = |silence: &&Silence| {
            silence::culprit(silence) == Some(primary.culprit)
                || silence.stream.map(Culprit::Stream) == Some(primary.culprit)
        };
        if let Some(silence) = silence.filter(is_of_silence) {
            let what = words.silence(silence.cause, silence.stream, silence.group);
            return format!("{what} since {} ({percent}).", words.time(silence.since_ms));
        }
        let deed = primary.stream.map(|stream| self.deed(words, stream, happened)).unwrap_or_default();
        let with = self.others(words, &primary, happened);
        match primary.culprit {
            Culprit::Stream(_) => format!("{deed}{with} ({percent})."),
            culprit => format!("{}: {deed}{with} ({percent}).", words.culprit(culprit)),
        }
    }

    /// What a stream did first, and when.
    fn deed(&self, words: &Words<'_>, stream: usize, happened: &[Symbol]) -> String {
        let first = happened.iter().find(|symbol| symbol.stream == stream);
        let (change, at_ms) = first.map_or((Change::Any, self.history.at_ms(self.scene.onset)), |symbol| {
            (symbol.change, symbol.at_ms)
        });
        format!("{} at {}", words.deed(stream, change, self.value_at(at_ms, stream)), words.time(at_ms))
    }

    /// Who else moved.
    fn others(&self, words: &Words<'_>, primary: &Candidate, happened: &[Symbol]) -> String {
        let mut others: Vec<usize> = Vec::new();
        for symbol in happened {
            if primary.stream != Some(symbol.stream) && !others.contains(&symbol.stream) {
                others.push(symbol.stream);
            }
        }
        if others.is_empty() { String::new() } else { format!(", with {}", words.list(&others)) }
    }
}

/// Whether what happened is that nobody speaks any more.
fn is_silence_of_all(causes: &Causes, silence: Option<&Silence>) -> bool {
    let told = silence.and_then(silence::culprit);
    told == Some(Culprit::Everything) && causes.primary.map(|primary| primary.culprit) == told
}

/// The network's part of the evidence.
fn of_network(attribution: &Attribution) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(to) = attribution.stream {
        let told = attribution.contributions.iter().filter(|part| part.share >= SHARE_TOLD);
        found.extend(told.map(|part| Found::Share {
            from: part.stream,
            to,
            share: part.share,
            is_learned: part.is_learned,
        }));
    }
    found.extend(attribution.counterfactual.map(Found::Counterfactual));
    found.extend(attribution.contradicted.iter().copied().map(Found::Contradiction));
    found
}

/// A value to six digits that count: its distance from the stream's first value is kept in single precision, and what is
/// left of a number beyond that is nothing that was measured.
fn rounded(value: f64, anchor: f64) -> f64 {
    let size = value.abs().max(anchor.abs());
    if !(1e-12..1e12).contains(&size) {
        return value;
    }
    let digits = 5 - floor(log10(size)) as i32;
    let scale = (0..digits.abs()).fold(1.0, |scale, _| scale * 10.0);
    if digits < 0 { floor(value / scale + 0.5) * scale } else { floor(value * scale + 0.5) / scale }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn values_have_the_digits_that_were_kept() {
        assert_eq!(rounded(90.000_000_326_77, 20.0), 90.0);
        assert_eq!(rounded(9.54e-8, 3.0), 0.0);
        assert_eq!(rounded(-0.123_456_78, 0.0), -0.123_457);
        assert_eq!(rounded(1_234_567.0, 5.0), 1_234_570.0);
        assert_eq!([rounded(0.0, 0.0), rounded(1e150, 2.0)], [0.0, 1e150]);
    }
}
