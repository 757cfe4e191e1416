//! Method and path become a route, with the right that it takes. A new route has to say its right to compile.

use crate::access::Scope;
use crate::action::Action;
use crate::body::BODY_BYTES_MAX;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::registry::Page;

/// The longest id of a system.
const ID_BYTES_MAX: usize = 64;
/// The largest body that makes a key.
const DRAFT_BYTES_MAX: usize = 64 << 10;

/// Where a request goes.
#[derive(Debug, PartialEq)]
pub(crate) enum Route<'a> {
    /// Is anybody there?
    Health,
    /// Is it fit?
    Ready,
    /// What is running?
    Version,
    /// The description of this API.
    OpenApi,
    /// The same for people.
    Docs,
    /// What a problem means.
    Problem(&'a str),
    /// The counts of a tenant.
    Metrics,
    /// One question, nothing kept.
    Detect,
    /// What agents ask.
    Mcp,
    /// The systems of a tenant.
    Systems(Page),
    /// Its keys.
    Keys(Page),
    /// A new key.
    MakeKey,
    /// A key less.
    DropKey(&'a str),
    /// What was administered.
    Audit(Page),
    /// Something about one system.
    System {
        /// Which one.
        id: &'a str,
        /// What about it.
        action: Action,
    },
}

impl Route<'_> {
    /// The right that it takes; `None` for what everybody may know.
    pub(crate) fn scope(&self) -> Option<Scope> {
        match self {
            Self::Health | Self::Ready | Self::Version => None,
            Self::OpenApi | Self::Docs | Self::Problem(_) => None,
            Self::Systems(_) | Self::Metrics | Self::Detect | Self::Mcp => Some(Scope::Read),
            Self::Keys(_) | Self::MakeKey | Self::DropKey(_) | Self::Audit(_) => Some(Scope::Admin),
            Self::System { action, .. } => Some(action.scope()),
        }
    }

    /// The most bytes of its body, once unpacked; `None` where no body is read.
    pub(crate) fn body_bytes_max(&self, said: Option<&str>) -> Option<usize> {
        match self {
            Self::MakeKey | Self::Mcp => Some(DRAFT_BYTES_MAX),
            Self::Detect => Some(BODY_BYTES_MAX),
            Self::System { action, .. } => action.body_bytes_max(said),
            _ => None,
        }
    }
}

/// The route of a request.
pub(crate) fn route<'a>(method: &str, path: &'a str, query: &str) -> Result<Route<'a>, Refusal> {
    let parts = parts(path);
    if let ["v1", "systems", id, rest @ ..] = parts.as_slice() {
        let action = Action::parse(method, rest, query)?;
        return if is_id(id) { Ok(Route::System { id, action }) } else { Err(Refusal::BadId) };
    }
    let mut query = Query::new(query);
    let route = match (parts.as_slice(), method) {
        (["healthz"], "GET") => Route::Health,
        (["readyz"], "GET") => Route::Ready,
        (["version"], "GET") => Route::Version,
        (["openapi.json"], "GET") => Route::OpenApi,
        (["docs"], "GET") => Route::Docs,
        (["problems", code], "GET") => Route::Problem(code),
        (["metrics"], "GET") => Route::Metrics,
        (["mcp"], "POST") => Route::Mcp,
        (["v1", "detect"], "POST") => Route::Detect,
        (["v1", "detect"] | ["mcp"], _) => return Err(Refusal::MethodNotAllowed { allowed: "POST" }),
        (["v1", "systems"], "GET") => Route::Systems(query.page()?),
        (["v1", "audit"], "GET") => Route::Audit(query.page()?),
        (["v1", "keys"], "GET") => Route::Keys(query.page()?),
        (["v1", "keys"], "POST") => Route::MakeKey,
        (["v1", "keys"], _) => return Err(Refusal::MethodNotAllowed { allowed: "GET, POST" }),
        (["v1", "keys", id], "DELETE") => Route::DropKey(id),
        (["v1", "keys", _], _) => return Err(Refusal::MethodNotAllowed { allowed: "DELETE" }),
        (["healthz" | "readyz" | "version" | "openapi.json" | "docs" | "metrics"], _)
        | (["problems", _] | ["v1", "systems" | "audit"], _) => {
            return Err(Refusal::MethodNotAllowed { allowed: "GET" });
        }
        _ => return Err(Refusal::NoSuchPath),
    };
    query.finish()?;
    Ok(route)
}

