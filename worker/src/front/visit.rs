//! One request on its way through the front: what is learned of it, and what is said of it at the end.

use serde::Serialize;
use worker::{Context, Date, Env, Headers, Request, Response, ResponseBuilder};

use super::trace::Trace;
use super::{cors, door, tally};
use crate::access::Allowance;
use crate::body;
use crate::counts::{CENSUS, Census, Kind};
use crate::system_object::TURN;

/// The variable that lists the origins of pages elsewhere.
const CORS_ORIGINS: &str = "CORS_ORIGINS";
/// The name under which a browser may open a socket beside showing its key.
const SOCKET_PROTOCOL: &str = "fourfold.v1";

/// Methods that are counted by name: anybody can invent others.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Whether a request comes from no page at all, from a page of this address, or from one that is listed.
pub(super) fn is_from_allowed_page(request: &Request, env: &Env) -> bool {
    let Some(origin) = request.headers().get("origin").ok().flatten() else { return true };
    let own = request.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let list = env.var(CORS_ORIGINS).map(|list| list.to_string()).unwrap_or_default();
    origin == own || cors::allowed(Some(&origin), &list).is_some()
}

/// What is known of a request so far.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) trace: Trace,
    began_ms: u64,
    method: String,
    /// The path with names for what varies; nothing where it leads nowhere.
    pub(super) pattern: Option<String>,
    pub(super) tenant: Option<String>,
    /// The key's id.
    pub(super) key: Option<String>,
    pub(super) system: Option<String>,
    /// What the system says of itself.
    census: Option<Census>,
    /// What the key may still do, and for how long it may not.
    pub(super) allowance: Option<(Allowance, Option<u64>)>,
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    message: &'static str,
    request: &'a str,
    span: &'a str,
    parent: Option<&'a str>,
    method: &'a str,
    route: &'a str,
    status: u16,
    ms: u64,
    tenant: Option<&'a str>,
    key: Option<&'a str>,
    system: Option<&'a str>,
}

impl Visit {
    /// A request that just came.
    pub(super) fn new(request: &Request, method: &str) -> Self {
        let parent = request.headers().get("traceparent").ok().flatten();
        Self {
            trace: Trace::after(parent.as_deref()),
            began_ms: Date::now().as_millis(),
            method: method.to_owned(),
            pattern: None,
            tenant: None,
            key: None,
            system: None,
            census: None,
            allowance: None,
        }
    }

    /// Puts on an answer what every answer has.
    pub(super) fn sign(
        &mut self,
        request: &Request,
        env: &Env,
        response: Response,
    ) -> worker::Result<Response> {
        // An object's headers can not be changed, so they are copied.
        let headers = Headers::new();
        for (name, value) in response.headers().entries() {
            if name == CENSUS {
                self.census = body::kept(value.as_bytes()).ok();
            } else if name != TURN {
                headers.append(&name, &value)?;
            }
        }
        headers.set("x-request-id", &self.trace.id)?;
        headers.set("x-content-type-options", "nosniff")?;
        if let Some(allowance) = self.allowance {
            let (policy, left) = door::limit_headers(allowance);
            headers.set("ratelimit-policy", &policy)?;
            headers.set("ratelimit", &left)?;
        }
        if self.tenant.is_some() {
            headers.set("cache-control", "no-store")?;
        }
        let origin = request.headers().get("origin")?;
        let list = env.var(CORS_ORIGINS).map(|list| list.to_string()).unwrap_or_default();
        if !list.is_empty() {
            headers.append("vary", "origin")?;
        }
        if let Some(origin) = cors::allowed(origin.as_deref(), &list) {
            headers.set("access-control-allow-origin", origin)?;
            headers.set("access-control-expose-headers", cors::HEADERS_OUT)?;
            if self.method == "OPTIONS" {
                headers.set("access-control-allow-headers", cors::HEADERS_IN)?;
                headers.set("access-control-max-age", cors::MAX_AGE_S)?;
                if let Some(allowed) = headers.get("allow")? {
                    headers.set("access-control-allow-methods", &allowed)?;
                }
            }
        }
        let protocols = request.headers().get("sec-websocket-protocol")?.unwrap_or_default();
        if response.status_code() == 101 && protocols.split(',').any(|name| name.trim() == SOCKET_PROTOCOL) {
            headers.set("sec-websocket-protocol", SOCKET_PROTOCOL)?;
        }
        if self.method == "HEAD" {
            // A stream would go on for ever.
            let (status, body) = (response.status_code(), worker::web_sys::Response::from(response).body());
            let _ = body.map(|body| body.cancel());
            return Ok(ResponseBuilder::new().with_status(status).with_headers(headers).empty());
        }
        Ok(response.with_headers(headers))
    }

    /// Logs and counts it.
    pub(super) fn end(&mut self, status: u16, env: &Env, context: &Context) {
        let ms = Date::now().as_millis().saturating_sub(self.began_ms);
        self.log(status, ms);
        let method = if METHODS.contains(&self.method.as_str()) { self.method.as_str() } else { "other" };
        let route = self.pattern.as_deref().unwrap_or("none");
        let kind = Kind { route: route.to_owned(), method: method.to_owned(), status };
        // What has no tenant is counted where an admin looks first.
        let tenant = self.tenant.as_deref().unwrap_or(door::TENANT_USUAL);
        let census = self.system.take().zip(self.census);
        tally::count(tenant, kind, ms, census, env, context);
    }

    /// One line of JSON. It has no body, no secret and no address in it.
    fn log(&self, status: u16, ms: u64) {
        let level = match status {
            500.. => "error",
            400.. => "warn",
            _ => "info",
        };
        let line = Line {
            level,
            message: "request",
            request: &self.trace.id,
            span: &self.trace.span,
            parent: self.trace.parent.as_deref(),
            method: &self.method,
            route: self.pattern.as_deref().unwrap_or("none"),
            status,
            ms,
            tenant: self.tenant.as_deref(),
            key: self.key.as_deref(),
            system: self.system.as_deref(),
        };
        if let Ok(line) = serde_json::to_string(&line) {
            worker::console_log!("{line}");
        }
    }
}
