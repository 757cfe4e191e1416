//! What is asked of one system: method, the rest of the path and the query become an [`Action`], or a refusal.
//!
//! The front asks it for the scope that a caller needs and for the size of the body; the object does what it says.

use fourfold::cause::Mode;

pub(crate) use crate::access::Scope;
use crate::answer::SEALED;
use crate::body;
use crate::query::Query;
pub(crate) use crate::query::{Filter, Grain, Span, Stretch};
use crate::refusal::Refusal;

/// The largest body with data. A thousand frames of thirty streams are about a tenth of it, and a Worker has 128 MB
/// for everything.
const DATA_BYTES_MAX: usize = 8 << 20;
/// The largest schema: four thousand streams with all that can be said of them.
const SCHEMA_BYTES_MAX: usize = 2 << 20;
/// The largest sealed engine that is brought along: one of a thousand streams. A Worker holds it twice for a moment.
const SEALED_BYTES_MAX: usize = 24 << 20;
/// The largest body that says a word or two.
const WORD_BYTES_MAX: usize = 64 << 10;

/// What may be asked of a system.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Make it, or change what it watches.
    Put,
    /// Describe it.
    Describe,
    /// Forget all of it.
    Forget,
    /// Judge frames.
    Frames {
        /// Whether a bad row is answered by itself, and the good ones are taken.
        partial: bool,
    },
    /// Give raw data back.
    ReadFrames(Stretch),
    /// Give scores back, and why values are missing.
    ReadScores(Stretch),
    /// Take events.
    Events,
    /// Tell what happens as server-sent events, while it happens.
    Follow,
    /// Open a socket.
    Live {
        /// Whether nothing may be sent over it.
        is_listening: bool,
    },
    /// Say the time.
    Tick,
    /// List episodes.
    Anomalies(Filter),
    /// Tell one episode with its history.
    Anomaly(u64),
    /// Change an episode's status or label.
    Amend(u64),
    /// Say why.
    Explain {
        /// The episode.
        id: u64,
        /// How thoroughly.
        mode: Mode,
    },
    /// Say what an episode was.
    Label,
    /// Take the newest label back.
    Undo,
    /// How fit streams and views are, at a time.
    Health(Option<i64>),
    /// When streams are usually silent.
    Gaps,
    /// How good the data is, at a time.
    Quality(Option<i64>),
    /// Hourly or daily statistics.
    Stats(Grain, Span),
    /// What is told to people elsewhere.
    Alerts,
    /// Tell something else.
    SetAlerts,
    /// One of the ready-made lists.
    View(View),
    /// List the checkpoints.
    Models,
    /// Give a checkpoint away, sealed.
    Model(u64),
    /// Make a checkpoint, or take one that was made elsewhere.
    Checkpoint,
    /// Go back to a checkpoint.
    Restore(u64),
    /// Compare two configurations on what is stored.
    Compare,
}

/// Ready-made lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The newest episodes.
    Recent,
    /// Episodes that are critical and not over.
    Critical,
    /// The last thirty days, day by day.
    Trends,
    /// How the engine itself is.
    Models,
    /// The most unusual episodes.
    Top,
}

impl Action {
    /// The action of a request for one system: `rest` is the path behind the system's id.
    pub(crate) fn parse(method: &str, rest: &[&str], query: &str) -> Result<Self, Refusal> {
        let mut query = Query::new(query);
        let action = Self::of(method, rest, &mut query)?;
        query.finish()?;
        Ok(action)
    }

