//! The life of the Durable Object behind one system. What it does is in `session`.
#![allow(missing_docs, reason = "the macro makes methods that nobody can document")]

use std::cell::{Cell, RefCell};

use worker::{Date, DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::counts::{CENSUS, Census};
use crate::durable_sql::DurableSql;
use crate::notice::News;
use crate::refusal::{Refusal, StorageFault};
use crate::reply::{self, Reply};
use crate::router::{self, Route};
use crate::session::{Ask, Done, Session, Settings};

/// One watched system.
#[durable_object(fetch)]
pub struct System {
    state: State,
    session: RefCell<Session<DurableSql>>,
    /// What nobody has counted yet.
    uncounted: Cell<Census>,
}

impl DurableObject for System {
    fn new(state: State, _: Env) -> Self {
        let session = RefCell::new(Session::new(DurableSql::new(state.storage()), Settings::default()));
        Self { state, session, uncounted: Cell::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        // What follows the body is one piece, so requests are a queue and the log has an order.
        let body = request.bytes().await?;
        let outcome = match self.answer(&request, &body) {
            Ok(done) => {
                self.count(&done);
                self.conclude(done).await.map(Reply::Own)
            }
            Err(refusal) => Err(refusal),
        };
        let mut response = reply::send(outcome)?;
        let census = self.uncounted.take();
        if census != Census::default() {
            response.headers_mut().set(CENSUS, &serde_json::to_string(&census)?)?;
        }
        Ok(response)
    }
}

impl System {
    fn answer(&self, request: &Request, body: &[u8]) -> std::result::Result<Done, Refusal> {
        let url = request.url().map_err(|_| Refusal::NoSuchPath)?;
        let query = url.query().unwrap_or_default();
        let path = request.path();
        let Route::System { id, action } = router::route(request.method().as_ref(), &path, query)? else {
            return Err(Refusal::NoSuchPath);
        };
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let (media, accept, key) = (header("content-type"), header("accept"), header("idempotency-key"));
        let ask = Ask {
            id,
            action,
            body,
            media: media.as_deref(),
            accept: accept.as_deref(),
            key: key.as_deref(),
            now_ms: Date::now().as_millis().cast_signed(),
        };
        let mut session = self.session.try_borrow_mut().map_err(|_| StorageFault::Refused)?;
        session.answer(&ask)
    }

    /// Notes what operators count. The front takes it along with the next answer.
    fn count(&self, done: &Done) {
        let opened = done.notices.iter().filter(|notice| notice.news == News::Opened).count() as u64;
        if done.frames == 0 && opened == 0 {
            return;
        }
        let session = self.session.try_borrow().ok();
        let (streams, share) = session.and_then(|session| session.streams()).unwrap_or_default();
        let Census { frames, anomalies, .. } = self.uncounted.get();
        self.uncounted.set(Census {
            frames: frames + done.frames,
            anomalies: anomalies + opened,
            streams: streams as u32,
            available: (share * streams as f64).round() as u32,
        });
    }

    /// What follows from an answer before it is given.
    async fn conclude(&self, done: Done) -> std::result::Result<crate::answer::Answer, Refusal> {
        if done.is_forgotten {
            let storage = self.state.storage();
            storage.delete_alarm().await.map_err(refused)?;
            storage.delete_all().await.map_err(refused)?;
        }
        Ok(done.answer)
    }
}

fn refused(fault: worker::Error) -> Refusal {
    worker::console_error!("storage: {fault}");
    StorageFault::Refused.into()
}
