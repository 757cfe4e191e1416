//! What sealed bytes say of themselves.

use fourfold::snapshot::{self, Description};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::refusal::thrown;
use crate::to_js;

/// As in the list of a history that the Worker keeps.
#[derive(Serialize)]
struct Said {
    format: u16,
    /// Sixteen hexadecimal digits, since JavaScript has no number that long.
    schema: String,
    frames: u64,
}

/// Format, schema and frames of a sealed engine, without opening it.
#[wasm_bindgen]
pub fn describe(bytes: &[u8]) -> Result<JsValue, JsValue> {
    let Description { format, fingerprint, frames } = snapshot::describe(bytes).map_err(thrown)?;
    to_js(&Said { format, schema: format!("{fingerprint:016x}"), frames })
}
