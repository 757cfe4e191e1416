//! Which pages elsewhere may ask from a browser: those that the deployment lists, and no other.

/// What every allowed page may send.
pub(super) const HEADERS_IN: &str = "authorization, content-type, content-encoding, idempotency-key, accept, traceparent, x-fourfold-tenant, last-event-id, mcp-protocol-version, mcp-session-id";
/// What it may read of an answer.
pub(super) const HEADERS_OUT: &str =
    "ratelimit, ratelimit-policy, retry-after, x-request-id, allow, location";
/// Seconds for which a browser need not ask again.
pub(super) const MAX_AGE_S: &str = "3600";

/// The origin to allow, if it is in the list: origins with commas between, or `*` for all.
pub(super) fn allowed<'a>(origin: Option<&'a str>, list: &str) -> Option<&'a str> {
    let origin = origin?;
    list.split(',')
        .map(str::trim)
        .any(|entry| entry == "*" || (!entry.is_empty() && entry == origin))
        .then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_origins_of_the_list() {
        let list = "https://a.example, http://localhost:3000";
        let origin = |origin| allowed(Some(origin), list);
        assert_eq!(origin("https://a.example"), Some("https://a.example"));
        assert_eq!(origin("http://localhost:3000"), Some("http://localhost:3000"));
        for other in ["https://a.example.evil.example", "http://a.example", "null", "", "https://a.exampl"] {
            assert_eq!(origin(other), None, "{other}");
        }
        assert_eq!(allowed(Some("https://b.example"), "*"), Some("https://b.example"));
        assert_eq!(allowed(Some(""), ""), None);
        assert_eq!(allowed(None, "*"), None);
    }
}
