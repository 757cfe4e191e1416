//! JSON: an object is a row; what is nested in it is flattened. `values` and `streams`, as our own frames have them, leave no
//! trace in the names.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Deeper than this nobody writes measurements.
const DEPTH_MOST: usize = 4;

/// What JSON says, its words as the cells of a table would have them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// The fields of an object, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

/// Reads a line; `None` where it is no object.
pub(super) fn fields(line: &[u8]) -> Option<Fields> {
    let node: Node = serde_json::from_slice(line).ok()?;
    let mut fields = Fields::default();
    matches!(node, Node::Map(_)).then(|| flatten(node, String::new(), 0, &mut fields))?;
    Some(fields)
}

fn flatten(node: Node, name: String, depth: usize, into: &mut Fields) {
    match node {
        Node::Text(text) => into.0.push((name, text)),
        Node::List(list) => {
            for (place, node) in list.into_iter().enumerate() {
                flatten(node, format!("{name}.{place}"), depth + 1, into);
            }
        }
        Node::Map(map) if depth < DEPTH_MOST => {
            let is_plain = name.is_empty() || (depth == 1 && ["values", "streams"].contains(&name.as_str()));
            for (key, node) in map {
                let name = if is_plain { key } else { format!("{name}.{key}") };
                flatten(node, name, depth + 1, into);
            }
        }
        Node::Map(_) => {}
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(u8::from(value).to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.trim().to_string()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Text(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = seq.next_element()? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Node::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_become_cells_in_their_order() {
        let line =
            br#"{"t": 5, "values": {"b": 1.25, "a": null}, "on": true, "x": {"y": " up "}, "z": [7, 8]}"#;
        let Some(Fields(fields)) = fields(line) else { panic!("it is an object") };
        let told: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let expected =
            [("t", "5"), ("b", "1.25"), ("a", ""), ("on", "1"), ("x.y", "up"), ("z.0", "7"), ("z.1", "8")];
        assert_eq!(told, expected);
        assert_eq!(super::fields(b"[1, 2]"), None);
        assert_eq!(super::fields(b"{oops"), None);
    }
}