    fn of(method: &str, rest: &[&str], query: &mut Query) -> Result<Self, Refusal> {
        let other = |allowed: &'static str| Err(Refusal::MethodNotAllowed { allowed });
        Ok(match (rest, method) {
            ([], "PUT") => Self::Put,
            ([], "GET") => Self::Describe,
            ([], "DELETE") => Self::Forget,
            ([], _) => return other("GET, PUT, DELETE"),
            (["frames"], "POST") => Self::Frames { partial: query.flag("partial")? },
            (["frames"], "GET") => Self::ReadFrames(query.stretch()?),
            (["frames"], _) => return other("GET, POST"),
            (["scores"], "GET") => Self::ReadScores(query.stretch()?),
            (["events"], "POST") => Self::Events,
            (["events"], "GET") => Self::Follow,
            (["events"], _) => return other("GET, POST"),
            (["live"], "GET") => Self::Live { is_listening: query.flag("listen")? },
            (["tick"], "POST") => Self::Tick,
            (["anomalies"], "GET") => Self::Anomalies(query.filter()?),
            (["anomalies", id], "GET") => Self::Anomaly(number(id)?),
            (["anomalies", id], "PATCH") => Self::Amend(number(id)?),
            (["anomalies", _], _) => return other("GET, PATCH"),
            (["anomalies", id, "explanation"], "GET") => {
                Self::Explain { id: number(id)?, mode: query.mode()? }
            }
            (["labels"], "POST") => Self::Label,
            (["labels", "undo"], "POST") => Self::Undo,
            (["health"], "GET") => Self::Health(query.time("now")?),
            (["gaps"], "GET") => Self::Gaps,
            (["quality"], "GET") => Self::Quality(query.time("now")?),
            (["stats"], "GET") => Self::Stats(query.grain()?, query.span()?),
            (["alerts"], "GET") => Self::Alerts,
            (["alerts"], "PUT") => Self::SetAlerts,
            (["alerts"], _) => return other("GET, PUT"),
            (["views", name], "GET") => Self::View(view(name)?),
            (["models"], "GET") => Self::Models,
            (["models"], "POST") => Self::Checkpoint,
            (["models"], _) => return other("GET, POST"),
            (["models", version], "GET") => Self::Model(number(version)?),
            (["models", version, "restore"], "POST") => Self::Restore(number(version)?),
            (["compare"], "POST") => Self::Compare,
            (["tick" | "labels" | "compare"] | ["labels", "undo"] | ["models", _, "restore"], _) => {
                return other("POST");
            }
            (["live" | "scores" | "anomalies" | "health" | "gaps" | "quality" | "stats"], _)
            | (["views", _] | ["models", _] | ["anomalies", _, "explanation"], _) => return other("GET"),
            _ => return Err(Refusal::NoSuchPath),
        })
    }

    /// What a caller must be allowed to do.
    pub(crate) fn scope(&self) -> Scope {
        match self {
            Self::Put | Self::Forget | Self::Restore(_) | Self::SetAlerts => Scope::Admin,
            Self::Frames { .. } | Self::Events | Self::Live { is_listening: false } => Scope::Write,
            Self::Tick | Self::Amend(_) | Self::Label | Self::Undo => Scope::Write,
            Self::Checkpoint | Self::Compare => Scope::Write,
            Self::Describe
            | Self::ReadFrames(_)
            | Self::ReadScores(_)
            | Self::Follow
            | Self::Live { is_listening: true } => Scope::Read,
            Self::Anomalies(_) | Self::Anomaly(_) | Self::Explain { .. } | Self::View(_) => Scope::Read,
            Self::Health(_)
            | Self::Gaps
            | Self::Quality(_)
            | Self::Stats(..)
            | Self::Models
            | Self::Model(_)
            | Self::Alerts => Scope::Read,
        }
    }

    /// The most bytes of the body that comes with it, once decoded, by what it is said to be; `None` where no body is
    /// read.
    pub(crate) fn body_bytes_max(&self, said: Option<&str>) -> Option<usize> {
        let is_sealed = body::media(said) == Some(SEALED);
        match self {
            Self::Frames { .. } | Self::Events => Some(DATA_BYTES_MAX),
            Self::Put | Self::Checkpoint if is_sealed => Some(SEALED_BYTES_MAX),
            Self::Put | Self::Compare => Some(SCHEMA_BYTES_MAX),
            Self::SetAlerts => Some(WORD_BYTES_MAX),
            Self::Tick | Self::Amend(_) | Self::Label | Self::Checkpoint => Some(WORD_BYTES_MAX),
            _ => None,
        }
    }

