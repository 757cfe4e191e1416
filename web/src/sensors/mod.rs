//! The device's own sensors on the page: each is asked for by itself, heard as it comes, and handed to the engine thread
//! four times a second.

mod browser;
mod light;
mod motion;
mod page;
mod panel;
mod place;
mod report;
mod save;
mod sound;
mod wake;

pub(crate) use panel::{LiveButton, LivePanel};

use fourfold_web::live::beat::{BEAT_MS, Beat, Turn};
use fourfold_web::live::judge::over_until_ms;
use fourfold_web::live::message::LiveRequest;
use fourfold_web::live::pace::{Pace, Rate};
use fourfold_web::live::source::{Rung, Source};
use fourfold_web::live::streams::{COUNT_OF_STREAMS, FRAME_MS, Stream};
use fourfold_web::thread::Request;
use js_sys::{Array, Float64Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Storage;

use crate::kept;
use crate::link::Link;
use crate::session::{Phase, Session};
use browser::Stop;
use wake::Wake;

/// Under this name the browser remembers that a session is on, so that a reload goes on with it.
const ON: &str = "live";
/// Allowed, and nothing within this time: there is no such sensor.
const NO_EVENTS_MS: u64 = 1000;
const SOURCES: usize = Source::ALL.len();

/// What is known of one source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SourceNote {
    pub(crate) rung: Rung,
    pub(crate) rate: Option<Rate>,
}

/// What is handed over with the next beat, and what is heard in between.
#[derive(Default)]
struct Ear {
    /// Stream, time and value, one after another.
    readings: Vec<f64>,
    latest: Vec<f64>,
    counts: [f64; 3],
    paces: [Pace; SOURCES],
    /// Values that hold until they change: the source, how long, the stream, the value.
    held: Vec<(Source, f64, Stream, f64)>,
    beat: Beat,
}

/// Live sensors.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    session: Session,
    link: Link,
    /// The job of the session, while it is on.
    job: RwSignal<Option<u32>>,
    pub(crate) notes: RwSignal<[SourceNote; SOURCES]>,
    /// The newest value of each stream.
    pub(crate) latest: RwSignal<Vec<f64>>,
    pub(crate) wake: RwSignal<Wake>,
    pub(crate) is_asleep: RwSignal<bool>,
    began_ms: RwSignal<f64>,
    /// What was on before a reload.
    before: RwSignal<Vec<Source>>,
    ear: StoredValue<Ear, LocalStorage>,
    stops: StoredValue<Vec<(Source, Stop)>, LocalStorage>,
    lock: StoredValue<Option<Stop>, LocalStorage>,
    battery: StoredValue<Option<JsValue>, LocalStorage>,
    clock: StoredValue<Option<Stop>, LocalStorage>,
}

impl Live {
    /// Off, or on again if it was before a reload.
    pub(crate) fn new(session: Session, link: Link) -> Self {
        let live = Self {
            session,
            link,
            job: RwSignal::new(None),
            notes: RwSignal::default(),
            latest: RwSignal::default(),
            wake: RwSignal::default(),
            is_asleep: RwSignal::new(false),
            began_ms: RwSignal::new(0.0),
            before: RwSignal::default(),
            ear: StoredValue::new_local(Ear::default()),
            stops: StoredValue::new_local(Vec::new()),
            lock: StoredValue::new_local(None),
            battery: StoredValue::new_local(None),
            clock: StoredValue::new_local(None),
        };
        // Whoever opens a file meanwhile has left the session.
        Effect::new(move |_| {
            if live.job.get().is_some_and(|job| job != live.session.job.get()) {
                live.end();
            }
        });
        if let Some(names) = storage().and_then(|storage| storage.get_item(ON).ok().flatten()) {
            let was_on = |source: &Source| names.split(',').any(|name| name == source.name());
            live.begin(true);
            live.before.set(Source::ALL.into_iter().filter(was_on).collect());
            live.remember();
        } else {
            kept::reopen_file(link);
        }
        live
    }

    pub(crate) fn is_on(&self) -> bool {
        self.job.get().is_some()
    }

    /// Whether the session began before the page was loaded.
    pub(crate) fn is_resumed(&self) -> bool {
        let first_ms = self.session.timeline.with(|timeline| timeline.times_ms.first().copied());
        first_ms.is_some_and(|first_ms| first_ms < self.began_ms.get() - FRAME_MS as f64)
    }

    fn is_on_untracked(&self) -> bool {
        self.job.get_untracked().is_some()
    }

