//! What happened, in the order of time.

use fourfold::schema::Change;
use fourfold::wire::ExplanationJson;
use fourfold_web::chart::ticks::length;
use leptos::prelude::*;

use crate::session::Session;

/// One line per happening, with its place between the first and the last.
#[component]
pub(super) fn Sequence(session: Session, why: ExplanationJson) -> impl IntoView {
    let clock = session.timeline.with_untracked(|timeline| timeline.clock.clone());
    let first = why.temporal_sequence.first().map_or(0, |happening| happening.t);
    let last = why.temporal_sequence.last().map_or(0, |happening| happening.t);
    let whole = (last - first).max(1) as f64;
    let lines = why.temporal_sequence.clone().into_iter().map(move |happening| {
        let since = (happening.t - first) as f64;
        let offset = match happening.t - first {
            0 => "start".to_string(),
            _ => format!("+{}", length(since, &clock)),
        };
        let arrow = match happening.change {
            Change::Up => "↑",
            Change::Down => "↓",
            Change::Absent => "∅",
            Change::Present => "•",
            Change::Any => "~",
        };
        view! {
            <li>
                <span class="offset">{offset}</span>
                <span class="track" aria-hidden="true"><i style=format!("left: {:.1}%", since / whole * 100.0)></i></span>
                <span class="happening"><b aria-hidden="true">{arrow}</b>{happening.sentence}</span>
            </li>
        }
    });
    (!why.temporal_sequence.is_empty()).then(|| {
        view! {
            <section data-test="sequence">
                <h3>"In this order"</h3>
                <ol class="sequence">{lines.collect_view()}</ol>
            </section>
        }
    })
}
