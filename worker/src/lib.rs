//! The serverless API. A stateless front answers what needs no state and hands the rest to one Durable Object per
//! watched system.
//!
//! # Reading order
//!
//! 1. [`router`]: method and path become a route, or a refusal; [`action`]: what is asked of one system.
//! 2. [`front`]: bodies are read and capped, objects are called with a deadline.
//! 3. [`system_object`]: the life of a Durable Object, no more.
//! 4. [`session`]: what a system does, without a word about the platform.
//! 5. [`log`]: what a system was told; [`store`]: what it remembers; [`sql`] and [`durable_sql`]: where.
//! 6. [`refusal`] and [`reply`]: what can be refused, and how it is said.
//!
//! # Rules
//!
//! **Nothing here panics.** A panic inside a Durable Object never answers, and its caller hangs.
//!
//! **Memory never knows more than the log.** An engine whose frames could not be stored is dropped and built again
//! from what was.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod access;
mod action;
mod alerts;
mod answer;
mod body;
mod counts;
mod delivery;
mod detect;
mod durable_sql;
mod fault;
mod front;
mod guests;
mod journal;
mod live;
mod log;
mod mcp;
mod notice;
#[cfg(test)]
mod openapi;
mod problems;
mod query;
mod queue;
mod refusal;
mod registry;
mod reply;
mod router;
mod scores;
mod session;
mod sql;
mod statistics;
mod store;
mod system_object;
mod upkeep;
mod verdicts;

pub use registry::Registry;
pub use system_object::System;

use worker::{Context, Env, MessageBatch, Request, Response, ScheduleContext, ScheduledEvent, event};

/// Every request enters here.
#[event(fetch)]
pub async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    front::answer(request, &env, &context).await
}

/// Frames out of a queue.
#[event(queue)]
pub async fn consume(batch: MessageBatch<serde_json::Value>, env: Env, _: Context) -> worker::Result<()> {
    queue::consume(&batch, &env).await;
    Ok(())
}

/// Once a day.
#[event(scheduled)]
pub async fn daily(_: ScheduledEvent, env: Env, _: ScheduleContext) {
    upkeep::daily(&env).await;
}
