//! A session without rows: what the engine knows, and how it goes on.

use fourfold_web::chart::ticks::{grouped, moment};
use leptos::prelude::*;

use crate::session::Session;

/// Stands where the lanes are otherwise.
#[component]
pub(crate) fn Resumed(session: Session) -> impl IntoView {
    let sentence = move || {
        let (frames, last_ms) = session.resumed.get().unwrap_or_default();
        let streams = session.timeline.with(|timeline| timeline.streams.len());
        let until = last_ms.map(|last_ms| format!(", up to {}", moment(last_ms as f64, true)));
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
    view! {
        <section class="timeline resumed" aria-label="Session" data-test="resumed">
            <h2>"A session that goes on"</h2>
            <p class="headline">{sentence}</p>
            <p>"No curves yet: a session keeps what was learned, not the rows. Drop a file that goes on where it ended; its rows are drawn here and judged by all that was learned. Its columns: "{names}"."</p>
            <p class="muted">"What happened before is in the list; its newest moments can still be explained and called real or expected."</p>
        </section>
    }
}
