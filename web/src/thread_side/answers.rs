//! Questions about a file, and their answers.

use fourfold::Verdict;
use fourfold::cause::Mode;
use fourfold::wire::{ExplanationJson, VerdictJson};
use fourfold_web::thread::desk::Desk;
use fourfold_web::thread::health::health_of;
use fourfold_web::thread::lines::{CSV_HEAD, csv_line};
use fourfold_web::thread::scorer::episode_json;
use fourfold_web::thread::{Export, Report};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag};

use super::post::{post, post_blob};
use super::work::{Work, now_ms};

/// Verdicts become text in pieces of about so many bytes.
const PIECE_BYTES: usize = 1 << 20;

impl Work {
    /// The desk, if it is of that file.
    pub(super) fn with_desk<T>(&self, job: u32, ask: impl FnOnce(&mut Desk) -> T) -> Option<T> {
        let mut slot = self.desk.borrow_mut();
        let (_, desk) = slot.as_mut().filter(|(owner, _)| *owner == job)?;
        Some(ask(desk))
    }

    /// Says why.
    pub(crate) fn explain(&self, job: u32, at_ms: f64, until_ms: f64, mode: Mode) {
        let started = now_ms();
        let report = self.with_desk(job, |desk| match desk.explain(at_ms as i64, until_ms as i64, mode) {
            Ok(why) => {
                let json = ExplanationJson::new(desk.scorer().engine().schema(), &why);
                let curves = desk.curves(&why, until_ms as i64);
                Report::Explained { job, why: Box::new(json), curves, took_ms: now_ms() - started }
            }
            Err(error) => Report::NotExplained { job, message: error.to_string() },
        });
        report.iter().for_each(|report| post(report, &[]));
    }

    /// Tells the episodes at another rate.
    pub(crate) fn retell(&self, job: u32, rate: f64) {
        let started = now_ms();
        let report = self.with_desk(job, |desk| match desk.retell(rate) {
            Ok(episodes) => {
                let agreement = desk.score(&episodes.iter().map(|one| one.opened).collect::<Vec<_>>());
                let told = Report::Retold { job, rate, episodes, took_ms: now_ms() - started };
                (told, agreement)
            }
            Err(error) => (Report::Failed { job, message: error.to_string() }, None),
        });
        let Some((report, agreement)) = report else { return };
        post(&report, &[]);
        agreement.iter().for_each(|&agreement| post(&Report::Scored { job, agreement }, &[]));
    }

    /// Of a session without rows: its episodes, and what they are called now.
    pub(super) fn tell_recalled(&self, job: u32) {
        let report = self.with_desk(job, |desk| {
            let engine = desk.scorer().engine();
            let episodes = engine.episodes().map(|episode| episode_json(engine, episode)).collect();
            let rate = engine.schema().false_alarm_rate();
            desk.table().times_ms.is_empty().then_some(Report::Retold { job, rate, episodes, took_ms: 0.0 })
        });
        report.flatten().iter().for_each(|report| post(report, &[]));
    }

    /// Says how every stream is.
    pub(super) fn tell_health(&self, job: u32) {
        let streams = self.with_desk(job, |desk| health_of(desk.scorer().engine()));
        streams.into_iter().for_each(|streams| post(&Report::Health { job, streams }, &[]));
    }

    /// Says how well alarms and labels agree.
    pub(super) fn tell_score(&self, job: u32) {
        let agreement = self.with_desk(job, |desk| {
            let openings: Vec<i64> = desk.scorer().engine().episodes().map(|one| one.opened_ms).collect();
            desk.score(&openings)
        });
        agreement.flatten().iter().for_each(|&agreement| post(&Report::Scored { job, agreement }, &[]));
    }

    /// Makes a file.
    pub(crate) fn export(&self, job: u32, what: Export) {
        let made = self.with_desk(job, |desk| match what {
            Export::Session => desk.seal().map(|bytes| Array::of1(&Uint8Array::from(bytes.as_slice()))),
            Export::Csv => texts(desk, CSV_HEAD, csv_line),
            Export::Json => texts(desk, "", |text, schema, verdict| {
                if let Ok(line) = serde_json::to_string(&VerdictJson::new(schema, verdict)) {
                    text.push_str(&line);
                    text.push('\n');
                }
            }),
        });
        let kind = match what {
            Export::Session => "application/octet-stream",
            Export::Csv => "text/csv",
            Export::Json => "application/x-ndjson",
        };
        match made {
            Some(Ok(parts)) => {
                let options = BlobPropertyBag::new();
                options.set_type(kind);
                if let Ok(blob) = Blob::new_with_buffer_source_sequence_and_options(&parts, &options) {
                    post_blob(&Report::Exported { job, what }, &blob);
                }
            }
            Some(Err(error)) => post(&Report::Failed { job, message: error.to_string() }, &[]),
            None => {}
        }
    }
}

/// All verdicts as text, in pieces.
fn texts(
    desk: &Desk,
    head: &str,
    mut line: impl FnMut(&mut String, &fourfold::Schema, &Verdict),
) -> Result<Array, fourfold::Error> {
    let (pieces, mut text) = (Array::new(), String::from(head));
    desk.tell_all(&mut |schema, verdict| {
        line(&mut text, schema, verdict);
        if text.len() >= PIECE_BYTES {
            pieces.push(&JsValue::from_str(&text));
            text.clear();
        }
    })?;
    pieces.push(&JsValue::from_str(&text));
    Ok(pieces)
}
