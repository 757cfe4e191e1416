//! Files that are taken away: they are made here and go nowhere but to the device's own folder.

use fourfold_web::thread::Export;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, CanvasRenderingContext2d, DomRect, Element, HtmlAnchorElement, HtmlCanvasElement, HtmlElement, Url,
};

use crate::session::Session;

/// What a file is called: after the one that is open.
pub(crate) fn name(session: &Session, what: Export) -> String {
    named(
        session,
        match what {
            Export::Csv => "verdicts.csv",
            Export::Json => "verdicts.jsonl",
            Export::Session => "session.fourfold",
        },
    )
}

fn named(session: &Session, what: &str) -> String {
    let name = session.file_name.get_untracked();
    let stem = name.split('.').next().unwrap_or_default().replace(' ', "-");
    format!("{}-{what}", if stem.is_empty() { "fourfold" } else { &stem })
}

/// Hands a file to the browser's own saving.
pub(crate) fn save(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser has taken it by then.
    set_timeout(move || _ = Url::revoke_object_url(&url), std::time::Duration::from_secs(30));
}

/// Saves what the canvases of the timeline show, with the names of the lanes, as one picture.
pub(crate) fn save_picture(session: Session) {
    let Some(picture) = picture() else { return };
    let name = named(&session, "picture.png");
    let taken =
        Closure::once_into_js(move |blob: Option<Blob>| blob.iter().for_each(|blob| save(blob, &name)));
    let _ = picture.to_blob(taken.unchecked_ref());
}

/// The blocks of the timeline, one below the other: on a phone other things stand between them.
fn picture() -> Option<HtmlCanvasElement> {
    let found = document().query_selector_all(".timeline > .readout, .timeline > .pane").ok()?;
    let blocks: Vec<Element> =
        (0..found.length()).filter_map(|at| found.get(at)).map(JsCast::unchecked_into).collect();
    let rects: Vec<DomRect> = blocks.iter().map(Element::get_bounding_client_rect).collect();
    let width = rects.first()?.width();
    let height: f64 = rects.iter().map(DomRect::height).sum();
    let ratio = window().device_pixel_ratio().clamp(1.0, 3.0);
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    canvas.set_width((width * ratio) as u32);
    canvas.set_height((height * ratio) as u32);
    let pen: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    pen.scale(ratio, ratio).ok()?;
    let style = window().get_computed_style(&document().document_element()?).ok()??;
    pen.set_fill_style_str(style.get_property_value("--panel").unwrap_or_default().trim());
    pen.fill_rect(0.0, 0.0, width, height);
    let mut top = 0.0;
    for (block, rect) in blocks.iter().zip(&rects) {
        draw_block(&pen, block, (rect.left(), rect.top() - top))?;
        top += rect.height();
    }
    Some(canvas)
}

/// Its canvases, and its words where they stand; `origin` is the picture's corner on the screen.
fn draw_block(pen: &CanvasRenderingContext2d, block: &Element, origin: (f64, f64)) -> Option<()> {
    let place = |element: &Element| {
        let rect = element.get_bounding_client_rect();
        (rect.left() - origin.0, rect.top() - origin.1, rect.width(), rect.height())
    };
    let drawn = block.query_selector_all("canvas").ok()?;
    for at in 0..drawn.length() {
        let part: HtmlCanvasElement = drawn.get(at)?.unchecked_into();
        let (left, top, wide, tall) = place(&part);
        pen.draw_image_with_html_canvas_element_and_dw_and_dh(&part, left, top, wide, tall).ok()?;
    }
    let texts = block.query_selector_all(".moment b, .lane-name b, .group-name, .lane-name span").ok()?;
    for at in 0..texts.length() {
        let text: HtmlElement = texts.get(at)?.unchecked_into();
        let style = window().get_computed_style(&text).ok()??;
        let (left, top, _, tall) = place(&text);
        pen.set_font(&style.get_property_value("font").unwrap_or_default());
        pen.set_fill_style_str(&style.get_property_value("color").unwrap_or_default());
        pen.set_text_baseline("middle");
        pen.fill_text(&text.inner_text(), left, top + tall / 2.0).ok()?;
    }
    Some(())
}
