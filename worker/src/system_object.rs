//! The life of the Durable Object behind one system. What it does is in `session`, who listens to it in `live`.
#![allow(missing_docs, reason = "the macro makes methods that nobody can document")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use worker::{
    Date, Delay, DurableObject, Env, Request, Response, Result, Socket, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use crate::action::Action;
use crate::counts::{CENSUS, Census};
use crate::delivery;
use crate::durable_sql::DurableSql;
use crate::front::{self, DoorFault, LINE};
use crate::guests::{self, GONE_KEY, GUEST, Guest};
use crate::journal;
use crate::live::{self, Followers, Unheard};
use crate::notice::News;
use crate::refusal::{Refusal, StorageFault};
use crate::reply::{self, Reply};
use crate::router::{self, Route};
use crate::session::{Ask, Done, Session, Settings};

/// The header in which the front says whose object this is.
const SYSTEM: &str = "x-fourfold-system";
/// The header in which an object says in which order it did what it was asked: two fronts may tell the registry in
/// another one.
pub(crate) const TURN: &str = "x-fourfold-turn";

/// One watched system.
#[durable_object]
pub struct System {
    state: Rc<State>,
    env: Env,
    session: Rc<RefCell<Session<DurableSql>>>,
    /// Whether a snapshot is about to be made.
    is_sealing: Rc<Cell<bool>>,
    followers: Rc<Followers>,
    unheard: Unheard,
    /// When the keys of those who listen were looked at last.
    looked_ms: Cell<i64>,
    /// When the alarm rings, as far as this object knows; outer `None` until it has looked.
    armed_ms: Cell<Option<Option<i64>>>,
    /// What nobody has counted yet.
    uncounted: Cell<Census>,
    /// The newest turn that was given.
    turn: Cell<u64>,
}

impl DurableObject for System {
    fn new(state: State, env: Env) -> Self {
        let session = Rc::new(RefCell::new(Session::new(DurableSql::new(state.storage()), settings(&env))));
        Self {
            state: Rc::new(state),
            env,
            session,
            is_sealing: Rc::default(),
            followers: Rc::default(),
            unheard: Unheard::default(),
            looked_ms: Cell::default(),
            armed_ms: Cell::new(None),
            uncounted: Cell::default(),
            turn: Cell::default(),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        // What follows the body is one piece, so requests are a queue and the log has an order.
        let body = request.bytes().await?;
        journal::at_work_for(request.headers().get("traceparent")?.as_deref());
        let turn = (self.turn.get() + 1).max(Date::now().as_millis());
        self.turn.set(turn);
        if let Some(key) = request.headers().get(GONE_KEY)? {
            self.followers.let_go(&self.state, &key);
            return Response::empty();
        }
        let outcome = match self.asked(&request) {
            Ok((id, action @ (Action::Live { .. } | Action::Follow))) => {
                self.listened(&request, id, &action).map(Reply::Passed)
            }
            Ok((id, action)) => match self.answer(&request, &id, action, &body) {
                Ok(done) => self.conclude(done, None).await.map(|done| Reply::Own(done.answer)),
                Err(refusal) => Err(refusal),
            },
            Err(refusal) => Err(refusal),
        };
        let mut response = reply::send(outcome)?;
        response.headers_mut().set(TURN, &turn.to_string())?;
        let census = self.uncounted.take();
        if census != Census::default() {
            response.headers_mut().set(CENSUS, &serde_json::to_string(&census)?)?;
        }
        Ok(response)
    }

    async fn alarm(&self) -> Result<Response> {
        self.armed_ms.set(Some(None));
        journal::at_work_for(None);
        let rung = match self.session.try_borrow_mut() {
            Ok(mut session) => session.ring(now_ms()),
            Err(_) => Err(StorageFault::Refused.into()),
        };
        match rung {
            Ok(done) => {
                let _ = self.conclude(done, None).await;
                self.deliver().await;
                Response::empty()
            }
            // The platform rings again after an error, later and later.
            Err(refusal) => Err(worker::Error::RustError(refusal.to_string())),
        }
    }

    async fn connect(&self, _: Socket) -> Result<()> {
        Err(worker::Error::RustError("a system speaks HTTP and WebSocket only".to_owned()))
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        if !live::may_talk(&self.state, &socket) {
            return socket.close(Some(1008), Some("this socket only listens"));
        }
        match self.unheard.push(socket, message) {
            Ok(true) => {
                while let Some((socket, message)) = self.unheard.next() {
                    self.hear(&socket, message).await;
                }
                Ok(())
            }
            // Whoever hears the one before hears this one, too.
            Ok(false) => Ok(()),
            Err(socket) => socket.close(Some(1013), Some("send on when there was an answer")),
        }
    }

    /// The other side waits for the same word before it lets go.
    async fn websocket_close(&self, socket: WebSocket, code: usize, _: String, _: bool) -> Result<()> {
        let code = u16::try_from(code).ok().filter(|code| !matches!(code, 1004..=1006 | 1015));
        // It may have been closed from here.
        let _ = socket.close(Some(code.unwrap_or(1000)), Some(""));
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, fault: worker::Error) -> Result<()> {
        journal::warn("socket", fault);
        Ok(())
    }
}

impl System {
    /// Hears one message of a socket, if its key may still send.
    async fn hear(&self, socket: &WebSocket, message: WebSocketIncomingMessage) {
        let request = match message {
            WebSocketIncomingMessage::Binary(bytes) => live::binary(bytes),
            WebSocketIncomingMessage::String(text) => live::text(&text),
        };
        let request = match request {
            Ok(request) => request,
            Err((id, refusal)) => return live::refuse(socket, id.as_deref(), &refusal),
        };
        match self.may_send(socket).await {
            Ok(()) => {}
            Err(Refusal::Door(DoorFault::BadKey)) => {
                let (code, why) = guests::GONE;
                let _ = socket.close(Some(code), Some(why));
                return;
            }
            Err(refusal) => return live::refuse(socket, request.id.as_deref(), &refusal),
        }
        journal::at_work_for(None);
        let ask = Ask {
            id: "",
            action: request.action.clone(),
            body: &request.body,
            before: 0,
            media: Some(request.media),
            accept: None,
            key: None,
            now_ms: now_ms(),
        };
        let outcome = match self.session.try_borrow_mut() {
            Ok(mut session) => session.answer(&ask),
            Err(_) => Err(StorageFault::Refused.into()),
        };
        live::answer(socket, &request, &outcome);
        if let Ok(done) = outcome {
            let _ = self.conclude(done, Some(socket)).await;
        }
    }

