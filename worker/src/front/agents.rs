//! Agents: what they ask over the Model Context Protocol is asked on to the registry and to systems.

use worker::{Env, Request, ResponseBuilder};

use super::trace::Trace;
use super::visit::is_from_allowed_page;
use super::{DoorFault, call};
use crate::answer::Answer;
use crate::body;
use crate::mcp::{self, Call, Outcome, Question};
use crate::refusal::Refusal;
use crate::registry::{Order, Page};
use crate::reply::Reply;
use crate::router::is_id;

/// Systems that an agent is shown.
const SYSTEMS_MAX: u32 = 200;

/// Answers one message.
pub(super) async fn answer(
    request: &Request,
    env: &Env,
    tenant: &str,
    bytes: &[u8],
    trace: &Trace,
) -> Result<Reply, Refusal> {
    // The protocol asks for it: a page elsewhere must not talk to an agent's server behind the agent's back.
    if !is_from_allowed_page(request, env) {
        return Err(DoorFault::BadOrigin.into());
    }
    let call: Call = body::words(bytes)?;
    let (id, question) = match mcp::hear(call) {
        Outcome::Answer(answer) => return Ok(Reply::Own(Answer::ok(answer.to_string()))),
        Outcome::Nothing => {
            return Ok(Reply::Passed(ResponseBuilder::new().with_status(202).empty()));
        }
        Outcome::Ask(id, question) => (id, question),
    };
    let mut response = match question {
        Question::Systems => {
            let page = Page { after: None, limit: SYSTEMS_MAX };
            call::registry(env, tenant, &Order::Systems(page), Some(trace)).await?
        }
        Question::System(system, rest) if is_id(&system) => {
            let question = call::Inquiry { method: "GET", rest: &rest, body: None, trace: Some(trace) };
            call::internal(env, tenant, &system, question).await?
        }
        Question::System(..) => return Ok(told(&id, 400, &Refusal::BadId.to_string())),
    };
    let status = response.status_code();
    let text = response.text().await.map_err(|_| Refusal::NoAnswer)?;
    Ok(told(&id, status, &text))
}

fn told(id: &mcp::Id, status: u16, text: &str) -> Reply {
    Reply::Own(Answer::ok(mcp::tell(id, status, text).to_string()))
}
