//! What is news to whoever listens: made by the session, written to the outbox with the data that it is about, pushed
//! to live listeners, and delivered to webhooks from the outbox.

use fourfold::Severity;
use serde::Serialize;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum News {
    /// An episode began.
    Opened,
    /// It is more severe than it was.
    Worsened,
    /// A person changed its status or label.
    Changed,
    /// It is over.
    Closed,
}

/// One piece of news about one episode.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    /// What happened.
    pub(crate) news: News,
    /// The moment in the data, in milliseconds since the Unix epoch.
    pub(crate) at_ms: i64,
    /// The episode.
    pub(crate) anomaly: u64,
    /// The worst that it has been.
    pub(crate) severity: Severity,
    /// Its highest score.
    pub(crate) score: f64,
    /// The group of the stream that stands out, or that is silent.
    pub(crate) group: Option<String>,
    /// Whether silence is the finding.
    pub(crate) is_silence: bool,
    /// The whole notice as it is told: `{"notice": "opened", "at": …, "anomaly": {…}}`.
    pub(crate) json: String,
}

impl News {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Worsened => "worsened",
            Self::Changed => "changed",
            Self::Closed => "closed",
        }
    }
}
