//! What was recorded, as a file.

use fourfold_web::live::csv::csv;
use fourfold_web::live::streams::name;
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::session::Session;

/// Saves the frames that are on the timeline.
pub(super) fn save(session: Session) {
    let text = session.timeline.with_untracked(|timeline| {
        let value = |row: usize, stream: usize| {
            let place = timeline.streams.iter().position(|known| known.name == name(stream));
            let lane = place.and_then(|place| timeline.lanes.get(place)?.values().get(row));
            lane.copied().unwrap_or(f64::NAN)
        };
        csv(&timeline.times_ms, value)
    });
    let options = BlobPropertyBag::new();
    options.set_type("text/csv");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options);
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let anchor = document.create_element("a").map(JsCast::unchecked_into::<HtmlAnchorElement>);
    let (Ok(blob), Ok(anchor)) = (blob, anchor) else { return };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
    anchor.set_href(&url);
    anchor.set_download("this-device.csv");
    anchor.click();
    // The browser has taken hold of it by then; kept longer it would only hold memory.
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&url);
        },
        std::time::Duration::from_secs(10),
    );
}
