//! Calls of objects. Each has a deadline: an object that panicked never answers, and its caller must not hang.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::js_sys::Uint8Array;
use worker::{Delay, Env, Headers, Method, Request, RequestInit, Response};

use super::door::Caller;
use super::tally;
use super::trace::Trace;
use crate::answer::NDJSON;
use crate::body;
use crate::counts::CENSUS;
use crate::guests::{GONE_KEY, GUEST, Guest};
use crate::journal;
use crate::refusal::Refusal;
use crate::registry::{Order, TENANT};

/// The bindings of the objects.
const SYSTEMS: &str = "SYSTEMS";
const REGISTRY: &str = "REGISTRY";
/// The variable that holds the deadline.
const DEADLINE: &str = "OBJECT_DEADLINE_MS";
/// The deadline where the variable is absent: far above the slowest batch, below the patience of most clients.
const DEADLINE_MS: u64 = 20_000;

/// The header that tells a system's object its id.
const SYSTEM: &str = "x-fourfold-system";

/// The header that tells how many lines came before the first one.
pub(crate) const LINE: &str = "x-fourfold-line";

/// Headers that an object has no business with: secrets, and what was true of the body before it was unpacked.
const KEPT_BACK: [&str; 7] = [
    "authorization",
    "cookie",
    "content-encoding",
    "content-length",
    "transfer-encoding",
    "traceparent",
    "sec-websocket-protocol",
];

/// What a system is asked.
#[derive(Clone, Copy)]
pub(super) struct Errand<'a> {
    pub(super) request: &'a Request,
    pub(super) method: &'a str,
    pub(super) caller: &'a Caller,
    pub(super) id: &'a str,
    pub(super) trace: &'a Trace,
}

/// Asks a system's object. Its name begins with the tenant, so tenants never meet.
pub(super) async fn system(
    env: &Env,
    errand: Errand<'_>,
    body: Option<Vec<u8>>,
) -> Result<Response, Refusal> {
    let Errand { request, method, caller, id, trace } = errand;
    let passed_on = || {
        let headers = Headers::new();
        for (name, value) in request.headers().entries() {
            if !KEPT_BACK.contains(&name.as_str()) && !name.starts_with("x-fourfold-") {
                headers.set(&name, &value)?;
            }
        }
        headers.set(SYSTEM, id)?;
        if let Some(key) = &caller.key {
            headers.set(GUEST, &Guest::header(key))?;
        }
        headers.set("traceparent", &trace.header())?;
        let mut init = RequestInit::new();
        init.with_method(Method::from(method.to_owned())).with_headers(headers);
        init.with_body(body.map(|bytes| Uint8Array::from(bytes.as_slice()).into()));
        Request::new_with_init(request.url()?.as_str(), &init)
    };
    object(env, SYSTEMS, &format!("{}/{id}", caller.tenant), passed_on()).await
}

/// What is asked of a system in other words than a caller's.
pub(crate) struct Inquiry<'a> {
    pub(crate) method: &'a str,
    /// The path behind the system's id.
    pub(crate) rest: &'a str,
    pub(crate) body: Option<&'a str>,
    /// The request that it is asked for, if there is one.
    pub(crate) trace: Option<&'a Trace>,
}

/// Asks a system for a queue, or for an agent.
pub(crate) async fn internal(
    env: &Env,
    tenant: &str,
    id: &str,
    inquiry: Inquiry<'_>,
) -> Result<Response, Refusal> {
    let Inquiry { method, rest, body, trace } = inquiry;
    let request = || {
        let headers = Headers::new();
        headers.set(SYSTEM, id)?;
        if let Some(trace) = trace {
            headers.set("traceparent", &trace.header())?;
        }
        let mut init = RequestInit::new();
        init.with_method(Method::from(method.to_owned())).with_headers(headers);
        init.with_body(body.map(Into::into));
        Request::new_with_init(&format!("https://system/v1/systems/{id}{rest}"), &init)
    };
    counted(env, tenant, id, request()).await
}

/// Asks a system, and takes note of what it says of itself: nobody else will.
async fn counted(
    env: &Env,
    tenant: &str,
    id: &str,
    request: worker::Result<Request>,
) -> Result<Response, Refusal> {
    let response = object(env, SYSTEMS, &format!("{tenant}/{id}"), request).await?;
    let census = response.headers().get(CENSUS).ok().flatten();
    if let Some(census) = census.and_then(|text| body::kept(text.as_bytes()).ok()) {
        tally::took(tenant, id, census);
    }
    Ok(response)
}

/// Tells a system that a key is no more. Whether it heard is not known: it looks for itself, only later.
pub(super) async fn let_go(env: &Env, tenant: &str, id: &str, key: &str, trace: &Trace) {
    let request = || {
        let headers = Headers::new();
        headers.set(SYSTEM, id)?;
        headers.set(GONE_KEY, key)?;
        headers.set("traceparent", &trace.header())?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers);
        Request::new_with_init(&format!("https://system/v1/systems/{id}"), &init)
    };
    let _ = object(env, SYSTEMS, &format!("{tenant}/{id}"), request()).await;
}

/// Tells a system lines, of which the first has a number.
pub(super) async fn lines(
    env: &Env,
    (tenant, id): (&str, &str),
    trace: &Trace,
    lines: &[u8],
    first_line: usize,
) -> Result<Response, Refusal> {
    let request = || {
        let headers = Headers::new();
        headers.set(SYSTEM, id)?;
        headers.set(LINE, &first_line.to_string())?;
        headers.set("traceparent", &trace.header())?;
        headers.set("content-type", NDJSON)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers);
        init.with_body(Some(Uint8Array::from(lines).into()));
        Request::new_with_init(&format!("https://system/v1/systems/{id}/frames?partial=true"), &init)
    };
    counted(env, tenant, id, request()).await
}

/// Gives a tenant's registry an order.
pub(crate) async fn registry(
    env: &Env,
    tenant: &str,
    order: &Order,
    trace: Option<&Trace>,
) -> Result<Response, Refusal> {
    let text = body::write(order)?;
    let post = || {
        let headers = Headers::new();
        headers.set(TENANT, tenant)?;
        if let Some(trace) = trace {
            headers.set("traceparent", &trace.header())?;
        }
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers).with_body(Some(text.into()));
        Request::new_with_init("https://registry/", &init)
    };
    object(env, REGISTRY, tenant, post()).await
}

async fn object(
    env: &Env,
    binding: &str,
    name: &str,
    request: worker::Result<Request>,
) -> Result<Response, Refusal> {
    let traceparent =
        request.as_ref().ok().and_then(|request| request.headers().get("traceparent").ok().flatten());
    let call = async { env.durable_object(binding)?.get_by_name(name)?.fetch_with_request(request?).await };
    let deadline = Delay::from(Duration::from_millis(deadline_ms(env)));
    match select(pin!(call), pin!(deadline)).await {
        Either::Left((Ok(response), _)) => Ok(response),
        Either::Left((Err(fault), _)) => {
            journal::at_work_for(traceparent.as_deref());
            journal::error("an object did not answer", format_args!("{binding} {name}: {fault}"));
            Err(Refusal::NoAnswer)
        }
        Either::Right(_) => Err(Refusal::NoAnswer),
    }
}

fn deadline_ms(env: &Env) -> u64 {
    env.var(DEADLINE).ok().and_then(|text| text.to_string().parse().ok()).unwrap_or(DEADLINE_MS)
}
