//! What may have caused it, as bars that sum to one.

use fourfold::wire::{CandidateJson, CulpritKind, ExplanationJson};
use leptos::prelude::*;

/// Less than this is shown as 0 %.
const LEAST: f64 = 0.005;

/// The likeliest first, and last the chance that it was none of these.
#[component]
pub(super) fn Causes(why: ExplanationJson) -> impl IntoView {
    let abstains = why.primary_cause.is_none();
    let named = why.primary_cause.iter().chain(&why.alternative_explanations);
    let mut rows: Vec<(String, &'static str, f64)> =
        named.map(|cause| (title(cause), kind(cause.kind), cause.probability)).collect();
    // What rounds to nothing is no candidate; the likeliest stays in any case.
    let mut place = 0;
    rows.retain(|(.., probability)| {
        place += 1;
        place == 1 || *probability >= LEAST
    });
    rows.push(("None of these".to_string(), "unknown", why.unknown));
    view! {
        <section data-test="causes">
            <h3>"Likely causes"</h3>
            {abstains.then(|| view! { <p class="muted">"Guesses: this data alone does not tell."</p> })}
            <ol class="causes">
                {rows.into_iter().map(|(name, kind, probability)| view! {
                    <li data-kind=kind>
                        <span class="cause-name">{name}<small>{kind}</small></span>
                        <span class="cause-bar" aria-hidden="true"><i style=format!("width: {:.1}%", probability * 100.0)></i></span>
                        <b>{format!("{:.0} %", probability * 100.0)}</b>
                    </li>
                }).collect_view()}
            </ol>
        </section>
    }
}

fn title(cause: &CandidateJson) -> String {
    match (&cause.stream, cause.kind) {
        (Some(stream), CulpritKind::Pattern | CulpritKind::Episode) => {
            format!("{}, from {stream}", cause.name)
        }
        _ => cause.name.clone(),
    }
}

fn kind(kind: CulpritKind) -> &'static str {
    match kind {
        CulpritKind::Pattern => "known pattern",
        CulpritKind::Episode => "seen before",
        CulpritKind::Stream => "stream",
        CulpritKind::Group => "group",
        CulpritKind::Everything => "collector",
    }
}
