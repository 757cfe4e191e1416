//! Where the device is, and how fast.

use fourfold_web::live::source::{Rung, Source};
use fourfold_web::live::streams::Stream;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::Live;
use super::browser::{call, get, is_secure, navigator, number};

/// A browser tells a place when it changes. Until it is this old it still holds.
const HOLDS_MS: f64 = 30_000.0;
/// What the browser says when a person said no.
const DENIED: f64 = 1.0;

const STREAMS: [Stream; 5] =
    [Stream::Latitude, Stream::Longitude, Stream::Speed, Stream::Heading, Stream::Accuracy];

/// Asks for the place and watches it.
pub(super) fn ask(live: Live) {
    if !is_secure() {
        return live.set_rung(Source::Place, Rung::NeedsHttps);
    }
    let Some(geolocation) = navigator("geolocation") else {
        return live.set_rung(Source::Place, Rung::Unsupported);
    };
    live.set_rung(Source::Place, Rung::Asking);
    let found = Closure::<dyn FnMut(JsValue)>::new(move |position: JsValue| {
        let coordinates = get(&position, "coords").unwrap_or_default();
        let at_ms = live.hear_source(Source::Place);
        let names = ["latitude", "longitude", "speed", "heading", "accuracy"];
        live.hold(Source::Place, at_ms + HOLDS_MS, STREAMS, names.map(|name| number(&coordinates, name)));
        live.set_rung(Source::Place, Rung::Granted);
    });
    let failed = Closure::<dyn FnMut(JsValue)>::new(move |error: JsValue| {
        // Anything else passes: a tunnel, or an error without a word while the place changes.
        if number(&error, "code") == DENIED {
            live.stop(Source::Place);
            live.set_rung(Source::Place, Rung::Denied);
        }
    });
    let options = Object::new();
    let _ = Reflect::set(&options, &"enableHighAccuracy".into(), &true.into());
    let watch = call(&geolocation, "watchPosition", &[found.as_ref(), failed.as_ref(), &options]);
    let Some(watch) = watch else { return live.set_rung(Source::Place, Rung::Unsupported) };
    live.waits(
        Source::Place,
        Box::new(move || {
            call(&geolocation, "clearWatch", &[&watch]);
            drop((found, failed));
        }),
    );
}
