//! The life of the Durable Object behind one system. What it does is in `session`.
#![allow(missing_docs, reason = "the macro makes methods that nobody can document")]

use std::cell::RefCell;

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::refusal::{Refusal, StorageFault};
use crate::reply::{self, Reply};
use crate::router::{self, Route};
use crate::session::Session;
use crate::sqlite::SqliteLog;

/// One watched system.
#[durable_object(fetch)]
pub struct System {
    session: RefCell<Session<SqliteLog>>,
}

impl DurableObject for System {
    fn new(state: State, _: Env) -> Self {
        Self { session: RefCell::new(Session::new(SqliteLog::new(state.storage()))) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        // Only here does the object wait. What follows is one piece, so requests are a queue and the log has an order.
        let body = request.bytes().await?;
        reply::send(self.answer(&request, &body))
    }
}

impl System {
    fn answer(&self, request: &Request, body: &[u8]) -> std::result::Result<Reply, Refusal> {
        let url = request.url().map_err(|_| Refusal::NoSuchPath)?;
        let query = url.query().unwrap_or_default();
        let path = request.path();
        let Route::System { id, action } = router::route(request.method().as_ref(), &path, query)? else {
            return Err(Refusal::NoSuchPath);
        };
        let mut session = self.session.try_borrow_mut().map_err(|_| StorageFault::Refused)?;
        session.answer(id, action, body).map(Reply::Own)
    }
}
