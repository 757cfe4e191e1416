//! What happens in which frame of the screen.

use std::ops::Range;

use leptos::prelude::*;

/// However often it is asked for, `paint` runs once before the next frame; at first so many frames later, one picture after
/// the other: all pictures of a long table in the frame in which it appears would hold the page up, and even one would make
/// the browser lay the new page out inside of that frame.
pub(super) fn once_per_frame(later: u32, paint: impl Fn() + Copy + 'static) -> impl Fn() + Copy + 'static {
    let is_due = StoredValue::new(false);
    let later = StoredValue::new(later);
    move || {
        if !is_due.get_value() {
            is_due.set_value(true);
            after_frames(later.get_value(), move || {
                // By then another file may have been opened, and what was to be painted is gone.
                if is_due.try_set_value(false).is_none() {
                    later.set_value(0);
                    paint();
                }
            });
        }
    }
}

/// Draws one after the other, a few in each frame, as long as `draw` says that there are more.
pub(super) fn a_few_per_frame(few: usize, from: usize, draw: impl Fn(Range<usize>) -> bool + 'static) {
    let to = from + few;
    if draw(from..to) {
        after_frames(0, move || a_few_per_frame(few, to, draw));
    }
}

fn after_frames(frames: u32, act: impl FnOnce() + 'static) {
    request_animation_frame(move || if frames == 0 { act() } else { after_frames(frames - 1, act) });
}

/// What is in it comes a frame after what stands around it: a page of several hundred elements, made and laid out in one
/// go, would not answer for as long as that takes.
#[component]
pub(crate) fn NextFrame(children: ChildrenFn) -> impl IntoView {
    let is_due = RwSignal::new(false);
    // The frame after this one is the first that begins with this one laid out.
    after_frames(1, move || {
        let _ = is_due.try_set(true);
    });
    view! { <Show when=move || is_due.get()>{children()}</Show> }
}
