//! The timeline as a table, for who can not see it: what every stream did in the stretch that is looked at.

use std::time::Duration;

use fourfold_web::chart::scale::Span;
use fourfold_web::chart::ticks::{moment, number};
use fourfold_web::chart::trace::rows_in;
use leptos::prelude::*;

use crate::session::Session;

/// The table follows once the view has stood still for so long: nobody reads while the view moves.
const STILL: Duration = Duration::from_millis(400);

/// One row per stream.
#[component]
pub(super) fn TimelineTwin(session: Session) -> impl IntoView {
    let still = RwSignal::new(Span::default());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let view = session.view.get();
        waiting.update_value(|waiting| {
            waiting.take().iter().for_each(TimeoutHandle::clear);
            // A view that stood still is news of the clock, not derived from any signal.
            *waiting = set_timeout_with_handle(move || still.set(view), STILL).ok();
        });
    });
    on_cleanup(move || {
        let _ = waiting.try_update_value(|waiting| waiting.take().iter().for_each(TimeoutHandle::clear));
    });
    let rows = move || {
        let span = still.get();
        session.timeline.with(|timeline| {
            let (from, to) = rows_in(&timeline.times_ms, span);
            let rows = timeline.streams.iter().zip(&timeline.lanes).map(|(stream, lane)| {
                let values = lane.values().get(from..to.min(lane.values().len())).unwrap_or_default();
                let silent = values.iter().filter(|value| value.is_nan()).count();
                let range = lane.range(from, to);
                let unit = stream.unit.clone().unwrap_or_default();
                view! {
                    <tr>
                        <th scope="row">{stream.name.clone()}</th>
                        <td>{range.map(|[low, _]| format!("{} {unit}", number(low)))}</td>
                        <td>{range.map(|[_, high]| format!("{} {unit}", number(high)))}</td>
                        <td>{format!("{:.0} %", 100.0 * silent as f64 / values.len().max(1) as f64)}</td>
                    </tr>
                }
            });
            rows.collect_view()
        })
    };
    let caption = move || {
        let span = still.get();
        let clock = session.timeline.with(|timeline| timeline.clock);
        format!(
            "Streams from {} to {}",
            moment(span.from_ms.round(), clock),
            moment(span.to_ms.round(), clock)
        )
    };
    view! {
        <div class="unseen">
            <table data-test="timeline-table">
                <caption>{caption}</caption>
                <thead><tr><th scope="col">"Stream"</th><th scope="col">"Lowest"</th><th scope="col">"Highest"</th><th scope="col">"Silent"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
