//! The description of the API, made from the types that it speaks: `worker/openapi.json`, which the Worker serves.
//!
//! `BLESS=1 cargo test -p fourfold-worker openapi` writes it anew; without that the test compares.

mod door;
mod operation;
mod shapes;
mod systems;

use std::collections::BTreeMap;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::problems::PROBLEMS;
use operation::Operation;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// The chapters of the document.
const TAGS: [(&str, &str); 8] = [
    ("Systems", "Whatever is watched by itself: a boiler, a service, a person."),
    ("Data", "Frames or events in, verdicts out."),
    ("Anomalies", "What stood out: lists, why, and what people say of it."),
    ("Alerts", "Who is told."),
    ("Reports", "How fit streams, data and engine are."),
    ("Models", "Checkpoints of the engine, the way back, and comparisons."),
    ("Access", "Keys with rights and limits, and the log of what was administered."),
    ("Operation", "For those who run it."),
];

/// Shapes of what comes in and of what goes out. A field with a default may be left out of the one and is always in
/// the other, so a type can have two shapes.
struct Shapes {
    incoming: SchemaGenerator,
    outgoing: SchemaGenerator,
}

impl Shapes {
    fn new() -> Self {
        let settings = || {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings
        };
        Self {
            incoming: settings().for_deserialize().into_generator(),
            outgoing: settings().for_serialize().into_generator(),
        }
    }

    fn incoming<T: JsonSchema>(&mut self) -> Schema {
        self.incoming.subschema_for::<T>()
    }

    fn outgoing<T: JsonSchema>(&mut self) -> Schema {
        self.outgoing.subschema_for::<T>()
    }

    /// All of them by name. What differs on the way in has a name of its own, and `incoming` texts are told so.
    fn finish(mut self) -> (Map<String, Value>, Vec<String>) {
        let mut shapes = self.outgoing.take_definitions(true);
        let mut renamed = Vec::new();
        let coming = self.incoming.take_definitions(true);
        for (name, shape) in &coming {
            if shapes.get(name).is_some_and(|known| known != shape) {
                renamed.push(name.clone());
            }
        }
        // Who mentions what differs, differs too.
        loop {
            let before = renamed.len();
            for (name, shape) in &coming {
                let text = shape.to_string();
                let mentions = renamed.iter().any(|other| text.contains(&reference(other)));
                if mentions && shapes.contains_key(name) && !renamed.contains(name) {
                    renamed.push(name.clone());
                }
            }
            if renamed.len() == before {
                break;
            }
        }
        for (name, shape) in coming {
            let is_renamed = renamed.contains(&name);
            let name = if is_renamed { format!("{name}Sent") } else { name };
            shapes.insert(name, sent(shape, &renamed));
        }
        (shapes, renamed)
    }
}

/// As a `$ref` is written, with its closing quotation mark so that no name is taken for a longer one.
fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}\"")
}

/// A shape that is sent mentions the shapes that are sent.
fn sent(shape: Value, renamed: &[String]) -> Value {
    let mut text = shape.to_string();
    for name in renamed {
        text = text.replace(&reference(name), &reference(&format!("{name}Sent")));
    }
    serde_json::from_str(&text).unwrap()
}

