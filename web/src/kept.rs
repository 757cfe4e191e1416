//! The opened file, kept so that a reload shows it again. What is kept is the file itself: judged anew it gives the same
//! bits.

use fourfold_web::store;
use fourfold_web::thread::Settings;
use js_sys::{Object, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, Storage};

use crate::link::Link;

/// Under which key, and by which mark it is known before the store has answered.
const KEY: &str = "file";
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
        if let (Ok(blob), Some(name)) = (part("blob").dyn_into::<Blob>(), part("name").as_string()) {
            link.open_as(&blob, &name, serde_wasm_bindgen::from_value(part("settings")).unwrap_or_default());
        }
    });
}

/// Keeps it no longer: something else is watched now.
pub(crate) fn drop_file() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
    spawn_local(store::drop_kept(KEY));
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
