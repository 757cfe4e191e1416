//! Messages to the page.

use fourfold_web::thread::Report;
use js_sys::{Array, Float64Array, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope};

/// A report with the numbers that belong to it.
pub(crate) fn post(report: &Report, parts: &[&[f64]]) {
    let (arrays, buffers) = (Array::new(), Array::new());
    for part in parts {
        // A copy outside of the wasm memory: that can be moved, the memory itself can not.
        let array = Float64Array::from(*part);
        buffers.push(&array.buffer());
        arrays.push(&array);
    }
    let message = Object::new();
    let Ok(head) = plain(report) else { return };
    let _ = Reflect::set(&message, &"head".into(), &head);
    let _ = Reflect::set(&message, &"parts".into(), &arrays);
    let _ = scope().post_message_with_transfer(&message, &buffers);
}

/// A report as plain objects: what serde flattens would otherwise come as a map, which no struct is read from.
fn plain(report: &Report) -> Result<JsValue, serde_wasm_bindgen::Error> {
    report.serialize(&serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true))
}

/// A report with a file.
pub(crate) fn post_blob(report: &Report, blob: &Blob) {
    let message = Object::new();
    let Ok(head) = plain(report) else { return };
    let _ = Reflect::set(&message, &"head".into(), &head);
    let _ = Reflect::set(&message, &"parts".into(), &Array::of1(blob));
    let _ = scope().post_message(&message);
}

/// The thread itself.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
