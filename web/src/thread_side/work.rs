//! The work on a file: read in pieces, judged in steps; questions are answered in between and afterwards.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fourfold::cause::{Explanation, Found, Mode};
use fourfold::wire::ExplanationJson;
use fourfold_web::table::{Reader, Table};
use fourfold_web::thread::desk::Desk;
use fourfold_web::thread::schema::{preset_of, schema_of};
use fourfold_web::thread::scorer::{BATCH_ROWS, Judged};
use fourfold_web::thread::{Report, Settings, StreamNote};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, MessageChannel};

use super::gzip::{is_packed, unpack};
use super::post::post;

/// Read at once. A piece is some milliseconds of parsing.
const PIECE_BYTES: f64 = 1_048_576.0;
/// A step of judging ends after so long, so that a cancel is heard.
const STEP_MS: f64 = 16.0;

/// Why work ends before its end.
enum Stop {
    Cancelled,
    Failed(String),
}

impl<E: std::error::Error> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The file that is worked on, or was.
#[derive(Default)]
pub(crate) struct Work {
    /// The file that shall be worked on; 0 once that is cancelled.
    wanted: Cell<u32>,
    /// Whether steps are being taken.
    is_judging: Cell<bool>,
    desk: RefCell<Option<(u32, Desk)>>,
}

impl Work {
    /// Reads and judges a file.
    pub(crate) fn open(self: &Rc<Self>, job: u32, blob: Blob, settings: Settings) {
        self.wanted.set(job);
        self.desk.take();
        let work = Rc::clone(self);
        spawn_local(async move {
            let done = work.run(job, blob, &settings).await;
            report_stop(job, done);
        });
    }

    /// Stops.
    pub(crate) fn cancel(&self) {
        self.wanted.set(0);
    }

    /// Changes what people said, and judges what follows from it again.
    pub(crate) fn teach(self: &Rc<Self>, job: u32, change: impl FnOnce(&mut Desk)) {
        let mut slot = self.desk.borrow_mut();
        let Some((_, desk)) = slot.as_mut().filter(|(owner, _)| *owner == job) else { return };
        change(desk);
        let (rows, verdicts) = (desk.scorer().rows() as u32, desk.scorer().verdicts() as u32);
        post(&Report::Again { job, rows, verdicts, said: desk.said().to_vec() }, &[]);
        drop(slot);
        self.wanted.set(job);
        if !self.is_judging.get() {
            let work = Rc::clone(self);
            spawn_local(async move { report_stop(job, work.judge(job, 0.0).await) });
        }
    }

    /// Says why.
    pub(crate) fn explain(&self, job: u32, at_ms: f64, until_ms: f64, mode: Mode) {
        let slot = self.desk.borrow();
        let Some((_, desk)) = slot.as_ref().filter(|(owner, _)| *owner == job) else { return };
        let started = now_ms();
        match desk.explain(at_ms as i64, until_ms as i64, mode) {
            Ok(why) => {
                let json = ExplanationJson::new(desk.scorer().engine().schema(), &why);
                let curves = desk.curves(&leads(desk, &why), until_ms as i64);
                let took_ms = now_ms() - started;
                post(&Report::Explained { job, why: Box::new(json), curves, took_ms }, &[]);
            }
            Err(error) => post(&Report::NotExplained { job, message: error.to_string() }, &[]),
        }
    }

    async fn run(&self, job: u32, blob: Blob, settings: &Settings) -> Result<(), Stop> {
        let started = now_ms();
        let blob = unpacked(blob).await?;
        let table = self.read(job, &blob, settings).await?;
        let preset = preset_of(&table, settings)?.and_then(|preset| preset.name);
        let schema = schema_of(&table, settings)?;
        let streams = (schema.streams().iter())
            .map(|stream| StreamNote {
                name: stream.name.clone(),
                group: stream.group.map(|group| schema.groups()[group].clone()),
                unit: stream.unit.clone(),
                kind: stream.kind,
            })
            .collect();
        let links = schema.links().iter().map(|link| (link.from as u32, link.to as u32)).collect();
        let times: Vec<f64> = table.times_ms.iter().map(|&at| at as f64).collect();
        let false_alarm_rate = schema.false_alarm_rate();
        let note = Box::new(table.note.clone());
        post(&Report::Read { job, streams, links, preset, note, false_alarm_rate }, &[&times]);
        for (place, column) in (0..).zip(&table.columns) {
            post(&Report::Lane { job, place }, &[&column.values]);
        }
        let reading_ms = now_ms() - started;
        *self.desk.borrow_mut() = Some((job, Desk::new(table, schema)));
        self.judge(job, reading_ms).await
    }

