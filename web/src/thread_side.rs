//! The thread's side of the conversation.

use std::cell::Cell;
use std::rc::Rc;

use fourfold_web::table::{Reader, Table};
use fourfold_web::thread::scorer::{Judged, Scorer, schema_of};
use fourfold_web::thread::{Report, Request, StreamNote};
use js_sys::{Array, Float64Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

use crate::thread_live::LiveWork;

/// Read at once. A piece is some milliseconds of parsing.
const PIECE_BYTES: f64 = 1_048_576.0;
/// A step of judging ends after so long, so that a cancel is heard.
const STEP_MS: f64 = 16.0;

/// Sets up the conversation and says that the thread is ready.
pub(crate) fn start() {
    console_error_panic_hook::set_once();
    let current = Rc::new(Cell::new(0));
    let live = Rc::new(LiveWork::default());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| hear(&event, &current, &live));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&Report::Ready, &[]);
}

fn hear(event: &MessageEvent, current: &Rc<Cell<u32>>, live: &Rc<LiveWork>) {
    let part = |name: &str| Reflect::get(&event.data(), &JsValue::from_str(name)).unwrap_or_default();
    let Ok(request) = serde_wasm_bindgen::from_value::<Request>(part("head")) else { return };
    match request {
        Request::Live(request) => live.hear(&request, &Array::from(&part("parts"))),
        Request::Cancel { .. } => current.set(0),
        Request::Open { job, preset } => {
            current.set(job);
            let blob: Blob = Array::from(&part("parts")).get(0).unchecked_into();
            let current = Rc::clone(current);
            spawn_local(async move {
                let work = Work { job, current };
                match work.run(&blob, preset.as_deref()).await {
                    Ok(()) => {}
                    Err(Stop::Cancelled) => post(&Report::Cancelled { job }, &[]),
                    Err(Stop::Failed(message)) => post(&Report::Failed { job, message }, &[]),
                }
            });
        }
    }
}

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

/// One file.
struct Work {
    job: u32,
    current: Rc<Cell<u32>>,
}

impl Work {
    async fn run(&self, blob: &Blob, preset: Option<&str>) -> Result<(), Stop> {
        let job = self.job;
        let started = now_ms();
        let table = self.read(blob).await?;
        let schema = schema_of(&table, preset)?;
        let streams = (schema.streams().iter())
            .map(|stream| StreamNote {
                name: stream.name.clone(),
                group: stream.group.map(|group| schema.groups()[group].clone()),
                unit: stream.unit.clone(),
            })
            .collect();
        let times: Vec<f64> = table.times_ms.iter().map(|&at| at as f64).collect();
        let false_alarm_rate = schema.false_alarm_rate();
        post(&Report::Read { job, streams, note: table.note.clone(), false_alarm_rate }, &[&times]);
        for (place, column) in (0..).zip(&table.columns) {
            post(&Report::Lane { job, place }, &[&column.values]);
        }
        let read = now_ms();
        let mut scorer = Scorer::new(&table, schema);
        loop {
            let step_end = now_ms() + STEP_MS;
            let mut judged = Judged::default();
            let mut goes_on = true;
            while goes_on && now_ms() < step_end {
                goes_on = scorer.step(&table, &mut judged)?;
            }
            let rows = scorer.rows() as u32;
            let Judged { times_ms, scores, confidences, episodes } = judged;
            post(&Report::Judged { job, rows, episodes }, &[&times_ms, &scores, &confidences]);
            if !goes_on {
                break;
            }
            self.listen().await?;
        }
        let (reading_ms, judging_ms) = (read - started, now_ms() - read);
        post(&Report::Done { job, digest: scorer.digest(), reading_ms, judging_ms }, &[]);
        Ok(())
    }

    async fn read(&self, blob: &Blob) -> Result<Table, Stop> {
        let unreadable = |_| {
            Stop::Failed(
                "The file can not be read any more. Was it moved or changed? Choose it again.".into(),
            )
        };
        let size = blob.size();
        let mut reader = Reader::default();
        let mut at = 0.0;
        while at < size {
            let piece = blob.slice_with_f64_and_f64(at, (at + PIECE_BYTES).min(size)).map_err(unreadable)?;
            let buffer = JsFuture::from(piece.array_buffer()).await.map_err(unreadable)?;
            reader.feed(&Uint8Array::new(&buffer).to_vec())?;
            at += PIECE_BYTES;
            post(&Report::Reading { job: self.job, bytes: at.min(size), rows: reader.rows() as u32 }, &[]);
            self.listen().await?;
        }
        Ok(reader.finish()?)
    }

    /// Lets waiting messages in, then goes on if this is still what is wanted.
    async fn listen(&self) -> Result<(), Stop> {
        let turn = Promise::new(&mut |resolve, _| {
            // A message to oneself comes after those that wait, and at once; a timer would wait 4 ms.
            if let Ok(channel) = MessageChannel::new() {
                channel.port1().set_onmessage(Some(&resolve));
                let _ = channel.port2().post_message(&JsValue::NULL);
            }
        });
        let _ = JsFuture::from(turn).await;
        if self.current.get() == self.job { Ok(()) } else { Err(Stop::Cancelled) }
    }
}

pub(crate) fn post(report: &Report, parts: &[&[f64]]) {
    let (arrays, buffers) = (Array::new(), Array::new());
    for part in parts {
        // A copy outside of the wasm memory: that can be moved, the memory itself can not.
        let array = Float64Array::from(*part);
        buffers.push(&array.buffer());
        arrays.push(&array);
    }
    let message = Object::new();
    let Ok(head) = serde_wasm_bindgen::to_value(report) else { return };
    let _ = Reflect::set(&message, &"head".into(), &head);
    let _ = Reflect::set(&message, &"parts".into(), &arrays);
    let _ = scope().post_message_with_transfer(&message, &buffers);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn now_ms() -> f64 {
    js_sys::Date::now()
}
