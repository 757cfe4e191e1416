//! The page's side of the conversation with the engine thread.

use fourfold::Label;
use fourfold::cause::Mode;
use fourfold::wire::EpisodeJson;
use fourfold_web::thread::{Before, Export, Report, Request, Settings};
use js_sys::{Array, Float64Array, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, MessageEvent, Response, Url, Worker, WorkerOptions, WorkerType};

use crate::kept;
use crate::save;
use crate::session::{Phase, Session, Why};

/// A thread that listens, and what waits until it does.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    session: Session,
    worker: StoredValue<Option<Worker>, LocalStorage>,
    waiting: StoredValue<Vec<Object>, LocalStorage>,
    is_ready: StoredValue<bool>,
    /// The file that is open, to be read again when somebody changes what is said of it.
    file: StoredValue<Option<Blob>, LocalStorage>,
    expected: StoredValue<Settings>,
}

/// A thread of a file has the policy that its server sends, or none. One of a text that is made here has the page's own.
fn thread_address() -> Result<String, JsValue> {
    let base = document().base_uri()?.unwrap_or_default();
    let script = Url::new_with_base("./engine-thread.js", &base)?;
    let parts = Array::of1(&format!("import '{}'", script.href()).into());
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &options)?)
}

impl Link {
    /// Starts the thread.
    pub(crate) fn new(session: Session) -> Self {
        let link = Self {
            session,
            worker: StoredValue::new_local(None),
            waiting: StoredValue::new_local(Vec::new()),
            is_ready: StoredValue::new(false),
            file: StoredValue::new_local(None),
            expected: StoredValue::default(),
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        match thread_address().and_then(|address| Worker::new_with_options(&address, &options)) {
            Ok(worker) => {
                let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event| link.hear(&event));
                worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
                on_message.forget();
                let on_error = Closure::<dyn Fn()>::new(move || {
                    link.fail(
                        "The engine could not be started or stopped working. Reload the page and try again.",
                    );
                });
                worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
                on_error.forget();
                // Compiled once is enough, and a sealed page could not load it again.
                let _ = worker.post_message(&wasm_bindgen::module());
                link.worker.set_value(Some(worker));
            }
            Err(_) => {
                link.fail("This browser can not run the engine in a thread of its own. Try a newer one.")
            }
        }
        link
    }

    pub(crate) fn session(&self) -> Session {
        self.session
    }

    pub(crate) fn fail(&self, sentence: &str) {
        self.session.phase.set(Phase::Failed(sentence.to_string()));
    }

    fn hear(&self, event: &MessageEvent) {
        let part = |name: &str| Reflect::get(&event.data(), &JsValue::from_str(name)).unwrap_or_default();
        let Ok(report) = serde_wasm_bindgen::from_value::<Report>(part("head")) else {
            return self
                .fail("Page and engine do not understand each other. Reload the page to get both anew.");
        };
        if report == Report::Ready {
            self.is_ready.set_value(true);
            self.waiting.update_value(|waiting| waiting.drain(..).for_each(|message| self.post(&message)));
            return;
        }
        let parts = Array::from(&part("parts"));
        if let Report::Exported { what, .. } = report {
            return save::save(&parts.get(0).unchecked_into(), &save::name(&self.session, what));
        }
        let parts = parts.iter().map(|array| array.unchecked_into::<Float64Array>().to_vec()).collect();
        self.session.take(report, parts);
    }

    fn post(&self, message: &Object) {
        self.worker.with_value(|worker| {
            if let Some(worker) = worker
                && worker.post_message(message).is_err()
            {
                self.fail("The file could not be handed to the engine. Choose it again.");
            }
        });
    }

    pub(crate) fn send(&self, request: &Request, parts: &Array) {
        let message = Object::new();
        let Ok(head) = serde_wasm_bindgen::to_value(request) else { return };
        let _ = Reflect::set(&message, &"head".into(), &head);
        let _ = Reflect::set(&message, &"parts".into(), parts);
        if self.is_ready.get_value() {
            self.post(&message);
        } else {
            self.waiting.update_value(|waiting| waiting.push(message));
        }
    }

    /// Settings that came with the address, for the next file.
    pub(crate) fn expect(&self, settings: Settings) {
        self.expected.set_value(settings);
    }

    /// Reads and judges a file. What the address does not say is guessed.
    pub(crate) fn open(&self, blob: &Blob, name: &str) {
        let expected = self.expected.try_update_value(std::mem::take).unwrap_or_default();
        self.open_as(blob, name, expected);
    }

    /// Reads and judges a file as somebody says.
    pub(crate) fn open_as(&self, blob: &Blob, name: &str, settings: Settings) {
        kept::keep_file(blob, name, &settings);
        self.open_again(blob, name, settings, Before::default());
    }

