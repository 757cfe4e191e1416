//! The lanes, with one shared cursor, and everything that moves the view.

use fourfold_web::chart::scale::Span;
use fourfold_web::chart::ticks::{moment, number};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent, ResizeObserver, WheelEvent};

use crate::draw::{self, AXIS_PX, CONFIDENCE_PX, GROUP_PX, HEAD_PX, Look, SCORE_PX, lane_boxes};
use crate::session::{Session, Timeline};

/// Less than this is a tap, not a drag.
const DRAG_PX: f64 = 5.0;

/// The picture and its controls.
#[component]
pub(crate) fn TimelineChart(session: Session) -> impl IntoView {
    let canvases = Canvases { head: NodeRef::new(), under: NodeRef::new(), lanes: NodeRef::new() };
    let plot = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    draw_on_change(session, canvases, width_px);
    watch_width(plot, width_px);

    let hand = Hand { session, pointers: StoredValue::new(Vec::new()) };
    let is_zoomed = move || session.view.get() != session.timeline.with(Timeline::whole);
    let lanes = Memo::new(move |_| session.timeline.with(lane_boxes));
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
                    <button class="quiet" aria-label="Closer" on:click=move |_| session.zoom(session.cursor_ms.get_untracked(), 0.5)>"+"</button>
                    <button class="quiet" aria-label="Farther" on:click=move |_| session.zoom(session.cursor_ms.get_untracked(), 2.0)>"−"</button>
                    <button class="quiet" data-test="reset" disabled=move || !is_zoomed() on:click=move |_| session.reset_view()>"Reset"</button>
                </div>
            </div>
            <div class="pane head" style=format!("height: {HEAD_PX}px")>
                <div class="gutter">
                    <p class="lane-name" style=format!("top: {AXIS_PX}px; height: {SCORE_PX}px")>
                        <b>"Odds"</b><span>"of so unusual a moment"</span>
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
                let whole = [view.from_ms.round(), view.to_ms.round()].map(|at| moment(at, timeline.clock));
                (whole.join(" – "), String::new())
            }
            Some(at_ms) => {
                let row_ms = timeline.row_at(at_ms).map_or(at_ms, |row| timeline.times_ms[row]);
                let odds = session.verdicts.with(|verdicts| verdicts.verdict_at(at_ms)).map(
                    |(oddness, confidence)| {
                        format!("{}, confidence {:.0} %", odds(oddness), confidence * 100.0)
                    },
                );
                (moment(row_ms, timeline.clock), odds.unwrap_or_default())
            }
        })
    };
    view! { <p class="moment" data-test="readout"><b>{move || text().0}</b><span>{move || text().1}</span></p> }
}

/// Ten to the power of `oddness`, as people say odds.
#[expect(clippy::disallowed_methods, reason = "this is text on a screen: no verdict depends on it")]
fn odds(oddness: f64) -> String {
    match 10_f64.powf(oddness) {
        chance if chance >= 9_999_999.0 => "rarer than 1 in 10 million".to_string(),
        chance if chance < 10.0 => "nothing unusual".to_string(),
        chance => format!(
            "1 in {}",
            number(if chance >= 1000.0 { (chance / 100.0).round() * 100.0 } else { chance.round() })
        ),
    }
}

/// Names, units and the values under the cursor, beside (on a phone: above) the lanes.
#[component]
fn Names(session: Session) -> impl IntoView {
    let names = Memo::new(move |_| {
        session
            .timeline
            .with(|timeline| timeline.streams.iter().cloned().zip(lane_boxes(timeline)).collect::<Vec<_>>())
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
                {lane.group.map(|group| view! { <p class="group-name" style=format!("top: {}px; height: {GROUP_PX}px", top - GROUP_PX)>{group}</p> })}
                <p class="lane-name" style=format!("top: {top}px; height: {height}px")>
                    <b title=stream.name.clone()>{stream.name.clone()}</b>
                    <span><em>{move || value(place)}</em>{stream.unit.map(|unit| format!(" {unit}"))}</span>
                </p>
            }
        }).collect_view()}
    }
}

/// What is drawn on: the head, and two sheets for the streams.
#[derive(Clone, Copy)]
struct Canvases {
    head: NodeRef<Canvas>,
    under: NodeRef<Canvas>,
    lanes: NodeRef<Canvas>,
}

