//! The samples that are shipped, each with what to look for.

use leptos::prelude::*;

use crate::link::Link;

/// Name, title, and a sentence.
const SAMPLES: [(&str, &str, &str); 5] = [
    (
        "service",
        "A web service",
        "Six days, eight metrics. Look for the hour of the 6th in which nothing was measured, and for the evening on which the 95th percentile no longer follows the mean.",
    ),
    (
        "iot",
        "A machine",
        "Four sensors over six days. Humidity gets stuck, temperature slides away, and a day later it falls silent.",
    ),
    (
        "transactions",
        "Card payments",
        "Twelve days. The largest amounts move to another level, declined payments peak once, and twice nothing arrives at all.",
    ),
    (
        "network",
        "A router",
        "Five days with a backup every night, which is soon normal. Look for a burst of packets, and for a port counter that stands still.",
    ),
    (
        "lifelog",
        "A phone’s owner",
        "Twenty days, 32 streams full of gaps. Breathing drifts, four sensors fall silent together, and the network is busy while no app is.",
    ),
];

/// What to look for in a sample that is open.
pub(crate) fn look_for(file_name: &str) -> Option<&'static str> {
    let open = file_name.strip_suffix(" sample")?;
    SAMPLES.iter().find(|(name, ..)| *name == open).map(|(_, _, sentence)| *sentence)
}

/// One row per sample.
#[component]
pub(crate) fn Samples(link: Link) -> impl IntoView {
    let cards = SAMPLES.map(|(name, title, sentence)| view! {
        <li>
            <button class="card" data-test="sample" data-sample=name on:click=move |_| link.open_sample(name, Default::default())>
                <b>{title}</b><span>{sentence}</span><i aria-hidden="true">"→"</i>
            </button>
        </li>
    });
    view! {
        <section class="samples" aria-label="Samples">
            <h2>"Or play a sample"</h2>
            <ul>{cards.collect_view()}</ul>
        </section>
    }
}
