//! How loud it is. A worklet beside the microphone adds up and forgets; only its sums come here.

use fourfold_web::live::level::{Level, Stretch};
use fourfold_web::live::source::{Rung, Source};
use fourfold_web::live::streams::Stream;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Live;
use super::browser::{call, get, global, is_secure, listen, navigator, number, promised};

/// Asks for the microphone and listens to how loud it is.
pub(super) fn ask(live: Live) {
    if !is_secure() {
        return live.set_rung(Source::Sound, Rung::NeedsHttps);
    }
    let devices = navigator("mediaDevices");
    let (Some(devices), Some(context)) = (devices, new("AudioContext", &[])) else {
        return live.set_rung(Source::Sound, Rung::Unsupported);
    };
    let audio = Object::new();
    // As it is in the room: these would make a quiet room loud.
    for name in ["echoCancellation", "noiseSuppression", "autoGainControl"] {
        let _ = Reflect::set(&audio, &name.into(), &false.into());
    }
    let wish = Object::new();
    let _ = Reflect::set(&wish, &"audio".into(), &audio);
    let Some(promise) = call(&devices, "getUserMedia", &[&wish]) else {
        return live.set_rung(Source::Sound, Rung::Unsupported);
    };
    live.set_rung(Source::Sound, Rung::Asking);
    spawn_local(async move {
        let stream = promised(promise).await;
        let rung = match &stream {
            Ok(stream) if wire(live, &context, stream).await.is_some() => return,
            Ok(stream) => {
                hang_up(stream);
                Rung::Unsupported
            }
            Err(error) if name_of(error).as_deref() == Some("NotFoundError") => Rung::Unsupported,
            Err(_) => Rung::Denied,
        };
        call(&context, "close", &[]);
        live.set_rung(Source::Sound, rung);
    });
}

async fn wire(live: Live, context: &JsValue, stream: &JsValue) -> Option<()> {
    let worklet = get(context, "audioWorklet")?;
    promised(call(&worklet, "addModule", &[&"./level-meter.js".into()])?).await.ok()?;
    let node = new("AudioWorkletNode", &[context, &"level-meter".into()])?;
    let microphone = call(context, "createMediaStreamSource", &[stream])?;
    call(&microphone, "connect", &[&node])?;
    let port = get(&node, "port")?;
    let mut level = Level::default();
    let heard = listen(&port, "message", move |event| {
        let sums = get(&event, "data").unwrap_or_default();
        let [samples, squares, signs] = ["samples", "squares", "signs"].map(|name| number(&sums, name));
        let at_ms = live.now_ms();
        if let Some(heard) = level.hear(at_ms, Stretch { samples, squares, signs }) {
            live.hear_source(Source::Sound);
            let speech = f64::from(u8::from(heard.is_speech));
            live.hear_all(at_ms, [Stream::SoundLevel, Stream::Speech], [heard.level_db, speech]);
        }
    });
    call(&port, "start", &[]);
    let (context, stream) = (context.clone(), stream.clone());
    live.started(
        Source::Sound,
        Box::new(move || {
            heard.into_iter().for_each(|stop| stop());
            // The browser's sign that the microphone is open goes out.
            hang_up(&stream);
            call(&context, "close", &[]);
            drop(microphone);
        }),
    );
    Some(())
}

fn hang_up(stream: &JsValue) {
    for track in Array::from(&call(stream, "getTracks", &[]).unwrap_or_default()).iter() {
        call(&track, "stop", &[]);
    }
}

fn name_of(error: &JsValue) -> Option<String> {
    get(error, "name")?.as_string()
}

/// An object of a class that not every browser has.
pub(super) fn new(class: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let class: Function = global(class)?.dyn_into().ok()?;
    Reflect::construct(&class, &arguments.iter().copied().collect::<Array>()).ok()
}
