//! What not every browser has is asked for by name: a thing that is missing is an answer, not a fault.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

/// How to stop listening.
pub(super) type Stop = Box<dyn FnOnce()>;

pub(super) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let found = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!found.is_undefined() && !found.is_null()).then_some(found)
}

pub(super) fn global(name: &str) -> Option<JsValue> {
    get(&js_sys::global(), name)
}

pub(super) fn navigator(name: &str) -> Option<JsValue> {
    get(&global("navigator")?, name)
}

/// A number; NaN where there is none.
pub(super) fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).and_then(|value| value.as_f64()).unwrap_or(f64::NAN)
}

pub(super) fn truth(object: &JsValue, name: &str) -> Option<bool> {
    get(object, name)?.as_bool()
}

/// Calls a method; `None` if there is no such method or it throws.
pub(super) fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let method: Function = get(object, name)?.dyn_into().ok()?;
    method.apply(object, &arguments.iter().copied().collect::<Array>()).ok()
}

/// Waits for what a method promises.
pub(super) async fn promised(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await
}

/// Whether the page came by https, or from this machine itself.
pub(super) fn is_secure() -> bool {
    truth(&js_sys::global(), "isSecureContext").unwrap_or(false)
}

/// Hears an event until it is told to stop.
pub(super) fn listen(
    target: &JsValue,
    name: &'static str,
    handler: impl FnMut(JsValue) + 'static,
) -> Option<Stop> {
    let target: EventTarget = target.clone().unchecked_into();
    let handler = Closure::<dyn FnMut(JsValue)>::new(handler);
    target.add_event_listener_with_callback(name, handler.as_ref().unchecked_ref()).ok()?;
    Some(Box::new(move || {
        let _ = target.remove_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
    }))
}

/// All of them as one.
pub(super) fn together(stops: impl IntoIterator<Item = Option<Stop>>) -> Stop {
    let stops: Vec<Stop> = stops.into_iter().flatten().collect();
    Box::new(move || stops.into_iter().for_each(|stop| stop()))
}
