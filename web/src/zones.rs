//! The time zones that the browser knows. The engine has no data base of them; the browser's is as new as the browser.

use fourfold_web::table::Zone;
use js_sys::{Array, Function, Intl, Object, Reflect};
use wasm_bindgen::prelude::*;

const MINUTE_MS: i64 = 60_000;
/// 1970 to 2038.
const KNOWN_MS: std::ops::Range<i64> = 0..2_145_916_800_000;
/// No zone is changed there and back within so short a time.
const STEP_MS: i64 = 14 * 86_400_000;

/// Where this device is.
pub(crate) fn own_name() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// All names, in their order; none in an older browser.
pub(crate) fn names() -> Vec<String> {
    let ask = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
        let known: Function = Reflect::get(&intl, &"supportedValuesOf".into())?.dyn_into()?;
        known.call1(&intl, &"timeZone".into())
    };
    let names: Result<JsValue, JsValue> = ask();
    names
        .map(|names| Array::from(&names).iter().filter_map(|name| name.as_string()).collect())
        .unwrap_or_default()
}

/// The zone of this device, with its changes.
pub(crate) fn own() -> Option<Zone> {
    zone(&own_name()?)
}

/// A zone with all its changes; `None` where the browser does not know it.
pub(crate) fn zone(name: &str) -> Option<Zone> {
    let minutes_at = offsets(name)?;
    let mut at_ms = KNOWN_MS.start;
    let first = minutes_at(at_ms)?;
    let (mut minutes, mut changes) = (first, Vec::new());
    while at_ms < KNOWN_MS.end {
        let (mut before_ms, mut from_ms) = (at_ms, at_ms + STEP_MS);
        at_ms = from_ms;
        let then = minutes_at(at_ms)?;
        if then == minutes {
            continue;
        }
        while from_ms - before_ms > MINUTE_MS {
            let middle_ms = before_ms + (from_ms - before_ms) / (2 * MINUTE_MS) * MINUTE_MS;
            if minutes_at(middle_ms)? == minutes { before_ms = middle_ms } else { from_ms = middle_ms }
        }
        changes.push((from_ms, then));
        minutes = then;
    }
    Some(Zone { name: Some(name.to_string()), minutes: first, changes })
}

/// How far a zone is from Greenwich, by the moment.
fn offsets(name: &str) -> Option<impl Fn(i64) -> Option<i32>> {
    let options = Object::new();
    let set = |key: &str, value: &str| Reflect::set(&options, &key.into(), &value.into());
    set("timeZone", name).and_then(|_| set("timeZoneName", "longOffset")).ok()?;
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    // A name that nobody knows is refused here.
    let format = Reflect::construct(&class, &Array::of2(&"en".into(), &options)).ok()?;
    let format: Function = Reflect::get(&format, &"format".into()).ok()?.dyn_into().ok()?;
    Some(move |at_ms: i64| {
        let text = format.call1(&JsValue::NULL, &(at_ms as f64).into()).ok()?.as_string()?;
        // 1/1/2024, GMT+01:00
        let (_, offset) = text.rsplit_once("GMT")?;
        let Some(sign) = offset.chars().next() else { return Some(0) };
        let mut fields = offset.get(sign.len_utf8()..)?.split(':').map(str::parse::<i32>);
        let minutes = fields.next()?.ok()? * 60 + fields.next().map_or(Some(0), Result::ok)?;
        Some(if sign == '+' { minutes } else { -minutes })
    })
}
