//! When what is drawn.

use std::ops::Range;

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

use crate::draw::{self, Look};
use crate::parts::frames::{a_few_per_frame, once_per_frame};
use crate::session::{Session, Timeline};

/// So many lanes are drawn in one frame when the first table comes: the first drawing costs several times what a later one
/// does, since nothing of it is compiled yet.
const FIRST_LANES_A_FRAME: usize = 4;

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
    let paint_head = once_per_frame(2, move || {
        let Some(canvas) = head.try_get_untracked().flatten() else { return };
        session.verdicts.with_untracked(|verdicts| {
            look(&|timeline, look| draw::head(&canvas, timeline, verdicts, look));
        });
    });
    let paint_under = once_per_frame(11, move || {
        let Some(canvas) = under.try_get_untracked().flatten() else { return };
        look(&|timeline, look| draw::under(&canvas, timeline, look));
    });
    let draw_lanes = move |which: Range<usize>| {
        let Some(canvas) = lanes.try_get_untracked().flatten() else { return false };
        let is_last = session.timeline.with_untracked(|timeline| which.end >= timeline.lanes.len());
        look(&|timeline, look| draw::lanes(&canvas, timeline, look, which.clone()));
        !is_last
    };
    let is_first = StoredValue::new(true);
    let paint_lanes = once_per_frame(3, move || {
        if is_first.get_value() {
            is_first.set_value(false);
            a_few_per_frame(FIRST_LANES_A_FRAME, 0, draw_lanes);
        } else {
            draw_lanes(0..usize::MAX);
        }
    });
    let paint_raster = once_per_frame(12, move || {
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
