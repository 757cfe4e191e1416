//! Whoever listens to a system while things happen: over hibernating WebSockets, or as server-sent events.
//!
//! All listeners are told every notice, and the verdicts of every request that brought at most 64 (more is history that
//! is being filled in). The platform keeps sockets while the object sleeps; a follower of server-sent events keeps it
//! awake, and opens its stream anew after a restart.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};

use futures_channel::mpsc::{Sender, channel};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use worker::{Response, ResponseBuilder, State, WebSocket, WebSocketIncomingMessage, WebSocketPair};

use crate::action::Action;
use crate::answer::{COLUMNS, JSON, STREAMED};
use crate::fault::Fault;
use crate::guests::{self, Guest};
use crate::journal;
use crate::refusal::Refusal;
use crate::reply;
use crate::session::Done;
use crate::verdicts::Verdicts;

/// Sockets and followers of one system, each: every one of them is told everything.
const LISTENERS_MAX: usize = 32;
/// A message over a socket: what the platform takes.
const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Events that wait for a follower who reads slowly. Then its stream ends, and the browser opens another.
const WAITING_MAX: usize = 64;
/// The tag of a socket over which nothing may be sent.
const LISTENS: &str = "listens";
const TALKS: &str = "talks";

/// Messages that wait to be heard, while a registry is asked whether they may be.
const UNHEARD_MAX: usize = 64;

/// The key that was shown, and where the events go.
type Follower = (Option<Guest>, Sender<Vec<u8>>);

/// The followers of server-sent events, each with the key that it showed. Sockets are known to the platform.
#[derive(Default)]
pub(crate) struct Followers {
    streams: RefCell<Vec<Follower>>,
}

/// Messages of sockets in the order in which they came: while one of them waits for something, so do those behind it.
#[derive(Default)]
pub(crate) struct Unheard {
    messages: RefCell<VecDeque<(WebSocket, WebSocketIncomingMessage)>>,
    is_heard: Cell<bool>,
}

impl Unheard {
    /// Puts a message behind the others. Whether somebody has to begin to hear them; `Err` where there are too many.
    pub(crate) fn push(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<bool, WebSocket> {
        let mut messages = self.messages.borrow_mut();
        if messages.len() >= UNHEARD_MAX {
            return Err(socket);
        }
        messages.push_back((socket, message));
        Ok(!self.is_heard.replace(true))
    }

    /// The next message; after the last one somebody has to begin again.
    pub(crate) fn next(&self) -> Option<(WebSocket, WebSocketIncomingMessage)> {
        let next = self.messages.borrow_mut().pop_front();
        self.is_heard.set(next.is_some());
        next
    }
}

/// A message that came over a socket: `{"id": 7, "frames": […]}`, or with `events`, or with `now`. The `id` comes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    frames: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
    #[serde(borrow)]
    now: Option<&'a RawValue>,
}

/// What a message asks for.
pub(crate) struct Request {
    /// What comes back with the answer, as JSON.
    pub(crate) id: Option<String>,
    pub(crate) action: Action,
    pub(crate) body: Vec<u8>,
    /// What the body is; the answer is the same.
    pub(crate) media: &'static str,
}

/// Opens a socket.
pub(crate) fn open(
    state: &State,
    is_upgrade: bool,
    is_listening: bool,
    guest: Option<&Guest>,
) -> Result<Response, Refusal> {
    if !is_upgrade {
        return Err(Fault::NotASocket.into());
    }
    if state.get_websockets().len() >= LISTENERS_MAX {
        return Err(Fault::TooManyListeners { cap: LISTENERS_MAX }.into());
    }
    let pair = WebSocketPair::new().map_err(broken)?;
    state.accept_websocket_with_tags(&pair.server, &[if is_listening { LISTENS } else { TALKS }]);
    if let Some(guest) = guest {
        guest.sign(&pair.server).map_err(broken)?;
    }
    Response::from_websocket(pair.client).map_err(broken)
}

