//! Episodes as people ask for them.

use fourfold::cause::{Ask as Question, Explanation, Mode};
use fourfold::wire::{EpisodeJson, ExplanationJson};
use serde::Serialize;

use super::live::Live;
use super::{Outcome, Session, load};
use crate::action::Filter;
use crate::answer::Answer;
use crate::body;
use crate::fault::Fault;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::{AnomalyRow, Change, Status, Write};

/// An episode with what people made of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AnomalyJson<'a> {
    #[serde(flatten)]
    episode: EpisodeJson<'a>,
    status: Status,
    note: Option<&'a str>,
    archived: bool,
}

/// A page of them.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AnomaliesJson<'a> {
    anomalies: Vec<AnomalyJson<'a>>,
    /// The cursor of the next page, if there may be one.
    next: Option<u64>,
}

/// One with all that happened to it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OneAnomalyJson<'a> {
    #[serde(flatten)]
    anomaly: AnomalyJson<'a>,
    history: Vec<Change>,
}

/// What the API says of an episode.
pub(super) fn json(row: &AnomalyRow) -> Result<AnomalyJson<'_>, Refusal> {
    let episode = body::kept(row.json.as_bytes())?;
    Ok(AnomalyJson { episode, status: row.status, note: row.note.as_deref(), archived: row.is_archived })
}

impl Live {
    /// An explanation as the API tells it.
    pub(super) fn explained(&self, mut why: Explanation) -> Result<String, Refusal> {
        why.episode = why.episode.map(|own| own.saturating_add_signed(self.system.shift));
        body::write(&ExplanationJson::new(&self.schema, &why))
    }
}

impl<S: Sql> Session<S> {
    pub(super) fn anomalies(&mut self, filter: &Filter) -> Result<Outcome, Refusal> {
        self.exists()?;
        let rows = self.store.anomalies(filter)?;
        let is_full = rows.len() == filter.limit as usize;
        let next = rows.last().map(|row| row.id).filter(|_| is_full);
        let anomalies = rows.iter().map(json).collect::<Result<_, _>>()?;
        Ok(Answer::ok(body::write(&AnomaliesJson { anomalies, next })?).into())
    }

    pub(super) fn anomaly(&mut self, id: u64) -> Result<Outcome, Refusal> {
        let row = self.found(id)?;
        Ok(Answer::ok(self.one(&row)?).into())
    }

    pub(super) fn one(&self, row: &AnomalyRow) -> Result<String, Refusal> {
        body::write(&OneAnomalyJson { anomaly: json(row)?, history: self.store.history(row.id)? })
    }

    /// An explanation that was made before stands; one of an episode that goes on is made again once it has moved on.
    pub(super) fn explain(&mut self, id: u64, mode: Mode) -> Result<Outcome, Refusal> {
        let row = self.found(id)?;
        let episode: EpisodeJson<'_> = body::kept(row.json.as_bytes())?;
        // Fast: what was known when it was at its worst. Thorough: all of it, as far as it has been seen.
        let at_ms = match mode {
            Mode::Fast => episode.peak,
            Mode::Thorough => episode.closed.unwrap_or(episode.last),
        };
        let kept = self.store.explanation(id, mode)?;
        if let Some((about_ms, json)) = &kept
            && *about_ms == at_ms
        {
            return Ok(Answer::ok(json.as_str()).into());
        }
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let why = match live.engine.explain(Question { at_ms: Some(episode.peak), target: None, mode }) {
            Ok(why) => why,
            // The engine has forgotten the frame. What was said of it when it was newer still stands.
            Err(fault) => {
                return match kept {
                    Some((_, json)) => Ok(Answer::ok(json).into()),
                    None => Err(fault.into()),
                };
            }
        };
        let json = live.explained(why)?;
        let mut write = Write::default();
        write.explanation(id, mode, at_ms, &json);
        store.commit(write)?;
        Ok(Answer::ok(json).into())
    }

    pub(crate) fn exists(&self) -> Result<(), Refusal> {
        self.store.system()?.map(|_| ()).ok_or(Refusal::UnknownSystem)
    }

    pub(super) fn found(&self, id: u64) -> Result<AnomalyRow, Refusal> {
        self.exists()?;
        Ok(self.store.anomaly(id)?.ok_or(Fault::NoSuchAnomaly { id })?)
    }
}