    /// A message takes one request out of the bucket of the key that opened its socket.
    async fn may_send(&self, socket: &WebSocket) -> std::result::Result<(), Refusal> {
        let Some(guest) = Guest::of(socket) else { return Ok(()) };
        let key = guest.key().ok_or(DoorFault::BadKey)?;
        front::spend(&key, &self.env, None).await.1.map(|_| ())
    }

    /// Lets go of those who listen by a key that is no more. Nobody waits for it.
    fn look_after_guests(&self) {
        let now_ms = now_ms();
        if now_ms.saturating_sub(self.looked_ms.get()) < guests::LOOK_MS {
            return;
        }
        let here = self.followers.guests(&self.state);
        if here.is_empty() {
            return;
        }
        self.looked_ms.set(now_ms);
        let (env, followers, state) = (self.env.clone(), self.followers.clone(), self.state.clone());
        self.state.wait_until(async move {
            for guest in here {
                if guest.is_gone(&env).await {
                    followers.let_go(&state, guest.key_id());
                }
            }
        });
    }

    /// Tells the registry who listens here from now on. Nobody waits for it.
    fn announce(&self, guest: Option<Guest>, system: String) {
        let Some(guest) = guest else { return };
        let (env, followers, state) = (self.env.clone(), self.followers.clone(), self.state.clone());
        self.state.wait_until(async move {
            if guest.is_gone_before_it_listens(system, &env).await {
                followers.let_go(&state, guest.key_id());
            }
        });
    }

    /// Which system is asked what.
    fn asked(&self, request: &Request) -> std::result::Result<(String, Action), Refusal> {
        let url = request.url().map_err(|_| Refusal::NoSuchPath)?;
        let query = url.query().unwrap_or_default();
        let path = request.path();
        let Route::System { id, action } = router::route(request.method().as_ref(), &path, query)? else {
            return Err(Refusal::NoSuchPath);
        };
        let said = request.headers().get(SYSTEM).ok().flatten();
        Ok((said.unwrap_or_else(|| id.to_owned()), action))
    }

    fn answer(
        &self,
        request: &Request,
        id: &str,
        action: Action,
        body: &[u8],
    ) -> std::result::Result<Done, Refusal> {
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let (media, accept, key) = (header("content-type"), header("accept"), header("idempotency-key"));
        let ask = Ask {
            id,
            action,
            body,
            before: header(LINE).and_then(|lines| lines.parse().ok()).unwrap_or_default(),
            media: media.as_deref(),
            accept: accept.as_deref(),
            key: key.as_deref(),
            now_ms: now_ms(),
        };
        let mut session = self.session.try_borrow_mut().map_err(|_| StorageFault::Refused)?;
        session.answer(&ask)
    }

    /// Sends the messages that are due. Meanwhile the system goes on.
    async fn deliver(&self) {
        let parcels = match self.session.try_borrow() {
            Ok(session) => session.parcels(now_ms()).unwrap_or_default(),
            Err(_) => return,
        };
        if parcels.is_empty() {
            return;
        }
        let sent = join_all(parcels.iter().map(delivery::deliver)).await;
        let outcomes: Vec<_> = parcels.into_iter().map(|parcel| parcel.row).zip(sent).collect();
        let noted = match self.session.try_borrow_mut() {
            Ok(mut session) => session.sent(&outcomes, now_ms()),
            Err(_) => return,
        };
        if let Ok(deliveries) = noted {
            let mut uncounted = self.uncounted.get();
            uncounted.deliveries.add(deliveries);
            self.uncounted.set(uncounted);
        }
        let _ = self.arm().await;
    }

