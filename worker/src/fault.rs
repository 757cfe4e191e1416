//! What a system refuses beside what the engine does: each with its status, its title and its word.

/// Why a system did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A word of the query can not be read.
    #[error("the parameter `{name}`: {detail}")]
    BadQuery {
        /// Which one.
        name: String,
        /// What it should be.
        detail: &'static str,
    },
    /// The body is of a kind that this path does not read.
    #[error("this path reads {known}")]
    BadMedia {
        /// What it reads.
        known: &'static str,
    },
    /// The caller takes none of what this path answers.
    #[error("this path answers {known}: accept one of them")]
    NotAcceptable {
        /// What it answers.
        known: String,
    },
    /// The episode was never there, or is gone.
    #[error("there is no anomaly {id}")]
    NoSuchAnomaly {
        /// Its number.
        id: u64,
    },
    /// The checkpoint is of another schema.
    #[error("checkpoint {version} was made with another schema: send that schema first")]
    ModelOfOtherSchema {
        /// Its version.
        version: u64,
    },
    /// What is said to be a sealed engine is none, or none of this version.
    #[error("the body is no engine that can be opened here: {detail}")]
    BadEngine {
        /// Why.
        detail: String,
    },
    /// The engine that was brought watches something else.
    #[error("the engine was made with another schema than this system has: make a system of it, with PUT")]
    EngineOfOtherSchema,
    /// An engine can not become a system that has a past of its own.
    #[error("this system has frames already: bring the engine as a checkpoint, and restore that")]
    SystemInUse,
    /// There is nothing that two engines could be compared on.
    #[error("nothing is stored in this span: compare on one with frames or events")]
    NothingToCompare,
    /// The checkpoint was never there, or is gone.
    #[error("there is no checkpoint {version}")]
    NoSuchModel {
        /// Its version.
        version: u64,
    },
    /// The same key came before, with another request.
    #[error("this Idempotency-Key was used for another request: use a new one")]
    KeyReused,
    /// A key can not be used.
    #[error("an Idempotency-Key has 1 to 255 visible ASCII characters")]
    BadKey,
    /// What is sent is from the future: taken, it would shut the present out.
    #[error(
        "{at_ms} is {ahead_s} s ahead of the clock here, which takes {most_s} s at most: set the sender's clock, in milliseconds since 1970"
    )]
    AheadOfTime {
        /// The moment.
        at_ms: i64,
        /// How far it is ahead, in seconds.
        ahead_s: i64,
        /// How far it may be.
        most_s: i64,
    },
    /// An engine is from the future: it would take nothing of the present.
    #[error(
        "the engine knows of {at_ms}, {ahead_s} s from now, and may be {most_s} s ahead: it would refuse all that is older, so bring one that was sealed before"
    )]
    EngineAheadOfTime {
        /// Its newest moment.
        at_ms: i64,
        /// How far that is ahead, in seconds.
        ahead_s: i64,
        /// How far it may be.
        most_s: i64,
    },
    /// The frame is known, and what was said of it is not any more.
    #[error("the frame at {at_ms} was taken long ago and its verdict is not kept any more: read its scores")]
    VerdictForgotten {
        /// The moment.
        at_ms: i64,
    },
    /// More is sent, or asked for, than goes at once.
    #[error("at once there are at most {cap} {what}: {remedy}")]
    TooMuch {
        /// The most.
        cap: usize,
        /// Of what.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The request must be an upgrade.
    #[error("this path is a WebSocket: send `Upgrade: websocket`, or follow GET events")]
    NotASocket,
    /// There are enough sockets.
    #[error("this system has {cap} listeners, and can not have more")]
    TooManyListeners {
        /// The most.
        cap: usize,
    },
    /// A rule or a webhook can not be kept.
    #[error("entry {place}: {rule}")]
    BadAlerts {
        /// Which one, from 0.
        place: usize,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// A webhook may not go where it shall.
    #[error("`webhooks[{place}].url`: {rule}")]
    BadTarget {
        /// Which one, from 0.
        place: usize,
        /// The rule that it breaks.
        rule: &'static str,
    },
}

impl Fault {
    /// Status, title and stable word.
    pub(crate) fn problem(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadQuery { .. } => (400, "The query can not be read", "query.malformed"),
            Self::BadKey => (400, "The key can not be used", "idempotency.bad-key"),
            Self::NoSuchAnomaly { .. } => (404, "No such anomaly", "anomaly.unknown"),
            Self::NoSuchModel { .. } => (404, "No such checkpoint", "model.unknown"),
            Self::NotAcceptable { .. } => (406, "Not acceptable", "answer.unknown-media"),
            Self::ModelOfOtherSchema { .. } => (409, "The schema differs", "model.other-schema"),
            Self::BadEngine { .. } => (422, "The engine can not be opened", "model.unreadable"),
            Self::EngineAheadOfTime { .. } => (422, "The engine is ahead", "model.ahead-of-clock"),
            Self::EngineOfOtherSchema => (409, "The schema differs", "model.not-of-this-schema"),
            Self::SystemInUse => (409, "The system is in use", "model.system-in-use"),
            Self::NothingToCompare => (409, "Nothing to compare on", "compare.nothing"),
            Self::VerdictForgotten { .. } => (409, "The verdict is not kept", "frame.verdict-forgotten"),
            Self::TooMuch { .. } => (413, "Too much at once", "request.too-much"),
            Self::BadMedia { .. } => (415, "The body is of another kind", "body.unknown-media"),
            Self::BadAlerts { .. } => (422, "The alerts can not be kept", "alerts.bad-rule"),
            Self::BadTarget { .. } => (422, "The webhook may not go there", "alerts.bad-target"),
            Self::KeyReused => (422, "The key was used before", "idempotency.key-reused"),
            Self::NotASocket => (426, "Upgrade required", "live.upgrade-required"),
            Self::AheadOfTime { .. } => (422, "The time is ahead of the clock", "time.ahead-of-clock"),
            Self::TooManyListeners { .. } => (503, "Too many listeners", "live.too-many-listeners"),
        }
    }
}