/// Redraws what has changed, at most once per frame of the screen: the head while verdicts come in, the lanes only when
/// they or the view change, because they cost most.
fn draw_on_change(session: Session, canvases: Canvases, width_px: RwSignal<f64>) {
    let Canvases { head, under, lanes } = canvases;
    let look = move |draw: &dyn Fn(&Timeline, &Look<'_>)| {
        session.timeline.with_untracked(|timeline| {
            session.episodes.with_untracked(|episodes| {
                let (span, brush) = (session.view.get_untracked(), session.brush.get_untracked());
                draw(timeline, &Look { span, episodes, selected: session.selected.get_untracked(), brush });
            });
        });
    };
    let paint_head = once_per_frame(move || {
        let Some(canvas) = head.try_get_untracked().flatten() else { return };
        session.verdicts.with_untracked(|verdicts| {
            look(&|timeline, look| draw::head(&canvas, timeline, verdicts, look));
        });
    });
    let paint_under = once_per_frame(move || {
        let Some(canvas) = under.try_get_untracked().flatten() else { return };
        look(&|timeline, look| draw::under(&canvas, timeline, look));
    });
    let paint_lanes = once_per_frame(move || {
        let Some(canvas) = lanes.try_get_untracked().flatten() else { return };
        look(&|timeline, look| draw::lanes(&canvas, timeline, look.span));
    });
    let track_lanes = move || {
        session.timeline.track();
        session.view.track();
        session.theme.track();
        width_px.track();
    };
    let track_marks = move || {
        session.episodes.track();
        session.selected.track();
        session.brush.track();
    };
    Effect::new(move |_| {
        track_lanes();
        track_marks();
        session.verdicts.track();
        head.track();
        paint_head();
    });
    Effect::new(move |_| {
        track_lanes();
        track_marks();
        under.track();
        paint_under();
    });
    Effect::new(move |_| {
        track_lanes();
        lanes.track();
        paint_lanes();
    });
}

/// However often it is asked for, `paint` runs once before the next frame.
fn once_per_frame(paint: impl Fn() + Copy + 'static) -> impl Fn() + Copy + 'static {
    let is_due = StoredValue::new(false);
    move || {
        if !is_due.get_value() {
            is_due.set_value(true);
            request_animation_frame(move || {
                is_due.set_value(false);
                paint();
            });
        }
    }
}

fn watch_width(plot: NodeRef<Div>, width_px: RwSignal<f64>) {
    let observer = StoredValue::new_local(None::<ResizeObserver>);
    Effect::new(move |_| {
        let Some(plot) = plot.get() else { return };
        let element: HtmlElement = plot.into();
        let on_resize = Closure::<dyn Fn(js_sys::Array)>::new({
            let element = element.clone();
            // The width is the screen's, not derived from any signal: this is where it becomes one.
            move |_| width_px.set(f64::from(element.client_width()))
        });
        if let Ok(made) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
            made.observe(&element);
            observer.set_value(Some(made));
        }
        on_resize.forget();
    });
    on_cleanup(move || observer.with_value(|observer| observer.iter().for_each(ResizeObserver::disconnect)));
}

/// Mouse, fingers and keys.
#[derive(Clone, Copy)]
struct Hand {
    session: Session,
    pointers: StoredValue<Vec<Pointer>>,
}

/// A finger or a pressed mouse button.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    start_px: f64,
    now_px: f64,
    start_ms: f64,
    pans: bool,
}

fn plot_of(event: &web_sys::Event) -> Option<(HtmlElement, f64)> {
    let plot: HtmlElement = event.current_target()?.dyn_into().ok()?;
    let width = f64::from(plot.client_width()).max(1.0);
    Some((plot, width))
}

impl Hand {
    fn at(&self, plot: &HtmlElement, client_x: i32) -> (f64, f64) {
        let px = f64::from(client_x) - plot.get_bounding_client_rect().left();
        let view = self.session.view.get_untracked();
        (px, view.from_ms + px / f64::from(plot.client_width()).max(1.0) * view.length_ms())
    }

    fn wheel(&self, event: &WheelEvent) {
        let Some((plot, width)) = plot_of(event) else { return };
        event.prevent_default();
        let (_, at_ms) = self.at(&plot, event.client_x());
        if event.delta_x().abs() > event.delta_y().abs() {
            let length_ms = self.session.view.get_untracked().length_ms();
            return self.session.pan(event.delta_x() / width * length_ms);
        }
        // Wheels that count lines or pages are brought to pixels.
        let by = event.delta_y() * [1.0, 16.0, 400.0][event.delta_mode().min(2) as usize];
        let step = 1.0 + by.abs().min(400.0) / 500.0;
        self.session.zoom(Some(at_ms), if by > 0.0 { step } else { 1.0 / step });
    }

