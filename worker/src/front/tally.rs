//! What this instance counted, until it is brought to the registries.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use worker::{Context, Date, Delay, Env};

use super::call;
use crate::counts::{Census, Counts, Kind};
use crate::journal;
use crate::refusal::Refusal;
use crate::registry::Order;

/// How long counts stay here. A registry then writes one row at most every few seconds for each busy instance.
const STAY_MS: u64 = 5_000;
/// After this long a journey home was cut off, and another one may begin.
const LOST_MS: u64 = 20_000;

thread_local! {
    static TALLIES: RefCell<BTreeMap<String, Tally>> = const { RefCell::new(BTreeMap::new()) };
}

/// What was counted for one tenant.
#[derive(Default)]
struct Tally {
    counts: Counts,
    /// The newest word of each system.
    censuses: BTreeMap<String, Census>,
    /// When somebody last set out to bring it home.
    left_ms: Option<u64>,
}

/// Counts an answer, and sees to it that the count gets home.
pub(super) fn count(
    tenant: &str,
    kind: Kind,
    ms: u64,
    census: Option<(String, Census)>,
    env: &Env,
    context: &Context,
) {
    let now_ms = Date::now().as_millis();
    let is_due = with(tenant, |tally| {
        tally.counts.answered(kind, ms);
        if let Some((system, census)) = census {
            tally.counts.took(census);
            tally.censuses.insert(system, census);
        }
        let is_due = tally.left_ms.is_none_or(|left_ms| now_ms.saturating_sub(left_ms) > LOST_MS);
        if is_due {
            tally.left_ms = Some(now_ms);
        }
        is_due
    });
    if is_due == Some(true) {
        let (tenant, env) = (tenant.to_owned(), env.clone());
        context.wait_until(async move {
            Delay::from(Duration::from_millis(STAY_MS)).await;
            if bring_home(&tenant, &env).await.is_err() {
                journal::at_work_for(None);
                journal::warn("counts stay for now", tenant);
            }
        });
    }
}

/// Takes note of what a system said of itself beside an answer that no request from outside waited for.
pub(crate) fn took(tenant: &str, system: &str, census: Census) {
    with(tenant, |tally| {
        tally.counts.took(census);
        tally.censuses.insert(system.to_owned(), census);
    });
}

/// Brings all that was counted for a tenant to its registry. What does not arrive is kept.
pub(crate) async fn bring_home(tenant: &str, env: &Env) -> Result<(), Refusal> {
    let taken = with(tenant, |tally| {
        tally.left_ms = None;
        (std::mem::take(&mut tally.counts), std::mem::take(&mut tally.censuses))
    });
    let Some((counts, censuses)) = taken else { return Ok(()) };
    if counts == Counts::default() {
        return Ok(());
    }
    let order = Order::Count { counts: counts.clone(), censuses: censuses.into_iter().collect() };
    match call::registry(env, tenant, &order, None).await {
        Ok(response) if response.status_code() < 300 => Ok(()),
        _ => {
            with(tenant, |tally| tally.counts.add(&counts));
            Err(Refusal::NoAnswer)
        }
    }
}

fn with<T>(tenant: &str, act: impl FnOnce(&mut Tally) -> T) -> Option<T> {
    TALLIES.with(|tallies| {
        let mut tallies = tallies.try_borrow_mut().ok()?;
        Some(act(tallies.entry(tenant.to_owned()).or_default()))
    })
}
