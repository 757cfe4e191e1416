//! The file: how it was read, what its columns were taken for, and how to correct that.

mod columns;
mod form;
mod note;
mod zones;

use leptos::prelude::*;

use crate::link::Link;
use crate::session::Session;
use columns::Columns;
use form::ReadingForm;
use note::ImportNote;

/// The report, and everything that can be corrected.
#[component]
pub(crate) fn FileSheet(session: Session, link: Link) -> impl IntoView {
    let is_changed = move || session.settings.with(|settings| *settings != Default::default());
    let is_file = move || session.resumed.with(Option::is_none);
    let report = move || {
        view! {
            <ImportNote session=session />
            <section class="reading" aria-label="How it was read">
                <h2>"How it was read"</h2>
                <p class="muted">"All of it was guessed. What you change is read and judged again at once."</p>
                <ReadingForm session=session link=link />
                <Columns session=session link=link />
                <Show when=is_changed>
                    <button class="button" data-test="guess-again" on:click=move |_| link.reopen(Default::default())>
                        "Back to what was guessed"
                    </button>
                </Show>
            </section>
        }
    };
    view! {
        <Show when=is_file fallback=move || view! { <p class="muted">"This is a session and not a file: how its rows were read is known where they came from."</p> }>
            {report}
        </Show>
    }
}

/// A choice: its value on the wire and on the screen.
type Choice = (String, String);

/// A labelled list of choices; `choose` hears the new one. (In a box: there is one such list for all, and not one for each.)
fn select(
    label: String,
    test: String,
    hidden: bool,
    choices: Vec<Choice>,
    chosen: String,
    choose: Box<dyn Fn(String)>,
) -> impl IntoView {
    let options = choices.into_iter().map(|(value, text)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{text}</option> }
    });
    view! {
        <label class="choice">
            <span class:unseen=hidden>{label}</span>
            <select data-test=test on:change=move |event| choose(event_target_value(&event))>{options.collect_view()}</select>
        </label>
    }
}