    /// Begins a session, or goes on with the one that was kept.
    pub(crate) fn begin(&self, resume: bool) {
        if self.session.job.get_untracked() > 0 {
            self.link.cancel();
        }
        let job = self.session.begin("This device", 0.0);
        self.session.phase.set(Phase::Live);
        kept::drop_file();
        self.ear.set_value(Ear { latest: vec![f64::NAN; COUNT_OF_STREAMS], ..Ear::default() });
        self.notes.set(Default::default());
        self.began_ms.set(self.now_ms());
        self.job.set(Some(job));
        self.link.send(&Request::Live(LiveRequest::Begin { job, resume }), &Array::new());
        self.before.set(Vec::new());
        self.remember();
        self.set_rung(Source::Page, Rung::NotNeeded);
        page::start(*self);
        wake::hold(*self);
        self.tick();
    }

    /// Ends it: nothing is heard any more, and nothing of it is kept. What was recorded stays on the screen.
    pub(crate) fn end(&self) {
        if self.job.get_untracked().is_none() {
            return;
        }
        self.flush(self.now_ms());
        self.job.set(None);
        Source::ALL.into_iter().for_each(|source| self.stop(source));
        for stop in [self.lock, self.clock].iter().filter_map(|slot| slot.try_update_value(Option::take)) {
            stop.into_iter().for_each(|stop| stop());
        }
        self.wake.set(Wake::Free);
        self.is_asleep.set(false);
        let has_frames = self.session.rows_judged.get_untracked() > 0;
        if self.session.phase.get_untracked() == Phase::Live && !has_frames {
            self.session.phase.set(Phase::Welcome);
        }
        self.link.send(&Request::Live(LiveRequest::End), &Array::new());
        if let Some(storage) = storage() {
            let _ = storage.remove_item(ON);
        }
    }

    /// Sources that were on before a reload and are not yet again.
    pub(crate) fn waiting(&self) -> Vec<Source> {
        let is_off = |source: &Source| self.notes.with(|notes| notes[*source as usize].rung == Rung::Ask);
        self.before.with(|before| before.iter().copied().filter(is_off).collect())
    }

    /// Asks for all of them, on one tap.
    pub(crate) fn ask_waiting(&self) {
        untrack(|| self.waiting()).into_iter().for_each(|source| self.ask(source));
    }

    /// Remembers for a reload that a session is on, and what is heard in it.
    fn remember(&self) {
        let heard =
            self.stops.with_value(|stops| stops.iter().map(|(source, _)| *source).collect::<Vec<_>>());
        let all = heard.into_iter().chain(untrack(|| self.waiting()));
        let names: Vec<&str> = all.filter(|source| *source != Source::Page).map(Source::name).collect();
        if let Some(storage) = storage() {
            let _ = storage.set_item(ON, &names.join(","));
        }
    }

    /// Asks for a source, on a tap.
    pub(crate) fn ask(&self, source: Source) {
        match source {
            Source::Motion | Source::Orientation => motion::ask(*self, source),
            Source::Place => place::ask(*self),
            Source::Sound => sound::ask(*self),
            Source::Light => light::ask(*self),
            Source::Page => page::start(*self),
        }
    }

    /// Stops listening to a source.
    pub(crate) fn stop(&self, source: Source) {
        let stopped = self.stops.try_update_value(|stops| {
            let place = stops.iter().position(|(known, _)| *known == source)?;
            Some(stops.swap_remove(place).1)
        });
        if let Some(stop) = stopped.flatten() {
            stop();
        }
        self.ear.update_value(|ear| ear.held.retain(|(holder, ..)| *holder != source));
        self.before.update(|before| before.retain(|known| *known != source));
        self.set_rung(source, Rung::Ask);
        if self.is_on_untracked() {
            self.remember();
        }
    }

    fn set_rung(&self, source: Source, rung: Rung) {
        self.notes.update(|notes| notes[source as usize].rung = rung);
    }

    fn rung(&self, source: Source) -> Rung {
        self.notes.with_untracked(|notes| notes[source as usize].rung)
    }

    /// Waits for the first reading, and keeps how to stop.
    fn waits(&self, source: Source, stop: Stop) {
        self.stops.update_value(|stops| stops.push((source, stop)));
        self.remember();
    }

    /// A source is heard from now on, if it says anything.
    fn started(&self, source: Source, stop: Stop) {
        self.waits(source, stop);
        if source == Source::Page {
            return;
        }
        self.set_rung(source, Rung::Granted);
        let live = *self;
        let is_silent = move || live.ear.with_value(|ear| ear.paces[source as usize].is_silent());
        set_timeout(
            move || {
                if live.rung(source) == Rung::Granted && is_silent() && !live.is_asleep.get_untracked() {
                    live.set_rung(source, Rung::NoEvents);
                }
            },
            std::time::Duration::from_millis(NO_EVENTS_MS),
        );
    }

