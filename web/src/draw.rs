//! Draws lanes on a canvas. Where things go is computed by `fourfold_web::chart`; here it becomes ink.

use std::ops::Range;

use fourfold::wire::EpisodeJson;
use fourfold_web::chart::pyramid::Pyramid;
use fourfold_web::chart::scale::{Scale, Span};
use fourfold_web::chart::ticks::{Clock, number, time_ticks};
use fourfold_web::chart::trace::{Stroke, rows_in, trace};
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::session::{Timeline, Verdicts, one_in};

mod raster;

pub(crate) use raster::{raster, raster_px};

/// Heights of the rows of the head: the time axis, the score, the confidence.
pub(crate) const AXIS_PX: f64 = 22.0;
pub(crate) const SCORE_PX: f64 = 84.0;
pub(crate) const CONFIDENCE_PX: f64 = 26.0;
pub(crate) const HEAD_PX: f64 = AXIS_PX + SCORE_PX + CONFIDENCE_PX;
/// Room that a group's name takes above its first lane.
pub(crate) const GROUP_PX: f64 = 24.0;
const PAD_PX: f64 = 5.0;
/// What differs by less than this share is the same number, computed in another way.
const ROUNDING: f64 = 1e-9;
/// A glyph of a small text is about so wide.
const GLYPH_PX: f64 = 5.8;

/// A lane's place on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LaneBox {
    pub(crate) top: f64,
    pub(crate) height: f64,
    /// The group that begins here.
    pub(crate) group: Option<String>,
}

/// Lanes from top to bottom; few lanes are taller than many, and those of folded groups have no height.
pub(crate) fn lane_boxes(timeline: &Timeline, folded: &[String]) -> Vec<LaneBox> {
    let height = match timeline.streams.len() {
        0..=4 => 92.0,
        5..=10 => 60.0,
        _ => 44.0,
    };
    let (mut top, mut last) = (0.0, None);
    (timeline.streams.iter())
        .map(|stream| {
            let group = if stream.group == last { None } else { stream.group.clone() };
            last.clone_from(&stream.group);
            top += if group.is_some() { GROUP_PX } else { 0.0 };
            let is_folded = stream.group.as_ref().is_some_and(|group| folded.contains(group));
            let lane = LaneBox { top, height: if is_folded { 0.0 } else { height }, group };
            top += lane.height;
            lane
        })
        .collect()
}

/// The inks of the theme.
pub(crate) struct Ink {
    line: String,
    score: String,
    quiet: String,
    grid: String,
    text: String,
    band: String,
    band_strong: String,
    band_edge: String,
    brush: String,
    panel: String,
    on_mark: String,
}

impl Ink {
    fn of_page() -> Option<Self> {
        let window = web_sys::window()?;
        let style = window.get_computed_style(&window.document()?.document_element()?).ok()??;
        let ink = |name: &str| style.get_property_value(name).unwrap_or_default().trim().to_string();
        Some(Self {
            line: ink("--line"),
            score: ink("--score"),
            quiet: ink("--quiet"),
            grid: ink("--grid"),
            text: ink("--muted"),
            band: ink("--band"),
            band_strong: ink("--band-strong"),
            band_edge: ink("--band-edge"),
            brush: ink("--brush"),
            panel: ink("--panel"),
            on_mark: ink("--on-mark"),
        })
    }
}

/// A canvas that is ready to be drawn on.
struct Sheet {
    pen: CanvasRenderingContext2d,
    ink: Ink,
    width: f64,
    height: f64,
    span: Span,
    x: Scale,
}

impl Sheet {
    /// Fits the canvas' pixels to the screen's and clears it.
    fn new(canvas: &HtmlCanvasElement, height: f64, span: Span) -> Option<Self> {
        let sheet = Self::kept(canvas, height, span)?;
        sheet.pen.clear_rect(0.0, 0.0, sheet.width, sheet.height);
        Some(sheet)
    }

