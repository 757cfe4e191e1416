//! Files that are taken away: they are made here and go nowhere but to the device's own folder.

use fourfold_web::thread::Export;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlAnchorElement, HtmlCanvasElement, Url};

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

fn picture() -> Option<HtmlCanvasElement> {
    let timeline = document().query_selector(".timeline").ok()??;
    let outer = timeline.query_selector(".readout").ok()??.get_bounding_client_rect();
    let panes = timeline.query_selector_all(".pane").ok()?;
    let last = panes.get(panes.length().checked_sub(1)?)?.unchecked_into::<web_sys::Element>();
    let ratio = window().device_pixel_ratio().clamp(1.0, 3.0);
    let (width, height) = (outer.width(), last.get_bounding_client_rect().bottom() - outer.top());
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    canvas.set_width((width * ratio) as u32);
    canvas.set_height((height * ratio) as u32);
    let pen: web_sys::CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    pen.scale(ratio, ratio).ok()?;
    let style = window().get_computed_style(&document().document_element()?).ok()??;
    let ink = |name: &str| style.get_property_value(name).unwrap_or_default().trim().to_string();
    pen.set_fill_style_str(&ink("--panel"));
    pen.fill_rect(0.0, 0.0, width, height);
    let place = |element: &web_sys::Element| {
        let rect = element.get_bounding_client_rect();
        (rect.left() - outer.left(), rect.top() - outer.top(), rect.width(), rect.height())
    };
    let drawn = timeline.query_selector_all("canvas").ok()?;
    for at in 0..drawn.length() {
        let part: HtmlCanvasElement = drawn.get(at)?.unchecked_into();
        let (left, top, wide, tall) = place(&part);
        pen.draw_image_with_html_canvas_element_and_dw_and_dh(&part, left, top, wide, tall).ok()?;
    }
    let texts = timeline.query_selector_all(".moment b, .lane-name b, .group-name, .lane-name span").ok()?;
    for at in 0..texts.length() {
        let text: web_sys::HtmlElement = texts.get(at)?.unchecked_into();
        let style = window().get_computed_style(&text).ok()??;
        let (left, top, _, tall) = place(&text);
        pen.set_font(&style.get_property_value("font").unwrap_or_default());
        pen.set_fill_style_str(&style.get_property_value("color").unwrap_or_default());
        pen.set_text_baseline("middle");
        pen.fill_text(&text.inner_text(), left, top + tall / 2.0).ok()?;
    }
    Some(canvas)
}
