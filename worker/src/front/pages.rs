//! The two kinds of pages for people: the description of the API, and what each problem means.

use crate::answer::Answer;
use crate::problems;
use crate::refusal::Refusal;

/// Makes itself from `/openapi.json`, and loads nothing from elsewhere.
const DOCS: &str = include_str!("docs.html");
/// What all pages look like.
const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;background:light-dark(#fbfbfc,#0e1014);color:light-dark(#171a21,#e8eaf0);overflow-wrap:anywhere}code{font:.9em ui-monospace,monospace}h1{font-size:1.5rem}a{color:light-dark(#3451d1,#8aa4ff)}";
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// The answer to `/docs`.
pub(super) fn docs() -> Answer {
    Answer { media: HTML, ..Answer::ok(DOCS) }
}

/// The answer to `/problems/{code}`. The words are our own; what stands between backticks is code.
pub(super) fn problem(code: &str) -> Result<Answer, Refusal> {
    let (code, status, about) = problems::find(code).ok_or(Refusal::NoSuchPath)?;
    let about = about.replace('&', "&amp;").replace('<', "&lt;");
    let coded = |(place, part): (usize, &str)| {
        if place % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }
    };
    let about: String = about.split('`').enumerate().map(coded).collect();
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>{code}</title><style>{STYLE}</style><h1><code>{code}</code></h1><p>Status {status}. {about}</p><p><a href="/docs#problems">All problems</a></p></html>"#
    );
    Ok(Answer { media: HTML, ..Answer::ok(page) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    /// The page runs its own script and no other.
    #[test]
    fn the_policy_names_the_script() {
        let (_, rest) = DOCS.split_once("<script>").unwrap();
        let (script, _) = rest.split_once("</script>").unwrap();
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes())));
        assert!(DOCS.contains(&hash), "the script is now {hash}");
    }
}
