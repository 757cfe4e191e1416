//! Bulk ingestion: frames that lie in a queue, whoever put them there, are told to their systems.

use std::collections::BTreeSet;

use serde::Deserialize;
use worker::js_sys::JSON;
use worker::wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

use crate::access::is_tenant;
use crate::body;
use crate::fault::Fault;
use crate::front::{DoorFault, Inquiry, TENANT_USUAL, bring_home, internal};
use crate::journal;
use crate::refusal::Refusal;
use crate::router::is_id;

/// A system that is busy is asked again after so many seconds.
const RETRY_S: u32 = 10;

/// A message: `{"system": "boiler-7", "frames": [..]}`, or `"events"` in the place of frames.
#[derive(Debug, Deserialize)]
struct Parcel {
    #[serde(default)]
    tenant: Option<String>,
    system: String,
    #[serde(default)]
    frames: Option<serde_json::Value>,
    #[serde(default)]
    events: Option<serde_json::Value>,
}

/// Tells each message to its system. What is refused or can not be read is tried again and ends in the dead-letter
/// queue, where nothing is lost: frames that came out of order there can be looked at, and sent as events.
pub(crate) async fn consume(batch: &MessageBatch<serde_json::Value>, env: &Env) {
    let mut tenants = BTreeSet::new();
    for message in batch.raw_iter() {
        let outcome = match read(&message.body()) {
            Ok(parcel) => {
                let tenant = parcel.tenant.clone().unwrap_or_else(|| TENANT_USUAL.to_owned());
                let status = ingest(&tenant, &parcel, env).await;
                tenants.insert(tenant);
                status
            }
            Err(refusal) => Err(refusal),
        };
        journal::at_work_for(None);
        match outcome {
            Ok(status) if status < 300 => message.ack(),
            refused => {
                let about = refused.map_or_else(|refusal| refusal.to_string(), |status| status.to_string());
                journal::warn("a queued message was refused", about);
                message
                    .retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_S).build());
            }
        }
    }
    for tenant in tenants {
        // What does not arrive is kept, and goes along with the next count.
        let _ = bring_home(&tenant, env).await;
    }
}

/// What a message says, sent as JSON or as its text.
fn read(message: &JsValue) -> Result<Parcel, Refusal> {
    let text = message.as_string().or_else(|| JSON::stringify(message).ok()?.as_string());
    body::words(text.unwrap_or_default().as_bytes())
}

/// The status that its system answers.
async fn ingest(tenant: &str, parcel: &Parcel, env: &Env) -> Result<u16, Refusal> {
    let (leaf, body) = match (&parcel.frames, &parcel.events) {
        (Some(frames), None) => ("frames", serde_json::json!({ "frames": frames })),
        (None, Some(events)) => ("events", serde_json::json!({ "events": events })),
        _ => return Err(Fault::BadMedia { known: "either `frames` or `events`" }.into()),
    };
    if !is_tenant(tenant) {
        return Err(DoorFault::BadTenant.into());
    }
    if !is_id(&parcel.system) {
        return Err(Refusal::BadId);
    }
    let text = body.to_string();
    let rest = format!("/{leaf}");
    let inquiry = Inquiry { method: "POST", rest: &rest, body: Some(&text), trace: None };
    let response = internal(env, tenant, &parcel.system, inquiry).await?;
    Ok(response.status_code())
}
