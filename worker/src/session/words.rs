//! What people say of episodes: labels, which teach the engine as long as it remembers, and a status and a note, which
//! do not.

use fourfold::Label;
use fourfold::wire::EpisodeJson;
use serde::Serialize;

use super::anomalies::AnomalyJson;
use super::course::{self, notice_of};
use super::{Ask, Outcome, Session, Taken, load};
use crate::answer::Answer;
use crate::body::{self, Amendment, Labelling};
use crate::log::{Kind, Word};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::AnomalyRow;

/// What became of a label.
struct Labelled {
    taken: Taken,
    /// Whether the engine learned from it. It does not where it no longer remembers the episode, or never knew it: then
    /// the label stands in the records alone.
    is_learned: bool,
}

/// An episode after it was amended.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AmendedJson<'a> {
    #[serde(flatten)]
    anomaly: AnomalyJson<'a>,
    /// Whether the engine learned from the label, if one was sent. It does not where it has forgotten the anomaly: then
    /// the label is kept with the anomaly, and counts where configurations are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    learned: Option<bool>,
}

impl<S: Sql> Session<S> {
    /// `{"anomaly": 7, "label": "expected"}`.
    pub(super) fn label(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let Labelling { anomaly, label } = body::words(ask.body)?;
        let row = self.found(anomaly)?;
        let Labelled { taken, is_learned } = self.say_label(ask, &row, Some(label))?;
        let answer = Answer::ok(format!(r#"{{"anomaly":{anomaly},"learned":{is_learned}}}"#));
        Ok(Outcome::with(answer, taken))
    }

    /// Takes the newest label back, and says whose it was.
    pub(super) fn undo(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        self.exists()?;
        let newest = self.store.newest_labelled()?;
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        // One that the engine never learned, or learned in an earlier life, stands in the records alone.
        if let Some(row) = newest.filter(|row| live.own_id(row).is_none()) {
            let Labelled { taken, .. } = self.say_label(ask, &row, None)?;
            let answer = Answer::ok(format!(r#"{{"anomaly":{},"learned":false}}"#, row.id));
            return Ok(Outcome::with(answer, taken));
        }
        live.is_ahead = true;
        let own = live.engine.undo()?;
        let mut taken = Taken::new(live, ask.now_ms);
        word(live, Word::Undo, &mut taken)?;
        let anomaly = own.saturating_add_signed(live.system.shift);
        let answer = Answer::ok(format!(r#"{{"anomaly":{anomaly},"learned":true}}"#));
        Ok(Outcome::with(answer, taken))
    }

    /// Changes what is named and leaves the rest.
    pub(super) fn amend(&mut self, ask: &Ask<'_>, id: u64) -> Result<Outcome, Refusal> {
        let Amendment { status, label, note } = body::words(ask.body)?;
        let row = self.found(id)?;
        let (mut taken, learned) = match label {
            Some(label) => {
                let Labelled { taken, is_learned } = self.say_label(ask, &row, Some(label))?;
                (taken, Some(is_learned))
            }
            None => (Taken::new(self.live()?, ask.now_ms), None),
        };
        let new_status = status.unwrap_or(row.status);
        let new_note = note.as_deref().or(row.note.as_deref());
        taken.write.amend(id, new_status, new_note, ask.now_ms);
        if new_status != row.status {
            taken.write.history(id, ask.now_ms, "status", Some(new_status.word().to_owned()));
        }
        if new_note != row.note.as_deref() {
            taken.write.history(id, ask.now_ms, "note", new_note.map(str::to_owned));
        }
        if new_status != row.status && taken.notices.is_empty() {
            let notice = notice_of(News::Changed, ask.now_ms, &row, false);
            taken.write.notice(&notice);
            taken.notices.push(notice);
        }
        let json = taken.anomaly_json(id).unwrap_or_else(|| row.json.clone());
        let note = new_note.map(str::to_owned);
        let shown = AnomalyRow { json, status: new_status, note, ..row };
        let anomaly = super::anomalies::json(&shown)?;
        let answer = Answer::ok(body::write(&AmendedJson { anomaly, learned })?);
        Ok(Outcome::with(answer, taken))
    }

    /// Tells the engine what an episode was, or only writes it down where the engine does not know the episode.
    fn say_label(
        &mut self,
        ask: &Ask<'_>,
        row: &AnomalyRow,
        label: Option<Label>,
    ) -> Result<Labelled, Refusal> {
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let Some((own, label)) = live.own_id(row).zip(label) else {
            let mut taken = Taken::new(live, ask.now_ms);
            record(row, label, &mut taken)?;
            return Ok(Labelled { taken, is_learned: false });
        };
        live.engine.label(own, label)?;
        live.is_ahead = true;
        let mut taken = Taken::new(live, ask.now_ms);
        word(live, Word::Label(own, label), &mut taken)?;
        Ok(Labelled { taken, is_learned: true })
    }
}

/// Writes a label down with its episode, where it is no news.
fn record(row: &AnomalyRow, label: Option<Label>, taken: &mut Taken) -> Result<(), Refusal> {
    let mut episode: EpisodeJson<'_> = body::kept(row.json.as_bytes())?;
    if episode.label == label {
        return Ok(());
    }
    episode.label = label;
    let row = AnomalyRow { json: body::write(&episode)?, ..row.clone() };
    let notice = notice_of(News::Changed, taken.now_ms, &row, episode.cause.is_some());
    taken.write.history(row.id, taken.now_ms, "label", label.as_ref().map(course::word));
    taken.write.anomaly(row.clone(), taken.now_ms);
    taken.write.notice(&notice);
    taken.notices.push(notice);
    taken.rows.push(row);
    Ok(())
}

/// Writes down what was said and what became of episodes by it.
fn word(live: &mut super::Live, word: Word, taken: &mut Taken) -> Result<(), Refusal> {
    let at_ms = live.newest_ms.unwrap_or(0);
    taken.entry(live, Kind::Word, (at_ms, at_ms), 0, body::write(&word)?.into_bytes());
    live.follow(taken)
}