/// Reads a message; a refusal is told with the `id`, if it could be read.
pub(crate) fn text(text: &str) -> Result<Request, (Option<String>, Refusal)> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err((None, Refusal::BodyTooLarge { cap_bytes: MESSAGE_BYTES_MAX }));
    }
    let Message { id, frames, events, now } = serde_json::from_str(text)
        .map_err(|fault| (None, Refusal::Malformed { place: String::new(), detail: fault.to_string() }))?;
    let id = id.map(|id| id.get().to_owned());
    let (action, name, value) = match (frames, events, now) {
        (Some(frames), None, None) => (Action::Frames { partial: false }, "frames", frames),
        (None, Some(events), None) => (Action::Events, "events", events),
        (None, None, Some(now)) => (Action::Tick, "now", now),
        _ => {
            let detail = "a message has one of `frames`, `events` and `now`".to_owned();
            return Err((id, Refusal::Malformed { place: String::new(), detail }));
        }
    };
    let body = format!(r#"{{"{name}":{}}}"#, value.get()).into_bytes();
    Ok(Request { id, action, body, media: JSON })
}

/// Reads a message of binary frames.
pub(crate) fn binary(body: Vec<u8>) -> Result<Request, (Option<String>, Refusal)> {
    if body.len() > MESSAGE_BYTES_MAX {
        return Err((None, Refusal::BodyTooLarge { cap_bytes: MESSAGE_BYTES_MAX }));
    }
    Ok(Request { id: None, action: Action::Frames { partial: false }, body, media: COLUMNS })
}

/// Answers a message.
pub(crate) fn answer(socket: &WebSocket, request: &Request, outcome: &Result<Done, Refusal>) {
    let sent = match outcome {
        Ok(done) if request.media == COLUMNS => socket.send_with_bytes(&done.answer.body),
        Ok(done) => socket.send_with_str(identified(request.id.as_deref(), &done.answer.body)),
        Err(refusal) => return refuse(socket, request.id.as_deref(), refusal),
    };
    report(sent);
}

