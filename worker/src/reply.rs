//! The one place where a refusal becomes a status, and an answer becomes a response.

use serde::Serialize;
use worker::{Response, ResponseBuilder};

use crate::answer::Answer;
use crate::fault::Fault;
use crate::front::DoorFault;
use crate::refusal::{Refusal, StorageFault};

/// Seconds after which a caller may hope for more luck.
const RETRY_AFTER_S: u64 = 1;

/// What the front has to say: an answer of its own, or an object's whole response.
pub(crate) enum Reply {
    /// An answer of the front itself.
    Own(Answer),
    /// A response to pass on.
    Passed(Response),
}

/// A problem as RFC 9457 has it, and what the engine's errors have beside.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Problem<'a> {
    /// The page that says what it means.
    r#type: String,
    /// The same for every problem of a kind.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What to do.
    detail: String,
    /// A stable word for programs.
    code: &'a str,
    /// The stream that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'a str>,
    /// The moment that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<f64>,
}

/// The response for the outcome of a request.
pub(crate) fn send(outcome: Result<Reply, Refusal>) -> worker::Result<Response> {
    match outcome {
        Ok(Reply::Passed(response)) => Ok(response),
        Ok(Reply::Own(answer)) => {
            let response = ResponseBuilder::new().with_status(answer.status);
            let response = response.with_header("content-type", answer.media)?;
            Ok(response.fixed(answer.body))
        }
        Err(refusal) => {
            let (status, body) = problem(&refusal);
            let mut response = ResponseBuilder::new().with_status(status);
            response = response.with_header("content-type", "application/problem+json")?;
            if let Refusal::MethodNotAllowed { allowed } = refusal {
                response = response.with_header("allow", allowed)?;
            }
            if let Some(seconds) = retry_after_s(&refusal, status) {
                response = response.with_header("retry-after", &seconds.to_string())?;
            }
            if status == 401 {
                response = response.with_header("www-authenticate", "Bearer realm=\"fourfold\"")?;
            }
            if let Refusal::Door(DoorFault::UnknownEncoding) = refusal {
                response = response.with_header("accept-encoding", "gzip")?;
            }
            Ok(response.fixed(body.into_bytes()))
        }
    }
}

/// Seconds after which the same request may be answered.
fn retry_after_s(refusal: &Refusal, status: u16) -> Option<u64> {
    match refusal {
        Refusal::Door(fault) => fault.retry_after_s(),
        _ => (status == 503).then_some(RETRY_AFTER_S),
    }
}

/// Status and body of a refusal.
pub(crate) fn problem(refusal: &Refusal) -> (u16, String) {
    let (status, title) = status(refusal);
    let code = code(refusal);
    let (stream, at) = match refusal {
        Refusal::Engine(error) => (error.stream(), error.at_ms()),
        Refusal::FrameDiffers { at_ms }
        | Refusal::System(Fault::AheadOfTime { at_ms, .. } | Fault::EngineAheadOfTime { at_ms, .. }) => {
            (None, Some(*at_ms as f64))
        }
        _ => (None, None),
    };
    let r#type = format!("/problems/{code}");
    let body = Problem { r#type, title, status, detail: refusal.to_string(), code, stream, at };
    (status, serde_json::to_string(&body).unwrap_or_default())
}

/// A stable word for programs.
fn code(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Engine(error) => error.code(),
        Refusal::System(fault) => fault.problem().2,
        Refusal::Door(fault) => fault.problem().2,
        Refusal::Malformed { .. } => "body.malformed",
        Refusal::BodyTooLarge { .. } => "body.too-large",
        Refusal::TooManyFrames { .. } => "body.too-many-frames",
        Refusal::NoSuchPath => "path.unknown",
        Refusal::MethodNotAllowed { .. } => "method.not-allowed",
        Refusal::BadId => "system.bad-id",
        Refusal::UnknownSystem => "system.unknown",
        Refusal::FrameDiffers { .. } => "frame.differs",
        Refusal::Storage(StorageFault::Refused) => "storage.refused",
        Refusal::Storage(StorageFault::Damaged) => "storage.damaged",
        Refusal::NoAnswer => "system.no-answer",
        Refusal::NotReady => "engine.not-ready",
        Refusal::Unwritable => "answer.unwritable",
    }
}

/// 400: it can not be read. 404: it is not there. 409: it does not fit what is there. 413: it is too much.
/// 422: it can be read but breaks a rule. 500: it never gets better. 503: it may, so try again.
fn status(refusal: &Refusal) -> (u16, &'static str) {
    match refusal {
        Refusal::System(fault) => {
            let (status, title, _) = fault.problem();
            (status, title)
        }
        Refusal::Door(fault) => {
            let (status, title, _) = fault.problem();
            (status, title)
        }
        Refusal::Malformed { .. } => (400, "The body can not be read"),
        Refusal::BadId => (400, "The id can not be used"),
        Refusal::NoSuchPath => (404, "No such path"),
        Refusal::UnknownSystem => (404, "No such system"),
        Refusal::MethodNotAllowed { .. } => (405, "Method not allowed"),
        Refusal::FrameDiffers { .. } => (409, "The frame differs"),
        Refusal::BodyTooLarge { .. } => (413, "The body is too large"),
        Refusal::TooManyFrames { .. } => (413, "Too many frames"),
        Refusal::Engine(error) => match error {
            fourfold::Error::Schema(_) => (422, "The schema breaks a rule"),
            fourfold::Error::Frame(fourfold::error::FrameFault::TimeWentBack { .. }) => {
                (409, "The frame is out of order")
            }
            fourfold::Error::Frame(_) => (422, "The frame can not be taken"),
            fourfold::Error::Label(_) => (409, "The label can not be given"),
            fourfold::Error::Ingest(_) => (422, "The event can not be taken"),
            fourfold::Error::Ask(_) => (422, "The question can not be answered"),
            fourfold::Error::Snapshot(_) => (500, "The state can not be read"),
        },
        Refusal::Storage(StorageFault::Damaged) => (500, "The storage is damaged"),
        Refusal::Unwritable => (500, "The answer can not be written"),
        Refusal::NotReady => (503, "Not ready"),
        Refusal::Storage(StorageFault::Refused) => (503, "The storage refused"),
        Refusal::NoAnswer => (503, "The system did not answer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_in_the_document() {
        let document: serde_json::Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
        let promised = &document["components"]["schemas"]["Problem"]["properties"];
        let has = |field: &str, value: &serde_json::Value| {
            promised[field]["enum"].as_array().unwrap().contains(value)
        };
        for refusal in [
            Refusal::Malformed { place: String::new(), detail: String::new() },
            Refusal::BodyTooLarge { cap_bytes: 1 },
            Refusal::TooManyFrames { frames: 2, cap: 1 },
            Refusal::NoSuchPath,
            Refusal::MethodNotAllowed { allowed: "GET" },
            Refusal::BadId,
            Refusal::UnknownSystem,
            Refusal::FrameDiffers { at_ms: 1 },
            Refusal::Storage(StorageFault::Refused),
            Refusal::Storage(StorageFault::Damaged),
            Refusal::NoAnswer,
            Refusal::Unwritable,
        ] {
            let (status, body) = problem(&refusal);
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert!(has("code", &body["code"]) && has("status", &status.into()), "{body}");
        }
    }
}
