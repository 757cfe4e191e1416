//! The lanes, with one shared cursor, and everything that moves the view.

use fourfold_web::chart::ticks::{Clock, moment, number};
use leptos::html::Div;
use leptos::prelude::*;

use super::into_view::lane_id;
use crate::draw::{AXIS_PX, CONFIDENCE_PX, GROUP_PX, HEAD_PX, SCORE_PX, lane_boxes, raster_px};
use crate::link::Link;
use crate::session::{Phase, Session, Timeline, one_in};

mod hand;
mod paint;
mod twin;

use hand::Hand;
use paint::{Canvases, draw_on_change, watch_width};
use twin::TimelineTwin;

/// The pace of a replay, where none was chosen.
const REPLAY_ROWS_PER_S: f64 = 500.0;

/// The picture and its controls.
#[component]
pub(crate) fn TimelineChart(session: Session, link: Link) -> impl IntoView {
    let canvases = Canvases {
        head: NodeRef::new(),
        raster: NodeRef::new(),
        under: NodeRef::new(),
        lanes: NodeRef::new(),
    };
    let plot = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    draw_on_change(session, canvases, width_px);
    watch_width(plot, width_px);

    let hand = Hand::new(session);
    let is_zoomed = move || session.view.get() != session.timeline.with(Timeline::whole);
    let lanes = Memo::new(move |_| {
        session.timeline.with(|timeline| session.folded.with(|folded| lane_boxes(timeline, folded)))
    });
    let gaps_px = move || session.timeline.with(|timeline| raster_px(timeline.streams.len()));
    let body_px = move || lanes.with(|lanes| lanes.last().map_or(0.0, |lane| lane.top + lane.height));
    let cursor_px = move || {
        let view = session.view.get();
        session
            .cursor_ms
            .get()
            .map(|at| (at - view.from_ms) / view.length_ms().max(1e-9) * 100.0)
            .filter(|share| (0.0..=100.0).contains(share))
    };
    let cursor_style = move || match cursor_px() {
        Some(share) => format!("left: {share:.3}%"),
        None => "display: none".to_string(),
    };
    view! {
        <section class="timeline" aria-label="Timeline">
            <div class="readout">
                <Readout session=session />
                <div class="tools" role="group" aria-label="Zoom">
                    <button class="quiet" data-test="replay" title="Judge it once more, and watch" aria-label="Replay" disabled=move || !matches!(session.phase.get(), Phase::Done { .. }) || session.resumed.with(Option::is_some)
                        on:click=move |_| {
                            if session.controls.pace.get_untracked().is_none() {
                                session.controls.pace.set(Some(REPLAY_ROWS_PER_S));
                                link.send_pace();
                            }
                            link.replay();
                        }><span aria-hidden="true">"▶"</span><span class="word">" Replay"</span></button>
                    <button class="quiet" aria-label="Closer" on:click=move |_| session.zoom(session.cursor_ms.get_untracked(), 0.5)>"+"</button>
                    <button class="quiet" aria-label="Farther" on:click=move |_| session.zoom(session.cursor_ms.get_untracked(), 2.0)>"−"</button>
                    <button class="quiet" data-test="reset" disabled=move || !is_zoomed() on:click=move |_| session.reset_view()>"Reset"</button>
                </div>
            </div>
            <div class="pane head" style=format!("height: {HEAD_PX}px")>
                <div class="gutter">
                    <p class="lane-name" style=format!("top: {AXIS_PX}px; height: {SCORE_PX}px")>
                        <b>"How unusual"</b><span>"all streams together"</span>
                    </p>
                    <p class="lane-name" style=format!("top: {}px; height: {CONFIDENCE_PX}px", AXIS_PX + SCORE_PX)><b>"Confidence"</b></p>
                </div>
                <div class="plot" node_ref=plot on:wheel=move |event| hand.wheel(&event)
                    on:pointerdown=move |event| hand.down(&event) on:pointermove=move |event| hand.moved(&event)
                    on:pointerup=move |event| hand.up(&event) on:pointercancel=move |event| hand.left(&event)
                    on:pointerleave=move |event| hand.left(&event)>
                    <canvas node_ref=canvases.head style=format!("height: {HEAD_PX}px") aria-hidden="true"></canvas>
                    <div class="cursor" style=cursor_style></div>
                </div>
            </div>
            <div class="pane gaps" style=move || format!("height: {}px", gaps_px())>
                <div class="gutter">
                    <p class="lane-name" style=move || format!("top: 0; height: {}px", gaps_px())><b>"Silence"</b><span>"a row per stream"</span></p>
                </div>
                <div class="plot" on:wheel=move |event| hand.wheel(&event)
                    on:pointerdown=move |event| hand.down(&event) on:pointermove=move |event| hand.moved(&event)
                    on:pointerup=move |event| hand.up(&event) on:pointercancel=move |event| hand.left(&event)
                    on:pointerleave=move |event| hand.left(&event)>
                    <canvas node_ref=canvases.raster data-test="raster" style=move || format!("height: {}px", gaps_px()) aria-hidden="true"></canvas>
                    <div class="cursor" style=cursor_style></div>
                </div>
            </div>
            <div class="pane" style=move || format!("height: {}px", body_px())>
                <div class="gutter"><Names session=session /></div>
                <div class="plot" tabindex="0" role="application" data-test="plot"
                    aria-label="Streams over time. Left and right move the cursor, plus and minus zoom, 0 shows everything."
                    on:wheel=move |event| hand.wheel(&event)
                    on:keydown=move |event| hand.key(&event) on:dblclick=move |_| session.reset_view()
                    on:pointerdown=move |event| hand.down(&event) on:pointermove=move |event| hand.moved(&event)
                    on:pointerup=move |event| hand.up(&event) on:pointercancel=move |event| hand.left(&event)
                    on:pointerleave=move |event| hand.left(&event)>
                    <canvas class="under" node_ref=canvases.under style=move || format!("height: {}px", body_px()) aria-hidden="true"></canvas>
                    <canvas node_ref=canvases.lanes style=move || format!("height: {}px", body_px()) aria-hidden="true"></canvas>
                    <div class="cursor" style=cursor_style></div>
                </div>
            </div>
            <TimelineTwin session=session />
            <p class="hint keys">"Wheel or pinch to zoom, drag to choose a stretch, shift and drag to move, double-click to see everything."</p>
        </section>
    }
}

