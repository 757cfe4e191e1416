//! Telling people elsewhere: rules that choose from the news, and webhooks that carry it. Nothing here knows the
//! platform.
//!
//! News is written with the data that it is about. An alarm takes it from there: what a rule chooses becomes one message
//! per webhook, and a message stays until its receiver has taken it or the last attempt has failed.

mod attempt;
mod rules;
mod sign;
mod target;

pub(crate) use attempt::wait_ms;
pub(crate) use rules::{Alerts, AlertsDraft, AlertsJson, Seen};
pub(crate) use sign::signature;
