//! The opened file, kept so that a reload shows it again, with what was said of it. What is kept is the file itself: judged
//! anew it gives the same bits.

use fourfold::cause::Mode;
use fourfold_web::store;
use fourfold_web::thread::{Before, Said, Settings};
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, Storage};

use crate::link::Link;
use crate::session::{Phase, Session};

/// Under which key, and by which mark it is known before the store has answered.
const KEY: &str = "file";
const DESK_KEY: &str = "desk";
/// What is longer is not kept: a phone's store is small, and the file is still where it was.
const BYTES_MAX: f64 = 67_108_864.0;

/// Keeps a file that was opened.
pub(crate) fn keep_file(blob: &Blob, name: &str, settings: &Settings) {
    let Some(storage) = storage() else { return };
    let value = Object::new();
    let _ = Reflect::set(&value, &"blob".into(), blob);
    let _ = Reflect::set(&value, &"name".into(), &name.into());
    let settings = settings.serialize(&Serializer::json_compatible()).unwrap_or_default();
    let _ = Reflect::set(&value, &"settings".into(), &settings);
    let is_short = blob.size() <= BYTES_MAX;
    spawn_local(async move {
        // What was said of another file is no word on this one.
        store::drop_kept(DESK_KEY).await;
        if is_short && store::keep(KEY, &value).await {
            let _ = storage.set_item(KEY, "kept");
        } else {
            let _ = storage.remove_item(KEY);
            store::drop_kept(KEY).await;
        }
    });
}

/// Opens the file again that was open before the page was loaded, unless the address names another.
pub(crate) fn reopen_file(link: Link) {
    let query = web_sys::window().and_then(|window| window.location().search().ok());
    let is_kept = query.is_none_or(|query| query.is_empty())
        && storage().is_some_and(|storage| storage.get_item(KEY).ok().flatten().is_some());
    if !is_kept {
        return;
    }
    spawn_local(async move {
        let Some(value) = store::kept(KEY).await else { return };
        let part = |name: &str| Reflect::get(&value, &name.into()).unwrap_or_default();
        let desk: Desk = match store::kept(DESK_KEY).await {
            Some(desk) => serde_wasm_bindgen::from_value(desk).unwrap_or_default(),
            None => Desk::default(),
        };
        // Who was quicker than the store has chosen another one.
        let is_first = link.session().job.get_untracked() == 0;
        if let (Ok(blob), Some(name), true) =
            (part("blob").dyn_into::<Blob>(), part("name").as_string(), is_first)
        {
            let settings = serde_wasm_bindgen::from_value(part("settings")).unwrap_or_default();
            link.session().controls.mode.set(desk.mode);
            link.session().controls.worst_first.set(!desk.in_order);
            link.open_again(
                &blob,
                &name,
                settings,
                Before { said: desk.said, taken_back: desk.taken_back, rate: desk.rate },
            );
        }
    });
}

/// How somebody works on the file: what they said of it, and what they set.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Desk {
    said: Vec<Said>,
    taken_back: u32,
    rate: Option<f64>,
    mode: Mode,
    in_order: bool,
}

/// Keeps how somebody works on a file, whenever that changes.
pub(crate) fn keep_desk(session: Session) {
    let controls = session.controls;
    Effect::new(move |_| {
        let desk = Desk {
            said: session.said.get(),
            taken_back: session.earlier.get().0,
            rate: Some(controls.rate.get()),
            mode: controls.mode.get(),
            in_order: !controls.worst_first.get(),
        };
        // While it is judged the rate is not that of the person yet.
        let is_done = session.phase.with(|phase| matches!(phase, Phase::Done { .. }));
        if let (true, Ok(value)) = (is_done, desk.serialize(&Serializer::json_compatible())) {
            spawn_local(async move {
                // What a browser does not keep is lost with the page, like the file.
                let _ = store::keep(DESK_KEY, &value).await;
            });
        }
    });
}

/// Keeps it no longer: something else is watched now.
pub(crate) fn drop_file() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
    spawn_local(async {
        store::drop_kept(KEY).await;
        store::drop_kept(DESK_KEY).await;
    });
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