/// The moment under the cursor.
#[component]
fn Readout(session: Session) -> impl IntoView {
    let text = move || {
        session.timeline.with(|timeline| match session.cursor_ms.get() {
            None => {
                let view = session.view.get();
                let [from, to] =
                    [view.from_ms.round(), view.to_ms.round()].map(|at| moment(at, &timeline.clock));
                // On one day the day is said once.
                let is_same_day =
                    |to: &(&str, &str)| from.split_once(", ").is_some_and(|(day, _)| day == to.0);
                let to = to.split_once(", ").filter(is_same_day).map_or(to.as_str(), |(_, clock)| clock);
                let zone = match &timeline.clock {
                    Clock::Zone(zone) => zone.title(view.to_ms as i64),
                    Clock::Rows => String::new(),
                };
                (format!("{from} – {to}"), zone)
            }
            Some(at_ms) => {
                let row_ms = timeline.row_at(at_ms).map_or(at_ms, |row| timeline.times_ms[row]);
                let odds = session.verdicts.with(|verdicts| verdicts.verdict_at(at_ms)).map(
                    |(oddness, confidence)| match confidence {
                        // A session that was opened does not remember it.
                        unknown if unknown.is_nan() => odds(oddness),
                        known => format!("{} · confidence {:.0} %", odds(oddness), known * 100.0),
                    },
                );
                (moment(row_ms, &timeline.clock), odds.unwrap_or_default())
            }
        })
    };
    view! { <p class="moment" data-test="readout"><b>{move || text().0}</b><span>{move || text().1}</span></p> }
}

/// How rare a moment as odd as this is.
fn odds(oddness: f64) -> String {
    match oddness {
        _ if oddness >= 6.999_999 => "rarer than 1 moment in 10 million".to_string(),
        _ if oddness < 1.0 => "nothing unusual".to_string(),
        _ => format!("as rare as {}", one_in(oddness).replace("1 in", "1 moment in")),
    }
}

/// Names, units and the values under the cursor, beside (on a phone: above) the lanes.
#[component]
fn Names(session: Session) -> impl IntoView {
    let names = Memo::new(move |_| {
        session.timeline.with(|timeline| {
            let boxes = session.folded.with(|folded| lane_boxes(timeline, folded));
            timeline.streams.iter().cloned().zip(boxes).collect::<Vec<_>>()
        })
    });
    let value = move |place: usize| {
        session
            .timeline
            .with(|timeline| {
                let row = timeline.row_at(session.cursor_ms.get()?)?;
                let value = *timeline.lanes.get(place)?.values().get(row)?;
                Some(if value.is_nan() { "no value".to_string() } else { number(value) })
            })
            .unwrap_or_default()
    };
    view! {
        {move || names.get().into_iter().enumerate().map(|(place, (stream, lane))| {
            let (top, height) = (lane.top, lane.height);
            view! {
                {lane.group.map(|group| {
                    let (is_open, name) = (height > 0.0, group.clone());
                    view! {
                        <button class="group-name" data-test="group" aria-expanded=is_open.to_string()
                            style=format!("top: {}px; height: {GROUP_PX}px", top - GROUP_PX)
                            on:click=move |_| session.fold(&name)>
                            <span aria-hidden="true">{if is_open { "▾" } else { "▸" }}</span>{group}
                        </button>
                    }
                })}
                <p class="lane-name" id=lane_id(place) hidden=height == 0.0 style=format!("top: {top}px; height: {height}px")>
                    <b title=stream.name.clone()>{stream.name.clone()}</b>
                    <span><em>{move || value(place)}</em>{stream.unit.map(|unit| format!(" {unit}"))}</span>
                </p>
            }
        }).collect_view()}
    }
}
