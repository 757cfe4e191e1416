//! One id per request, from whoever asked to whoever answered: the trace id of the W3C's `traceparent`.

use crate::access::random_hex;

/// A request's place in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    /// Shared by all that belongs together; it is also the request's id in answers and logs.
    pub(crate) id: String,
    /// This request alone.
    pub(crate) span: String,
    /// The caller's own span.
    pub(crate) parent: Option<String>,
    flags: String,
}

impl Trace {
    /// Goes on with the caller's trace, or begins one.
    pub(crate) fn after(header: Option<&str>) -> Self {
        let (id, parent, flags) = header
            .and_then(read)
            .map(|(id, parent, flags)| (id, Some(parent), flags))
            .unwrap_or_else(|| (fresh(32), None, "01".to_owned()));
        Self { id, span: fresh(16), parent, flags }
    }

    /// As it is passed on.
    pub(crate) fn header(&self) -> String {
        format!("00-{}-{}-{}", self.id, self.span, self.flags)
    }
}

/// Trace id, span and flags of a header that follows the rules; one that does not is as good as none.
fn read(header: &str) -> Option<(String, String, String)> {
    let mut parts = header.trim().split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Version 00 has four fields; a later one may have more. ff is no version.
    let is_whole = version != "ff" && (version != "00" || parts.next().is_none());
    let is_id = |text: &str, letters: usize| {
        text.len() == letters && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_some = |text: &str| text.bytes().any(|byte| byte != b'0');
    let is_right = is_whole && is_id(version, 2) && is_id(id, 32) && is_id(span, 16) && is_id(flags, 2);
    (is_right && is_some(id) && is_some(span)).then(|| (id.to_owned(), span.to_owned(), flags.to_owned()))
}

/// Without randomness an id is all nines: it says nothing, and nothing fails for it.
fn fresh(letters: usize) -> String {
    random_hex(letters).unwrap_or_else(|| "9".repeat(letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn a_trace_goes_on() {
        let trace = Trace::after(Some(&format!("00-{ID}-{SPAN}-00")));
        assert_eq!((trace.id.as_str(), trace.parent.as_deref()), (ID, Some(SPAN)));
        assert_eq!(trace.header(), format!("00-{ID}-{}-00", trace.span));
        assert_ne!(trace.span, SPAN);
        assert!(Trace::after(Some(&format!("cc-{ID}-{SPAN}-01-what-comes-later"))).parent.is_some());
    }

    #[test]
    fn what_is_no_trace_begins_one() {
        let zero = "0".repeat(32);
        for header in [
            "",
            "00",
            &format!("ff-{ID}-{SPAN}-01"),
            &format!("00-{ID}-{SPAN}-01-more"),
            &format!("00-{ID}-{SPAN}"),
            &format!("00-{zero}-{SPAN}-01"),
            &format!("00-{ID}-0000000000000000-01"),
            &format!("00-{}-{SPAN}-01", ID.to_uppercase()),
        ] {
            let trace = Trace::after(Some(header));
            assert!(trace.parent.is_none() && trace.id != ID && trace.id.len() == 32, "{header}");
        }
        assert_ne!(Trace::after(None).id, Trace::after(None).id);
    }
}
