//! When what is drawn.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

use crate::draw::{self, Look};
use crate::session::{Session, Timeline};

/// What is drawn on: the head, and two sheets for the streams.
#[derive(Clone, Copy)]
pub(super) struct Canvases {
    pub(super) head: NodeRef<Canvas>,
    pub(super) raster: NodeRef<Canvas>,
    pub(super) under: NodeRef<Canvas>,
    pub(super) lanes: NodeRef<Canvas>,
}

/// Redraws what has changed, at most once per frame of the screen: the head while verdicts come in, the lanes only when
/// they or the view change, because they cost most.
pub(super) fn draw_on_change(session: Session, canvases: Canvases, width_px: RwSignal<f64>) {
    let Canvases { head, raster, under, lanes } = canvases;
    let look = move |draw: &dyn Fn(&Timeline, &Look<'_>)| {
        session.timeline.with_untracked(|timeline| {
            session.episodes.with_untracked(|episodes| {
                let (span, brush) = (session.view.get_untracked(), session.brush.get_untracked());
                let selected = session.selected.get_untracked();
                let judged_ms = session.judged_ms();
                session.folded.with_untracked(|folded| {
                    draw(timeline, &Look { span, episodes, selected, brush, folded, judged_ms });
                });
            });
        });
    };
    let paint_head = once_per_frame(1, move || {
        let Some(canvas) = head.try_get_untracked().flatten() else { return };
        session.verdicts.with_untracked(|verdicts| {
            look(&|timeline, look| draw::head(&canvas, timeline, verdicts, look));
        });
    });
    let paint_under = once_per_frame(2, move || {
        let Some(canvas) = under.try_get_untracked().flatten() else { return };
        look(&|timeline, look| draw::under(&canvas, timeline, look));
    });
    let paint_lanes = once_per_frame(0, move || {
        let Some(canvas) = lanes.try_get_untracked().flatten() else { return };
        look(&|timeline, look| draw::lanes(&canvas, timeline, look.span, look.folded));
    });
    let paint_raster = once_per_frame(3, move || {
        let Some(canvas) = raster.try_get_untracked().flatten() else { return };
        look(&|timeline, look| draw::raster(&canvas, timeline, look.span));
    });
    let track_lanes = move || {
        session.timeline.track();
        session.view.track();
        session.theme.track();
        session.folded.track();
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
        // The veil moves with the judging.
        session.rows_judged.track();
        session.phase.track();
        under.track();
        paint_under();
    });
    Effect::new(move |_| {
        track_lanes();
        lanes.track();
        paint_lanes();
    });
    Effect::new(move |_| {
        track_lanes();
        raster.track();
        paint_raster();
    });
}

/// However often it is asked for, `paint` runs once before the next frame; at first so many frames later, since all
/// pictures of a long table in the frame in which it appears would hold the page up.
fn once_per_frame(later: u32, paint: impl Fn() + Copy + 'static) -> impl Fn() + Copy + 'static {
    let is_due = StoredValue::new(false);
    let later = StoredValue::new(later);
    move || {
        if !is_due.get_value() {
            is_due.set_value(true);
            after_frames(later.get_value(), move || {
                is_due.set_value(false);
                later.set_value(0);
                paint();
            });
        }
    }
}

fn after_frames(frames: u32, act: impl FnOnce() + 'static) {
    request_animation_frame(move || if frames == 0 { act() } else { after_frames(frames - 1, act) });
}

pub(super) fn watch_width(plot: NodeRef<Div>, width_px: RwSignal<f64>) {
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
