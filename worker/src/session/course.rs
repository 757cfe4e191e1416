//! What becomes of episodes: what is new about them since one looked last, as rows, lines of history and notices.

use fourfold::verdict::{End, Episode};
use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Label, Schema};

use crate::body;
use crate::notice::{News, Notice};
use crate::refusal::Refusal;
use crate::store::{AnomalyRow, Status};

/// The engine's episodes as they were when one looked last, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Course {
    known: Vec<Episode>,
}

/// How the system speaks of episodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller<'a> {
    pub(super) schema: &'a Schema,
    pub(super) shift: i64,
}

impl Course {
    /// Nothing is new to an engine that was just read.
    pub(super) fn of(engine: &Engine) -> Self {
        Self { known: engine.episodes().cloned().collect() }
    }

    /// What is new.
    pub(super) fn follow(&mut self, engine: &Engine, teller: Teller<'_>) -> Result<Happened, Refusal> {
        let mut happened = Happened::default();
        let oldest = engine.episodes().next().map_or(u64::MAX, |episode| episode.id);
        for episode in engine.episodes() {
            match self.known.binary_search_by_key(&episode.id, |known| known.id) {
                Ok(place) => {
                    let Some(known) = self.known.get_mut(place) else { continue };
                    if known != episode {
                        teller.tell(Some(known), episode, &mut happened)?;
                        known.clone_from(episode);
                    }
                }
                Err(place) => {
                    teller.tell(None, episode, &mut happened)?;
                    self.known.insert(place, episode.clone());
                }
            }
        }
        // The engine forgets old episodes; and a late event may take back what was seen too early.
        if self.known.len() == engine.episodes().len() {
            return Ok(happened);
        }
        let there: Vec<u64> = engine.episodes().map(|episode| episode.id).collect();
        for known in self.known.extract_if(.., |known| there.binary_search(&known.id).is_err()) {
            if known.id > oldest && known.closed_ms.is_none() {
                let mut over = known.clone();
                (over.closed_ms, over.end) = (Some(known.last_ms), End::Overtaken);
                teller.tell(Some(&known), &over, &mut happened)?;
            }
        }
        Ok(happened)
    }
}

/// What is new of episodes.
#[derive(Debug, Default)]
pub(super) struct Happened {
    /// Those that are new or changed, each with the lines of its history.
    pub(super) rows: Vec<(AnomalyRow, Vec<Line>)>,
    /// What listeners are told.
    pub(super) notices: Vec<Notice>,
}

/// A line of a history: what changed, and to what.
pub(super) type Line = (&'static str, Option<String>);

impl Teller<'_> {
    /// Says what is new of an episode that was like `before`.
    fn tell(self, before: Option<&Episode>, now: &Episode, happened: &mut Happened) -> Result<(), Refusal> {
        let row = self.row(now)?;
        let mut history = Vec::new();
        let mut note = |news: News, at_ms: i64, what: &'static str, value: Option<String>| {
            history.push((what, value));
            happened.notices.push(notice_of(news, at_ms, &row, now.cause.is_some()));
        };
        if before.is_none() {
            note(News::Opened, now.opened_ms, "opened", Some(word(&now.severity)));
        } else if before.is_some_and(|before| before.severity < now.severity) {
            note(News::Worsened, now.last_ms, "severity", Some(word(&now.severity)));
        }
        if before.and_then(|before| before.label) != now.label {
            note(News::Changed, now.last_ms, "label", now.label.as_ref().map(word::<Label>));
        }
        if let Some(closed_ms) = now.closed_ms
            && before.is_none_or(|before| before.closed_ms.is_none())
        {
            note(News::Closed, closed_ms, "closed", Some(word(&now.end)));
        }
        happened.rows.push((row, history));
        Ok(())
    }

    fn row(self, episode: &Episode) -> Result<AnomalyRow, Refusal> {
        let mut json = EpisodeJson::new(self.schema, episode);
        json.id = episode.id.saturating_add_signed(self.shift);
        let of_stream = || {
            let stream = self.schema.streams().get(episode.stream?)?;
            self.schema.groups().get(stream.group?).cloned()
        };
        let kind = episode.reason.map(|reason| reason.word().to_owned());
        Ok(AnomalyRow {
            id: json.id,
            opened_ms: episode.opened_ms,
            peak_ms: episode.peak_ms,
            closed_ms: episode.closed_ms,
            severity: episode.severity,
            peak_score: episode.peak_score,
            group: json.group.as_deref().map(str::to_owned).or_else(of_stream),
            kind: episode.cause.as_ref().map(word).or(kind),
            status: Status::New,
            note: None,
            is_archived: false,
            json: body::write(&json)?,
        })
    }
}

/// The notice about an episode as it is in the tables.
pub(super) fn notice_of(news: News, at_ms: i64, row: &AnomalyRow, is_silence: bool) -> Notice {
    Notice {
        news,
        at_ms,
        anomaly: row.id,
        severity: row.severity,
        score: row.peak_score,
        group: row.group.clone(),
        is_silence,
        json: format!(r#"{{"notice":"{}","at":{at_ms},"anomaly":{}}}"#, news.word(), row.json),
    }
}

/// The word that a value has in JSON.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.trim_matches('"').to_owned()
}
