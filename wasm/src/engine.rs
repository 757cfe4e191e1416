//! The class behind the package.

use fourfold::error::FrameFault;
use fourfold::frame::time_from_js;
use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Error, Frame};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::columns::Columns;
use crate::{refusal, schema};

/// An engine as `wasm/js/engine.js` drives it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawEngine {
    engine: Engine,
    /// One value per stream, written by JavaScript before [`RawEngine::observe`].
    input: Vec<f64>,
    /// One row: the verdict of the newest single call.
    latest: Columns,
}

#[wasm_bindgen]
impl RawEngine {
    /// An engine for the schema that an object describes.
    #[wasm_bindgen(constructor)]
    pub fn new(schema: JsValue) -> Result<Self, JsValue> {
        let schema = schema::from_js(schema).map_err(thrown)?;
        Self::of(Engine::new(schema))
    }

    /// The engine that was sealed.
    pub fn open(bytes: &[u8]) -> Result<Self, JsValue> {
        Self::of(Engine::open(bytes).map_err(thrown)?)
    }

    fn of(engine: Engine) -> Result<Self, JsValue> {
        let latest = Columns::new(engine.schema(), 1).ok_or_else(out_of_memory)?;
        Ok(Self { input: vec![f64::NAN; engine.schema().streams().len()], latest, engine })
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

    /// Says the time; true if there is a verdict, which is then in the newest row.
    pub fn tick(&mut self, now: f64) -> Result<bool, JsValue> {
        let now_ms = time_from_js(now).map_err(thrown)?;
        let Some(verdict) = self.engine.tick(now_ms).map_err(thrown)? else { return Ok(false) };
        self.latest.put(0, verdict);
        Ok(true)
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
        Ok(episodes.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
    }

    /// Bytes held by the three tiers.
    pub fn memory(&self) -> Vec<f64> {
        let memory = self.engine.memory();
        [memory.streams, memory.joint, memory.verdict].map(|bytes| bytes as f64).into()
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

fn times_from_js(times: &[f64]) -> Result<Vec<i64>, Error> {
    times.iter().map(|&t| time_from_js(t)).collect()
}

fn thrown(error: impl Into<Error>) -> JsValue {
    refusal::to_js(&error.into())
}

fn out_of_memory() -> JsValue {
    js_sys::RangeError::new("there is not enough memory for this engine").into()
}
