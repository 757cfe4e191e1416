//! The class behind the package.

use fourfold::cause::{Ask, Mode};
use fourfold::engine::Thresholds;
use fourfold::error::FrameFault;
use fourfold::frame::time_from_js;
use fourfold::ingest::{Counts, Event};
use fourfold::wire::{
    EpisodeJson, ExplanationJson, GapsJson, HealthJson, MemoryJson, MonitorJson, QualityJson, VerdictJson,
};
use fourfold::{Engine, Error, Frame, Label, Schema, Verdict};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::columns::Columns;
use crate::refusal::thrown;
use crate::{schema, to_js};

/// An engine as `wasm/js/engine.js` drives it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawEngine {
    engine: Engine,
    /// The engine's own, so that verdicts can be named while the engine is at work. Only its names are read.
    schema: Schema,
    /// One value per stream, written by JavaScript before [`RawEngine::observe`].
    input: Vec<f64>,
    /// One row: the verdict of the newest single call.
    latest: Columns,
}

#[wasm_bindgen]
impl RawEngine {
    /// An engine for the schema that the bytes of an object describe.
    #[wasm_bindgen(constructor)]
    pub fn new(schema: &[u8]) -> Result<Self, JsValue> {
        let schema = schema::from_js(schema).map_err(thrown)?;
        Self::of(Engine::new(schema))
    }

    /// The engine that was sealed.
    pub fn open(bytes: &[u8]) -> Result<Self, JsValue> {
        Self::of(Engine::open(bytes).map_err(thrown)?)
    }

    fn of(engine: Engine) -> Result<Self, JsValue> {
        let latest = Columns::new(engine.schema(), 1).ok_or_else(out_of_memory)?;
        let schema = engine.schema().clone();
        Ok(Self { input: vec![f64::NAN; schema.streams().len()], latest, schema, engine })
    }

    /// The engine as bytes.
    pub fn seal(&self) -> Vec<u8> {
        self.engine.seal()
    }

    /// The names of the streams, in order.
    pub fn streams(&self) -> Vec<String> {
        self.engine.schema().streams().iter().map(|stream| stream.name.clone()).collect()
    }

    /// Where the values of the next frame go in wasm memory.
    #[wasm_bindgen(getter)]
    pub fn input(&self) -> *const f64 {
        self.input.as_ptr()
    }

    /// Where the numbers of the newest single verdict are in wasm memory.
    #[wasm_bindgen(getter)]
    pub fn numbers(&self) -> *const f64 {
        self.latest.numbers()
    }

    /// Where the marks of the newest single verdict are in wasm memory.
    #[wasm_bindgen(getter)]
    pub fn marks(&self) -> *const u8 {
        self.latest.marks()
    }

    /// Observes the values in [`RawEngine::input`]; the verdict is then in the newest row.
    pub fn observe(&mut self, t: f64) -> Result<(), JsValue> {
        let at_ms = time_from_js(t).map_err(thrown)?;
        let verdict = self.engine.observe(Frame { at_ms, values: &self.input }).map_err(thrown)?;
        self.latest.put(0, verdict);
        Ok(())
    }

    /// Takes events, one of each list: the stream's place, the time, the value.
    pub fn push(&mut self, streams: &[u32], times: &[f64], values: &[f64]) -> Result<JsValue, JsValue> {
        let times_ms = times_from_js(times).map_err(thrown)?;
        let events: Vec<Event> = (streams.iter().zip(times_ms).zip(values))
            .map(|((&stream, at_ms), &value)| Event { stream: stream as usize, at_ms, value })
            .collect();
        let mut told = Told::new(&self.schema);
        let counts = self.engine.push(&events, |verdict| told.note(verdict)).map_err(thrown)?;
        told.counts = Some(counts);
        told.to_js()
    }

    /// Says the time.
    pub fn tick(&mut self, now: f64) -> Result<JsValue, JsValue> {
        let now_ms = time_from_js(now).map_err(thrown)?;
        let mut told = Told::new(&self.schema);
        self.engine.tick(now_ms, |verdict| told.note(verdict)).map_err(thrown)?;
        told.to_js()
    }

    /// Refuses a batch that can not be taken whole, before its first piece is.
    #[wasm_bindgen(js_name = checkBatch)]
    pub fn check_batch(&self, times: &[f64], values: usize) -> Result<(), JsValue> {
        let times_ms = times_from_js(times).map_err(thrown)?;
        self.engine.check_batch(&times_ms, values).map_err(thrown)
    }

    /// Room for the verdicts of `rows` frames, to be used for each piece of a batch.
    pub fn columns(&self, rows: usize) -> Result<Columns, JsValue> {
        Columns::new(self.engine.schema(), rows).ok_or_else(out_of_memory)
    }

    /// Observes a piece of a batch into the first rows of `columns`.
    #[wasm_bindgen(js_name = observeBatch)]
    pub fn observe_batch(&mut self, times: &[f64], rows: &[f64], to: &mut Columns) -> Result<(), JsValue> {
        let times_ms = times_from_js(times).map_err(thrown)?;
        self.engine.observe_batch(&times_ms, rows, |row, verdict| to.put(row, verdict)).map_err(thrown)
    }

