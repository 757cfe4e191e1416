//! Mouse, fingers and keys.

use fourfold_web::chart::scale::Span;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};

use crate::session::{Session, Timeline};

/// Less than this is a tap, not a drag.
const DRAG_PX: f64 = 5.0;

/// What moves the view.
#[derive(Clone, Copy)]
pub(super) struct Hand {
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
    pub(super) fn new(session: Session) -> Self {
        Self { session, pointers: StoredValue::new(Vec::new()) }
    }

    fn at(&self, plot: &HtmlElement, client_x: i32) -> (f64, f64) {
        let px = f64::from(client_x) - plot.get_bounding_client_rect().left();
        let view = self.session.view.get_untracked();
        (px, view.from_ms + px / f64::from(plot.client_width()).max(1.0) * view.length_ms())
    }

    pub(super) fn wheel(&self, event: &WheelEvent) {
        let Some((plot, width)) = plot_of(event) else { return };
        let is_whole =
            self.session.view.get_untracked() == self.session.timeline.with_untracked(Timeline::whole);
        if is_whole && event.delta_y() > event.delta_x().abs() {
            // There is nothing farther to see: it is the page that shall move.
            return;
        }
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

    pub(super) fn down(&self, event: &PointerEvent) {
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

    pub(super) fn moved(&self, event: &PointerEvent) {
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

    pub(super) fn up(&self, event: &PointerEvent) {
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

    pub(super) fn left(&self, event: &PointerEvent) {
        self.let_go(event);
        if event.pointer_type() == "mouse" {
            self.session.cursor_ms.set(None);
        }
    }

    fn let_go(&self, event: &PointerEvent) {
        self.pointers.update_value(|pointers| pointers.retain(|pointer| pointer.id != event.pointer_id()));
        self.session.brush.set(None);
    }

    pub(super) fn key(&self, event: &KeyboardEvent) {
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
