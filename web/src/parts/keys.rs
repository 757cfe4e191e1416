//! Keys that work anywhere on the page, and the list of all of them.

use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::session::Session;

/// Every key, as the list shows it.
const KEYS: [(&str, &str); 7] = [
    ("j  k", "next and previous abnormal moment, with its reason"),
    ("Esc", "close the reason"),
    ("←  →", "move the cursor over the curves"),
    ("+  −", "closer, farther"),
    ("0", "see everything"),
    ("Ctrl V", "open the table that was copied"),
    ("?", "this list"),
];

/// Listens, and shows the list when it is asked for. The keys of the curves are theirs: they work once the curves have
/// the focus.
#[component]
pub(crate) fn Keys(session: Session) -> impl IntoView {
    let list = NodeRef::<Dialog>::new();
    let show = move || {
        let list = list.get_untracked().filter(|list| !list.open());
        // A dialog that can not be shown leaves the page as it was.
        list.iter().for_each(|list| drop(list.show_modal()));
    };
    let pressed = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_field(&event) {
            return;
        }
        let is_open = list.get_untracked().is_some_and(|list| list.open());
        match event.key().as_str() {
            "?" => show(),
            _ if is_open => {}
            "j" => step(1),
            "k" => step(-1),
            "Escape" if session.selected.get_untracked().is_some() => session.unselect(),
            _ => {}
        }
    });
    on_cleanup(move || pressed.remove());
    view! {
        <button class="quiet icon keys-button" data-test="keys" aria-label="Keys" title="Keys: ?" on:click=move |_| show()>
            <span aria-hidden="true">"?"</span>
        </button>
        <dialog class="keys-list" node_ref=list aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <dl>
                {KEYS.map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }).collect_view()}
            </dl>
            <button class="button" on:click=move |_| list.get_untracked().iter().for_each(|list| list.close())>"Close"</button>
        </dialog>
    }
}

/// Opens the finding so many places after the one that is open, and goes there.
fn step(by: i32) {
    let Ok(found) = document().query_selector_all("button.episode") else { return };
    let all: Vec<HtmlElement> =
        (0..found.length()).filter_map(|at| found.get(at)).map(JsCast::unchecked_into).collect();
    let open = all.iter().position(|item| item.class_list().contains("selected"));
    let next = match (open, by) {
        (Some(place), 1) => place + 1,
        (Some(place), _) => place.wrapping_sub(1),
        (None, _) => 0,
    };
    if let Some(item) = all.get(next) {
        item.click();
        let _ = item.focus();
    }
}

/// Where letters are text, they are no keys.
fn is_field(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"))
}
