//! The two kinds of pages for people: the description of the API, and what each problem means.

use crate::answer::Answer;
use crate::problems;
use crate::refusal::Refusal;

/// Makes itself from `/openapi.json`, and loads nothing from elsewhere.
const DOCS: &str = include_str!("docs.html");
/// What all pages look like.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}code{font-family:ui-monospace,monospace}";
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// The answer to `/docs`.
pub(super) fn docs() -> Answer {
    Answer { media: HTML, ..Answer::ok(DOCS) }
}

/// The answer to `/problems/{code}`. The words are our own, so nothing needs escaping; backticks stay as they are.
pub(super) fn problem(code: &str) -> Result<Answer, Refusal> {
    let (code, status, about) = problems::find(code).ok_or(Refusal::NoSuchPath)?;
    let about = about.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{code}</title><style>{STYLE}</style><h1><code>{code}</code></h1><p>Status {status}. {about}</p><p><a href="/docs#problems">All problems</a></p></html>"#
    );
    Ok(Answer { media: HTML, ..Answer::ok(page) })
}
