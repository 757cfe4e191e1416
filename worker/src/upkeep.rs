//! What is done once a day: every tenant's registry forgets what is past its time. Systems keep house by themselves.

use worker::Env;

use crate::body;
use crate::front::order;
use crate::journal;
use crate::registry::{Order, Page, TenantsJson};

/// The registry that knows the tenants. No tenant has this name.
pub(crate) const DIRECTORY: &str = "_tenants";
/// Tenants that are read at once.
const PAGE: u32 = 500;

/// Goes through all tenants.
pub(crate) async fn daily(env: &Env) {
    let mut after = None;
    loop {
        let page = Page { after: after.clone(), limit: PAGE };
        let Ok(mut response) = order(env, DIRECTORY, &Order::Tenants(page), None).await else { break };
        let Ok(bytes) = response.bytes().await else { break };
        let Ok(TenantsJson { tenants, next }) = body::kept(&bytes) else { break };
        for tenant in tenants {
            let outcome =
                order(env, &tenant, &Order::Upkeep, None).await.map(|response| response.status_code());
            journal::at_work_for(None);
            match outcome {
                Ok(200) => journal::info("upkeep", &tenant),
                _ => journal::error("upkeep failed", &tenant),
            }
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
}
