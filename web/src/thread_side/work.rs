//! The work on a file: read in pieces, judged in steps; questions are answered in between and afterwards.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fourfold::evaluate::segments;
use fourfold::{Engine, Error};
use fourfold_web::table::{Reader, Table, Zones};
use fourfold_web::thread::desk::Desk;
use fourfold_web::thread::schema::{preset_of, schema_of};
use fourfold_web::thread::scorer::{BATCH_ROWS, Judged};
use fourfold_web::thread::{Before, Report, Settings, StreamNote};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, MessageChannel};

use super::gzip::{is_packed, unpack};
use super::post::{post, scope};
use crate::zones;

/// Read at once. A piece is some milliseconds of parsing.
const PIECE_BYTES: f64 = 1_048_576.0;
/// A step of judging ends after so long, so that a cancel is heard.
const STEP_MS: f64 = 16.0;
/// What was judged is told so often: the page draws each telling.
const TELL_MS: f64 = 100.0;
/// At a chosen pace, or paused, it looks for work so often.
const PACED_STEP_MS: i32 = 30;

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
    is_paused: Cell<bool>,
    rows_per_s: Cell<Option<f64>>,
    /// What was judged and not told yet.
    news: RefCell<Judged>,
    pub(super) desk: RefCell<Option<(u32, Desk)>>,
}

impl Work {
    /// Reads and judges a file.
    pub(crate) fn open(self: &Rc<Self>, job: u32, blob: Blob, settings: Settings, before: Before) {
        self.wanted.set(job);
        self.is_paused.set(false);
        // A session that waits for rows: they may be in this file.
        let waiting = self.desk.take().filter(|(_, desk)| desk.table().times_ms.is_empty());
        let waiting = waiting.map(|(_, desk)| desk.scorer().engine().clone());
        let work = Rc::clone(self);
        spawn_local(async move {
            let done = work.run(job, blob, &settings, before, waiting).await;
            report_stop(job, done);
        });
    }

    /// Stops.
    pub(crate) fn cancel(&self) {
        self.wanted.set(0);
        // What is open may still be asked about; a session without rows is put away.
        let is_waiting = |slot: &Option<(u32, Desk)>| {
            slot.as_ref().is_some_and(|(_, desk)| desk.table().times_ms.is_empty())
        };
        if is_waiting(&self.desk.borrow()) {
            self.desk.take();
        }
    }

    /// Changes something, and judges what follows from it again.
    pub(crate) fn again(self: &Rc<Self>, job: u32, change: impl FnOnce(&mut Desk) -> Result<(), Error>) {
        // What is changed may be part of it.
        self.tell(job);
        let mut slot = self.desk.borrow_mut();
        let Some((_, desk)) = slot.as_mut().filter(|(owner, _)| *owner == job) else { return };
        if let Err(error) = change(desk) {
            return post(&Report::Failed { job, message: error.to_string() }, &[]);
        }
        let (rows, verdicts) = (desk.scorer().rows() as u32, desk.scorer().verdicts() as u32);
        let (said, taken_back, taught) = (desk.said().to_vec(), desk.taken_back(), desk.taught());
        post(&Report::Again { job, rows, verdicts, said, taken_back, taught }, &[]);
        drop(slot);
        self.wanted.set(job);
        if !self.is_judging.get() {
            let work = Rc::clone(self);
            spawn_local(async move { report_stop(job, work.judge(job, 0.0).await) });
        }
    }

    /// Sets how fast rows are judged.
    pub(crate) fn pace(&self, is_paused: bool, rows_per_s: Option<f64>) {
        self.is_paused.set(is_paused);
        self.rows_per_s.set(rows_per_s);
    }