    /// What happened, oldest first.
    pub fn episodes(&self) -> Result<JsValue, JsValue> {
        let schema = self.engine.schema();
        let episodes: Vec<_> =
            self.engine.episodes().map(|episode| EpisodeJson::new(schema, episode)).collect();
        to_js(&episodes)
    }

    /// Says what an episode was.
    pub fn label(&mut self, episode: f64, is_expected: bool) -> Result<(), JsValue> {
        let label = if is_expected { Label::Expected } else { Label::Real };
        self.engine.label(episode as u64, label).map_err(thrown)
    }

    /// Accepts the new level that an episode left.
    pub fn adopt(&mut self, episode: f64) -> Result<(), JsValue> {
        self.engine.adopt(episode as u64).map_err(thrown)
    }

    /// Takes the newest label back; answers with its episode.
    pub fn undo(&mut self) -> Result<f64, JsValue> {
        self.engine.undo().map(|episode| episode as f64).map_err(thrown)
    }

    /// Changes how often a normal frame may raise an alarm.
    #[wasm_bindgen(js_name = setFalseAlarmRate)]
    pub fn set_false_alarm_rate(&mut self, rate: f64) -> Result<(), JsValue> {
        self.engine.set_false_alarm_rate(rate).map_err(thrown)
    }

    /// How fit streams and views are: at a time, or at the newest frame.
    pub fn health(&self, now: Option<f64>) -> Result<JsValue, JsValue> {
        let report = self.engine.health(self.now_ms(now)?);
        to_js(&HealthJson::new(self.engine.schema(), &report))
    }

    /// When each stream is usually silent.
    pub fn gaps(&self) -> Result<JsValue, JsValue> {
        to_js(&GapsJson::new(self.engine.schema(), &self.engine.gaps()))
    }

    /// How good each stream's data is: at a time, or at the newest frame.
    pub fn quality(&self, now: Option<f64>) -> Result<JsValue, JsValue> {
        let report = self.engine.quality(self.now_ms(now)?);
        to_js(&QualityJson::new(self.engine.schema(), &report))
    }

    /// Why a frame is as it is: the one at a time or before, or the newest; `target` is the stream in trouble.
    pub fn explain(
        &self,
        t: Option<f64>,
        target: Option<usize>,
        is_thorough: bool,
    ) -> Result<JsValue, JsValue> {
        let at_ms = t.map(time_from_js).transpose().map_err(thrown)?;
        let mode = if is_thorough { Mode::Thorough } else { Mode::Fast };
        let why = self.engine.explain(Ask { at_ms, target, mode }).map_err(thrown)?;
        to_js(&ExplanationJson::new(self.engine.schema(), &why))
    }

    /// What a monitor watches.
    pub fn monitor(&self) -> Result<JsValue, JsValue> {
        to_js(&MonitorJson::new(self.engine.schema(), self.engine.monitor(&Thresholds::default())))
    }

    /// Bytes held, by part.
    pub fn memory(&self) -> Result<JsValue, JsValue> {
        to_js(&MemoryJson::from(self.engine.memory()))
    }

    fn now_ms(&self, now: Option<f64>) -> Result<i64, JsValue> {
        match now {
            Some(now) => time_from_js(now).map_err(thrown),
            None => Ok(self.engine.last_frame_ms().unwrap_or(0)),
        }
    }

    /// The error for a name that the schema does not have. JavaScript finds it, the engine words it.
    #[wasm_bindgen(js_name = unknownStream)]
    pub fn unknown_stream(&self, t: f64, stream: String) -> JsValue {
        match time_from_js(t) {
            Ok(at_ms) => thrown(FrameFault::UnknownStream { stream, at_ms }),
            Err(error) => thrown(error),
        }
    }

    /// The error for a row of another length than the schema's.
    #[wasm_bindgen(js_name = wrongWidth)]
    pub fn wrong_width(&self, t: f64, got: usize) -> JsValue {
        match time_from_js(t) {
            Ok(at_ms) => thrown(FrameFault::WrongWidth { at_ms, got, expected: self.input.len() }),
            Err(error) => thrown(error),
        }
    }
}

/// The verdicts of one call, and what became of its events if it brought some.
#[derive(Serialize)]
struct Told<'a> {
    verdicts: Vec<VerdictJson<'a>>,
    counts: Option<Counts>,
    #[serde(skip)]
    schema: &'a Schema,
}

impl<'a> Told<'a> {
    fn new(schema: &'a Schema) -> Self {
        Self { verdicts: Vec::new(), counts: None, schema }
    }

    fn note(&mut self, verdict: &Verdict) {
        self.verdicts.push(VerdictJson::new(self.schema, verdict));
    }

    fn to_js(&self) -> Result<JsValue, JsValue> {
        to_js(self)
    }
}

fn times_from_js(times: &[f64]) -> Result<Vec<i64>, Error> {
    times.iter().map(|&t| time_from_js(t)).collect()
}

fn out_of_memory() -> JsValue {
    js_sys::RangeError::new("there is not enough memory for this engine").into()
}