    /// The same with what is on it.
    fn kept(canvas: &HtmlCanvasElement, height: f64, span: Span) -> Option<Self> {
        let ratio = web_sys::window()?.device_pixel_ratio().clamp(1.0, 3.0);
        let width = f64::from(canvas.client_width());
        let (wide, tall) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        if width < 1.0 {
            return None;
        }
        if canvas.width() != wide || canvas.height() != tall {
            canvas.set_width(wide);
            canvas.set_height(tall);
        }
        let pen: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
        pen.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0).ok()?;
        let x = Scale::new(span.from_ms, span.to_ms, 0.0, width);
        Some(Self { pen, ink: Ink::of_page()?, width, height, span, x })
    }

    fn verticals(&self, clock: &Clock, labels_at: Option<f64>) {
        let most = (self.width / 72.0).floor().max(2.0) as usize;
        self.pen.set_stroke_style_str(&self.ink.grid);
        self.pen.set_fill_style_str(&self.ink.text);
        self.pen.set_font("11px system-ui, sans-serif");
        self.pen.set_line_width(1.0);
        self.pen.set_text_align("center");
        self.pen.begin_path();
        let mut free_px = 0.0;
        for tick in time_ticks(self.span, most, clock) {
            let x = self.x.px(tick.at_ms).round() + 0.5;
            self.pen.move_to(x, labels_at.map_or(0.0, |y| y + 6.0));
            self.pen.line_to(x, self.height);
            if let Some(y) = labels_at {
                // Moved in at the edges; where two would touch, the first stays.
                let half = GLYPH_PX / 2.0 * (tick.label.len() as f64 + 1.0);
                let middle = x.clamp(half, (self.width - half).max(half));
                if middle - half >= free_px {
                    let _ = self.pen.fill_text(&tick.label, middle, y);
                    free_px = middle + half;
                }
            }
        }
        self.pen.stroke();
    }

    /// The stretch of an episode, never thinner than can be seen.
    fn band(&self, episode: &EpisodeJson<'_>) -> Option<(f64, f64)> {
        let (from, to) = (self.x.px(episode.opened as f64), self.x.px(episode.last as f64));
        let (from, to) =
            if to - from < 4.0 { ((from + to) / 2.0 - 2.0, (from + to) / 2.0 + 2.0) } else { (from, to) };
        (to >= 0.0 && from <= self.width).then_some((from, to))
    }

    fn bands(&self, episodes: &[EpisodeJson<'static>], selected: Option<u64>) {
        for episode in episodes {
            let Some((from, to)) = self.band(episode) else { continue };
            let is_selected = selected == Some(episode.id);
            self.pen.set_fill_style_str(&self.ink.band);
            self.pen.fill_rect(from, 0.0, to - from, self.height);
            if is_selected {
                // Its two ends, so that it stands out without hiding what is in it.
                self.pen.set_fill_style_str(&self.ink.band_edge);
                self.pen.fill_rect(from.round() - 1.0, 0.0, 1.0, self.height);
                self.pen.fill_rect(to.round(), 0.0, 1.0, self.height);
            }
        }
    }

    fn line(&self, strokes: &[Stroke], colour: &str, width: f64) {
        self.pen.set_stroke_style_str(colour);
        self.pen.set_line_width(width);
        self.pen.set_line_join("bevel");
        self.pen.begin_path();
        for (place, stroke) in strokes.iter().enumerate() {
            match *stroke {
                Stroke::Start(x, y) => {
                    self.pen.move_to(x, y);
                    // A reading between two gaps has no line: it is a dot.
                    if !matches!(strokes.get(place + 1), Some(Stroke::Line(..))) {
                        self.pen.line_to(x + 1.5, y);
                    }
                }
                Stroke::Line(x, y) => self.pen.line_to(x, y),
            }
        }
        self.pen.stroke();
    }

    fn trace(&self, times_ms: &[f64], lane: &Pyramid, y: Scale, gap_ms: f64) -> Vec<Stroke> {
        trace(times_ms, lane, self.span, self.x, y, self.width, gap_ms)
    }

    fn brush(&self, brush: Option<Span>) {
        let Some(brush) = brush else { return };
        let (from, to) = (self.x.px(brush.from_ms), self.x.px(brush.to_ms));
        self.pen.set_fill_style_str(&self.ink.brush);
        self.pen.fill_rect(from, 0.0, to - from, self.height);
    }

    /// What is not judged yet lies under a veil.
    fn veil(&self, judged_ms: Option<f64>) {
        let Some(judged_ms) = judged_ms else { return };
        let from = self.x.px(judged_ms).max(0.0);
        self.pen.set_fill_style_str(&self.ink.grid);
        self.pen.fill_rect(from, 0.0, (self.width - from).max(0.0), self.height);
    }

    /// A small text at the right edge, on a ground that keeps it readable where a line runs through.
    fn note(&self, text: &str, y: f64, colour: &str) {
        let width = text.chars().count() as f64 * GLYPH_PX + 6.0;
        self.pen.set_fill_style_str(&self.ink.panel);
        self.pen.set_global_alpha(0.82);
        self.pen.fill_rect(self.width - width, y - 10.0, width, 13.0);
        self.pen.set_global_alpha(1.0);
        self.pen.set_fill_style_str(colour);
        self.pen.set_font("10px system-ui, sans-serif");
        self.pen.set_text_align("right");
        let _ = self.pen.fill_text(text, self.width - 4.0, y);
    }

    fn rule(&self, y: f64) {
        self.pen.set_stroke_style_str(&self.ink.grid);
        self.pen.set_line_width(1.0);
        self.pen.begin_path();
        self.pen.move_to(0.0, y.round() + 0.5);
        self.pen.line_to(self.width, y.round() + 0.5);
        self.pen.stroke();
    }
}

