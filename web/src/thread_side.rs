//! The thread's side of the conversation: takes a file, reads it in pieces, judges it in steps, and listens in between.

mod answers;
mod gzip;
mod live;
mod post;
mod recording;
mod work;

use std::rc::Rc;

use fourfold_web::thread::desk::Desk;
use fourfold_web::thread::{Report, Request};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use live::LiveWork;
use post::{post, scope};
use work::Work;

/// Sets up the conversation and says that the thread is ready.
pub(crate) fn start() {
    let (work, live) = (Rc::new(Work::default()), Rc::new(LiveWork::default()));
    let on_message =
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| hear(&event, &work, &live));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&Report::Ready, &[]);
}

fn hear(event: &MessageEvent, work: &Rc<Work>, live: &Rc<LiveWork>) {
    let part = |name: &str| Reflect::get(&event.data(), &JsValue::from_str(name)).unwrap_or_default();
    let Ok(request) = serde_wasm_bindgen::from_value::<Request>(part("head")) else { return };
    let Some(request) = live.hear(request, &Array::from(&part("parts"))) else { return };
    match request {
        Request::Open { job, settings, before } => {
            work.open(job, Array::from(&part("parts")).get(0).unchecked_into(), settings, before);
        }
        Request::Cancel { .. } => work.cancel(),
        Request::Explain { job, at_ms, until_ms, mode } => work.explain(job, at_ms, until_ms, mode),
        Request::Label { job, opened_ms, label } => {
            work.again(job, |desk| desk.label(opened_ms as i64, label));
        }
        Request::Live(_) => {}
        Request::Undo { job } => work.again(job, |desk| desk.undo().map(|_| ())),
        Request::Replay { job } => work.again(job, Desk::rewind),
        Request::Rate { job, rate } => work.retell(job, rate),
        Request::Pace { is_paused, rows_per_s } => work.pace(is_paused, rows_per_s),
        Request::Export { job, what } => work.export(job, what),
    }
}
