//! The stateless front: it answers what needs no state, caps bodies, and calls a system's object with a deadline.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use worker::js_sys::Uint8Array;
use worker::{Delay, Env, Request, RequestInit, Response};

use crate::answer::Answer;
use crate::body::BODY_BYTES_MAX;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::router::{self, Route};

/// The binding of the objects.
const SYSTEMS: &str = "SYSTEMS";
/// The variable that holds the deadline.
const DEADLINE: &str = "OBJECT_DEADLINE_MS";
/// The deadline where the variable is absent: far above the slowest batch, below the patience of most clients.
const DEADLINE_MS: u64 = 20_000;

/// A body that is too large is heard to its end, up to here, and forgotten piece by piece: a client that is still
/// sending when the answer comes would see a broken connection instead.
const HEARD_BYTES_MAX: usize = 4 * BODY_BYTES_MAX;

/// The description of the API. Tests run its examples.
const OPENAPI: &str = include_str!("../openapi.json");

/// The reply to a request.
pub(crate) async fn answer(mut request: Request, env: &Env) -> Result<Reply, Refusal> {
    let path = request.path();
    let url = request.url().map_err(|_| Refusal::NoSuchPath)?;
    let query = url.query().unwrap_or_default();
    let (id, action) = match router::route(request.method().as_ref(), &path, query)? {
        Route::Health => return Ok(Reply::Own(Answer::ok(r#"{"status":"ok"}"#))),
        Route::OpenApi => return Ok(Reply::Own(Answer::ok(OPENAPI))),
        Route::System { id, action } => (id, action),
    };
    let body = if action.body_bytes_max().is_some() { Some(body(&mut request).await?) } else { None };
    let call = call(&request, id, body, env);
    let deadline = Delay::from(Duration::from_millis(deadline_ms(env)));
    match select(pin!(call), pin!(deadline)).await {
        Either::Left((Ok(response), _)) => Ok(Reply::Passed(response)),
        Either::Left((Err(fault), _)) => {
            worker::console_error!("system {id}: {fault}");
            Err(Refusal::NoAnswer)
        }
        Either::Right(_) => Err(Refusal::NoAnswer),
    }
}

async fn call(request: &Request, id: &str, body: Option<Vec<u8>>, env: &Env) -> worker::Result<Response> {
    let stub = env.durable_object(SYSTEMS)?.get_by_name(id)?;
    let mut init = RequestInit::new();
    let headers = request.headers().clone();
    // It is of the body as it came.
    headers.delete("content-length")?;
    init.with_method(request.method()).with_headers(headers);
    init.with_body(body.map(|bytes| Uint8Array::from(bytes.as_slice()).into()));
    stub.fetch_with_request(Request::new_with_init(request.url()?.as_str(), &init)?).await
}

/// The body, unless it is too large.
async fn body(request: &mut Request) -> Result<Vec<u8>, Refusal> {
    let announced = request.headers().get("content-length").ok().flatten();
    match announced.map(|bytes| bytes.parse::<usize>()) {
        Some(Ok(bytes)) if bytes <= BODY_BYTES_MAX => return request.bytes().await.map_err(unreadable),
        Some(Ok(bytes)) if bytes > HEARD_BYTES_MAX => {
            return Err(Refusal::BodyTooLarge { cap_bytes: BODY_BYTES_MAX });
        }
        _ => {}
    }
    if request.inner().body().is_none() {
        return Ok(Vec::new());
    }
    let mut stream = request.stream().map_err(unreadable)?;
    let mut body = Vec::new();
    let mut heard_bytes = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(unreadable)?;
        heard_bytes += piece.len();
        if heard_bytes <= BODY_BYTES_MAX {
            body.extend(piece);
        } else if heard_bytes <= HEARD_BYTES_MAX {
            body = Vec::new();
        } else {
            break;
        }
    }
    if heard_bytes > BODY_BYTES_MAX {
        return Err(Refusal::BodyTooLarge { cap_bytes: BODY_BYTES_MAX });
    }
    Ok(body)
}

fn unreadable(fault: worker::Error) -> Refusal {
    Refusal::Malformed { place: String::new(), detail: fault.to_string() }
}

fn deadline_ms(env: &Env) -> u64 {
    env.var(DEADLINE).ok().and_then(|text| text.to_string().parse().ok()).unwrap_or(DEADLINE_MS)
}