    /// The same for a file that was open before the page was loaded again, with what was done to it then.
    pub(crate) fn open_again(&self, blob: &Blob, name: &str, settings: Settings, before: Before) {
        // What was worked on before stops by itself: another file is wanted now.
        let job = self.session.begin(name, blob.size());
        self.session.said.set(before.said.clone());
        self.session.earlier.set((before.taken_back, 0));
        self.session.settings.set(settings.clone());
        self.file.set_value(Some(blob.clone()));
        self.send(&Request::Open { job, settings, before }, &Array::of1(blob));
    }

    /// Reads and judges the same file again, after somebody changed what is said of it.
    pub(crate) fn reopen(&self, settings: Settings) {
        let Some(blob) = self.file.get_value() else { return };
        let (name, tab) = (self.session.file_name.get_untracked(), self.session.tab.get_untracked());
        self.open_as(&blob, &name, settings);
        self.session.tab.set(tab);
    }

    /// Takes pasted text as a file.
    pub(crate) fn open_text(&self, text: &str) {
        let options = BlobPropertyBag::new();
        options.set_type("text/csv");
        if let Ok(blob) = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options) {
            self.open(&blob, "pasted table");
        }
    }

    /// Plays a shipped sample.
    pub(crate) fn open_sample(&self, name: &str, settings: Settings) {
        self.open_path(&format!("./samples/{name}.csv.gz"), &format!("{name} sample"), settings);
    }

    /// Opens what lies beside the page. No other place can be named: the page's own policy forbids it too.
    pub(crate) fn open_path(&self, path: &str, name: &str, settings: Settings) {
        let (link, path, name) = (*self, path.to_string(), name.to_string());
        spawn_local(async move {
            let fetched = async {
                let window = web_sys::window().ok_or(JsValue::NULL)?;
                let response = JsFuture::from(window.fetch_with_str(&path)).await?;
                let response: Response = response.unchecked_into();
                let blob = if response.ok() { response.blob()? } else { return Err(JsValue::NULL) };
                JsFuture::from(blob).await
            };
            match fetched.await {
                Ok(blob) => link.open_as(&blob.unchecked_into(), &name, settings),
                Err(_) => link.fail(&format!(
                    "“{name}” could not be loaded. Is there a connection, and is the tab not sealed? A file of your own needs neither."
                )),
            }
        });
    }

    /// Stops the work on the current file.
    pub(crate) fn cancel(&self) {
        self.send(&Request::Cancel { job: self.session.job.get_untracked() }, &Array::new());
    }

    /// Asks why an episode happened.
    pub(crate) fn explain(&self, episode: &EpisodeJson<'static>, mode: Mode) {
        let job = self.session.job.get_untracked();
        if self.session.why.with_untracked(|why| !matches!(why, Why::Told(_))) {
            self.session.why.set(Why::Asked);
        }
        let (at_ms, until_ms) = (episode.peak as f64, episode.last as f64);
        self.send(&Request::Explain { job, at_ms, until_ms, mode }, &Array::new());
    }

    /// Teaches the engine what an episode was.
    pub(crate) fn label(&self, opened: i64, label: Label) {
        let job = self.session.job.get_untracked();
        self.session.begin_lesson(Some(label));
        self.send(&Request::Label { job, opened_ms: opened as f64, label }, &Array::new());
    }

    /// Tells the episodes at another false-alarm rate.
    pub(crate) fn set_rate(&self, rate: f64) {
        let job = self.session.job.get_untracked();
        self.send(&Request::Rate { job, rate }, &Array::new());
    }

    /// Tells the engine thread how fast to go.
    pub(crate) fn send_pace(&self) {
        let controls = self.session.controls;
        let (is_paused, rows_per_s) = (controls.is_paused.get_untracked(), controls.pace.get_untracked());
        self.send(&Request::Pace { is_paused, rows_per_s }, &Array::new());
    }

    /// Judges the file once more, for who wants to watch.
    pub(crate) fn replay(&self) {
        self.session.unselect();
        self.session.lesson.set(None);
        self.session.episodes.set(Vec::new());
        let job = self.session.job.get_untracked();
        self.send(&Request::Replay { job }, &Array::new());
    }

    /// Asks for a file.
    pub(crate) fn export(&self, what: Export) {
        let job = self.session.job.get_untracked();
        self.send(&Request::Export { job, what }, &Array::new());
    }

    /// Takes the newest word back.
    pub(crate) fn undo(&self) {
        let job = self.session.job.get_untracked();
        self.session.begin_lesson(None);
        self.send(&Request::Undo { job }, &Array::new());
    }
}
