//! What is known without asking: battery, network, whether the page is seen, and how often it is touched. Not where it
//! is touched, and not which key.

use fourfold_web::live::source::Source;
use fourfold_web::live::streams::Stream;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Live;
use super::browser::{call, get, global, listen, navigator, number, promised, together, truth};

/// Begins to watch the page.
pub(super) fn start(live: Live) {
    let window: JsValue = js_sys::global().into();
    let count = move |stream: Stream| move |_| live.count(stream);
    let stop = together([
        listen(&window, "pointerdown", count(Stream::Touches)),
        listen(&window, "keydown", count(Stream::Keys)),
        listen(&window, "pointermove", count(Stream::Pointer)),
    ]);
    live.started(Source::Page, stop);
    // Read again with every beat; where there is no battery to read, it is a gap.
    let Some(promise) = global("navigator").and_then(|navigator| call(&navigator, "getBattery", &[])) else {
        return;
    };
    spawn_local(async move {
        if let Ok(battery) = promised(promise).await {
            live.battery.set_value(Some(battery));
        }
    });
}

/// How everything is now, once per beat.
pub(super) fn beat(live: Live, at_ms: f64) {
    let document = global("document").unwrap_or_default();
    let yes = |truth: Option<bool>| truth.map_or(f64::NAN, |is_so| f64::from(u8::from(is_so)));
    let battery = live
        .battery
        .with_value(|battery| battery.as_ref().map_or(f64::NAN, |battery| number(battery, "level") * 100.0));
    let round_trip = navigator("connection").map_or(f64::NAN, |connection| number(&connection, "rtt"));
    let is_focused = call(&document, "hasFocus", &[]).and_then(|answer| answer.as_bool());
    live.hear_all(
        at_ms,
        [Stream::Battery, Stream::Online, Stream::RoundTrip, Stream::Visible, Stream::Focused, Stream::Awake],
        [
            battery,
            yes(global("navigator").and_then(|navigator| truth(&navigator, "onLine"))),
            round_trip,
            yes(truth(&document, "hidden").map(|is_hidden| !is_hidden)),
            yes(is_focused),
            yes(Some(live.wake.get_untracked() == super::wake::Wake::Held)),
        ],
    );
    live.hear_source(Source::Page);
    live.tell_counts(at_ms);
}

/// Whether the page is hidden, or its screen is off.
pub(super) fn is_hidden() -> bool {
    global("document").and_then(|document| get(&document, "visibilityState")?.as_string()).as_deref()
        == Some("hidden")
}