/// What is looked at, beside the timeline itself.
pub(crate) struct Look<'a> {
    pub(crate) span: Span,
    pub(crate) episodes: &'a [EpisodeJson<'static>],
    pub(crate) selected: Option<u64>,
    pub(crate) brush: Option<Span>,
    pub(crate) folded: &'a [String],
    /// Up to where it is judged, while that is going on.
    pub(crate) judged_ms: Option<f64>,
}

/// The time axis, the score with the line that an alarm crosses, and the confidence.
pub(crate) fn head(canvas: &HtmlCanvasElement, timeline: &Timeline, verdicts: &Verdicts, look: &Look<'_>) {
    let Some(sheet) = Sheet::new(canvas, HEAD_PX, look.span) else { return };
    sheet.verticals(&timeline.clock, Some(14.0));
    sheet.bands(look.episodes, look.selected);
    let pen = &sheet.pen;

    let bottom = AXIS_PX + SCORE_PX;
    let top_odds = verdicts.oddness.range(0, usize::MAX).map_or(4.0, |[_, high]| high.max(4.0) + 0.4);
    let y = Scale::new(0.0, top_odds, bottom - 1.0, AXIS_PX + 14.0);
    sheet.rule(AXIS_PX);
    sheet.rule(bottom);
    let alarm_y = y.px(timeline.alarm_oddness).round() + 0.5;
    pen.set_stroke_style_str(&sheet.ink.band_edge);
    let _ = pen.set_line_dash(&js_sys::Array::of2(&4.into(), &4.into()));
    pen.begin_path();
    pen.move_to(0.0, alarm_y);
    pen.line_to(sheet.width, alarm_y);
    pen.stroke();
    let _ = pen.set_line_dash(&js_sys::Array::new());
    sheet.line(
        &sheet.trace(&verdicts.times_ms, &verdicts.oddness, y, timeline.gap_ms),
        &sheet.ink.score,
        1.25,
    );

    sheet.note(&one_in(timeline.alarm_oddness), alarm_y + 12.0, &sheet.ink.band_edge);

    let y = Scale::new(0.0, 1.0, HEAD_PX - 2.0, bottom + 5.0);
    sheet.line(
        &sheet.trace(&verdicts.times_ms, &verdicts.confidence, y, timeline.gap_ms),
        &sheet.ink.quiet,
        1.25,
    );
    for &(from_ms, to_ms) in &timeline.labelled {
        let (from, to) = (sheet.x.px(from_ms), sheet.x.px(to_ms));
        // Under the axis, where nothing else is: what the file itself says.
        sheet.pen.set_fill_style_str(&sheet.ink.text);
        sheet.pen.fill_rect(from, bottom - 3.0, (to - from).max(3.0), 3.0);
    }
    markers(&sheet, look);
    sheet.brush(look.brush);
}

/// The number of every episode above its band, the same as in the list. Where numbers would lie on each other, the worse
/// episode has its number and the other a dot.
fn markers(sheet: &Sheet, look: &Look<'_>) {
    let mut order: Vec<&EpisodeJson<'static>> = look.episodes.iter().collect();
    order.sort_by_key(|episode| std::cmp::Reverse((look.selected == Some(episode.id), episode.severity)));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for episode in order {
        let Some((from, to)) = sheet.band(episode) else { continue };
        let label = episode.id.to_string();
        let half = 7.0 + 3.0 * label.len().saturating_sub(1) as f64;
        let middle = ((from + to) / 2.0).clamp(half, (sheet.width - half).max(half));
        let is_free = taken.iter().all(|(left, right)| middle + half < *left || middle - half > *right);
        let pen = &sheet.pen;
        let is_selected = look.selected == Some(episode.id);
        pen.set_fill_style_str(if is_selected { &sheet.ink.score } else { &sheet.ink.band_edge });
        pen.begin_path();
        if !is_free {
            let _ = pen.arc(middle, AXIS_PX + 19.0, 2.0, 0.0, std::f64::consts::TAU);
            pen.fill();
            continue;
        }
        taken.push((middle - half, middle + half));
        let _ = pen.round_rect_with_f64(middle - half, AXIS_PX + 1.0, half * 2.0, 14.0, 7.0);
        pen.fill();
        pen.set_fill_style_str(&sheet.ink.on_mark);
        pen.set_font("600 10px system-ui, sans-serif");
        pen.set_text_align("center");
        let _ = pen.fill_text(&label, middle, AXIS_PX + 11.5);
    }
}

