//! Method and path become a route. The front and the object ask the same function, so they can not disagree.

use crate::refusal::Refusal;

/// The longest id of a system.
const ID_BYTES_MAX: usize = 64;

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// Is anybody there?
    Health,
    /// The description of this API.
    OpenApi,
    /// Something about one system.
    System {
        /// Which one.
        id: &'a str,
        /// What about it.
        action: Action,
    },
}

/// What can be done with a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Make it.
    Create,
    /// Describe it.
    Describe,
    /// Judge frames.
    Frames,
    /// Say the time.
    Tick,
    /// List what happened.
    Anomalies,
}

impl Action {
    /// Whether a body comes with it.
    pub(crate) fn has_body(self) -> bool {
        matches!(self, Self::Create | Self::Frames | Self::Tick)
    }
}

/// The route of a request.
pub(crate) fn route<'a>(method: &str, path: &'a str) -> Result<Route<'a>, Refusal> {
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
    let place = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
    let (id, actions, allowed): (_, &[(&str, Action)], _) = match place {
        (Some("healthz"), None, ..) => return only_get(method, Route::Health),
        (Some("openapi.json"), None, ..) => return only_get(method, Route::OpenApi),
        (Some("v1"), Some("systems"), Some(id), None, _) => {
            (id, &[("PUT", Action::Create), ("GET", Action::Describe)], "GET, PUT")
        }
        (Some("v1"), Some("systems"), Some(id), Some(leaf), None) => match leaf {
            "frames" => (id, &[("POST", Action::Frames)], "POST"),
            "tick" => (id, &[("POST", Action::Tick)], "POST"),
            "anomalies" => (id, &[("GET", Action::Anomalies)], "GET"),
            _ => return Err(Refusal::NoSuchPath),
        },
        _ => return Err(Refusal::NoSuchPath),
    };
    let Some((_, action)) = actions.iter().find(|(verb, _)| *verb == method) else {
        return Err(Refusal::MethodNotAllowed { allowed });
    };
    if !is_id(id) {
        return Err(Refusal::BadId);
    }
    Ok(Route::System { id, action: *action })
}

fn only_get<'a>(method: &str, route: Route<'a>) -> Result<Route<'a>, Refusal> {
    if method == "GET" { Ok(route) } else { Err(Refusal::MethodNotAllowed { allowed: "GET" }) }
}

/// An id needs no escaping in a path, and no path can be mistaken for one.
fn is_id(id: &str) -> bool {
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
        for (method, path, expected) in [
            ("GET", "/healthz", Ok(Route::Health)),
            ("GET", "/openapi.json", Ok(Route::OpenApi)),
            ("PUT", "/v1/systems/a-1", Ok(Route::System { id: "a-1", action: Action::Create })),
            ("GET", "/v1/systems/a.b_c", Ok(Route::System { id: "a.b_c", action: Action::Describe })),
            ("POST", "/v1/systems/x/frames", Ok(Route::System { id: "x", action: Action::Frames })),
            ("POST", "/v1/systems/x/tick", Ok(Route::System { id: "x", action: Action::Tick })),
            ("GET", "/v1/systems/x/anomalies", Ok(Route::System { id: "x", action: Action::Anomalies })),
            ("POST", "/healthz", Err(405)),
            ("DELETE", "/v1/systems/x", Err(405)),
            ("GET", "/v1/systems/x/frames", Err(405)),
            ("PUT", "/v1/systems/..", Err(400)),
            ("PUT", "/v1/systems/", Err(400)),
            ("PUT", "/v1/systems/a%2fb", Err(400)),
            ("GET", "/", Err(404)),
            ("GET", "/healthz/", Err(404)),
            ("GET", "/v1/systems", Err(404)),
            ("POST", "/v1/systems/x/frames/", Err(404)),
            ("POST", "/v1/systems/x/nothing", Err(404)),
        ] {
            let found = route(method, path).map_err(|refusal| problem(&refusal).0);
            assert_eq!(found, expected, "{method} {path}");
        }
        assert!(matches!(route("PUT", &format!("/v1/systems/{}", "x".repeat(65))), Err(Refusal::BadId)));
    }
}
