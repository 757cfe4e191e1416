//! Who moves before whom: correlation over lags.

use fourfold::wire::{ExplanationJson, FoundJson};
use fourfold_web::chart::curve::bars;
use fourfold_web::chart::ticks::length;
use fourfold_web::thread::Curve;
use leptos::prelude::*;

const WIDTH_PX: f64 = 340.0;
const HEIGHT_PX: f64 = 76.0;

/// A curve for each relation that the explanation tells.
#[component]
pub(super) fn Leads(why: ExplanationJson, curves: Vec<Curve>) -> impl IntoView {
    let sentences: Vec<String> = (why.evidence.iter())
        .filter(|evidence| matches!(evidence.found, FoundJson::Lead { .. }))
        .map(|evidence| evidence.sentence.clone())
        .collect();
    let plots = sentences
        .into_iter()
        .zip(curves)
        .map(|(sentence, curve)| view! { <Plot sentence=sentence curve=curve /> });
    let plots: Vec<_> = plots.collect();
    (!plots.is_empty()).then(|| {
        view! {
            <section data-test="leads">
                <h3>"Who moves first"</h3>
                {plots}
            </section>
        }
    })
}

#[component]
fn Plot(sentence: String, curve: Curve) -> impl IntoView {
    let Curve { first, then, points } = curve;
    let step = points.last().map_or(0.0, |(lag, _)| *lag);
    let middle = HEIGHT_PX / 2.0;
    let columns = bars(&points, WIDTH_PX, HEIGHT_PX).into_iter().map(|bar| view! {
        <rect class="lag" class:peak=bar.is_peak x=bar.x_px - 4.0 y=bar.top_px width="8" height=bar.height_px rx="1.5" />
    });
    let rows = points.into_iter().filter_map(|(lag, r)| {
        let r = r?;
        Some(view! { <tr><td>{lag_words(lag)}</td><td>{format!("{r:.2}")}</td></tr> })
    });
    view! {
        <figure class="lead-lag">
            <figcaption>{sentence}</figcaption>
            <svg viewBox=format!("0 0 {WIDTH_PX} {HEIGHT_PX}") aria-hidden="true">
                <line class="zero" x1="0" x2=WIDTH_PX y1=middle y2=middle />
                <line class="zero" x1=WIDTH_PX / 2.0 x2=WIDTH_PX / 2.0 y1="0" y2=HEIGHT_PX />
                {columns.collect_view()}
            </svg>
            <p class="lag-axis" aria-hidden="true">
                <span>{format!("{then} first, {}", length(step, true))}</span><span>"together"</span>
                <span>{format!("{first} first, {}", length(step, true))}</span>
            </p>
            <div class="unseen"><table>
                <caption>{format!("Correlation of {first} and {then}, by how much {first} is ahead")}</caption>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </figure>
    }
}

fn lag_words(lag_ms: f64) -> String {
    match lag_ms {
        0.0 => "together".to_string(),
        _ if lag_ms < 0.0 => format!("{} behind", length(-lag_ms, true)),
        _ => format!("{} ahead", length(lag_ms, true)),
    }
}
