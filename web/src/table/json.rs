//! JSON lines: one object per line. What is nested is flattened; `values` and `streams`, as our own frames have them,
//! leave no trace in the names.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Deeper than this nobody writes measurements.
const DEPTH_MOST: usize = 4;

/// The fields of an object, in its order, as the cells of a table would say them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

/// Reads a line; `None` where it is no object.
pub(super) fn fields(line: &[u8]) -> Option<Fields> {
    serde_json::from_slice(line).ok()
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Top;
        impl<'de> Visitor<'de> for Top {
            type Value = Fields;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                Within { fields: &mut fields, name: String::new(), depth: 0 }.visit_map(map)?;
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Top)
    }
}

/// A value somewhere in the object.
struct Within<'f> {
    fields: &'f mut Fields,
    name: String,
    depth: usize,
}

impl Within<'_> {
    fn put(self, text: String) {
        self.fields.0.push((self.name, text));
    }
}

impl<'de> DeserializeSeed<'de> for Within<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put(value.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put(value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put(value.to_string());
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(u8::from(value).to_string());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.put(value.trim().to_string());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(String::new());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { fields, name, depth } = self;
        let mut place = 0;
        loop {
            let name = format!("{name}.{place}");
            place += 1;
            if seq.next_element_seed(Within { fields: &mut *fields, name, depth: depth + 1 })?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { fields, name: outer, depth } = self;
        while let Some(key) = map.next_key::<String>()? {
            let is_plain =
                outer.is_empty() || (depth == 1 && ["values", "streams"].contains(&outer.as_str()));
            let name = if is_plain { key } else { format!("{outer}.{key}") };
            if depth >= DEPTH_MOST {
                map.next_value::<serde::de::IgnoredAny>()?;
            } else {
                map.next_value_seed(Within { fields: &mut *fields, name, depth: depth + 1 })?;
            }
        }
        Ok(())
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
