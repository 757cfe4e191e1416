//! A schema from a JavaScript object, or from a sample of the data.

use std::fmt;

use fourfold::error::SchemaFault;
use fourfold::frame::time_from_js;
use fourfold::{Error, Schema, SchemaDraft};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use wasm_bindgen::prelude::*;

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

/// The schema that `object` describes.
pub(crate) fn from_js(object: JsValue) -> Result<Schema, Error> {
    let draft = serde_wasm_bindgen::Deserializer::from(object)
        .deserialize_map(WholeObject)
        .map_err(|fault| Error::Schema(vec![SchemaFault::Malformed(sentence(&fault))]))?;
    draft.validate()
}

/// JavaScript puts the error's class before its message.
fn sentence(fault: &serde_wasm_bindgen::Error) -> String {
    let text = fault.to_string();
    text.strip_prefix("Error: ").unwrap_or(&text).to_owned()
}

/// serde-wasm-bindgen looks a struct's fields up by name and so never sees one that does not belong there. Read as a
/// map, the object shows them all, and a slip such as `false_alarm` is refused instead of ignored.
struct WholeObject;

impl<'de> Visitor<'de> for WholeObject {
    type Value = SchemaDraft;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with streams")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SchemaDraft, A::Error> {
        SchemaDraft::deserialize(MapAccessDeserializer::new(map))
    }
}
