//! The stateless front: it lets callers in, caps and unpacks bodies, answers what needs no state, and calls objects with
//! a deadline.

mod agents;
mod body;
mod call;
mod cors;
mod door;
mod fault;
mod lines;
mod pages;
mod ready;
mod revoke;
mod tally;
mod trace;
mod visit;

use worker::{Context, Env, Request, Response, ResponseBuilder};

pub(crate) use call::{Inquiry, LINE, internal, registry as order};
pub(crate) use door::{TENANT_USUAL, admin_secret, spend};
pub(crate) use fault::DoorFault;
#[cfg(test)]
pub(crate) use ready::{HealthJson, ReadyJson, VersionJson};
pub(crate) use tally::bring_home;

use crate::access::Repeat;
use crate::action::Action;
use crate::answer::Answer;
use crate::detect::detect;
use crate::refusal::Refusal;
use crate::registry::{Act, Order};
use crate::reply::{self, Reply};
use crate::router::{self, Route};
use crate::system_object::TURN;
use crate::upkeep::DIRECTORY;
use call::Errand;
use door::Caller;
use trace::Trace;
use visit::Visit;

/// The description of the API. Tests run its examples.
const OPENAPI: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// The response to a request.
pub(crate) async fn answer(mut request: Request, env: &Env, context: &Context) -> worker::Result<Response> {
    let method = request.inner().method();
    let mut visit = Visit::new(&request, &method);
    let response = match serve(&mut request, &method, env, &mut visit).await {
        // Pages elsewhere ask first what they may send; this is no secret, so it takes no key.
        Err(Refusal::MethodNotAllowed { allowed }) if method == "OPTIONS" => {
            ResponseBuilder::new().with_status(204).with_header("allow", allowed)?.empty()
        }
        Err(refusal) => {
            body::forget(&mut request).await;
            reply::send(Err(refusal))?
        }
        outcome => reply::send(outcome)?,
    };
    let response = visit.sign(&request, env, response)?;
    visit.end(response.status_code(), env, context);
    Ok(response)
}

async fn serve(request: &mut Request, method: &str, env: &Env, visit: &mut Visit) -> Result<Reply, Refusal> {
    let url = request.url().map_err(|_| Refusal::NoSuchPath)?;
    // The platform takes the body off.
    let method = if method == "HEAD" { "GET" } else { method };
    let route = router::route(method, url.path(), url.query().unwrap_or_default());
    if !matches!(route, Err(Refusal::NoSuchPath)) {
        visit.pattern = Some(router::pattern(url.path()));
    }
    let route = route?;
    let Some(scope) = route.scope() else { return open(&route).map(Reply::Own) };
    let caller = door::admit(request, env, scope, visit).await?;
    if let Route::System { id, action: Action::Frames { partial: true } } = route
        && lines::are_endless(request)
    {
        visit.system = Some(id.to_owned());
        return lines::answer(request, env, &caller, id, &visit.trace).await;
    }
    let said = request.headers().get("content-type").ok().flatten();
    let body = match route.body_bytes_max(said.as_deref()) {
        Some(cap_bytes) => Some(body::read(request, cap_bytes).await?),
        None => None,
    };
    let order = match route {
        Route::System { id, action } => {
            visit.system = Some(id.to_owned());
            let errand = Errand { request, method, caller: &caller, id, trace: &visit.trace };
            return system(env, errand, &action, body, &caller).await;
        }
        Route::Detect => return detect(&body.unwrap_or_default()).map(Reply::Own),
        Route::Mcp => {
            return agents::answer(request, env, &caller.tenant, &body.unwrap_or_default(), &visit.trace)
                .await;
        }
        Route::Systems(page) => Order::Systems(page),
        Route::Keys(page) => Order::Keys(page),
        Route::Audit(page) => Order::Audit(page),
        Route::DropKey(id) => return revoke::revoke(env, &caller, id, &visit.trace).await,
        Route::MakeKey => made(request, &body.unwrap_or_default(), &caller)?,
        Route::Metrics => {
            bring_home(&caller.tenant, env).await?;
            Order::Metrics
        }
        _ => return Err(Refusal::NoSuchPath),
    };
    if matches!(order, Order::MakeKey { .. }) {
        enroll(env, &caller, &visit.trace).await?;
    }
    call::registry(env, &caller.tenant, &order, Some(&visit.trace)).await.map(Reply::Passed)
}

/// The order for a new key.
fn made(request: &Request, bytes: &[u8], caller: &Caller) -> Result<Order, Refusal> {
    let draft = crate::body::words(bytes)?;
    let said = request.headers().get("idempotency-key").ok().flatten();
    let repeat = said.map(|key| Repeat::of(key, &caller.by.key, bytes)).transpose()?;
    Ok(Order::MakeKey { draft, by: caller.by.clone(), repeat })
}

/// Writes a tenant down, so that its registry is not forgotten by what is done every day. All begins with the admin
/// secret, so nobody else needs to.
async fn enroll(env: &Env, caller: &Caller, trace: &Trace) -> Result<(), Refusal> {
    if caller.by.key == door::ADMIN {
        let order = Order::Enroll { tenant: caller.tenant.clone() };
        if call::registry(env, DIRECTORY, &order, Some(trace)).await?.status_code() >= 300 {
            return Err(Refusal::NoAnswer);
        }
    }
    Ok(())
}

/// What everybody may know.
fn open(route: &Route<'_>) -> Result<Answer, Refusal> {
    match route {
        Route::Health => ready::health(),
        Route::Ready => ready::readiness(),
        Route::Version => ready::version(),
        Route::OpenApi => Ok(Answer::ok(OPENAPI)),
        Route::Docs => Ok(pages::docs()),
        Route::Problem(code) => pages::problem(code),
        _ => Err(Refusal::NoSuchPath),
    }
}

/// Asks a system, and tells the registry what has changed. An act counts as done when both know of it: all of them may
/// be sent again.
async fn system(
    env: &Env,
    errand: Errand<'_>,
    action: &Action,
    body: Option<Vec<u8>>,
    caller: &Caller,
) -> Result<Reply, Refusal> {
    let (id, trace) = (errand.id, errand.trace);
    let response = call::system(env, errand, body).await?;
    let status = response.status_code();
    let act = match action {
        Action::Put if status < 300 => Some(Act::SystemPut),
        // Unknown to its object, it may still be in the list: an earlier deletion may have been cut off between the two.
        Action::Forget if status < 300 || status == 404 => Some(Act::SystemDeleted),
        Action::Restore(_) if status < 300 => Some(Act::ModelRestored),
        Action::SetAlerts if status < 300 => Some(Act::AlertsSet),
        _ => None,
    };
    if act == Some(Act::SystemPut) {
        enroll(env, caller, trace).await?;
    }
    if let Some(act) = act {
        let turn = response.headers().get(TURN).ok().flatten().and_then(|turn| turn.parse().ok());
        let turn = turn.unwrap_or_default();
        let order = Order::Acted { act, target: id.to_owned(), by: caller.by.clone(), turn };
        if call::registry(env, &caller.tenant, &order, Some(trace)).await?.status_code() >= 300 {
            return Err(Refusal::NoAnswer);
        }
    }
    Ok(Reply::Passed(response))
}