    async fn run(
        &self,
        job: u32,
        blob: Blob,
        settings: &Settings,
        before: Before,
        waiting: Option<Engine>,
    ) -> Result<(), Stop> {
        let started = now_ms();
        let blob = unpacked(blob).await?;
        if is_session(&blob).await {
            let bytes = JsFuture::from(blob.array_buffer()).await.map_err(|_| unreadable())?;
            let engine = Engine::open(&Uint8Array::new(&bytes).to_vec())?;
            return self.resume(job, engine, before);
        }
        let mut table = self.read(job, &blob, settings, waiting.as_ref()).await?;
        let preset = preset_of(&table, settings)?.and_then(|preset| preset.name);
        let engine = match waiting {
            Some(engine) => {
                if let Err(fault) = table.go_on_after(&engine) {
                    // It goes on waiting for the right file.
                    let rows = Table::of_streams(engine.schema());
                    *self.desk.borrow_mut() = Some((job, Desk::resume(rows, engine)));
                    return Err(fault.into());
                }
                engine
            }
            None => Engine::new(schema_of(&table, settings)?),
        };
        post_read(job, &table, &engine, preset);
        let reading_ms = now_ms() - started;
        let rate = before.rate.filter(|&rate| rate != engine.schema().false_alarm_rate());
        *self.desk.borrow_mut() =
            Some((job, Desk::resume(table, engine).with_said(before.said, before.taken_back)));
        self.judge(job, reading_ms).await?;
        rate.into_iter().for_each(|rate| self.retell(job, rate));
        Ok(())
    }

    /// An engine without rows: what it remembers is shown, and it waits for a file.
    fn resume(&self, job: u32, engine: Engine, before: Before) -> Result<(), Stop> {
        let (recalled, scores) = Table::recalled(&engine);
        post_read(job, &recalled, &engine, None);
        let mut desk = Desk::resume(Table::of_streams(engine.schema()), engine.clone())
            .with_said(before.said, before.taken_back);
        let frames = engine.monitor(&Default::default()).frames;
        let (last_ms, taught) = (engine.last_frame_ms(), desk.taught());
        post(&Report::Resumed { job, frames, last_ms, taught }, &[]);
        let times_ms: Vec<f64> = recalled.times_ms.iter().map(|&at| at as f64).collect();
        // How sure it was then is not remembered.
        let confidences = vec![f64::NAN; scores.len()];
        let report = Report::Judged { job, rows: scores.len() as u32, episodes: Vec::new() };
        post(&report, &[&times_ms, &scores, &confidences]);
        // There is nothing to judge, and what was said before a reload is heard.
        desk.step(BATCH_ROWS, &mut Judged::default())?;
        let digest = desk.scorer().digest();
        *self.desk.borrow_mut() = Some((job, desk));
        self.tell_recalled(job);
        self.tell_health(job);
        post(&Report::Done { job, digest, reading_ms: 0.0, judging_ms: 0.0 }, &[]);
        Ok(())
    }

    async fn judge(&self, job: u32, reading_ms: f64) -> Result<(), Stop> {
        self.is_judging.set(true);
        let done = self.steps(job, reading_ms).await;
        self.is_judging.set(false);
        done
    }

    async fn steps(&self, job: u32, reading_ms: f64) -> Result<(), Stop> {
        let started = now_ms();
        let mut last = started;
        let mut told = started;
        self.news.take();
        // Rows that the pace has earned and that were not judged yet.
        let mut earned = 0.0;
        loop {
            let now = now_ms();
            let rows_per_s = self.rows_per_s.get();
            earned = rows_per_s.map_or(0.0, |pace| (earned + (now - last) / 1000.0 * pace).min(pace));
            last = now;
            let most = if rows_per_s.is_some() { earned as usize } else { usize::MAX };
            if self.is_paused.get() || most == 0 {
                self.tell(job);
                sleep(PACED_STEP_MS).await;
                self.listen(job).await?;
                continue;
            }
            let (goes_on, judged) = self.step(job, most)?;
            earned -= f64::from(judged);
            if !goes_on || rows_per_s.is_some() || now - told >= TELL_MS {
                self.tell(job);
                told = now;
            }
            if !goes_on {
                self.tell_recalled(job);
                self.tell_health(job);
                self.tell_score(job);
                let digest = self.with_desk(job, |desk| desk.scorer().digest()).unwrap_or_default();
                post(&Report::Done { job, digest, reading_ms, judging_ms: now_ms() - started }, &[]);
                return Ok(());
            }
            if let Err(stop) = self.listen(job).await {
                self.tell(job);
                return Err(stop);
            }
        }
    }

