//! What a success is made of.

/// JSON, unless the caller asked for something else.
pub(crate) const JSON: &str = "application/json";
/// One JSON value per line.
pub(crate) const NDJSON: &str = "application/x-ndjson";
/// Comma-separated values with a first line of names.
pub(crate) const CSV: &str = "text/csv";
/// Columns of numbers, as the npm package has them.
pub(crate) const COLUMNS: &str = "application/vnd.fourfold.columns";

/// An engine with all that it has learned, as every shell seals it.
pub(crate) const SEALED: &str = "application/octet-stream";

/// The header that says that an answer comes piece by piece: to proxies, which would gather it, and to `entry.js`, which
/// sees to it that it ends.
pub(crate) const STREAMED: (&str, &str) = ("x-accel-buffering", "no");

/// A success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// 200, or 201 where something was made, or 204 where nothing is left.
    pub(crate) status: u16,
    /// What the body is.
    pub(crate) media: &'static str,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Nothing was made.
    pub(crate) fn ok(json: impl Into<String>) -> Self {
        Self { status: 200, media: JSON, body: json.into().into_bytes() }
    }

    /// Something was made.
    pub(crate) fn made(json: impl Into<String>) -> Self {
        Self { status: 201, ..Self::ok(json) }
    }
}
