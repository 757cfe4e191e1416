//! What the front answers by itself, or with a registry.

use serde_json::json;

use super::Shapes;
use super::operation::Operation;
use super::shapes::{Detected, Question};
use crate::front::{HealthJson, ReadyJson, VersionJson};
use crate::registry::{AuditJson, GoneJson, KeyDraft, KeysJson, MadeKeyJson, SystemsJson};

pub(super) fn operations(shapes: &mut Shapes) -> Vec<Operation> {
    let text = || json!({ "type": "string" });
    let tag = |path: &str| match path {
        "/v1/detect" => "Data",
        "/v1/systems" => "Systems",
        "/mcp" => "Reports",
        _ if path.starts_with("/v1/") => "Access",
        _ => "Operation",
    };
    let operations = vec![
        Operation::new("GET", "/healthz", "health", "Is anybody there?")
            .answers(200, "Yes.", shapes.outgoing::<HealthJson>())
            .example(json!({ "status": "ok" })),
        Operation::new("GET", "/readyz", "ready", "Does the engine say what it must?")
            .about("A few frames are judged, and the bits of their verdicts compared with those of every other machine.")
            .answers(200, "Yes.", shapes.outgoing::<ReadyJson>()),
        Operation::new("GET", "/version", "version", "What is running?")
            .answers(200, "The version, and a hash of the engine's sources.", shapes.outgoing::<VersionJson>()),
        Operation::new("GET", "/openapi.json", "openapi", "This document").answers_as(
            200,
            "The document.",
            "application/json",
            json!({ "type": "object" }),
        ),
        Operation::new("GET", "/docs", "docs", "This document for people").answers_as(
            200,
            "A page.",
            "text/html; charset=utf-8",
            text(),
        ),
        Operation::new("GET", "/problems/{code}", "problem", "What a problem means, and what to do").answers_as(
            200,
            "A page.",
            "text/html; charset=utf-8",
            text(),
        ),
        Operation::new("GET", "/metrics", "metrics", "Counts for Prometheus")
            .about("Requests, durations, frames, anomalies, systems and streams of the key's tenant. Instances of the Worker bring their counts every five seconds.")
            .answers_as(200, "The text format, version 0.0.4.", crate::counts::MEDIA, text()),
        Operation::new("POST", "/mcp", "agents", "Ask over the Model Context Protocol")
            .about("The streamable HTTP transport without sessions. Tools: list_systems, describe_system, recent_anomalies, explain_anomaly, system_health. They read and change nothing.")
            .takes(
                shapes.incoming::<crate::mcp::Call>(),
                &[("tools", json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }))],
            )
            .answers_as(200, "The answer.", "application/json", json!({ "type": "object" }))
            .answers_empty(202, "The message wanted no answer."),
        Operation::new("POST", "/v1/detect", "detect", "Judge frames and keep nothing")
            .takes(
                shapes.incoming::<Question>(),
                &[("two", json!({ "frames": [{ "t": 1, "values": { "a": 1.0 } }, { "t": 2, "values": { "a": 2.0 } }] }))],
            )
            .answers(200, "Verdicts, and the episodes in them.", shapes.outgoing::<Detected>()),
        Operation::new("GET", "/v1/systems", "listSystems", "List the systems")
            .paged()
            .answers(200, "In the order of their ids.", shapes.outgoing::<SystemsJson>()),
        Operation::new("GET", "/v1/keys", "listKeys", "List the keys")
            .paged()
            .answers(200, "Without their secrets, which nobody knows.", shapes.outgoing::<KeysJson>()),
        Operation::new("POST", "/v1/keys", "makeKey", "Make a key")
            .about("`read` sees, `write` sends frames, events and labels, `admin` does all. Without a limit it is 100 requests a second, 200 at once.\n\nOnly the digest of a key is stored. Who lost the answer sends the request again within a day, with its `Idempotency-Key`, and is shown the same new key: its text is made again from the admin secret of the deployment. Should that be another one by then, 409 `key.lost` names the key to delete.")
            .repeatable()
            .takes(
                shapes.incoming::<KeyDraft>(),
                &[("sensor", json!({ "name": "boiler room", "scopes": ["write"], "limit": { "per_s": 5.0, "burst": 20 } }))],
            )
            .answers(201, "The key. Its text is stored nowhere.", shapes.outgoing::<MadeKeyJson>()),
        Operation::new("DELETE", "/v1/keys/{id}", "deleteKey", "Delete a key")
            .about("When this is answered, sockets and streams that it opened are closed; what is sent by it may count for five seconds more, where another instance of the Worker was asked. Those of a key that expires are closed within ten seconds, once there is something to be told.")
            .answers(200, "It is deleted.", shapes.outgoing::<GoneJson>()),
        Operation::new("GET", "/v1/audit", "audit", "What was administered, by whom, in which request")
            .paged_by_number()
            .answers(200, "The newest first.", shapes.outgoing::<AuditJson>()),
    ];
    operations
        .into_iter()
        .map(|operation| {
            let tag = tag(operation.path);
            operation.tagged(tag)
        })
        .collect()
}