/// The path as the description spells it, with a name for whatever varies: one line in the logs and counts for all
/// systems. What leads nowhere is one line, too.
pub(crate) fn pattern(path: &str) -> String {
    let mut parts = parts(path);
    let varying = match parts.as_mut_slice() {
        ["v1", "systems", id, "anomalies", anomaly, ..] => vec![(id, "{id}"), (anomaly, "{anomaly}")],
        ["v1", "systems", id, "models", version, ..] => vec![(id, "{id}"), (version, "{version}")],
        ["v1", "systems", id, "views", view] => vec![(id, "{id}"), (view, "{view}")],
        ["v1", "systems" | "keys", id, ..] => vec![(id, "{id}")],
        ["problems", code] => vec![(code, "{code}")],
        _ => Vec::new(),
    };
    for (part, name) in varying {
        *part = name;
    }
    format!("/{}", parts.join("/"))
}

fn parts(path: &str) -> Vec<&str> {
    path.strip_prefix('/').unwrap_or(path).split('/').collect()
}

/// An id needs no escaping in a path, and no path can be mistaken for one.
pub(crate) fn is_id(id: &str) -> bool {
    id.len() <= ID_BYTES_MAX
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::problem;

    #[test]
    fn paths_lead_somewhere() {
        let page = |after: Option<&str>, limit| Page { after: after.map(str::to_owned), limit };
        for (method, path, expected) in [
            ("GET", "/healthz", Ok(Route::Health)),
            ("GET", "/openapi.json", Ok(Route::OpenApi)),
            ("PUT", "/v1/systems/a-1", Ok(Route::System { id: "a-1", action: Action::Put })),
            ("GET", "/v1/systems/a.b_c", Ok(Route::System { id: "a.b_c", action: Action::Describe })),
            (
                "POST",
                "/v1/systems/x/frames",
                Ok(Route::System { id: "x", action: Action::Frames { partial: false } }),
            ),
            ("POST", "/v1/systems/x/tick", Ok(Route::System { id: "x", action: Action::Tick })),
            ("GET", "/v1/systems/x/gaps", Ok(Route::System { id: "x", action: Action::Gaps })),
            ("GET", "/v1/systems", Ok(Route::Systems(page(None, 100)))),
            ("GET", "/v1/audit?cursor=7&limit=2", Ok(Route::Audit(page(Some("7"), 2)))),
            ("POST", "/v1/keys", Ok(Route::MakeKey)),
            ("DELETE", "/v1/keys/abc", Ok(Route::DropKey("abc"))),
            ("GET", "/v1/keys?limit=0", Err(400)),
            ("GET", "/v1/keys?limit=1001", Err(400)),
            ("GET", "/healthz?x=1", Err(400)),
            ("POST", "/healthz", Err(405)),
            ("GET", "/v1/keys/abc", Err(405)),
            ("PUT", "/v1/systems", Err(405)),
            ("POST", "/v1/systems/x", Err(405)),
            ("PUT", "/v1/systems/x/frames", Err(405)),
            ("PUT", "/v1/systems/..", Err(400)),
            ("PUT", "/v1/systems/", Err(400)),
            ("PUT", "/v1/systems/a%2fb", Err(400)),
            ("GET", "/", Err(404)),
            ("GET", "/healthz/", Err(404)),
            ("POST", "/v1/systems/x/frames/", Err(404)),
            ("POST", "/v1/systems/x/nothing", Err(404)),
        ] {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let found = route(method, path, query).map_err(|refusal| problem(&refusal).0);
            assert_eq!(found, expected, "{method} {path}");
        }
        assert!(matches!(route("PUT", &format!("/v1/systems/{}", "x".repeat(65)), ""), Err(Refusal::BadId)));
    }

    #[test]
    fn a_pattern_names_what_varies() {
        for (path, expected) in [
            ("/v1/systems/a/anomalies/7/explanation", "/v1/systems/{id}/anomalies/{anomaly}/explanation"),
            ("/v1/systems/a/models/3/restore", "/v1/systems/{id}/models/{version}/restore"),
            ("/v1/systems/systems", "/v1/systems/{id}"),
            ("/v1/systems/views/views/top", "/v1/systems/{id}/views/{view}"),
            ("/v1/keys/abc", "/v1/keys/{id}"),
            ("/healthz", "/healthz"),
        ] {
            assert_eq!(pattern(path), expected);
        }
    }
}
