//! The Durable Object of one tenant: its systems, its keys, its audit log, its counts. No frame passes through it.
#![allow(missing_docs, reason = "the macro makes methods that nobody can document")]

mod answers;
mod keys;
mod order;
mod tables;
mod turns;
mod wishes;

use std::cell::RefCell;
use std::collections::BTreeMap;

use worker::{Date, DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::answer::Answer;
use crate::body;
use crate::counts::{self, Census, Scrape, expose};
use crate::front::{DoorFault, admin_secret};
use crate::journal;
use crate::refusal::Refusal;
use crate::reply::{self, Reply};
#[cfg(test)]
pub(crate) use answers::{AuditJson, KeysJson, MadeKeyJson, SystemsJson};
pub(crate) use answers::{DroppedJson, GoneJson, TenantsJson};
use keys::Buckets;
pub(crate) use keys::KeyDraft;
pub(crate) use order::{Act, Actor, Order, Page};
use tables::Tables;
use turns::Turns;
use wishes::Wish;

/// The header that says whose registry it is: an object does not know its own name.
pub(crate) const TENANT: &str = "x-fourfold-tenant";

/// What belongs to one tenant.
#[durable_object(fetch)]
pub struct Registry {
    env: Env,
    tables: Tables,
    buckets: RefCell<Buckets>,
    /// The newest word of each system. It lives in memory: a system that is in use says it again soon.
    heard: RefCell<BTreeMap<String, Census>>,
    turns: RefCell<Turns>,
}

impl DurableObject for Registry {
    fn new(state: State, env: Env) -> Self {
        Self {
            env,
            tables: Tables::new(state.storage()),
            buckets: RefCell::default(),
            heard: RefCell::default(),
            turns: RefCell::default(),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let tenant = request.headers().get(TENANT)?.unwrap_or_default();
        let body = request.bytes().await?;
        journal::at_work_for(request.headers().get("traceparent")?.as_deref());
        reply::send(self.obey(&tenant, &body).map(Reply::Own))
    }
}

impl Registry {
    fn metrics(&self) -> std::result::Result<Answer, Refusal> {
        let mut scrape = Scrape { systems: self.tables.count_systems()?, ..Scrape::default() };
        for census in self.heard.try_borrow().map_err(|_| Refusal::NoAnswer)?.values() {
            scrape.streams += u64::from(census.streams);
            scrape.available += u64::from(census.available);
        }
        let page = expose(&self.tables.counts()?, scrape);
        Ok(Answer { media: counts::MEDIA, ..Answer::ok(page) })
    }

    /// Does what the front orders. All that it changed is on disk before the answer leaves.
    fn obey(&self, tenant: &str, order: &[u8]) -> std::result::Result<Answer, Refusal> {
        let now_ms = Date::now().as_millis();
        match body::kept(order)? {
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
            Order::Check { id, digest } => {
                let key = self.tables.key(&id)?.filter(|key| key.is_right(&digest, now_ms));
                key.map(|_| Answer::ok("{}")).ok_or_else(|| DoorFault::BadKey.into())
            }
            Order::Keys(page) => self.tables.keys(&page),
            Order::Listen { id, digest, system } => {
                let key = self.tables.key(&id)?.filter(|key| key.is_right(&digest, now_ms));
                key.ok_or(DoorFault::BadKey)?;
                self.tables.listen(&id, &system)?;
                Ok(Answer::ok("{}"))
            }
            Order::MakeKey { draft, by, repeat: None } => self.tables.make_key(tenant, draft, &by, now_ms),
            Order::MakeKey { draft, by, repeat: Some(repeat) } => {
                let wish = Wish { tenant, repeat, secret: &admin_secret(&self.env) };
                self.tables.make_key_once(wish, draft, &by, now_ms)
            }
            Order::DropKey { id, by } => {
                let systems = self.tables.drop_key(&id, &by, now_ms)?;
                self.buckets.try_borrow_mut().map_err(|_| Refusal::NoAnswer)?.forget(&id);
                Ok(Answer::ok(body::write(&DroppedJson { systems })?))
            }
            Order::Systems(page) => self.tables.systems(&page),
            Order::Acted { act, target, by, turn } => {
                // Other acts say nothing of the list: one that overtakes the making of its system must not undo it.
                let is_about_list = matches!(act, Act::SystemPut | Act::SystemDeleted);
                let mut turns = self.turns.try_borrow_mut().map_err(|_| Refusal::NoAnswer)?;
                let is_newest = !is_about_list || turns.take(&target, turn);
                self.tables.acted(act, &target, &by, now_ms, is_newest)?;
                if act == Act::SystemDeleted {
                    self.heard.try_borrow_mut().map_err(|_| Refusal::NoAnswer)?.remove(&target);
                }
                Ok(Answer::ok("{}"))
            }
            Order::Count { counts, censuses } => {
                self.tables.count(&counts)?;
                let mut heard = self.heard.try_borrow_mut().map_err(|_| Refusal::NoAnswer)?;
                for (system, census) in censuses {
                    // The word of one that was deleted meanwhile comes too late.
                    if self.tables.has_system(&system)? {
                        heard.insert(system, census);
                    }
                }
                Ok(Answer::ok("{}"))
            }
            Order::Metrics => self.metrics(),
            Order::Audit(page) => self.tables.audit(&page),
            Order::Enroll { tenant } => self.tables.enroll(&tenant),
            Order::Tenants(page) => self.tables.tenants(&page),
            Order::Upkeep => self.tables.upkeep(now_ms),
        }
    }
}
