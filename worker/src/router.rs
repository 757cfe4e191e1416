//! Method and path become a route. The front and the object ask the same function, so they can not disagree.

use crate::action::Action;
use crate::refusal::Refusal;

/// The longest id of a system.
const ID_BYTES_MAX: usize = 64;

/// Where a request goes.
#[derive(Debug, PartialEq)]
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

/// The route of a request.
pub(crate) fn route<'a>(method: &str, path: &'a str, query: &str) -> Result<Route<'a>, Refusal> {
    let parts: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    match parts.as_slice() {
        ["healthz"] => only_get(method, Route::Health),
        ["openapi.json"] => only_get(method, Route::OpenApi),
        ["v1", "systems", id, rest @ ..] => {
            let action = Action::parse(method, rest, query)?;
            if is_id(id) { Ok(Route::System { id, action }) } else { Err(Refusal::BadId) }
        }
        _ => Err(Refusal::NoSuchPath),
    }
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
            ("PUT", "/v1/systems/a-1", Ok(Route::System { id: "a-1", action: Action::Put })),
            ("GET", "/v1/systems/a.b_c", Ok(Route::System { id: "a.b_c", action: Action::Describe })),
            (
                "POST",
                "/v1/systems/x/frames",
                Ok(Route::System { id: "x", action: Action::Frames { partial: false } }),
            ),
            ("POST", "/v1/systems/x/tick", Ok(Route::System { id: "x", action: Action::Tick })),
            ("GET", "/v1/systems/x/gaps", Ok(Route::System { id: "x", action: Action::Gaps })),
            ("POST", "/healthz", Err(405)),
            ("POST", "/v1/systems/x", Err(405)),
            ("PUT", "/v1/systems/x/frames", Err(405)),
            ("PUT", "/v1/systems/..", Err(400)),
            ("PUT", "/v1/systems/", Err(400)),
            ("PUT", "/v1/systems/a%2fb", Err(400)),
            ("GET", "/", Err(404)),
            ("GET", "/healthz/", Err(404)),
            ("GET", "/v1/systems", Err(404)),
            ("POST", "/v1/systems/x/frames/", Err(404)),
            ("POST", "/v1/systems/x/nothing", Err(404)),
        ] {
            let found = route(method, path, "").map_err(|refusal| problem(&refusal).0);
            assert_eq!(found, expected, "{method} {path}");
        }
        assert!(matches!(route("PUT", &format!("/v1/systems/{}", "x".repeat(65)), ""), Err(Refusal::BadId)));
    }
}
