//! Brings to the eye what somebody just asked for: a finding that opened, the lane that it speaks of.

use leptos::html::Li;
use leptos::prelude::*;
use web_sys::{DomRect, Element};

use crate::session::Session;

/// From this width on lanes and findings stand side by side (as in the styles).
const SIDE_BY_SIDE_PX: f64 = 1001.0;
/// What begins within this share of the room can be read on from there.
const UPPER_SHARE: f64 = 0.45;
/// Kept free above what is brought.
const MARGIN_PX: f64 = 6.0;

/// The finding that was opened goes to the upper part of its list, once it has its new size.
pub(super) fn finding(item: NodeRef<Li>) {
    request_animation_frame(move || {
        let Some(item) = item.try_get_untracked().flatten() else { return };
        let at = item.get_bounding_client_rect();
        match item.closest(".sheet").ok().flatten().filter(scrolls) {
            Some(sheet) => {
                let room = sheet.get_bounding_client_rect();
                if is_far(&at, room.top(), room.height()) {
                    sheet.set_scroll_top(sheet.scroll_top() + (at.top() - room.top() - MARGIN_PX) as i32);
                }
            }
            None if is_far(&at, 0.0, height()) => {
                window().scroll_by_with_x_and_y(0.0, at.top() - MARGIN_PX);
            }
            None => {}
        }
    });
}

/// Where lanes stand beside the findings, the page moves so that the lane is seen.
pub(super) fn lane_beside(session: Session, stream: Option<&str>, group: Option<&str>) {
    if width() < SIDE_BY_SIDE_PX {
        return;
    }
    let Some(lane) = lane_of(session, stream, group) else { return };
    let at = lane.get_bounding_client_rect();
    // The head stands over the upper lanes.
    let covered = document().query_selector(".pane.head").ok().flatten();
    let covered_px = covered.map_or(0.0, |head| head.get_bounding_client_rect().height());
    if at.top() < covered_px || at.bottom() > height() {
        window().scroll_by_with_x_and_y(0.0, at.top() - height() * UPPER_SHARE);
    }
}

/// On a phone lanes stand below the findings: the page goes there.
pub(super) fn lane_below(session: Session, stream: Option<&str>) {
    if let Some(lane) = lane_of(session, stream, None) {
        window().scroll_by_with_x_and_y(0.0, lane.get_bounding_client_rect().top() - height() / 3.0);
    }
}

/// The name of a stream's lane on the screen, or of a group's first; the first of all where neither is named.
fn lane_of(session: Session, stream: Option<&str>, group: Option<&str>) -> Option<Element> {
    let place = session.timeline.with_untracked(|timeline| {
        timeline.streams.iter().position(|known| match stream {
            Some(name) => name == known.name,
            None => group.is_some() && group == known.group.as_deref(),
        })
    });
    document().get_element_by_id(&lane_id(place.unwrap_or(0)))
}

/// The id of a lane's name.
pub(super) fn lane_id(place: usize) -> String {
    format!("lane-{place}")
}

fn scrolls(element: &Element) -> bool {
    element.scroll_height() > element.client_height() + 1
}

fn is_far(at: &DomRect, top_px: f64, room_px: f64) -> bool {
    at.top() < top_px || at.top() > top_px + room_px * UPPER_SHARE
}

fn height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}

fn width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default()
}
