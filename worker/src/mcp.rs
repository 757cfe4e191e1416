//! The Model Context Protocol over HTTP, so that people's agents can ask what is wrong and why. It reads and changes
//! nothing. There are no sessions: every message is answered by itself, as the streamable transport allows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Versions of the protocol that are spoken here, the newest first.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// Episodes in one answer, where nobody says how many.
const LIMIT: u32 = 20;
const LIMIT_MAX: u32 = 100;

/// What an agent is told first.
const INSTRUCTIONS: &str = "Fourfold watches systems of many data streams and says which moments are abnormal, and why. \
    Begin with list_systems; recent_anomalies tells what happened, explain_anomaly why, system_health whether streams \
    are there. Times are milliseconds since 1970 in UTC.";

/// A message. What has no `id` wants no answer.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// `2.0`.
    #[allow(dead_code, reason = "that it is there is checked by reading it")]
    jsonrpc: Version,
    /// Comes back with the answer.
    #[serde(default)]
    id: Option<Id>,
    /// `initialize`, `ping`, `tools/list` or `tools/call`, or a notification.
    method: String,
    /// What the method wants.
    #[serde(default)]
    params: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Version {
    #[serde(rename = "2.0")]
    Two,
}

/// What tells answers apart.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Id {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// What becomes of a message.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is answered at once.
    Answer(Value),
    /// It wanted no answer.
    Nothing,
    /// Somebody has to be asked first.
    Ask(Id, Question),
}

/// Who has to be asked what.
#[derive(Debug, PartialEq)]
pub(crate) enum Question {
    /// The registry, for its systems.
    Systems,
    /// A system: its id, and the rest of the path with its query.
    System(String, String),
}

/// What becomes of a message.
pub(crate) fn hear(call: Call) -> Outcome {
    let Call { id, method, params, .. } = call;
    let Some(id) = id else { return Outcome::Nothing };
    let result = match method.as_str() {
        "initialize" => initialize(params.as_ref()),
        "ping" => json!({}),
        "tools/list" => json!({ "tools": tools() }),
        "tools/call" => match question(params.as_ref()) {
            Ok(question) => return Outcome::Ask(id, question),
            Err(fault) => return Outcome::Answer(fault_of(&id, -32602, fault)),
        },
        _ => return Outcome::Answer(fault_of(&id, -32601, "there is no such method")),
    };
    Outcome::Answer(json!({ "jsonrpc": "2.0", "id": id, "result": result }))
}

/// The answer to a question that was asked on. A refusal is an answer, too: the agent can read it and do better.
pub(crate) fn tell(id: &Id, status: u16, text: &str) -> Value {
    let is_error = status >= 300;
    let mut result = Map::new();
    result.insert("content".to_owned(), json!([{ "type": "text", "text": text }]));
    result.insert("isError".to_owned(), json!(is_error));
    if !is_error && let Ok(value @ Value::Object(_)) = crate::body::kept(text.as_bytes()) {
        result.insert("structuredContent".to_owned(), value);
    }
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn fault_of(id: &Id, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

fn initialize(params: Option<&Value>) -> Value {
    let asked = params.and_then(|params| params.get("protocolVersion")).and_then(Value::as_str);
    let newest = VERSIONS.first().copied().unwrap_or_default();
    let version = VERSIONS.into_iter().find(|known| asked == Some(known)).unwrap_or(newest);
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "fourfold", "version": env!("CARGO_PKG_VERSION") },
        "instructions": INSTRUCTIONS,
    })
}

fn tools() -> Value {
    let system = json!({ "type": "string", "description": "The id of a system, from list_systems" });
    let tool = |name: &str, about: &str, properties: Value, required: &[&str]| {
        json!({
            "name": name,
            "description": about,
            "inputSchema": { "type": "object", "properties": properties, "required": required, "additionalProperties": false },
            "annotations": { "readOnlyHint": true, "openWorldHint": false },
        })
    };
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT });
    let severity =
        json!({ "enum": ["low", "medium", "high", "critical"], "description": "At least this severe" });
    let anomaly = json!({ "type": "integer", "minimum": 1, "description": "The id of an anomaly, from recent_anomalies" });
    let mode = json!({ "enum": ["fast", "thorough"], "default": "fast" });
    json!([
        tool("list_systems", "List the systems that are watched", json!({}), &[]),
        tool(
            "describe_system",
            "What a system watches, and how far it is",
            json!({ "system": system }),
            &["system"]
        ),
        tool(
            "recent_anomalies",
            "The newest abnormal episodes of a system",
            json!({ "system": system, "limit": limit, "severity": severity }),
            &["system"]
        ),
        tool(
            "explain_anomaly",
            "Why an episode happened: suspects, sequence, evidence and what to do",
            json!({ "system": system, "anomaly": anomaly, "mode": mode }),
            &["system", "anomaly"]
        ),
        tool(
            "system_health",
            "Which streams of a system are there, late, drifting or silent",
            json!({ "system": system }),
            &["system"]
        ),
    ])
}

