//! The bar at the top: name, what is open, ways in, the theme.

use fourfold_web::chart::ticks::grouped;
use leptos::prelude::*;

use super::{Keys, OpenButton};
use crate::link::Link;
use crate::session::{Phase, Session};

/// Name, file, and what can be done at any time.
#[component]
pub(crate) fn Bar(session: Session, link: Link) -> impl IntoView {
    let is_welcome = move || session.phase.with(|phase| *phase == Phase::Welcome);
    view! {
        <header class="bar">
            <h1 class="brand"><button class="home" title="To the start" data-test="home" on:click=move |_| session.go_home(link)>
                <span class="mark" aria-hidden="true"><i></i><i></i><i></i><i></i></span>"Fourfold"
            </button></h1>
            <p class="file" data-test="file">
                {move || (!is_welcome()).then(|| {
                    let rows = session.note.with(|note| note.rows);
                    let streams = session.timeline.with(|timeline| timeline.streams.len());
                    let counted = |count: f64, one: &str| format!("{} {one}{}", grouped(count), if count == 1.0 { "" } else { "s" });
                    let size = if streams > 0 && rows == 0 {
                        counted(streams as f64, "stream")
                    } else if streams > 0 { format!("{}, {}", counted(rows as f64, "row"), counted(streams as f64, "stream")) } else { String::new() };
                    view! { <b>{session.file_name.get()}</b> <span>{size}</span> }
                })}
            </p>
            <div class="bar-actions">
                <Show when=move || !is_welcome()><div class="open compact"><OpenButton name="Open" /></div></Show>
                <Keys session=session />
                <ThemeButton session=session />
            </div>
        </header>
    }
}

/// Dark or light; what the system says until somebody says otherwise.
#[component]
fn ThemeButton(session: Session) -> impl IntoView {
    let root = || web_sys::window()?.document()?.document_element();
    let is_dark = move || session.theme.get() == "dark";
    let system_is_dark = || {
        let query = web_sys::window()?.match_media("(prefers-color-scheme: dark)").ok()??;
        Some(query.matches())
    };
    let chosen = root().and_then(|root| root.get_attribute("data-theme"));
    let system = if system_is_dark() == Some(true) { "dark" } else { "light" };
    session.theme.set(chosen.unwrap_or_else(|| system.to_string()));
    let toggle = move |_| {
        let theme = if is_dark() { "light" } else { "dark" };
        if let Some(root) = root() {
            let _ = root.set_attribute("data-theme", theme);
        }
        // A browser that keeps nothing still has the theme for this visit.
        if let Some(Ok(Some(storage))) = web_sys::window().map(|window| window.local_storage()) {
            let _ = storage.set_item("theme", theme);
        }
        session.theme.set(theme.to_string());
    };
    view! {
        <button class="quiet icon" on:click=toggle
            aria-label=move || if is_dark() { "Use light colours" } else { "Use dark colours" }
            title=move || if is_dark() { "Light" } else { "Dark" }>
            <span aria-hidden="true">{move || if is_dark() { "☀" } else { "☾" }}</span>
        </button>
    }
}
