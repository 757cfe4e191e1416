//! One operation of the document.

use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::router;

/// A part of a path, what stands for it in examples, what it looks like, and what it is.
type Part = (&'static str, &'static str, &'static str, &'static str);

const EXAMPLES: [Part; 5] = [
    (
        "{id}",
        "boiler-7",
        "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "1 to 64 letters, digits, `-`, `_` or `.`, of which the first is a letter or digit.",
    ),
    ("{anomaly}", "1", "^[1-9][0-9]{0,14}$", "The number of an anomaly."),
    ("{version}", "1", "^[1-9][0-9]{0,14}$", "The version of a checkpoint."),
    (
        "{view}",
        "recent",
        "^(recent|critical|trends|models|top)$",
        "`recent`, `critical`, `trends`, `models` or `top`.",
    ),
    ("{code}", "access.no-key", "^[a-z]+\\.[a-z-]+$", "The word of a problem."),
];

/// A media type with the shape of its content and an example of it.
struct Content {
    media: &'static str,
    schema: Value,
    examples: Vec<(&'static str, Value)>,
}

/// One method of one path.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    id: &'static str,
    summary: &'static str,
    about: Option<&'static str>,
    /// What it is about, for those who read the document by chapters.
    tag: &'static str,
    parameters: Vec<Value>,
    body: Vec<Content>,
    is_body_needed: bool,
    answers: Vec<(u16, &'static str, Vec<Content>)>,
}

impl Operation {
    pub(super) fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            about: None,
            tag: "",
            parameters: Vec::new(),
            body: Vec::new(),
            is_body_needed: true,
            answers: Vec::new(),
        }
    }

    pub(super) fn tagged(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    pub(super) fn about(mut self, about: &'static str) -> Self {
        self.about = Some(about);
        self
    }

    /// A word of the query.
    pub(super) fn query(mut self, name: &'static str, schema: Value, about: &'static str) -> Self {
        self.parameters.push(json!({ "name": name, "in": "query", "schema": schema, "description": about }));
        self
    }

    /// The same request twice is one, where the caller says so.
    pub(super) fn repeatable(mut self) -> Self {
        self.parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
            "description":
                "The same key within 24 hours is answered with the first answer that was no refusal, whatever happened since, and changes nothing.",
        }));
        self
    }

    /// The two words of every list, whose cursor is a name.
    pub(super) fn paged(self) -> Self {
        self.pages(json!({ "type": "string" }))
    }

    /// The two words of every list, whose cursor is a number.
    pub(super) fn paged_by_number(self) -> Self {
        self.pages(json!({ "type": "string", "pattern": "^[0-9]{1,15}$" }))
    }

    fn pages(self, cursor: Value) -> Self {
        self.query(
            "limit",
            json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 }),
            "So many at most.",
        )
        .query(
            "cursor",
            cursor,
            "The `next` of the page before. Pages do not shift when something is added.",
        )
    }

    /// A body in JSON.
    pub(super) fn takes(self, schema: Schema, examples: &[(&'static str, Value)]) -> Self {
        self.takes_as("application/json", schema.to_value(), examples)
    }

    /// A body in another form.
    pub(super) fn takes_as(
        mut self,
        media: &'static str,
        schema: Value,
        examples: &[(&'static str, Value)],
    ) -> Self {
        self.body.push(Content { media, schema, examples: examples.to_vec() });
        self
    }

    /// The body may be left out.
    pub(super) fn optional(mut self) -> Self {
        self.is_body_needed = false;
        self
    }

    /// An answer in JSON.
    pub(super) fn answers(self, status: u16, about: &'static str, schema: Schema) -> Self {
        self.answers_as(status, about, "application/json", schema.to_value())
    }

    /// An answer with nothing in it.
    pub(super) fn answers_empty(mut self, status: u16, about: &'static str) -> Self {
        self.answers.push((status, about, Vec::new()));
        self
    }

    /// An answer in another form, or one more form of the last one.
    pub(super) fn answers_as(
        mut self,
        status: u16,
        about: &'static str,
        media: &'static str,
        schema: Value,
    ) -> Self {
        let content = Content { media, schema, examples: Vec::new() };
        match self.answers.iter_mut().find(|(known, ..)| *known == status) {
            Some((.., contents)) => contents.push(content),
            None => self.answers.push((status, about, vec![content])),
        }
        self
    }

    /// What the last answer is, to the letter.
    pub(super) fn example(mut self, value: Value) -> Self {
        let content = self.answers.last_mut().and_then(|(.., contents)| contents.last_mut()).unwrap();
        content.examples.push(("answer", value));
        self
    }

    /// As the document has it. `sent` gives the shapes of a body their names.
    pub(super) fn json(&self, sent: impl Fn(Value) -> Value) -> Value {
        let sample = EXAMPLES
            .iter()
            .fold(self.path.to_owned(), |path, (name, example, ..)| path.replace(name, example));
        let scope = router::route(self.method, &sample, "").unwrap().scope();
        let mut parameters: Vec<Value> = (EXAMPLES.iter().filter(|(name, ..)| self.path.contains(name)))
            .map(|(name, example, pattern, about)| {
                let name = name.trim_matches(['{', '}']);
                json!({ "name": name, "in": "path", "required": true, "example": example, "description": about,
                    "schema": { "type": "string", "pattern": pattern } })
            })
            .collect();
        parameters.extend(self.parameters.iter().cloned());
        let mut responses = Map::new();
        for (status, about, contents) in &self.answers {
            let content: Map<_, _> = contents.iter().map(|content| content.json(|shape| shape)).collect();
            let mut response = json!({ "description": about });
            if !content.is_empty() {
                response["content"] = Value::Object(content);
            }
            responses.insert(status.to_string(), response);
        }
        responses.insert("default".into(), json!({ "$ref": "#/components/responses/Problem" }));
        let mut operation = json!({ "operationId": self.id, "summary": self.summary, "tags": [self.tag] });
        if let Some(about) = self.about {
            operation["description"] = json!(about);
        }
        operation["security"] = match scope {
            None => json!([]),
            Some(scope) => json!([{ "key": [scope.word()] }]),
        };
        if !parameters.is_empty() {
            operation["parameters"] = json!(parameters);
        }
        if !self.body.is_empty() {
            let content: Map<_, _> = self.body.iter().map(|content| content.json(&sent)).collect();
            operation["requestBody"] = json!({ "required": self.is_body_needed, "content": content });
        }
        operation["responses"] = Value::Object(responses);
        operation
    }
}

impl Content {
    fn json(&self, name: impl Fn(Value) -> Value) -> (String, Value) {
        let mut content = json!({ "schema": name(self.schema.clone()) });
        if !self.examples.is_empty() {
            let examples =
                self.examples.iter().map(|(name, value)| ((*name).to_owned(), json!({ "value": value })));
            content["examples"] = Value::Object(examples.collect());
        }
        (self.media.to_owned(), content)
    }
}
