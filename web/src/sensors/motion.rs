//! Acceleration, rotation, and how the device is held.

use std::cell::Cell;

use fourfold_web::live::source::{Rung, Source};
use fourfold_web::live::steps::Steps;
use fourfold_web::live::streams::Stream;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Live;
use super::browser::{Stop, call, get, global, is_secure, listen, number, promised};

/// Asks for motion or orientation and listens. Must be called by a tap, before anything is waited for: iOS, and Chrome
/// since 152, answer only then.
pub(super) fn ask(live: Live, source: Source) {
    let kind = if source == Source::Motion { "DeviceMotionEvent" } else { "DeviceOrientationEvent" };
    let Some(class) = global(kind) else {
        return live.set_rung(source, if is_secure() { Rung::Unsupported } else { Rung::NeedsHttps });
    };
    if !is_secure() {
        return live.set_rung(source, Rung::NeedsHttps);
    }
    let Some(promise) = call(&class, "requestPermission", &[]) else {
        return start(live, source);
    };
    live.set_rung(source, Rung::Asking);
    spawn_local(async move {
        match promised(promise).await {
            Ok(answer) if answer.as_string().as_deref() == Some("granted") => start(live, source),
            _ => live.set_rung(source, Rung::Denied),
        }
    });
}

fn start(live: Live, source: Source) {
    let stop = if source == Source::Motion { hear_motion(live) } else { hear_orientation(live) };
    match stop {
        Some(stop) => live.started(source, stop),
        None => live.set_rung(source, Rung::Unsupported),
    }
}

fn hear_motion(live: Live) -> Option<Stop> {
    let mut steps = Steps::default();
    listen(&js_sys::global(), "devicemotion", move |event| {
        let axes = |part: &str| {
            let part = get(&event, part).unwrap_or_default();
            ["x", "y", "z"].map(|axis| number(&part, axis))
        };
        let (bare, gravity) = (axes("acceleration"), axes("accelerationIncludingGravity"));
        // A computer without a sensor sends one event with nothing in it.
        if bare.iter().chain(&gravity).all(|value| value.is_nan()) {
            return;
        }
        let turns = get(&event, "rotationRate").unwrap_or_default();
        let at_ms = live.hear_source(Source::Motion);
        let length = |[x, y, z]: [f64; 3]| (x * x + y * y + z * z).sqrt();
        live.hear_all(at_ms, [Stream::AccelerationX, Stream::AccelerationY, Stream::AccelerationZ], bare);
        live.hear_all(at_ms, [Stream::GravityX, Stream::GravityY, Stream::GravityZ], gravity);
        let turns = ["alpha", "beta", "gamma"].map(|axis| number(&turns, axis));
        live.hear_all(at_ms, [Stream::RotationAlpha, Stream::RotationBeta, Stream::RotationGamma], turns);
        let certain = f64::from(steps.hear(at_ms, length(gravity)));
        live.hear_all(
            at_ms,
            [Stream::Shake, Stream::Steps, Stream::Cadence],
            [length(bare), certain, steps.cadence(at_ms)],
        );
    })
}

fn hear_orientation(live: Live) -> Option<Stop> {
    // Where there is a compass, the event that knows the north is heard and the other one is not.
    let has_compass = Cell::new(false);
    let hear = move |event: JsValue, is_absolute: bool| {
        let [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(|angle| number(&event, angle));
        let compass = number(&event, "webkitCompassHeading");
        let alpha = if compass.is_nan() { alpha } else { 360.0 - compass };
        if alpha.is_nan() && beta.is_nan() && gamma.is_nan() {
            return;
        }
        has_compass.set(has_compass.get() || is_absolute);
        if has_compass.get() && !is_absolute {
            return;
        }
        let at_ms = live.hear_source(Source::Orientation);
        // An angle that jumps from 359 to 0 has moved by one: its two shares do not jump.
        #[expect(
            clippy::disallowed_methods,
            reason = "this is what is measured: no verdict is computed here"
        )]
        let (north, east) = (alpha.to_radians().cos(), -alpha.to_radians().sin());
        live.hear_all(
            at_ms,
            [Stream::FacingNorth, Stream::FacingEast, Stream::TiltFront, Stream::TiltSide],
            [north, east, beta, gamma],
        );
    };
    let hear = StoredValue::new_local(hear);
    let each = |name, is_absolute| {
        listen(&js_sys::global(), name, move |event| hear.with_value(|hear| hear(event, is_absolute)))
    };
    let stops = [each("deviceorientation", false), each("deviceorientationabsolute", true)];
    Some(super::browser::together(stops))
}
