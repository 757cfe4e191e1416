//! Bulk ingestion: frames that lie in a queue, whoever put them there, are told to their systems.

use serde::{Deserialize, Serialize};
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

use crate::access::is_tenant;
use crate::front::internal;
use crate::router::is_id;

/// A system that is busy is asked again after so many seconds.
const RETRY_S: u32 = 10;

/// A message: `{"system": "boiler-7", "frames": [..]}`, or `"events"` in the place of frames.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parcel {
    /// Whose system; `main` where nobody is named.
    #[serde(default)]
    tenant: Option<String>,
    system: String,
    #[serde(default)]
    frames: Option<serde_json::Value>,
    #[serde(default)]
    events: Option<serde_json::Value>,
}

/// Tells each message to its system. What is refused is tried again and ends in the dead-letter queue, where nothing is
/// lost: frames that came out of order there can be looked at, and sent as events.
pub(crate) async fn consume(batch: &MessageBatch<Parcel>, env: &Env) {
    for message in batch.iter() {
        let Ok(message) = message else {
            worker::console_error!(r#"{{"level":"error","message":"a queued message can not be read"}}"#);
            continue;
        };
        let status = ingest(message.body(), env).await;
        if status < 300 {
            message.ack();
        } else {
            let system = &message.body().system;
            worker::console_warn!(
                r#"{{"level":"warn","message":"a queued message was refused","system":{system:?},"status":{status}}}"#
            );
            message.retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_S).build());
        }
    }
}

/// The status that its system answers.
async fn ingest(parcel: &Parcel, env: &Env) -> u16 {
    let tenant = parcel.tenant.as_deref().unwrap_or("main");
    let (leaf, body) = match (&parcel.frames, &parcel.events) {
        (Some(frames), None) => ("frames", serde_json::json!({ "frames": frames })),
        (None, Some(events)) => ("events", serde_json::json!({ "events": events })),
        _ => return 422,
    };
    if !is_tenant(tenant) || !is_id(&parcel.system) {
        return 422;
    }
    let text = body.to_string();
    match internal(env, tenant, &parcel.system, "POST", &format!("/{leaf}"), Some(&text)).await {
        Ok(response) => response.status_code(),
        Err(_) => 503,
    }
}
