//! What was recorded, as a file.

use fourfold_web::live::csv::csv;
use fourfold_web::live::streams::{COUNT_OF_STREAMS, name};
use js_sys::Array;
use leptos::prelude::*;
use web_sys::{Blob, BlobPropertyBag};

use crate::link::Link;
use crate::session::Session;

const FILE: &str = "this-device.csv";

/// Saves the frames that are on the timeline.
pub(super) fn save(session: Session) {
    if let Some(recording) = recording(session) {
        crate::save::save(&recording, FILE);
    }
}

/// Opens them as a file is opened, with everything that can be done to files.
pub(super) fn open(session: Session, link: Link) {
    if let Some(recording) = recording(session) {
        link.open(&recording, FILE);
    }
}

fn recording(session: Session) -> Option<Blob> {
    let text = session.timeline.with_untracked(|timeline| {
        let lanes: Vec<Option<usize>> = (0..COUNT_OF_STREAMS)
            .map(|place| timeline.streams.iter().position(|stream| stream.name == name(place)))
            .collect();
        let value = |row: usize, stream: usize| {
            let lane = lanes.get(stream).copied().flatten().and_then(|lane| timeline.lanes.get(lane));
            lane.and_then(|lane| lane.values().get(row)).copied().unwrap_or(f64::NAN)
        };
        csv(&timeline.times_ms, value)
    });
    let options = BlobPropertyBag::new();
    options.set_type("text/csv");
    Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options).ok()
}
