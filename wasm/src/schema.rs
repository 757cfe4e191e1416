//! A schema from a JavaScript object, or from a sample of the data.

use fourfold::error::SchemaFault;
use fourfold::frame::time_from_js;
use fourfold::{Error, Schema, SchemaDraft};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::plain::{Plain, Unexpected};
use crate::refusal::thrown;
use crate::to_js;

/// A schema for rows like these, as an object that can be changed before an engine is made of it.
#[wasm_bindgen(js_name = inferSchema)]
pub fn infer_schema(streams: Vec<String>, times: &[f64], rows: &[f64]) -> Result<JsValue, JsValue> {
    let times_ms: Result<Vec<i64>, Error> = times.iter().map(|&t| time_from_js(t)).collect();
    let draft = SchemaDraft::infer(streams, &times_ms.map_err(thrown)?, rows);
    draft.clone().validate().map_err(thrown)?;
    to_js(&draft)
}

/// The schema that the bytes of an object describe.
pub(crate) fn from_js(object: &[u8]) -> Result<Schema, Error> {
    let malformed = |fault: Unexpected| Error::Schema(vec![SchemaFault::Malformed(fault.to_string())]);
    SchemaDraft::deserialize(&mut Plain(object)).map_err(malformed)?.validate()
}
