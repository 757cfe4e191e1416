//! What leaves the device (nothing), shown as it is measured; the seal, which makes the browser enforce it; and
//! forgetting.

mod update;

pub(crate) use update::UpdateNote;

use fourfold_web::chart::ticks::grouped;
use fourfold_web::store;
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Storage;

use crate::sensors::Live;

/// Under this name the browser remembers that the tab is sealed.
const SEALED: &str = "sealed";

/// What `www/sent.js` counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sent {
    bytes: f64,
    files: f64,
    strangers: f64,
    blocked: f64,
}

impl Sent {
    fn now() -> Self {
        let counter = Reflect::get(&js_sys::global(), &"fourfoldSent".into()).unwrap_or_default();
        let of = |name: &str| {
            let count = Reflect::get(&counter, &name.into()).ok().and_then(|count| count.as_f64());
            // Without the counter nobody knows, and nobody may be told zero.
            count.unwrap_or(f64::NAN)
        };
        Self { bytes: of("bytes"), files: of("files"), strangers: of("strangers"), blocked: of("blocked") }
    }

    fn sentence(self) -> String {
        if self.bytes.is_nan() {
            return "What is sent is not measured.".to_string();
        }
        let bytes =
            format!("{} {} sent", grouped(self.bytes), if self.bytes == 1.0 { "byte" } else { "bytes" });
        let strangers = match self.strangers {
            0.0 => String::new(),
            count => format!(", {} requests to other places", grouped(count)),
        };
        let blocked = match self.blocked {
            0.0 => String::new(),
            count => format!(", {} stopped by the browser", grouped(count)),
        };
        format!("{bytes}{strangers}{blocked}")
    }
}

/// The foot of the page.
#[component]
pub(crate) fn Privacy() -> impl IntoView {
    let sent = RwSignal::new(Sent::now());
    // The counter lives outside of all signals: this is where it becomes one.
    let heard = window_event_listener_untyped("fourfoldsent", move |_| sent.set(Sent::now()));
    on_cleanup(move || heard.remove());
    let is_sealed = RwSignal::new(storage().is_some_and(|storage| is_set(&storage)));
    if is_sealed.get_untracked() {
        seal();
    }
    let is_asking = RwSignal::new(false);
    let live = use_context::<Live>();
    view! {
        <footer class="privacy">
            <p class="privacy-line">
                <span class="shield" aria-hidden="true">"◆"</span>
                {move || if sent.get().strangers == 0.0 && sent.get().bytes == 0.0 { " Nothing leaves this device. " } else { " " }}
                <b data-test="sent" data-bytes=move || sent.get().bytes>{move || sent.get().sentence()}</b>
            </p>
            <p class="privacy-tools">
                <button class="quiet" data-test="seal" aria-pressed=move || is_sealed.get().to_string()
                    title="Sealed, the browser itself refuses this page every connection, even to where it came from"
                    on:click=move |_| toggle_seal(is_sealed)>
                    {move || if is_sealed.get() { "Sealed: open again" } else { "Seal this tab" }}
                </button>
                <Show when=move || is_asking.get() fallback=move || view! {
                    <button class="quiet" data-test="forget" on:click=move |_| is_asking.set(true)>"Forget everything"</button>
                }>
                    <span class="sure" role="group" aria-label="Forget everything?">
                        "Delete what this page keeps here: the file, the live session, the settings?"
                        <button class="button" data-test="forget-yes" on:click=move |_| forget(live)>"Delete"</button>
                        <button class="quiet" on:click=move |_| is_asking.set(false)>"Keep"</button>
                    </span>
                </Show>
            </p>
        </footer>
    }
}

fn toggle_seal(is_sealed: RwSignal<bool>) {
    let Some(storage) = storage() else { return is_sealed.set(seal()) };
    if is_sealed.get_untracked() {
        let _ = storage.remove_item(SEALED);
        // A policy can only be made stricter while a page lives; a new page begins without the seal.
        reload();
    } else {
        let _ = storage.set_item(SEALED, "yes");
        is_sealed.set(seal());
    }
}

/// Adds a policy to the page's own: no connections at all. The wasm is here by now, so nothing is missed but samples.
fn seal() -> bool {
    let sealed = || {
        let document = web_sys::window()?.document()?;
        let meta = document.create_element("meta").ok()?;
        meta.set_attribute("http-equiv", "Content-Security-Policy").ok()?;
        meta.set_attribute("content", "connect-src 'none'").ok()?;
        document.query_selector("head").ok()??.append_child(&meta).ok()
    };
    sealed().is_some()
}

/// Deletes what is kept, then shows the page as at the first visit. The app itself stays for the time without a network.
fn forget(live: Option<Live>) {
    // What is still heard would be kept again.
    live.into_iter().for_each(|live| live.end());
    spawn_local(async {
        if let Some(storage) = storage() {
            let _ = storage.clear();
        }
        store::forget().await;
        reload();
    });
}

fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

fn is_set(storage: &Storage) -> bool {
    storage.get_item(SEALED).ok().flatten().is_some()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