/// The whole document.
fn document() -> Value {
    let mut shapes = Shapes::new();
    let operations: Vec<Operation> =
        door::operations(&mut shapes).into_iter().chain(systems::operations(&mut shapes)).collect();
    let problem = shapes.outgoing::<crate::reply::Problem<'static>>();
    let (mut schemas, renamed) = shapes.finish();
    mend(&mut schemas);
    let mut paths: BTreeMap<usize, (String, Map<String, Value>)> = BTreeMap::new();
    for operation in &operations {
        let place = operations.iter().position(|other| other.path == operation.path).unwrap();
        let (_, item) = paths.entry(place).or_insert_with(|| (operation.path.to_owned(), Map::new()));
        item.insert(operation.method.to_lowercase(), operation.json(|shape| sent(shape, &renamed)));
    }
    let paths: Map<String, Value> =
        paths.into_values().map(|(path, item)| (path, Value::Object(item))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fourfold",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Send frames of many streams, get verdicts, and why.",
            "description": "Times are whole milliseconds since 1970 in UTC. Every refusal is `application/problem+json` with a stable `type` that is also its page, and nothing of a refused request is kept. Every request may be sent again: a frame that was already taken is answered with its first verdict. `RateLimit` and `RateLimit-Policy` tell what a key may still do; `Retry-After` tells the truth. Bodies may be packed with gzip; on Cloudflare answers are, where a client takes it.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "security": [{ "key": [] }],
        "tags": TAGS.map(|(name, about)| json!({ "name": name, "description": about })),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key, or the admin secret, which may name a tenant in `X-Fourfold-Tenant`. What stands beside the scheme in an operation is the right that it takes: `read`, `write` or `admin`.",
                },
            },
            "responses": {
                "Problem": {
                    "description": "Why not, and what to do.",
                    "content": { "application/problem+json": { "schema": problem } },
                },
            },
            "schemas": schemas,
        },
    })
}

/// What the types can not say.
fn mend(schemas: &mut Map<String, Value>) {
    let codes: Vec<&str> = PROBLEMS.iter().map(|(code, ..)| *code).collect();
    let mut statuses: Vec<u16> = PROBLEMS.iter().map(|(_, status, _)| *status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    schemas["Problem"]["properties"]["code"]["enum"] = json!(codes);
    schemas["Problem"]["properties"]["status"]["enum"] = json!(statuses);
    // In a schema that is sent, a bare name is enough for a stream.
    for name in ["StreamDraft", "StreamDraftSent"] {
        if let Some(mut long) = schemas.remove(name) {
            long["additionalProperties"] = json!(false);
            long["required"] = json!(["name"]);
            let both = json!({ "anyOf": [{ "type": "string" }, long] });
            schemas.insert(name.to_owned(), both);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router;

    #[test]
    fn the_document_is_what_the_types_say() {
        let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(FILE, &text).unwrap();
        }
        let kept = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(kept == text, "worker/openapi.json is old: BLESS=1 cargo test -p fourfold-worker openapi");
    }

    /// Every way through the words of the two routers is tried: what they take is described, and nothing else is.
    #[test]
    fn every_route_is_in_the_document_and_nothing_else() {
        let sources = [include_str!("router.rs"), include_str!("action.rs")];
        let arms = sources.iter().flat_map(|source| source.split("#[cfg(test)]").next().unwrap().lines());
        let arms = arms.filter(|line| line.contains('[') && line.contains('"'));
        let mut words: Vec<&str> = arms.flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
        words.retain(|word| word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')));
        words.extend(["recent", "7", "access.no-key"]);
        words.sort_unstable();
        words.dedup();
        let mut paths: Vec<String> = Vec::new();
        let mut grown: Vec<String> = vec![String::new(), "/v1/systems/x".into()];
        for _ in 0..3 {
            grown = grown
                .iter()
                .flat_map(|path| words.iter().map(move |word| format!("{path}/{word}")))
                .collect();
            paths.extend(grown.iter().cloned());
        }
        paths.push("/v1/systems/x".into());
        let mut taken: Vec<(String, String)> = Vec::new();
        for path in &paths {
            for method in ["GET", "PUT", "POST", "PATCH", "DELETE"] {
                if router::route(method, path, "").is_ok() {
                    taken.push((router::pattern(path), method.to_lowercase()));
                }
            }
        }
        taken.sort();
        taken.dedup();
        let document = document();
        let described = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (path.clone(), method.clone()))
        });
        let mut described: Vec<_> = described.collect();
        described.sort();
        assert_eq!(taken, described);
    }
}
