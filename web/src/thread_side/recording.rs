//! What is kept of a live session, so that a reload loses none of it: the engine and the newest frames, written again and
//! again, and before them pages of older frames, each written once.

use std::ops::Range;

use fourfold_web::live::judge::{Frames, Judge};
use fourfold_web::live::streams::WINDOW_FRAMES;
use fourfold_web::store;
use js_sys::{Float64Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// Under which key a live session is kept.
const KEY: &str = "live";
/// Frames of a page: ten minutes.
const PAGE_FRAMES: usize = 600;
/// Pages that are kept: as much as is shown.
const PAGES: u32 = (WINDOW_FRAMES / PAGE_FRAMES) as u32;
/// The lists of frames.
const LISTS: [&str; 4] = ["times", "values", "scores", "confidences"];

/// What of a session is written already, and what is not.
#[derive(Default)]
pub(super) struct Recording {
    /// The pages that are in the store.
    pages: Range<u32>,
    /// Frames since the last of them.
    open: Frames,
}

/// What is to be written.
pub(super) struct Written {
    page: Option<(u32, JsValue)>,
    /// A page that is too old.
    outdated: Option<u32>,
    session: JsValue,
}

impl Recording {
    pub(super) fn add(&mut self, frames: &Frames) {
        self.open.add(frames);
    }

    /// How it stands, to be written. A page that is full is closed.
    pub(super) fn write(&mut self, judge: &Judge) -> Written {
        let mut written = Written { page: None, outdated: None, session: JsValue::NULL };
        if self.open.times_ms.len() >= PAGE_FRAMES {
            let page = Object::new();
            put_lists(&page, &std::mem::take(&mut self.open));
            written.page = Some((self.pages.end, page.into()));
            self.pages.end += 1;
            if self.pages.len() > PAGES as usize {
                written.outdated = Some(self.pages.start);
                self.pages.start += 1;
            }
        }
        let session = Object::new();
        let _ = Reflect::set(&session, &"sealed".into(), &Uint8Array::from(judge.seal().as_slice()));
        let _ = Reflect::set(&session, &"first_page".into(), &self.pages.start.into());
        let _ = Reflect::set(&session, &"next_page".into(), &self.pages.end.into());
        let said = serde_wasm_bindgen::to_value(judge.said()).unwrap_or_default();
        let _ = Reflect::set(&session, &"said".into(), &said);
        put_lists(&session, &self.open);
        written.session = session.into();
        written
    }

    pub(super) async fn drop_kept(&self) {
        store::drop_kept(KEY).await;
        for page in self.pages.clone() {
            store::drop_kept(&page_key(page)).await;
        }
    }
}

impl Written {
    /// Writes it: the page before the session that counts it.
    pub(super) async fn keep(self) {
        if let Some((page, value)) = self.page {
            store::keep(&page_key(page), &value).await;
        }
        store::keep(KEY, &self.session).await;
        if let Some(page) = self.outdated {
            store::drop_kept(&page_key(page)).await;
        }
    }
}

/// What was kept; what can not be read any more counts as nothing.
pub(super) async fn restored() -> Option<(Judge, Recording)> {
    let value = store::kept(KEY).await?;
    let part = |name: &str| Reflect::get(&value, &name.into()).ok();
    let number = |name: &str| part(name)?.as_f64().map(|number| number as u32);
    let sealed = part("sealed")?.dyn_into::<Uint8Array>().ok()?.to_vec();
    let said = serde_wasm_bindgen::from_value(part("said")?).unwrap_or_default();
    let recording = Recording { pages: number("first_page")?..number("next_page")?, open: lists_of(&value)? };
    let mut frames = Frames::default();
    for page in recording.pages.clone() {
        // A page that is lost leaves a gap.
        if let Some(page) = store::kept(&page_key(page)).await.as_ref().and_then(lists_of) {
            frames.add(&page);
        }
    }
    frames.add(&recording.open);
    let mut judge = Judge::open(&sealed, frames, said).ok()?;
    let last_ms = judge.kept().times_ms.last().copied().unwrap_or_default();
    judge.sleep(last_ms + 1.0);
    Some((judge, recording))
}

pub(super) fn lists(frames: &Frames) -> [&[f64]; 4] {
    [&frames.times_ms, &frames.values, &frames.scores, &frames.confidences]
}

fn put_lists(value: &Object, frames: &Frames) {
    for (name, list) in LISTS.iter().zip(lists(frames)) {
        let _ = Reflect::set(value, &(*name).into(), &Float64Array::from(list));
    }
}

fn lists_of(value: &JsValue) -> Option<Frames> {
    let list = |name: &str| {
        let list = Reflect::get(value, &name.into()).ok()?;
        list.dyn_into::<Float64Array>().ok().map(|list| list.to_vec())
    };
    let [times, values, scores, confidences] = LISTS;
    Some(Frames {
        times_ms: list(times)?,
        values: list(values)?,
        scores: list(scores)?,
        confidences: list(confidences)?,
    })
}

fn page_key(page: u32) -> String {
    format!("{KEY}-{page}")
}