    fn now_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    /// A source spoke; gives the time.
    fn hear_source(&self, source: Source) -> f64 {
        let now_ms = self.now_ms();
        self.ear.update_value(|ear| ear.paces[source as usize].hear(now_ms));
        if self.rung(source) == Rung::NoEvents {
            self.set_rung(source, Rung::Granted);
        }
        now_ms
    }

    /// Readings of one moment. What is no number was not measured.
    fn hear_all<const N: usize>(&self, at_ms: f64, streams: [Stream; N], values: [f64; N]) {
        self.ear.update_value(|ear| {
            if ear.beat.is_asleep() {
                return;
            }
            for (stream, value) in streams.into_iter().zip(values) {
                ear.latest[stream as usize] = value;
                if value.is_finite() {
                    ear.readings.extend([stream as usize as f64, at_ms, value]);
                }
            }
        });
    }

    /// Values that hold until the next ones, or until a time.
    fn hold<const N: usize>(&self, source: Source, until_ms: f64, streams: [Stream; N], values: [f64; N]) {
        self.ear.update_value(|ear| {
            ear.held.retain(|(holder, ..)| *holder != source);
            let values = streams.into_iter().zip(values);
            ear.held.extend(values.map(|(stream, value)| (source, until_ms, stream, value)));
        });
    }

    fn count(&self, stream: Stream) {
        self.ear.update_value(|ear| ear.counts[stream as usize - Stream::Touches as usize] += 1.0);
    }

    fn tell_counts(&self, at_ms: f64) {
        let counts = self.ear.try_update_value(|ear| std::mem::take(&mut ear.counts)).unwrap_or_default();
        self.hear_all(at_ms, [Stream::Touches, Stream::Keys, Stream::Pointer], counts);
    }

    /// Sets the pulse going, and watches whether the page is seen.
    fn tick(&self) {
        let live = *self;
        let strike = Closure::<dyn FnMut()>::new(move || {
            let now_ms = live.now_ms();
            if let Some(turn) = live.ear.try_update_value(|ear| ear.beat.strike(now_ms)) {
                live.turn(turn, now_ms);
            }
        });
        let Some(window) = web_sys::window() else { return };
        let timer = window
            .set_interval_with_callback_and_timeout_and_arguments_0(strike.as_ref().unchecked_ref(), BEAT_MS);
        let seen = browser::global("document")
            .and_then(|document| browser::listen(&document, "visibilitychange", move |_| live.look()));
        self.clock.set_value(Some(Box::new(move || {
            timer.into_iter().for_each(|timer| window.clear_interval_with_handle(timer));
            seen.into_iter().for_each(|stop| stop());
            drop(strike);
        })));
        self.look();
    }

    fn look(&self) {
        let now_ms = self.now_ms();
        let is_hidden = page::is_hidden();
        self.is_asleep.set(is_hidden);
        if is_hidden {
            self.flush(now_ms);
        } else if self.wake.get_untracked() == Wake::Lost {
            wake::hold(*self);
        }
        let turn = self.ear.try_update_value(|ear| ear.beat.set_asleep(is_hidden, now_ms));
        if let Some(turn) = turn {
            self.turn(turn, now_ms);
        }
    }

    fn turn(&self, turn: Turn, now_ms: f64) {
        match turn {
            Turn::Rest => {}
            Turn::Due => self.flush(now_ms),
            Turn::Slept(from_ms) => self.sleep(from_ms),
            Turn::Missed(from_ms, _) => {
                // What was heard on waking belongs to after the sleep.
                self.sleep(from_ms);
                self.flush(now_ms);
            }
        }
    }

    fn sleep(&self, from_ms: f64) {
        self.link.send(&Request::Live(LiveRequest::Sleep { from_ms }), &Array::new());
    }

    /// Hands over what was heard, and shows it.
    fn flush(&self, now_ms: f64) {
        if !self.is_on_untracked() {
            return;
        }
        page::beat(*self, now_ms);
        let held = self.ear.with_value(|ear| ear.held.clone());
        for (_, until_ms, stream, value) in held {
            self.hear_all(now_ms, [stream], [if now_ms < until_ms { value } else { f64::NAN }]);
        }
        let Some((readings, latest, rates)) = self.ear.try_update_value(|ear| {
            let rates = ear.paces.each_ref().map(|pace| pace.rate(now_ms));
            (std::mem::take(&mut ear.readings), ear.latest.clone(), rates)
        }) else {
            return;
        };
        self.latest.set(latest);
        self.notes.update(|notes| {
            notes.iter_mut().zip(rates).for_each(|(note, rate)| note.rate = rate);
        });
        let readings = Float64Array::from(readings.as_slice());
        let until_ms = over_until_ms(now_ms);
        self.link.send(&Request::Live(LiveRequest::Readings { until_ms }), &Array::of1(&readings));
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
