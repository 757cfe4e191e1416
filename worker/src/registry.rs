//! The Durable Object of one tenant: its systems, its keys, its audit log, its counts. No frame passes through it.
#![allow(missing_docs, reason = "the macro makes methods that nobody can document")]

mod keys;
mod order;
mod tables;

use std::cell::RefCell;

use worker::{Date, DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::answer::Answer;
use crate::body;
use crate::front::DoorFault;
use crate::refusal::Refusal;
use crate::reply::{self, Reply};
use keys::Buckets;
pub(crate) use keys::KeyDraft;
pub(crate) use order::{Act, Actor, Order, Page};
use tables::Tables;

/// The header that says whose registry it is: an object does not know its own name.
pub(crate) const TENANT: &str = "x-fourfold-tenant";

/// What belongs to one tenant.
#[durable_object(fetch)]
pub struct Registry {
    tables: Tables,
    buckets: RefCell<Buckets>,
}

impl DurableObject for Registry {
    fn new(state: State, _: Env) -> Self {
        Self { tables: Tables::new(state.storage()), buckets: RefCell::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let tenant = request.headers().get(TENANT)?.unwrap_or_default();
        let body = request.bytes().await?;
        reply::send(self.obey(&tenant, &body).map(Reply::Own))
    }
}

impl Registry {
    /// Does what the front orders. All that it changed is on disk before the answer leaves.
    fn obey(&self, tenant: &str, order: &[u8]) -> std::result::Result<Answer, Refusal> {
        let now_ms = Date::now().as_millis();
        match body::read(order)? {
            Order::Lease { id, digest, unused } => {
                let key = self.tables.key(&id)?.filter(|key| key.is_right(&digest, now_ms));
                let key = key.ok_or(DoorFault::BadKey)?;
                let leased = self
                    .buckets
                    .try_borrow_mut()
                    .map_err(|_| Refusal::NoAnswer)?
                    .lease(&id, &key.json, unused, now_ms);
                Ok(Answer::ok(body::write(&leased)?))
            }
            Order::Keys(page) => self.tables.keys(&page),
            Order::MakeKey { draft, by } => self.tables.make_key(tenant, draft, &by, now_ms),
            Order::DropKey { id, by } => {
                self.tables.drop_key(&id, &by, now_ms)?;
                self.buckets.try_borrow_mut().map_err(|_| Refusal::NoAnswer)?.forget(&id);
                Ok(Answer::ok(body::write(&order::Gone { id })?))
            }
            Order::Systems(page) => self.tables.systems(&page),
            Order::Acted { act, target, by } => {
                self.tables.acted(act, &target, &by, now_ms)?;
                Ok(Answer::ok("{}"))
            }
            Order::Audit(page) => self.tables.audit(&page),
        }
    }
}
