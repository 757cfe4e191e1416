//! How bright it is, where a browser tells pages.

use fourfold_web::live::source::{Rung, Source};
use fourfold_web::live::streams::Stream;

use super::Live;
use super::browser::{call, get, global, is_secure, listen, number, together};
use super::sound::new;

/// Asks for the light sensor.
pub(super) fn ask(live: Live) {
    let source = Source::Light;
    if !is_secure() {
        return live.set_rung(source, Rung::NeedsHttps);
    }
    if global("AmbientLightSensor").is_none() {
        return live.set_rung(source, Rung::Unsupported);
    }
    // A policy of the page around this one forbids it: then even to make one throws.
    let Some(sensor) = new("AmbientLightSensor", &[]) else { return live.set_rung(source, Rung::Denied) };
    let read = sensor.clone();
    let heard = listen(&sensor, "reading", move |_| {
        live.hear_source(source);
        // It tells changes only. What it told last is how bright it is.
        live.hold(source, f64::INFINITY, [Stream::Light], [number(&read, "illuminance")]);
    });
    let failed = listen(&sensor, "error", move |event| {
        let name =
            get(&event, "error").and_then(|error| get(&error, "name")).and_then(|name| name.as_string());
        live.stop(source);
        let is_denied = name.as_deref() == Some("NotAllowedError");
        live.set_rung(source, if is_denied { Rung::Denied } else { Rung::NoEvents });
    });
    call(&sensor, "start", &[]);
    let stop = together([heard, failed]);
    live.started(
        source,
        Box::new(move || {
            stop();
            call(&sensor, "stop", &[]);
        }),
    );
}