    fn down(&self, event: &PointerEvent) {
        let Some((plot, _)) = plot_of(event) else { return };
        if event.pointer_type() == "mouse" && event.button() != 0 {
            return;
        }
        let (px, at_ms) = self.at(&plot, event.client_x());
        let pans = event.pointer_type() == "touch" || event.shift_key();
        let _ = plot.set_pointer_capture(event.pointer_id());
        let pointer = Pointer { id: event.pointer_id(), start_px: px, now_px: px, start_ms: at_ms, pans };
        self.pointers.update_value(|pointers| pointers.push(pointer));
        self.session.cursor_ms.set(Some(at_ms));
    }

    fn moved(&self, event: &PointerEvent) {
        let Some((plot, width)) = plot_of(event) else { return };
        let (px, at_ms) = self.at(&plot, event.client_x());
        let before = self.pointers.get_value();
        self.pointers.update_value(|pointers| {
            pointers
                .iter_mut()
                .filter(|pointer| pointer.id == event.pointer_id())
                .for_each(|pointer| pointer.now_px = px);
        });
        let now = self.pointers.get_value();
        match (before.as_slice(), now.as_slice()) {
            ([a, b], [c, d]) => {
                let view = self.session.view.get_untracked();
                let spread =
                    ((a.now_px - b.now_px).abs() / (c.now_px - d.now_px).abs().max(1.0)).clamp(0.5, 2.0);
                let middle_ms = view.from_ms + (c.now_px + d.now_px) / 2.0 / width * view.length_ms();
                self.session.zoom(Some(middle_ms), spread);
            }
            ([_], [pointer]) if pointer.pans && (px - pointer.start_px).abs() > DRAG_PX => {
                self.session.pan(pointer.start_ms - at_ms);
            }
            ([_], [pointer]) if !pointer.pans => {
                let is_drag = (px - pointer.start_px).abs() > DRAG_PX;
                let (from_ms, to_ms) = (pointer.start_ms.min(at_ms), pointer.start_ms.max(at_ms));
                self.session.brush.set(is_drag.then_some(Span { from_ms, to_ms }));
                self.session.cursor_ms.set(Some(at_ms));
            }
            _ => self.session.cursor_ms.set(Some(at_ms)),
        }
    }

    fn up(&self, event: &PointerEvent) {
        if let Some(brush) = self.session.brush.get_untracked() {
            let (whole, least_ms) =
                self.session.timeline.with_untracked(|timeline| (timeline.whole(), timeline.gap_ms));
            if brush.length_ms() >= least_ms {
                let from_ms = brush.from_ms.max(whole.from_ms);
                self.session.view.set(Span { from_ms, to_ms: brush.to_ms.min(whole.to_ms) });
            }
        }
        self.let_go(event);
    }

    fn left(&self, event: &PointerEvent) {
        self.let_go(event);
        if event.pointer_type() == "mouse" {
            self.session.cursor_ms.set(None);
        }
    }

    fn let_go(&self, event: &PointerEvent) {
        self.pointers.update_value(|pointers| pointers.retain(|pointer| pointer.id != event.pointer_id()));
        self.session.brush.set(None);
    }

    fn key(&self, event: &KeyboardEvent) {
        let view = self.session.view.get_untracked();
        let cursor_ms = self.session.cursor_ms.get_untracked().unwrap_or((view.from_ms + view.to_ms) / 2.0);
        let step_ms = view.length_ms() / 100.0;
        let go = |to_ms: f64| {
            self.session.cursor_ms.set(Some(to_ms));
            if to_ms < view.from_ms || to_ms > view.to_ms {
                self.session.pan(to_ms - cursor_ms);
            }
        };
        match event.key().as_str() {
            "ArrowLeft" => go(cursor_ms - step_ms),
            "ArrowRight" => go(cursor_ms + step_ms),
            "+" | "=" => self.session.zoom(Some(cursor_ms), 0.5),
            "-" => self.session.zoom(Some(cursor_ms), 2.0),
            "0" | "Escape" => self.session.reset_view(),
            _ => return,
        }
        event.prevent_default();
    }
}