    /// Whether an `Idempotency-Key` means anything: what only reads is the same twice anyway.
    pub(crate) fn is_repeatable_by_key(&self) -> bool {
        matches!(
            self,
            Self::Frames { .. }
                | Self::Events
                | Self::Tick
                | Self::Amend(_)
                | Self::Label
                | Self::Undo
                | Self::Checkpoint
                | Self::Restore(_)
        )
    }
}

/// A number in a path. What is none leads nowhere.
fn number(text: &str) -> Result<u64, Refusal> {
    let is_plain = text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if is_plain => Ok(number),
        _ => Err(Refusal::NoSuchPath),
    }
}

fn view(name: &str) -> Result<View, Refusal> {
    Ok(match name {
        "recent" => View::Recent,
        "critical" => View::Critical,
        "trends" => View::Trends,
        "models" => View::Models,
        "top" => View::Top,
        _ => return Err(Refusal::NoSuchPath),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::problem;

    fn of(method: &str, path: &str) -> Result<Action, u16> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let rest: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        Action::parse(method, &rest, query).map_err(|refusal| problem(&refusal).0)
    }

    #[test]
    fn requests_are_actions_or_refused() {
        for (method, path, expected) in [
            ("PUT", "", Ok(Action::Put)),
            ("POST", "frames?partial=true", Ok(Action::Frames { partial: true })),
            ("POST", "frames?partial=maybe", Err(400)),
            ("POST", "frames?nonsense=1", Err(400)),
            ("POST", "frames?partial=true&partial=true", Err(400)),
            ("PATCH", "frames", Err(405)),
            ("GET", "live?listen=true", Ok(Action::Live { is_listening: true })),
            ("GET", "anomalies/7", Ok(Action::Anomaly(7))),
            ("GET", "anomalies/+7", Err(404)),
            ("GET", "anomalies/7/explanation", Ok(Action::Explain { id: 7, mode: Mode::Fast })),
            ("GET", "anomalies/7/explanation?mode=slow", Err(400)),
            ("DELETE", "anomalies/7", Err(405)),
            ("GET", "health?now=1700000000000", Ok(Action::Health(Some(1_700_000_000_000)))),
            ("GET", "health?now=1e99", Err(400)),
            ("GET", "stats?by=hour", Ok(Action::Stats(Grain::Hour, Span::default()))),
            ("GET", "stats?by=year", Err(400)),
            ("GET", "views/top", Ok(Action::View(View::Top))),
            ("GET", "views/other", Err(404)),
            ("GET", "models/3", Ok(Action::Model(3))),
            ("POST", "models/3", Err(405)),
            ("POST", "models/3/restore", Ok(Action::Restore(3))),
            ("GET", "models/3/restore", Err(405)),
            ("POST", "labels/undo", Ok(Action::Undo)),
            ("POST", "nothing", Err(404)),
        ] {
            assert_eq!(of(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn only_a_sealed_engine_may_be_large() {
        let cap = |method, path, media| of(method, path).unwrap().body_bytes_max(media);
        for (method, path, text) in [("PUT", "", SCHEMA_BYTES_MAX), ("POST", "models", WORD_BYTES_MAX)] {
            assert_eq!(cap(method, path, Some("application/json")), Some(text));
            assert_eq!(cap(method, path, None), Some(text));
            assert_eq!(cap(method, path, Some(SEALED)), Some(SEALED_BYTES_MAX));
        }
        assert_eq!(cap("POST", "labels", Some(SEALED)), Some(WORD_BYTES_MAX));
    }

    #[test]
    fn who_only_reads_changes_nothing() {
        for (method, path, scope) in [
            ("PUT", "", Scope::Admin),
            ("DELETE", "", Scope::Admin),
            ("GET", "", Scope::Read),
            ("POST", "models/1/restore", Scope::Admin),
            ("POST", "models", Scope::Write),
            ("GET", "models/1", Scope::Read),
            ("GET", "live", Scope::Write),
            ("GET", "live?listen=true", Scope::Read),
            ("GET", "events", Scope::Read),
            ("POST", "events", Scope::Write),
        ] {
            assert_eq!(of(method, path).map(|action| action.scope()), Ok(scope), "{method} {path}");
        }
    }
}
