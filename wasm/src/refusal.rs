//! An error of the engine as a JavaScript `Error`.

use fourfold::Error;
use fourfold::wire::ErrorJson;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A real `Error` with the fields of [`ErrorJson`]; the package's JavaScript gives it its class.
pub(crate) fn thrown(error: impl Into<Error>) -> JsValue {
    let ErrorJson { code, message, stream, at } = (&error.into()).into();
    let refusal = JsValue::from(js_sys::Error::new(&message));
    let fields =
        [("code", Some(code.into())), ("stream", stream.map(JsValue::from)), ("at", at.map(JsValue::from))];
    for (name, value) in fields {
        // A fresh object takes every field, so there is no failure to report.
        let _ = Reflect::set(&refusal, &name.into(), &value.unwrap_or(JsValue::NULL));
    }
    refusal
}
