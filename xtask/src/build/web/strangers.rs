//! Nothing that is shipped may name another server: what is not there can not be asked.

use std::fs;
use std::path::Path;

use crate::run::{Failure, Outcome};

/// Text that a browser acts upon.
const TEXTS: [&str; 6] = ["html", "js", "css", "svg", "webmanifest", "_headers"];
/// Names that look like addresses and are none: a namespace, and a comment in what wasm-bindgen writes.
const NAMES: [&str; 2] = ["http://www.w3.org/", "https://developer.mozilla.org/en-US/docs/Web/JavaScript/"];

/// Fails with the first address of another server.
pub(super) fn refuse(dist: &Path) -> Outcome {
    for file in super::files_under(dist)? {
        if !TEXTS.iter().any(|kind| file.ends_with(kind)) {
            continue;
        }
        let text = fs::read_to_string(dist.join(&file))?;
        if let Some(address) = first_stranger(&text) {
            return Err(Failure(format!(
                "{file} names {address}: the app asks nobody but the server that it came from"
            )));
        }
    }
    Ok(())
}

fn first_stranger(text: &str) -> Option<&str> {
    ["http://", "https://", "ws://", "wss://"].iter().find_map(|scheme| {
        text.match_indices(scheme).find_map(|(place, _)| {
            let address = &text[place..];
            let is_name = NAMES.iter().any(|name| address.starts_with(name));
            // A bare scheme is how code recognises addresses.
            let has_host = address[scheme.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
            let end = address.find(|c: char| c.is_whitespace() || "\"'`<>)".contains(c));
            (!is_name && has_host).then(|| &address[..end.unwrap_or(address.len())])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::first_stranger;

    #[test]
    fn addresses_are_found_and_names_are_not() {
        assert_eq!(first_stranger("x.src = 'https://cdn.example/x.js'"), Some("https://cdn.example/x.js"));
        assert_eq!(first_stranger("new WebSocket(`wss://a.example`)"), Some("wss://a.example"));
        assert_eq!(first_stranger(r#"xmlns="http://www.w3.org/2000/svg""#), None);
        assert_eq!(first_stranger("url.startsWith('https://')"), None);
    }
}