    /// Notes what operators count. The front takes it along with the next answer.
    fn count(&self, done: &Done) {
        let opened = done.notices.iter().filter(|notice| notice.news == News::Opened).count() as u64;
        if done.frames == 0 && opened == 0 {
            return;
        }
        let session = self.session.try_borrow().ok();
        let (streams, share) = session.and_then(|session| session.streams()).unwrap_or_default();
        let uncounted = self.uncounted.get();
        self.uncounted.set(Census {
            frames: uncounted.frames + done.frames,
            anomalies: uncounted.anomalies + opened,
            streams: streams as u32,
            available: (share * streams as f64).round() as u32,
            ..uncounted
        });
    }

    /// Opens a socket or a stream.
    fn listened(
        &self,
        request: &Request,
        id: String,
        action: &Action,
    ) -> std::result::Result<Response, Refusal> {
        self.exists()?;
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let guest = header(GUEST).and_then(|header| Guest::read(&header));
        let opened = match action {
            Action::Live { is_listening } => {
                let is_upgrade = header("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
                live::open(&self.state, is_upgrade, *is_listening, guest.as_ref())
            }
            _ => self.followers.open(guest.clone()),
        }?;
        self.announce(guest, id);
        Ok(opened)
    }

    fn exists(&self) -> std::result::Result<(), Refusal> {
        self.session.try_borrow().map_err(|_| StorageFault::Refused)?.exists()
    }

    /// What follows from an answer before it is given.
    async fn conclude(&self, done: Done, answered: Option<&WebSocket>) -> std::result::Result<Done, Refusal> {
        self.count(&done);
        if done.is_forgotten {
            let storage = self.state.storage();
            storage.delete_all().await.map_err(refused)?;
            storage.delete_alarm().await.map_err(refused)?;
            self.armed_ms.set(Some(None));
            if let Ok(mut session) = self.session.try_borrow_mut() {
                // What came in between may have learned what is gone now.
                session.let_go();
            }
            self.followers.end(&self.state);
            return Ok(done);
        }
        self.followers.tell(&self.state, &done, answered, |verdicts| {
            let session = self.session.try_borrow().ok();
            session.and_then(|session| session.lines(verdicts).ok()).unwrap_or_default()
        });
        self.look_after_guests();
        self.arm().await?;
        self.snapshot_later();
        Ok(done)
    }

    /// Makes a snapshot once the answer has left. Should it never come to that, the log is read a little longer.
    fn snapshot_later(&self) {
        if !self.session.try_borrow().is_ok_and(|session| session.is_snapshot_due())
            || self.is_sealing.replace(true)
        {
            return;
        }
        let (session, is_sealing) = (self.session.clone(), self.is_sealing.clone());
        self.state.wait_until(async move {
            Delay::from(Duration::ZERO).await;
            is_sealing.set(false);
            journal::at_work_for(None);
            if let Ok(mut session) = session.try_borrow_mut() {
                session.snapshot();
            }
        });
    }

    /// Sets the alarm where it would ring too late. What is due is known to the session; it is asked after every
    /// request, and answers without reading anything.
    async fn arm(&self) -> std::result::Result<(), Refusal> {
        let due = match self.session.try_borrow() {
            Ok(session) => session.due(),
            Err(_) => return Ok(()),
        };
        if due.first().is_none() {
            return Ok(());
        }
        let storage = self.state.storage();
        let armed_ms = match self.armed_ms.get() {
            Some(armed_ms) => armed_ms,
            None => storage.get_alarm().await.map_err(refused)?,
        };
        self.armed_ms.set(Some(armed_ms));
        if let Some(due_ms) = due.rearm(armed_ms, now_ms()) {
            // Noted before it is set: the next request may come in between.
            self.armed_ms.set(Some(Some(due_ms)));
            let at = worker::js_sys::Date::new(&(due_ms as f64).into());
            storage.set_alarm(worker::ScheduledTime::new(at)).await.map_err(refused)?;
        }
        Ok(())
    }
}

/// How long things are kept, where the deployment says otherwise.
fn settings(env: &Env) -> Settings {
    let ms = |name: &str, usual: i64| {
        let said = env.var(name).ok().and_then(|text| text.to_string().parse().ok());
        said.unwrap_or(usual)
    };
    let usual = Settings::default();
    Settings {
        round_ms: ms("ROUND_MS", usual.round_ms),
        raw_ms: ms("RAW_KEPT_MS", usual.raw_ms),
        verdicts_ms: ms("VERDICTS_KEPT_MS", usual.verdicts_ms),
        archive_ms: ms("ARCHIVED_AFTER_MS", usual.archive_ms),
        listen_ms: ms("LISTEN_MS", usual.listen_ms),
        ahead_ms: ms("AHEAD_MAX_MS", usual.ahead_ms),
        inside: env.var("WEBHOOKS_INSIDE").is_ok_and(|text| text.to_string() == "allow"),
    }
}

fn now_ms() -> i64 {
    Date::now().as_millis().cast_signed()
}

fn refused(fault: worker::Error) -> Refusal {
    journal::error("storage", fault);
    StorageFault::Refused.into()
}
