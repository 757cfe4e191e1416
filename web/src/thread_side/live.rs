//! Live sensors, on the engine thread: judges what the page hears, and keeps it for a reload.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fourfold::Error;
use fourfold::cause::Mode;
use fourfold_web::live::judge::Judge;
use fourfold_web::live::message::{LiveReport, LiveRequest};
use fourfold_web::thread::{Report, Request};
use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::post::post;
use super::recording::{self, Recording, lists};

/// Frames after which it is kept again. What a reload loses is no longer than this.
const KEEP_FRAMES: usize = 5;

/// The device that is watched, if one is.
#[derive(Default)]
pub(crate) struct LiveWork {
    judge: RefCell<Option<(u32, Judge)>>,
    /// Whether readings still come. Afterwards the judge is there for questions alone.
    is_on: Cell<bool>,
    frames_since_kept: Cell<usize>,
    is_keeping: Cell<bool>,
    recording: RefCell<Recording>,
}

impl LiveWork {
    /// Does what the page asks for, if it is about the device; gives it back if it is about a file.
    pub(crate) fn hear(self: &Rc<Self>, request: Request, parts: &Array) -> Option<Request> {
        let is_watched = |job: u32| self.judge.borrow().as_ref().is_some_and(|(owner, _)| *owner == job);
        match request {
            Request::Live(request) => self.watch(&request, parts),
            Request::Explain { job, at_ms, mode, .. } if is_watched(job) => self.explain(job, at_ms, mode),
            Request::Label { job, opened_ms, label } if is_watched(job) => {
                self.teach(job, |judge| judge.label(opened_ms as i64, label));
            }
            Request::Undo { job } if is_watched(job) => self.teach(job, Judge::undo),
            other => return Some(other),
        }
        None
    }

    fn watch(self: &Rc<Self>, request: &LiveRequest, parts: &Array) {
        match *request {
            LiveRequest::Begin { job, resume } => {
                let work = Rc::clone(self);
                spawn_local(async move { work.begin(job, resume).await });
            }
            LiveRequest::Readings { until_ms } => {
                let readings = parts.get(0).unchecked_into::<Float64Array>().to_vec();
                self.take(&readings, until_ms);
            }
            LiveRequest::Sleep { from_ms } => {
                if let Some((_, judge)) = self.judge.borrow_mut().as_mut() {
                    judge.sleep(from_ms);
                }
                // A page that is hidden may never be seen again.
                self.keep();
            }
            LiveRequest::End => {
                self.is_on.set(false);
                let work = Rc::clone(self);
                spawn_local(async move { work.drop_kept().await });
            }
        }
    }

    async fn begin(&self, job: u32, resume: bool) {
        let kept = if resume { recording::restored().await } else { None };
        let judged = kept.map_or_else(|| Judge::new().map(|judge| (judge, Recording::default())), Ok);
        let (judge, recording) = match judged {
            Ok(judged) => judged,
            Err(error) => return post(&Report::Failed { job, message: error.to_string() }, &[]),
        };
        self.recording.replace(recording);
        let false_alarm_rate = judge.schema().false_alarm_rate();
        let said = judge.said().to_vec();
        let report = LiveReport::Begun { job, episodes: judge.episodes(), said, false_alarm_rate };
        post(&Report::Live(report), &lists(judge.kept()));
        self.judge.replace(Some((job, judge)));
        self.is_on.set(true);
    }

    fn explain(&self, job: u32, at_ms: f64, mode: Mode) {
        let slot = self.judge.borrow();
        let Some((_, judge)) = slot.as_ref() else { return };
        let started = js_sys::Date::now();
        post(
            &match judge.explain(at_ms as i64, mode) {
                Ok((why, curves)) => {
                    let took_ms = js_sys::Date::now() - started;
                    Report::Explained { job, why: Box::new(why), curves, took_ms }
                }
                Err(error) => Report::NotExplained { job, message: error.to_string() },
            },
            &[],
        );
    }

    fn teach(self: &Rc<Self>, job: u32, change: impl FnOnce(&mut Judge) -> Result<(), Error>) {
        let mut slot = self.judge.borrow_mut();
        let Some((_, judge)) = slot.as_mut() else { return };
        // What can not be taught leaves everything as it was, and that is what the page is told.
        let _ = change(judge);
        let (said, episodes) = (judge.said().to_vec(), judge.changed_episodes());
        post(&Report::Live(LiveReport::Taught { job, said, episodes }), &[]);
        drop(slot);
        self.keep();
    }

    fn take(self: &Rc<Self>, readings: &[f64], until_ms: f64) {
        let mut slot = self.judge.borrow_mut();
        let Some((job, judge)) = slot.as_mut() else { return };
        let job = *job;
        match judge.take(readings, until_ms) {
            Ok(frames) if frames.times_ms.is_empty() => {}
            Ok(frames) => {
                let episodes = judge.changed_episodes();
                post(&Report::Live(LiveReport::Frames { job, episodes }), &lists(&frames));
                let since = self.frames_since_kept.get() + frames.times_ms.len();
                self.frames_since_kept.set(since);
                self.recording.borrow_mut().add(&frames);
                drop(slot);
                if since >= KEEP_FRAMES {
                    self.keep();
                }
            }
            Err(error) => post(&Report::Failed { job, message: error.to_string() }, &[]),
        }
    }

    /// Writes down how it stands. One at a time: the newest is what counts.
    fn keep(self: &Rc<Self>) {
        if !self.is_on.get() || self.is_keeping.replace(true) {
            return;
        }
        self.frames_since_kept.set(0);
        let written = self.judge.borrow().as_ref().map(|(_, judge)| self.recording.borrow_mut().write(judge));
        let Some(written) = written else { return self.is_keeping.set(false) };
        let work = Rc::clone(self);
        spawn_local(async move {
            written.keep().await;
            work.is_keeping.set(false);
            // It ended while this was written.
            if !work.is_on.get() {
                work.drop_kept().await;
            }
        });
    }

    async fn drop_kept(&self) {
        let recording = self.recording.take();
        recording.drop_kept().await;
    }
}