    /// Tells what was judged since it did so last.
    fn tell(&self, job: u32) {
        let Judged { times_ms, scores, confidences, episodes } = self.news.take();
        if times_ms.is_empty() {
            return;
        }
        let rows = self.with_desk(job, |desk| desk.scorer().rows() as u32).unwrap_or_default();
        post(&Report::Judged { job, rows, episodes }, &[&times_ms, &scores, &confidences]);
    }

    /// Judges for some milliseconds; whether there is more, and how many rows it was.
    fn step(&self, job: u32, rows_max: usize) -> Result<(bool, u32), Stop> {
        let step_end = now_ms() + STEP_MS;
        let mut goes_on = true;
        let (mut slot, mut news) = (self.desk.borrow_mut(), self.news.borrow_mut());
        let Some((_, desk)) = slot.as_mut().filter(|(owner, _)| *owner == job) else {
            return Err(Stop::Cancelled);
        };
        let before = desk.scorer().rows();
        while goes_on && now_ms() < step_end && desk.scorer().rows() - before < rows_max {
            let left = rows_max - (desk.scorer().rows() - before);
            goes_on = desk.step(left.min(BATCH_ROWS), &mut news)?;
        }
        Ok((goes_on, (desk.scorer().rows() - before) as u32))
    }

    async fn read(
        &self,
        job: u32,
        blob: &Blob,
        settings: &Settings,
        waiting: Option<&Engine>,
    ) -> Result<Table, Stop> {
        let size = blob.size();
        let zones = zones_of(settings, waiting)?;
        let mut reader = Reader::new(settings.table.clone()).with_zones(zones);
        let mut at = 0.0;
        while at < size {
            let piece =
                blob.slice_with_f64_and_f64(at, (at + PIECE_BYTES).min(size)).map_err(|_| unreadable())?;
            let buffer = JsFuture::from(piece.array_buffer()).await.map_err(|_| unreadable())?;
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

/// The clock that somebody chose, or that of the session that a file goes on for.
fn zones_of(settings: &Settings, waiting: Option<&Engine>) -> Result<Zones, Stop> {
    let chosen = match &settings.table.zone {
        Some(name) => Some(zones::zone(name).ok_or_else(|| {
            Stop::Failed(format!("This browser does not know the time zone “{name}”. Choose another one."))
        })?),
        None => waiting.map(Table::zone_of),
    };
    Ok(Zones { chosen, own: Some(zones::own) })
}

/// The file, or what is in it where it is packed.
async fn unpacked(blob: Blob) -> Result<Blob, Stop> {
    if !is_packed(&blob).await {
        return Ok(blob);
    }
    let failed = "The gzip file is damaged, or this browser can not unpack it. Unpack it first and drop what is in it.";
    unpack(&blob).await.map_err(|_| Stop::Failed(failed.into()))
}

fn unreadable() -> Stop {
    Stop::Failed("The file can not be read any more. Was it moved or changed? Choose it again.".into())
}

/// What is watched, and the values of every stream.
fn post_read(job: u32, table: &Table, engine: &Engine, preset: Option<String>) {
    let schema = engine.schema();
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
    let labelled =
        segments(&table.labels).into_iter().map(|(first, last)| (times[first], times[last])).collect();
    let false_alarm_rate = schema.false_alarm_rate();
    let note = Box::new(table.note.clone());
    post(&Report::Read { job, streams, links, preset, note, labelled, false_alarm_rate }, &[&times]);
    for (place, column) in (0..).zip(&table.columns) {
        post(&Report::Lane { job, place }, &[&column.values]);
    }
}

/// Whether it is a sealed engine.
async fn is_session(blob: &Blob) -> bool {
    let Ok(first) = blob.slice_with_f64_and_f64(0.0, 4.0) else { return false };
    let bytes = JsFuture::from(first.array_buffer()).await;
    bytes.is_ok_and(|bytes| Uint8Array::new(&bytes).to_vec() == b"4FLD")
}

async fn sleep(ms: i32) {
    let pause = Promise::new(&mut |resolve, _| {
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(pause).await;
}

fn report_stop(job: u32, done: Result<(), Stop>) {
    match done {
        Ok(()) => {}
        Err(Stop::Cancelled) => post(&Report::Cancelled { job }, &[]),
        Err(Stop::Failed(message)) => post(&Report::Failed { job, message }, &[]),
    }
}

pub(super) fn now_ms() -> f64 {
    js_sys::Date::now()
}
