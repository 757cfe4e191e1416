//! The way in through the browser's dialog for files.

use leptos::html::Input;
use leptos::prelude::*;

use crate::link::Link;

/// What the dialog offers first.
const KINDS: &str =
    ".csv,.tsv,.txt,.json,.jsonl,.ndjson,.gz,.fourfold,text/csv,text/plain,application/json,application/gzip";

/// The page's one input for files. It stays while screens come and go: a dialog may be open when they do, and what is
/// chosen in it then must not be lost.
#[derive(Clone, Copy)]
pub(crate) struct Picker(NodeRef<Input>);

impl Picker {
    pub(crate) fn new() -> Self {
        Self(NodeRef::new())
    }

    /// Opens the dialog.
    pub(crate) fn ask(self) {
        self.0.get_untracked().iter().for_each(|input| input.click());
    }
}

/// Belongs on the page once.
#[component]
pub(crate) fn FileInput(picker: Picker, link: Link) -> impl IntoView {
    let picked = move |_| {
        let Some(input) = picker.0.get_untracked() else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            link.open(&file, &file.name());
        }
        // So that the same file can be chosen again.
        input.set_value("");
    };
    view! { <input type="file" hidden node_ref=picker.0 accept=KINDS on:change=picked /> }
}

/// Opens the dialog for files.
#[component]
pub(crate) fn OpenButton(name: &'static str) -> impl IntoView {
    let picker = expect_context::<Picker>();
    view! { <button class="button primary" data-test="open" on:click=move |_| picker.ask()>{name}</button> }
}
