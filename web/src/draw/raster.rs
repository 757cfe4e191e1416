//! Who said nothing, when: a thin row per stream.

use fourfold_web::chart::gaps::silences;
use fourfold_web::chart::scale::Span;
use web_sys::HtmlCanvasElement;

use super::Sheet;
use crate::session::Timeline;

const ROW_PX: f64 = 5.0;
const PAD_PX: f64 = 6.0;
/// Room for its name.
const LEAST_PX: f64 = 44.0;

/// How tall the raster is.
pub(crate) fn raster_px(streams: usize) -> f64 {
    (streams as f64 * ROW_PX + 2.0 * PAD_PX).max(LEAST_PX)
}

/// One row per stream, in the order of the lanes; a bar is silence.
pub(crate) fn raster(canvas: &HtmlCanvasElement, timeline: &Timeline, span: Span) {
    let Some(sheet) = Sheet::new(canvas, raster_px(timeline.streams.len()), span) else { return };
    sheet.verticals(&timeline.clock, None);
    for (row, lane) in timeline.lanes.iter().enumerate() {
        let top = PAD_PX + row as f64 * ROW_PX;
        sheet.pen.set_fill_style_str(&sheet.ink.grid);
        sheet.pen.fill_rect(0.0, top + 1.5, sheet.width, 1.0);
        // Silence is no alarm by itself: who is alarmed stands above.
        sheet.pen.set_fill_style_str(&sheet.ink.quiet);
        for (from, to) in silences(&timeline.times_ms, lane, span, sheet.width, timeline.gap_ms) {
            sheet.pen.fill_rect(from, top, to - from, ROW_PX - 1.0);
        }
    }
}