/// What lies under the lanes: the grid, the bands and the brush. They change more often than the lanes and cost less.
pub(crate) fn under(canvas: &HtmlCanvasElement, timeline: &Timeline, look: &Look<'_>) {
    let boxes = lane_boxes(timeline, look.folded);
    let height = boxes.last().map_or(0.0, |lane| lane.top + lane.height);
    let Some(sheet) = Sheet::new(canvas, height, look.span) else { return };
    sheet.verticals(&timeline.clock, None);
    sheet.veil(look.judged_ms);
    sheet.bands(look.episodes, look.selected);
    let shown = timeline.streams.iter().zip(&boxes).filter(|(_, place)| place.height > 0.0);
    for (stream, place) in shown {
        sheet.rule(place.top + place.height - 1.0);
        // An episode of a whole group stands on all lanes of it.
        let is_here = |episode: &&EpisodeJson<'static>| match (&episode.stream, &episode.group) {
            (Some(name), _) => *name == stream.name,
            (None, Some(group)) => stream.group.as_deref() == Some(group.as_ref()),
            (None, None) => false,
        };
        for episode in look.episodes.iter().filter(is_here) {
            let Some((from, to)) = sheet.band(episode) else { continue };
            sheet.pen.set_fill_style_str(&sheet.ink.band_strong);
            sheet.pen.fill_rect(from, place.top, to - from, place.height);
            sheet.pen.set_fill_style_str(&sheet.ink.band_edge);
            sheet.pen.fill_rect(from, place.top + place.height - 3.0, to - from, 3.0);
        }
    }
    sheet.brush(look.brush);
}

/// The streams of these places, one lane each. The first of them begins a new sheet.
pub(crate) fn lanes(canvas: &HtmlCanvasElement, timeline: &Timeline, look: &Look<'_>, which: Range<usize>) {
    let boxes = lane_boxes(timeline, look.folded);
    let height = boxes.last().map_or(0.0, |lane| lane.top + lane.height);
    let is_first = which.start == 0;
    let begun = if is_first { Sheet::new } else { Sheet::kept };
    let Some(sheet) = begun(canvas, height, look.span) else { return };
    let asked = timeline.lanes.iter().zip(&boxes).take(which.end).skip(which.start);
    for (lane, place) in asked.filter(|(_, place)| place.height > 0.0) {
        if !is_first {
            // All of them may have been drawn since the first ones were.
            sheet.pen.clear_rect(0.0, place.top, sheet.width, place.height);
        }
        stream_lane(&sheet, timeline, lane, place);
    }
}

fn stream_lane(sheet: &Sheet, timeline: &Timeline, lane: &Pyramid, place: &LaneBox) {
    let (from, to) = rows_in(&timeline.times_ms, sheet.span);
    let Some([low, high]) = lane.range(from, to) else { return };
    let is_flat = high - low <= high.abs() * ROUNDING;
    let room = if is_flat { high.abs().max(1.0) * 0.5 } else { 0.0 };
    let y = Scale::new(low - room, high + room, place.top + place.height - PAD_PX, place.top + PAD_PX);
    let strokes = sheet.trace(&timeline.times_ms, lane, y, timeline.gap_ms);
    silence(sheet, &strokes, place);
    sheet.line(&strokes, &sheet.ink.line, 1.0);
    for (value, y) in [(high, place.top + 12.0), (low, place.top + place.height - 5.0)] {
        sheet.note(&number(value), y, &sheet.ink.text);
    }
}

/// Dots where a stream says nothing, so that a gap reads as silence and not as a fault of the picture.
fn silence(sheet: &Sheet, strokes: &[Stroke], place: &LaneBox) {
    let pen = &sheet.pen;
    let y = place.top + place.height / 2.0;
    pen.set_fill_style_str(&sheet.ink.quiet);
    let mut last_x = 0.0;
    for stroke in strokes {
        let (Stroke::Start(x, _) | Stroke::Line(x, _)) = *stroke;
        if matches!(stroke, Stroke::Start(..)) {
            let mut dot = last_x + 4.0;
            while dot < x.min(sheet.width) - 2.0 {
                pen.fill_rect(dot, y, 1.5, 1.5);
                dot += 5.0;
            }
        }
        last_x = x;
    }
}
