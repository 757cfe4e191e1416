//! The timeline as tables, for who can not see it: how unusual the stretch that is looked at was, and what every stream
//! did in it.

use std::time::Duration;

use fourfold_web::chart::scale::Span;
use fourfold_web::chart::ticks::{moment, number};
use fourfold_web::chart::trace::rows_in;
use leptos::prelude::*;

use crate::session::{Phase, Session, Verdicts, one_in};

/// The table follows once the view has stood still for so long, and what is to be told is known: nobody reads while the view
/// moves, and many cells made while the engine takes all of the machine would hold the page up.
const STILL: Duration = Duration::from_millis(400);

/// Parts of the stretch that the score is told of.
const PARTS: usize = 12;

/// How unusual it was, part by part; then one row per stream.
#[component]
pub(super) fn TimelineTwin(session: Session) -> impl IntoView {
    let still = RwSignal::new(Span::default());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let is_judging =
        Memo::new(move |_| session.phase.get() == Phase::Judging && !session.controls.is_paused.get());
    Effect::new(move |_| {
        let view = session.view.get();
        let is_told = !is_judging.get();
        waiting.update_value(|waiting| {
            waiting.take().iter().for_each(TimeoutHandle::clear);
            // A view that stood still is news of the clock, not derived from any signal.
            *waiting =
                is_told.then(|| set_timeout_with_handle(move || still.set(view), STILL).ok()).flatten();
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
        let clock = session.timeline.with(|timeline| timeline.clock.clone());
        format!("from {} to {}", moment(span.from_ms.round(), &clock), moment(span.to_ms.round(), &clock))
    };
    let scores = move || {
        let (span, clock) = (still.get(), session.timeline.with(|timeline| timeline.clock.clone()));
        // While rows are judged they would be gone through many times a second, for nobody.
        session.phase.track();
        session
            .verdicts
            .with_untracked(|verdicts| score_parts(verdicts, span))
            .into_iter()
            .map(|part| {
                view! {
                    <tr>
                        <th scope="row">{moment(part.from_ms.round(), &clock)}</th>
                        <td>{one_in(part.oddness)}</td>
                        <td>{moment(part.oddest_ms, &clock)}</td>
                        <td>{part.confidence.map(|lowest| format!("{:.0} %", lowest * 100.0))}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <div class="unseen">
            <table data-test="score-table">
                <caption>{move || format!("How unusual it was, {}; an alarm is due at {}", caption(), session.timeline.with(|timeline| one_in(timeline.alarm_oddness)))}</caption>
                <thead><tr><th scope="col">"From"</th><th scope="col">"Rarest moment"</th><th scope="col">"When"</th><th scope="col">"Lowest confidence"</th></tr></thead>
                <tbody>{scores}</tbody>
            </table>
            <table data-test="timeline-table">
                <caption>{move || format!("Streams {}", caption())}</caption>
                <thead><tr><th scope="col">"Stream"</th><th scope="col">"Lowest"</th><th scope="col">"Highest"</th><th scope="col">"Silent"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// A part of the score line.
struct ScorePart {
    from_ms: f64,
    oddness: f64,
    oddest_ms: f64,
    confidence: Option<f64>,
}

/// The score line in parts of the same length; those without a verdict are left out.
fn score_parts(verdicts: &Verdicts, span: Span) -> Vec<ScorePart> {
    let step_ms = span.length_ms() / PARTS as f64;
    let part = |place: usize| {
        let from_ms = span.from_ms + place as f64 * step_ms;
        let row = |at_ms: f64| verdicts.times_ms.partition_point(|&known| known < at_ms);
        // The last part has its end, too.
        let is_last = place + 1 == PARTS;
        let (from, to) = (row(from_ms), row(if is_last { span.to_ms + 1.0 } else { from_ms + step_ms }));
        let values = verdicts.oddness.values().get(from..to)?;
        let (at, oddness) = values.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let confidence = verdicts.confidence.range(from, to).map(|[lowest, _]| lowest);
        let oddest_ms = *verdicts.times_ms.get(from + at)?;
        Some(ScorePart { from_ms, oddness, oddest_ms, confidence })
    };
    (0..PARTS).filter_map(part).collect()
}