/// What a tool has to ask.
fn question(params: Option<&Value>) -> Result<Question, &'static str> {
    let params = params.and_then(Value::as_object).ok_or("a tool is called by its name")?;
    let name = params.get("name").and_then(Value::as_str).ok_or("a tool is called by its name")?;
    let none = json!({});
    let given = params.get("arguments").unwrap_or(&none);
    let word = |name: &str| given.get(name).and_then(Value::as_str);
    let number = |name: &str| given.get(name).and_then(Value::as_u64);
    if name == "list_systems" {
        return Ok(Question::Systems);
    }
    let system = word("system").ok_or("`system` is the id of a system")?.to_owned();
    let rest = match name {
        "describe_system" => String::new(),
        "recent_anomalies" => {
            let limit = number("limit").unwrap_or(LIMIT.into()).clamp(1, LIMIT_MAX.into());
            match word("severity") {
                None => format!("/anomalies?limit={limit}"),
                Some(word @ ("low" | "medium" | "high" | "critical")) => {
                    format!("/anomalies?limit={limit}&severity={word}")
                }
                Some(_) => return Err("`severity` is low, medium, high or critical"),
            }
        }
        "explain_anomaly" => {
            let anomaly = number("anomaly").ok_or("`anomaly` is the id of an anomaly")?;
            let mode = if word("mode") == Some("thorough") { "thorough" } else { "fast" };
            format!("/anomalies/{anomaly}/explanation?mode={mode}")
        }
        "system_health" => "/health".to_owned(),
        _ => return Err("there is no such tool"),
    };
    Ok(Question::System(system, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Outcome {
        hear(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_version_that_both_know_is_spoken() {
        for (asked, spoken) in [("2025-03-26", "2025-03-26"), ("1999-01-01", VERSIONS[0])] {
            let text = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{asked}"}}}}"#
            );
            let Outcome::Answer(answer) = heard(&text) else { panic!("no answer") };
            assert_eq!(answer["result"]["protocolVersion"], spoken);
        }
    }

    #[test]
    fn tools_ask_what_they_say() {
        for (name, arguments, expected) in [
            ("list_systems", "{}", Ok(Question::Systems)),
            ("system_health", r#"{"system":"a"}"#, Ok(Question::System("a".into(), "/health".into()))),
            (
                "recent_anomalies",
                r#"{"system":"a","limit":1000,"severity":"high"}"#,
                Ok(Question::System("a".into(), "/anomalies?limit=100&severity=high".into())),
            ),
            ("recent_anomalies", r#"{"system":"a","severity":"x&y"}"#, Err(())),
            ("explain_anomaly", r#"{"system":"a"}"#, Err(())),
            ("delete_system", r#"{"system":"a"}"#, Err(())),
            ("system_health", "{}", Err(())),
        ] {
            let params: Value =
                serde_json::from_str(&format!(r#"{{"name":"{name}","arguments":{arguments}}}"#)).unwrap();
            assert_eq!(question(Some(&params)).map_err(|_| ()), expected, "{name} {arguments}");
        }
        assert!(question(None).is_err());
    }

    #[test]
    fn notifications_and_unknown_methods() {
        assert!(matches!(
            heard(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#),
            Outcome::Nothing
        ));
        let Outcome::Answer(answer) = heard(r#"{"jsonrpc":"2.0","id":"x","method":"tools/drop"}"#) else {
            panic!("no answer");
        };
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!("x"), &json!(-32601)));
        assert!(serde_json::from_str::<Call>(r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#).is_err());
        assert!(tell(&Id::Number(1), 404, "{}")["result"]["isError"].as_bool().unwrap());
    }
}
