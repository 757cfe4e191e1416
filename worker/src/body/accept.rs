//! Which form of an answer a caller takes, by its `Accept`.

use std::cmp::Reverse;

/// What is offered that a caller likes best; the first of all where they do not care. Of what is liked alike, it is what
/// was named, and named first.
pub(crate) fn wanted(accept: Option<&str>, offered: &[&'static str]) -> Option<&'static str> {
    let ranges: Vec<(&str, u32)> = accept.unwrap_or_default().split(',').filter_map(range).collect();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let liked = |(order, media): (usize, &&'static str)| {
        let places = ranges.iter().enumerate();
        let fitting =
            places.filter_map(|(place, (name, q))| Some((exactness(name, media)?, Reverse(place), *q)));
        // What is said of it in particular goes before what is said of all.
        let (exactness, place, q) = fitting.max()?;
        (q > 0).then_some(((q, exactness, place, Reverse(order)), *media))
    };
    offered.iter().enumerate().filter_map(liked).max().map(|(_, media)| media)
}

/// A range of media, and how much it is liked, in thousandths.
fn range(text: &str) -> Option<(&str, u32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let q = q.and_then(|q| q.parse::<f64>().ok()).unwrap_or(1.0);
    Some((name, (q.clamp(0.0, 1.0) * 1000.0) as u32))
}

/// How exactly a range says a media type; nothing where it says others.
fn exactness(range: &str, media: &str) -> Option<u8> {
    let is_of = |kind: &str| media.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind));
    if range.eq_ignore_ascii_case(media) {
        Some(2)
    } else if range == "*/*" {
        Some(0)
    } else {
        range.strip_suffix('*').filter(|kind| kind.ends_with('/') && is_of(kind)).map(|_| 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{CSV, JSON, NDJSON};

    #[test]
    fn callers_get_what_they_take() {
        for (accept, expected) in [
            (None, Some(JSON)),
            (Some(""), Some(JSON)),
            (Some(" , "), Some(JSON)),
            (Some("*/*"), Some(JSON)),
            (Some("application/x-ndjson"), Some(NDJSON)),
            (Some("text/html, Application/X-NDJSON;q=0.9, */*;q=0.1"), Some(NDJSON)),
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Some(JSON)),
            (Some("*/*, text/csv"), Some(CSV)),
            (Some("text/csv, application/json"), Some(CSV)),
            (Some("text/csv;q=0.1, application/json"), Some(JSON)),
            (Some("text/csv; charset=utf-8; q=0.5, application/json;q=0.4"), Some(CSV)),
            (Some("text/*"), Some(CSV)),
            (Some("application/*, application/json;q=0"), Some(NDJSON)),
            (Some("text/csv;q=0, application/json"), Some(JSON)),
            (Some("*/*, application/json;q=0.5"), Some(NDJSON)),
            (Some("application/json;q=0"), None),
            (Some("*/*;q=0"), None),
            (Some("text/html"), None),
            (Some("json"), None),
        ] {
            assert_eq!(wanted(accept, &[JSON, NDJSON, CSV]), expected, "{accept:?}");
        }
    }
}
