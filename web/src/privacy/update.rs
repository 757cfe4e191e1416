//! A newer version of the app is here and waits to be taken.

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Says so, and takes it when told to.
#[component]
pub(crate) fn UpdateNote() -> impl IntoView {
    let is_there = RwSignal::new(false);
    let heard = window_event_listener_untyped("fourfoldupdate", move |_| is_there.set(true));
    on_cleanup(move || heard.remove());
    let take = move |_| {
        let taking = Reflect::get(&js_sys::global(), &"fourfoldTakeUpdate".into()).unwrap_or_default();
        if let Ok(taking) = taking.dyn_into::<Function>() {
            let _ = taking.call0(&JsValue::NULL);
        }
    };
    view! {
        <Show when=move || is_there.get()>
            <section class="update" role="status" data-test="update">
                <p>"A newer version is ready. Your data stays."</p>
                <button class="button" on:click=take>"Use it"</button>
            </section>
        </Show>
    }
}