/// Says over a socket what is refused.
pub(crate) fn refuse(socket: &WebSocket, id: Option<&str>, refusal: &Refusal) {
    let (_, problem) = reply::problem(refusal);
    let body = format!(r#"{{"problem":{problem}}}"#);
    report(socket.send_with_str(identified(id, body.as_bytes())));
}

/// Whether something may be sent over a socket.
pub(crate) fn may_talk(state: &State, socket: &WebSocket) -> bool {
    state.get_tags(socket).iter().any(|tag| tag == TALKS)
}

/// An object's JSON with the `id` in front.
fn identified(id: Option<&str>, body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    match (id, body.strip_prefix('{')) {
        (Some(id), Some("}")) => format!(r#"{{"id":{id}}}"#),
        (Some(id), Some(rest)) => format!(r#"{{"id":{id},{rest}"#),
        _ => body.into_owned(),
    }
}

impl Followers {
    /// Opens a stream of server-sent events.
    pub(crate) fn open(&self, guest: Option<Guest>) -> Result<Response, Refusal> {
        let mut streams = self.streams.borrow_mut();
        streams.retain(|(_, stream)| !stream.is_closed());
        if streams.len() >= LISTENERS_MAX {
            return Err(Fault::TooManyListeners { cap: LISTENERS_MAX }.into());
        }
        let (mut to, from) = channel(WAITING_MAX);
        // Something comes at once, so that the browser knows that the stream is open.
        to.try_send(b"retry: 3000\n: open\n\n".to_vec()).map_err(|_| Refusal::NoAnswer)?;
        streams.push((guest, to));
        let response = ResponseBuilder::new()
            .with_header("content-type", "text/event-stream")
            .and_then(|response| response.with_header("cache-control", "no-store"))
            .and_then(|response| response.with_header(STREAMED.0, STREAMED.1))
            .and_then(|response| response.from_stream(from.map(Ok::<_, worker::Error>)));
        response.map_err(broken)
    }

    /// Ends all streams, and closes all sockets: the system is no more.
    pub(crate) fn end(&self, state: &State) {
        self.streams.borrow_mut().clear();
        for socket in state.get_websockets() {
            let _ = socket.close(Some(1001), Some("this system is no more"));
        }
    }

    /// The keys of those who listen, each once.
    pub(crate) fn guests(&self, state: &State) -> BTreeSet<Guest> {
        let sockets = state.get_websockets();
        let streams = self.streams.borrow();
        let followers = streams.iter().filter_map(|(guest, _)| guest.clone());
        sockets.iter().filter_map(Guest::of).chain(followers).collect()
    }

    /// Ends the streams that were opened with a key, and closes its sockets.
    pub(crate) fn let_go(&self, state: &State, key: &str) {
        let is_gone = |guest: Option<&Guest>| guest.is_some_and(|guest| guest.key_id() == key);
        self.streams.borrow_mut().retain(|(guest, _)| !is_gone(guest.as_ref()));
        let (code, why) = guests::GONE;
        for socket in state.get_websockets() {
            if is_gone(Guest::of(&socket).as_ref()) {
                let _ = socket.close(Some(code), Some(why));
            }
        }
    }

    /// Tells everybody what follows from a request, but verdicts not to the socket that was answered. `lines` are the
    /// verdicts, and are only asked for where somebody listens.
    pub(crate) fn tell(
        &self,
        state: &State,
        done: &Done,
        answered: Option<&WebSocket>,
        lines: impl FnOnce(&Verdicts) -> String,
    ) {
        if done.verdicts.is_none() && done.notices.is_empty() {
            return;
        }
        let sockets = state.get_websockets();
        let mut streams = self.streams.borrow_mut();
        if sockets.is_empty() && streams.is_empty() {
            return;
        }
        let lines = done.verdicts.as_ref().map(lines).unwrap_or_default();
        let verdicts = lines.replace('\n', ",");
        for socket in sockets {
            if !verdicts.is_empty() && answered != Some(&socket) {
                report(socket.send_with_str(format!(r#"{{"verdicts":[{verdicts}]}}"#)));
            }
            for notice in &done.notices {
                report(socket.send_with_str(&notice.json));
            }
        }
        let mut events = String::new();
        for verdict in lines.lines() {
            events += &format!("event: verdict\ndata: {verdict}\n\n");
        }
        for notice in &done.notices {
            events += &format!("event: {}\ndata: {}\n\n", notice.news.word(), notice.json);
        }
        // Who does not keep up is let go.
        streams.retain_mut(|(_, stream)| stream.try_send(events.clone().into_bytes()).is_ok());
    }
}

/// A socket that is gone is told by the platform; nothing is lost that the tables do not have.
fn report(sent: worker::Result<()>) {
    if let Err(fault) = sent {
        journal::warn("socket", fault);
    }
}

fn broken(fault: worker::Error) -> Refusal {
    journal::error("live", fault);
    Refusal::NoAnswer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_thing() {
        let request = text(r#"{"frames":[{"t":1,"values":{}}],"id":"a7"}"#).ok().unwrap();
        assert_eq!(request.body, br#"{"frames":[{"t":1,"values":{}}]}"#);
        assert_eq!(
            (request.id.as_deref(), request.action),
            (Some("\"a7\""), Action::Frames { partial: false })
        );
        assert_eq!(text(r#"{"now":5}"#).ok().unwrap().action, Action::Tick);
        for (message, id) in
            [("", None), ("[]", None), (r#"{"id":1}"#, Some("1")), (r#"{"now":1,"events":[]}"#, None)]
        {
            let Err((found, refusal)) = text(message) else { panic!("{message} was read") };
            assert_eq!((found.as_deref(), reply::problem(&refusal).0), (id, 400), "{message}");
        }
        assert!(text(&" ".repeat(MESSAGE_BYTES_MAX + 1)).is_err());
        assert!(
            binary(vec![0; MESSAGE_BYTES_MAX]).is_ok() && binary(vec![0; MESSAGE_BYTES_MAX + 1]).is_err()
        );
    }

    #[test]
    fn an_answer_carries_the_id() {
        assert_eq!(identified(Some("7"), br#"{"verdicts":[]}"#), r#"{"id":7,"verdicts":[]}"#);
        assert_eq!(identified(Some("7"), b"{}"), r#"{"id":7}"#);
        assert_eq!(identified(None, br#"{"a":1}"#), r#"{"a":1}"#);
    }
}
