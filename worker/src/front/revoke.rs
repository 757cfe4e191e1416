//! A key is deleted: it opens nothing any more, and what was opened with it is closed.

use futures_util::future::join_all;
use worker::Env;

use super::call;
use super::door::{self, Caller};
use super::trace::Trace;
use crate::answer::Answer;
use crate::body;
use crate::refusal::Refusal;
use crate::registry::{DroppedJson, GoneJson, Order};
use crate::reply::Reply;

/// Systems that are told at once: a request may ask no more than a thousand objects. The others find it out when they
/// look at the keys of their listeners.
const TOLD_MAX: usize = 900;

/// Deletes a key. When it is answered its listeners are gone.
pub(super) async fn revoke(env: &Env, caller: &Caller, id: &str, trace: &Trace) -> Result<Reply, Refusal> {
    let order = Order::DropKey { id: id.to_owned(), by: caller.by.clone() };
    let mut response = call::registry(env, &caller.tenant, &order, Some(trace)).await?;
    if response.status_code() >= 300 {
        return Ok(Reply::Passed(response));
    }
    door::forget(&caller.tenant, id);
    let dropped = response.bytes().await.map_err(|_| Refusal::NoAnswer)?;
    let DroppedJson { systems } = body::kept(&dropped)?;
    let told =
        systems.iter().take(TOLD_MAX).map(|system| call::let_go(env, &caller.tenant, system, id, trace));
    join_all(told).await;
    Ok(Reply::Own(Answer::ok(body::write(&GoneJson { id: id.to_owned() })?)))
}
