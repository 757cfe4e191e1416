//! A session that was opened: what the engine knows, and how it goes on.

use fourfold_web::chart::ticks::{grouped, moment};
use leptos::prelude::*;

use crate::session::Session;

/// Stands above what the session remembers.
#[component]
pub(crate) fn Resumed(session: Session) -> impl IntoView {
    let sentence = move || {
        let (frames, last_ms) = session.resumed.get().unwrap_or_default();
        let streams = session.timeline.with(|timeline| timeline.streams.len());
        let clock = session.timeline.with(|timeline| timeline.clock.clone());
        let until = last_ms.map(|last_ms| format!(", up to {}", moment(last_ms as f64, clock)));
        format!(
            "{} moments of {streams} streams learned{}.",
            grouped(frames as f64),
            until.unwrap_or_default()
        )
    };
    let names = move || {
        session.timeline.with(|timeline| {
            timeline.streams.iter().map(|stream| stream.name.clone()).collect::<Vec<_>>().join(", ")
        })
    };
    let kept = move || match session.timeline.with(|timeline| timeline.times_ms.len()) {
        0 => String::new(),
        rows => format!(
            "A session keeps what was learned and its newest rows: {} are drawn here, can still be explained, and called real or expected; what was called so before can be changed and taken back.",
            grouped(rows as f64)
        ),
    };
    view! {
        <section class="resumed" aria-label="Session" data-test="resumed">
            <h2>"A session that goes on"</h2>
            <p class="headline">{sentence}</p>
            <p>"Drop a file that goes on where it ended: its rows are judged by all that was learned. Its columns: "{names}"."</p>
            <p class="muted">{kept}</p>
        </section>
    }
}
