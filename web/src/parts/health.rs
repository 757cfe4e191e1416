//! How every stream is: whether it is there, how good its data is, and which model answers for it.

use fourfold_web::chart::ticks::{grouped, length, number};
use leptos::prelude::*;

use crate::session::Session;

/// What a model goes by.
fn model_words(model: &str) -> String {
    match model {
        "Snarimax" => "its own past, and the clock",
        "HoltWinters" => "level, trend and season",
        "QuantileFilter" => "running quantiles",
        "Rate" => "how often it happens",
        "ZScore" => "mean and spread",
        "Mad" => "median and spread",
        other => other,
    }
    .to_string()
}

/// One row per stream.
#[component]
pub(crate) fn HealthSheet(session: Session) -> impl IntoView {
    let rows = move || {
        let streams = session.timeline.with(|timeline| timeline.streams.clone());
        let rows = streams.into_iter().zip(session.health.get()).map(|(stream, health)| {
            let unit = stream.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
            let share = |share: f64| format!("{:.0} %", (share * 100.0).floor());
            let error = health.error.map_or("nothing to compare yet".to_string(), |error| {
                let rival = health.rival_error.filter(|rival| *rival > error);
                let better = rival.map(|rival| format!("; a plain model by {}", number(rival)));
                format!("off by {}{unit}{}", number(error), better.unwrap_or_default())
            });
            let cadence = health.usual_gap_ms.map(|ms| format!("every {}", length(ms, true)));
            let quality = health.validity.filter(|validity| *validity < 1.0);
            let is_here = health.gap == "here";
            let is_well = is_here && health.remarks.is_empty();
            let gap = (!is_here || is_well).then_some(health.gap);
            let state = gap.into_iter().chain(health.remarks).collect::<Vec<_>>().join("; ");
            view! {
                <tr class:unwell=!is_well data-test="health-row">
                    <th scope="row">
                        <b>{stream.name}</b>
                        <small>{format!("{} values", grouped(health.values as f64))}{cadence.map(|cadence| format!(", {cadence}"))}</small>
                    </th>
                    <td>
                        <span class="meter" aria-hidden="true"><i style=format!("width: {:.0}%", health.available * 100.0)></i></span>
                        {share(health.available)}
                        <small>{state}</small>
                        {quality.map(|validity| view! { <small>{format!("{} valid", share(validity))}</small> })}
                    </td>
                    <td title=health.model.clone()>{model_words(&health.model)}<small>{error}</small></td>
                </tr>
            }
        });
        rows.collect_view()
    };
    let is_empty = move || session.health.with(Vec::is_empty);
    view! {
        <section aria-label="Streams">
            <h2>"How every stream is, at the last row"</h2>
            <Show when=is_empty><p class="muted">"Told once all rows are judged."</p></Show>
            <Show when=move || !is_empty()>
                <table class="health" data-test="health">
                    <thead><tr><th scope="col">"Stream"</th><th scope="col">"Present, lately"</th><th scope="col">"Forecast by"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Show>
        </section>
    }
}
