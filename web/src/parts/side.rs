//! What stands beside the lanes: a few sheets, one at a time.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::{Episodes, FileSheet, HealthSheet, SaveSheet};
use crate::link::Link;
use crate::session::{Session, Tab};

/// Every sheet, in order.
const TABS: &[(Tab, &str, &str)] = &[
    (Tab::Findings, "Findings", "findings"),
    (Tab::Streams, "Streams", "streams"),
    (Tab::File, "File", "file"),
    (Tab::Save, "Save", "save"),
];

/// Tabs, and the sheet of the chosen one.
#[component]
pub(crate) fn Side(session: Session, link: Link) -> impl IntoView {
    let go = move |event: KeyboardEvent| {
        let place = TABS.iter().position(|(tab, ..)| *tab == session.tab.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (place + 1) % TABS.len(),
            "ArrowLeft" => (place + TABS.len() - 1) % TABS.len(),
            _ => return,
        };
        event.prevent_default();
        session.tab.set(TABS[next].0);
        let id = format!("tab-{}", TABS[next].2);
        if let Some(tab) = document().get_element_by_id(&id) {
            let _ = wasm_bindgen::JsCast::unchecked_into::<web_sys::HtmlElement>(tab).focus();
        }
    };
    let tabs = TABS.iter().map(|&(tab, title, id)| {
        let is_chosen = move || session.tab.get() == tab;
        view! {
            <button role="tab" id=format!("tab-{id}") data-test=format!("tab-{id}") aria-controls="sheet"
                aria-selected=move || is_chosen().to_string() tabindex=move || if is_chosen() { 0 } else { -1 }
                on:click=move |_| session.tab.set(tab)>{title}</button>
        }
    });
    let label =
        move || TABS.iter().find(|(tab, ..)| *tab == session.tab.get()).map(|(_, _, id)| format!("tab-{id}"));
    view! {
        <aside class="side" aria-label="Findings and file">
            <div class="tabs" role="tablist" aria-label="Sheets" on:keydown=go>{tabs.collect_view()}</div>
            <div class="sheet" id="sheet" role="tabpanel" tabindex="0" aria-labelledby=label>
                {move || match session.tab.get() {
                    Tab::Findings => view! { <Episodes session=session link=link /> }.into_any(),
                    Tab::Streams => view! { <HealthSheet session=session /> }.into_any(),
                    Tab::Save => view! { <SaveSheet session=session link=link /> }.into_any(),
                    Tab::File => view! { <FileSheet session=session link=link /> }.into_any(),
                }}
            </div>
        </aside>
    }
}
