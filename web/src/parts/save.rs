//! What can be taken away: verdicts, the picture, the session, a link.

use fourfold_web::thread::Export;
use js_sys::{Promise, Reflect};
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Clipboard;

use crate::address;
use crate::link::Link;
use crate::save::save_picture;
use crate::session::Session;

/// A button for each, with what it is good for.
#[component]
pub(crate) fn SaveSheet(session: Session, link: Link) -> impl IntoView {
    let has_rows = move || session.timeline.with(|timeline| !timeline.times_ms.is_empty());
    let has_verdicts = move || has_rows() && session.resumed.with(Option::is_none);
    let row = |test: &'static str, title: &'static str, says: &'static str, act: Box<dyn Fn()>| {
        view! {
            <li>
                <button class="button" data-test=test on:click=move |_| act()>{title}</button>
                <p class="muted">{says}</p>
            </li>
        }
    };
    view! {
        <section aria-label="Save" class="save">
            <h2>"Take away"</h2>
            <ul>
                <Show when=has_verdicts>
                    {row("save-csv", "Verdicts, CSV", "Every moment: score, alarm, severity, episode, and the stream that carries it.", Box::new(move || link.export(Export::Csv)))}
                    {row("save-json", "Verdicts, JSON", "The same whole, one object a line, with what was said of every stream.", Box::new(move || link.export(Export::Json)))}
                </Show>
                <Show when=has_rows>
                    {row("save-png", "Picture, PNG", "The timeline as it stands now.", Box::new(move || save_picture(session)))}
                </Show>
                {row("save-session", "Session", "The engine with all that it has learned, no raw rows beyond its short memory. Opens again here, in the npm package, in the crate and in a Worker.", Box::new(move || link.export(Export::Session)))}
            </ul>
        </section>
        <Share session=session />
    }
}

/// A link that carries settings and never data.
#[component]
fn Share(session: Session) -> impl IntoView {
    let url = move || {
        let mut settings = session.settings.get();
        let rate = session.controls.rate.get();
        if settings.false_alarm_rate.is_some() || (rate - 0.001).abs() > 1e-9 {
            settings.false_alarm_rate = Some(rate);
        }
        // What was guessed by where this device is, is said: elsewhere it would be guessed otherwise.
        if let Some(zone) = session.note.with(|note| note.plan.zone.name.clone()) {
            settings.table.zone = Some(zone);
        }
        let name = session.file_name.get();
        address::share(&settings, name.strip_suffix(" sample")).unwrap_or_default()
    };
    let field = NodeRef::<Input>::new();
    let says = RwSignal::new("Copy");
    let copy = move |_| {
        spawn_local(async move {
            let is_copied = copy_text(&url()).await.is_ok();
            says.set(if is_copied { "Copied" } else { "Now Ctrl C" });
            // A browser without a clipboard for pages: it is marked, for the person to copy.
            field.get_untracked().filter(|_| !is_copied).iter().for_each(|field| field.select());
        });
    };
    view! {
        <section class="share" aria-label="Link">
            <h2>"Link to these settings"</h2>
            <p class="muted">"It names columns and choices, never values. Whoever opens it drops a file of their own."</p>
            <div class="share-line">
                <input type="text" readonly node_ref=field data-test="share" aria-label="Link" prop:value=url />
                <button class="button" data-test="copy" on:click=copy>{says}</button>
            </div>
        </section>
    }
}

/// Only a page that came by https has a clipboard.
async fn copy_text(text: &str) -> Result<JsValue, JsValue> {
    let clipboard: Clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?.dyn_into()?;
    let promise: Promise = clipboard.write_text(text);
    JsFuture::from(promise).await
}
