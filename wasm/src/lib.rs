//! The engine for JavaScript, as thin as it can be: `wasm/js` makes the package `fourfold` of it.
//!
//! Numbers cross the border through buffers in wasm memory that JavaScript looks at directly: what comes in with
//! [`RawEngine::input`], what goes out with [`columns::Columns`]. Where calls are rare, serde makes text of what goes out and
//! reads bytes of what comes in. Nothing here panics, because a panic would leave the whole instance unusable: what a caller
//! can get wrong is an error.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod columns;
mod engine;
mod json;
mod plain;
mod refusal;
mod schema;
mod sealed;

pub use columns::{Columns, vocabulary};
pub use engine::RawEngine;
pub use schema::infer_schema;
pub use sealed::describe;

use wasm_bindgen::prelude::*;

/// The memory of this instance, which changes with the instance.
#[wasm_bindgen]
pub fn memory_now() -> JsValue {
    wasm_bindgen::memory()
}

/// An object, as `JSON.parse` gives it.
pub(crate) fn to_js(value: &impl serde::Serialize) -> Result<JsValue, JsValue> {
    let text = json::text(value).map_err(|fault| js_sys::Error::new(&fault.to_string()))?;
    js_sys::JSON::parse(&text)
}
