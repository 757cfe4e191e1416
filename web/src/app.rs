//! The page as a whole: what is shown when, and files dropped or pasted anywhere on it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, HtmlInputElement};

use crate::address;
use crate::kept;
use crate::link::Link;
use crate::parts::{
    Bar, Episodes, FileInput, NextFrame, Picker, Resumed, Side, TimelineChart, Welcome, Working,
};
use crate::privacy::{Privacy, UpdateNote};
use crate::sensors::{Live, LivePanel};
use crate::session::{Phase, Session};

/// The app.
#[component]
pub(crate) fn App() -> impl IntoView {
    let session = Session::new();
    let link = Link::new(session);
    let live = Live::new(session, link);
    provide_context(live);
    let picker = Picker::new();
    provide_context(picker);
    kept::keep_desk(session);
    take_drops(session, link);
    take_pastes(link);
    address::open_what_it_names(link);

    let has_rows = move || session.timeline.with(|timeline| !timeline.times_ms.is_empty());
    let is_drawn = move || session.timeline.with(|timeline| !timeline.streams.is_empty());
    let is_resumed = move || session.resumed.with(Option::is_some);
    let is_start = move || !is_drawn() && matches!(session.phase.get(), Phase::Welcome | Phase::Failed(_));
    let is_live = move || session.phase.get() == Phase::Live;
    let digest = move || match session.phase.get() {
        Phase::Done { digest, .. } => digest,
        _ => String::new(),
    };
    view! {
        <Bar session=session link=link />
        <UpdateNote />
        <main data-test="workspace" data-digest=digest>
            <Working session=session link=link />
            <Show when=is_live><LivePanel session=session live=live /></Show>
            <Show when=is_start><Welcome link=link /></Show>
            <Show when=is_drawn>
                <Show when=is_resumed><Resumed session=session /></Show>
                <div class="workspace">
                    <Show when=has_rows><TimelineChart session=session link=link /></Show>
                    // What can be done to a file can not be done to a device that goes on.
                    <NextFrame>
                        <Show when=is_live fallback=move || view! { <Side session=session link=link /> }>
                            <aside class="side" aria-label="Findings"><div class="sheet"><Episodes session=session link=link /></div></aside>
                        </Show>
                    </NextFrame>
                </div>
            </Show>
        </main>
        <Privacy />
        <FileInput picker=picker link=link />
        <Show when=move || session.is_dropping.get()>
            <div class="drop-here" aria-hidden="true"><p>"Drop to open"</p></div>
        </Show>
    }
}

fn take_drops(session: Session, link: Link) {
    let over = window_event_listener(ev::dragover, move |event: DragEvent| {
        event.prevent_default();
        session.is_dropping.set(true);
    });
    let leave = window_event_listener(ev::dragleave, move |event: DragEvent| {
        // Leaving one element for another is not leaving the page.
        if event.related_target().is_none() {
            session.is_dropping.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event: DragEvent| {
        event.prevent_default();
        session.is_dropping.set(false);
        let Some(transfer) = event.data_transfer() else { return };
        match transfer.files().and_then(|files| files.get(0)) {
            Some(file) => link.open(&file, &file.name()),
            None => take_text(link, transfer.get_data("text/plain").ok()),
        }
    });
    on_cleanup(move || [over, leave, drop].into_iter().for_each(WindowListenerHandle::remove));
}

fn take_pastes(link: Link) {
    let paste = window_event_listener(ev::paste, move |event| {
        let event: ClipboardEvent = event.unchecked_into();
        let is_field = event.target().is_some_and(|target| target.has_type::<HtmlInputElement>());
        let Some(transfer) = event.clipboard_data().filter(|_| !is_field) else { return };
        match transfer.files().and_then(|files| files.get(0)) {
            Some(file) => link.open(&file, &file.name()),
            None => take_text(link, transfer.get_data("text").ok()),
        }
    });
    on_cleanup(move || paste.remove());
}

/// A single word is not a table: a slip of the keyboard must not clear the page.
fn take_text(link: Link, text: Option<String>) {
    if let Some(text) = text.filter(|text| text.trim().lines().count() > 1) {
        link.open_text(&text);
    }
}
