//! What people say of episodes: labels, which teach the engine, and a status and a note, which do not.

use fourfold::Label;

use super::course::notice_of;
use super::{Ask, Outcome, Session, Taken, load};
use crate::answer::Answer;
use crate::body::{self, Amendment, Labelling};
use crate::fault::Fault;
use crate::log::{Kind, Word};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::sql::Sql;
use crate::store::AnomalyRow;

impl<S: Sql> Session<S> {
    /// `{"anomaly": 7, "label": "expected"}`.
    pub(super) fn label(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let Labelling { anomaly, label } = body::read(ask.body)?;
        let row = self.found(anomaly)?;
        let taken = self.say_label(ask, &row, label)?;
        Ok(Outcome { answer: Answer::ok(format!(r#"{{"anomaly":{anomaly}}}"#)), taken: Some(taken) })
    }

    /// Takes the newest label back, and says whose it was.
    pub(super) fn undo(&mut self, ask: &Ask<'_>) -> Result<Outcome, Refusal> {
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        live.is_ahead = true;
        let own = live.engine.undo()?;
        let mut taken = Taken::new(live, ask.now_ms);
        word(live, Word::Undo, &mut taken)?;
        let anomaly = own.saturating_add_signed(live.system.shift);
        Ok(Outcome { answer: Answer::ok(format!(r#"{{"anomaly":{anomaly}}}"#)), taken: Some(taken) })
    }

    /// Changes what is named and leaves the rest.
    pub(super) fn amend(&mut self, ask: &Ask<'_>, id: u64) -> Result<Outcome, Refusal> {
        let Amendment { status, label, note } = body::read(ask.body)?;
        let row = self.found(id)?;
        let mut taken = match label {
            Some(label) => self.say_label(ask, &row, label)?,
            None => Taken::new(self.live()?, ask.now_ms),
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
        let answer = Answer::ok(body::write(&super::anomalies::json(&shown)?)?);
        Ok(Outcome { answer, taken: Some(taken) })
    }

    fn say_label(&mut self, ask: &Ask<'_>, row: &AnomalyRow, label: Label) -> Result<Taken, Refusal> {
        let Self { store, live, .. } = self;
        let live = load(store, live)?;
        let own = live.own_id(row).ok_or(Fault::AnomalyForgotten { id: row.id })?;
        live.engine.label(own, label)?;
        live.is_ahead = true;
        let mut taken = Taken::new(live, ask.now_ms);
        word(live, Word::Label(own, label), &mut taken)?;
        Ok(taken)
    }
}

/// Writes down what was said and what became of episodes by it.
fn word(live: &mut super::Live, word: Word, taken: &mut Taken) -> Result<(), Refusal> {
    let at_ms = live.newest_ms.unwrap_or(0);
    taken.entry(live, Kind::Word, (at_ms, at_ms), 0, body::write(&word)?.into_bytes());
    live.follow(taken)
}