    async fn judge(&self, job: u32, reading_ms: f64) -> Result<(), Stop> {
        self.is_judging.set(true);
        let done = self.steps(job, reading_ms).await;
        self.is_judging.set(false);
        done
    }

    async fn steps(&self, job: u32, reading_ms: f64) -> Result<(), Stop> {
        let started = now_ms();
        loop {
            let step_end = now_ms() + STEP_MS;
            let mut judged = Judged::default();
            let mut goes_on = true;
            let (rows, digest) = {
                let mut slot = self.desk.borrow_mut();
                let Some((_, desk)) = slot.as_mut().filter(|(owner, _)| *owner == job) else {
                    return Err(Stop::Cancelled);
                };
                while goes_on && now_ms() < step_end {
                    goes_on = desk.step(BATCH_ROWS, &mut judged)?;
                }
                (desk.scorer().rows() as u32, desk.scorer().digest())
            };
            let Judged { times_ms, scores, confidences, episodes } = judged;
            post(&Report::Judged { job, rows, episodes }, &[&times_ms, &scores, &confidences]);
            if !goes_on {
                post(&Report::Done { job, digest, reading_ms, judging_ms: now_ms() - started }, &[]);
                return Ok(());
            }
            self.listen(job).await?;
        }
    }

    async fn read(&self, job: u32, blob: &Blob, settings: &Settings) -> Result<Table, Stop> {
        let unreadable = |_| {
            Stop::Failed(
                "The file can not be read any more. Was it moved or changed? Choose it again.".into(),
            )
        };
        let size = blob.size();
        let mut reader = Reader::new(settings.table.clone());
        let mut at = 0.0;
        while at < size {
            let piece = blob.slice_with_f64_and_f64(at, (at + PIECE_BYTES).min(size)).map_err(unreadable)?;
            let buffer = JsFuture::from(piece.array_buffer()).await.map_err(unreadable)?;
            reader.feed(&Uint8Array::new(&buffer).to_vec())?;
            at += PIECE_BYTES;
            post(&Report::Reading { job, bytes: at.min(size), rows: reader.rows() as u32 }, &[]);
            self.listen(job).await?;
        }
        Ok(reader.finish()?)
    }

    /// Lets waiting messages in, then goes on if this is still what is wanted.
    async fn listen(&self, job: u32) -> Result<(), Stop> {
        let turn = Promise::new(&mut |resolve, _| {
            // A message to oneself comes after those that wait, and at once; a timer would wait 4 ms.
            if let Ok(channel) = MessageChannel::new() {
                channel.port1().set_onmessage(Some(&resolve));
                let _ = channel.port2().post_message(&JsValue::NULL);
            }
        });
        let _ = JsFuture::from(turn).await;
        if self.wanted.get() == job { Ok(()) } else { Err(Stop::Cancelled) }
    }
}

/// The file, or what is in it where it is packed.
async fn unpacked(blob: Blob) -> Result<Blob, Stop> {
    if !is_packed(&blob).await {
        return Ok(blob);
    }
    let failed = "The gzip file is damaged, or this browser can not unpack it. Unpack it first and drop what is in it.";
    unpack(&blob).await.map_err(|_| Stop::Failed(failed.into()))
}

fn report_stop(job: u32, done: Result<(), Stop>) {
    match done {
        Ok(()) => {}
        Err(Stop::Cancelled) => post(&Report::Cancelled { job }, &[]),
        Err(Stop::Failed(message)) => post(&Report::Failed { job, message }, &[]),
    }
}

/// Who leads whom, as far as the explanation says so.
fn leads(desk: &Desk, why: &Explanation) -> Vec<(String, String)> {
    let streams = desk.scorer().engine().schema().streams();
    let name = |place: usize| streams.get(place).map(|stream| stream.name.clone());
    let pairs = why.evidence.iter().filter_map(|evidence| match evidence.found {
        Found::Lead { first, then, .. } => Some((name(first)?, name(then)?)),
        _ => None,
    });
    pairs.collect()
}

fn now_ms() -> f64 {
    js_sys::Date::now()
}
