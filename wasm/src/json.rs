//! What serde describes, as JSON text. JavaScript parses it faster than an object can be built from here call by call, and
//! this weighs a tenth of the crates that do so.

use std::fmt::{self, Display, Write};

use serde::ser::{self, Impossible, Serialize};

/// The text of a value.
pub(crate) fn text(value: &impl Serialize) -> Result<String, Unserializable> {
    let mut writer = Writer::default();
    value.serialize(&mut writer)?;
    Ok(writer.text)
}

/// Something that none of the wire's shapes is.
#[derive(Debug)]
pub(crate) struct Unserializable(String);

impl Display for Unserializable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unserializable {}

impl ser::Error for Unserializable {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Done<T = ()> = Result<T, Unserializable>;

fn no_such_shape<T>() -> Done<T> {
    Err(Unserializable("an enum with data is no shape of the wire".into()))
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn put(&mut self, value: impl Display) -> Done {
        // Writing to a string can not fail.
        let _ = write!(self.text, "{value}");
        Ok(())
    }

    fn comma(&mut self) {
        if !self.text.ends_with(['[', '{']) {
            self.text.push(',');
        }
    }
}

/// A list or an object that is being written.
struct Open<'a> {
    writer: &'a mut Writer,
    end: char,
}

impl<'a> Open<'a> {
    fn new(writer: &'a mut Writer, start: char, end: char) -> Self {
        writer.text.push(start);
        Self { writer, end }
    }

    fn item(&mut self, value: &(impl Serialize + ?Sized)) -> Done {
        self.writer.comma();
        value.serialize(&mut *self.writer)
    }

    fn named(&mut self, value: &(impl Serialize + ?Sized)) -> Done {
        self.writer.text.push(':');
        value.serialize(&mut *self.writer)
    }

    fn close(self) -> Done {
        self.writer.text.push(self.end);
        Ok(())
    }
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Unserializable;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Impossible<(), Unserializable>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Impossible<(), Unserializable>;

    fn serialize_bool(self, value: bool) -> Done {
        self.put(value)
    }
    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i64(self, value: i64) -> Done {
        self.put(value)
    }
    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(value.into())
    }
    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(value.into())
    }
    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(value.into())
    }
    fn serialize_u64(self, value: u64) -> Done {
        self.put(value)
    }
    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }
    /// The shortest text that is read as the same number; null for what JSON has no number for.
    fn serialize_f64(self, value: f64) -> Done {
        if value.is_finite() { self.put(format_args!("{value:?}")) } else { self.serialize_unit() }
    }
    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Done {
        self.text.push('"');
        for letter in value.chars() {
            match letter {
                '"' | '\\' => self.text.extend(['\\', letter]),
                control if control < ' ' => self.put(format_args!("\\u{:04x}", u32::from(control)))?,
                _ => self.text.push(letter),
            }
        }
        self.text.push('"');
        Ok(())
    }
    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.collect_seq(value)
    }
    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Done {
        self.put("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut object = Open::new(self, '{', '}');
        object.item(variant)?;
        object.named(value)?;
        object.close()
    }
    fn serialize_seq(self, _: Option<usize>) -> Done<Open<'a>> {
        Ok(Open::new(self, '[', ']'))
    }
    fn serialize_tuple(self, _: usize) -> Done<Open<'a>> {
        self.serialize_seq(None)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Done<Open<'a>> {
        self.serialize_seq(None)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Done<Self::SerializeTupleVariant> {
        no_such_shape()
    }
    fn serialize_map(self, _: Option<usize>) -> Done<Open<'a>> {
        Ok(Open::new(self, '{', '}'))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Done<Open<'a>> {
        self.serialize_map(None)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Done<Self::SerializeStructVariant> {
        no_such_shape()
    }
}

/// Lists of any kind are alike.
macro_rules! list {
    ($trait:ident, $method:ident) => {
        impl ser::$trait for Open<'_> {
            type Ok = ();
            type Error = Unserializable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.item(value)
            }
            fn end(self) -> Done {
                self.close()
            }
        }
    };
}
list!(SerializeSeq, serialize_element);
list!(SerializeTuple, serialize_element);
list!(SerializeTupleStruct, serialize_field);

/// Keys are texts in every shape of the wire.
impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Unserializable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.item(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.named(value)
    }
    fn end(self) -> Done {
        self.close()
    }
}

impl ser::SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = Unserializable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.item(key)?;
        self.named(value)
    }
    fn end(self) -> Done {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::text;

    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        TwoWords,
        Holding(f64),
    }

    #[derive(Serialize)]
    struct Inner {
        x: Option<f64>,
    }

    #[derive(Serialize)]
    struct Outer<'a> {
        #[serde(flatten)]
        inner: Inner,
        list: Vec<i64>,
        pair: (bool, u64),
        word: Word,
        other: Word,
        name: &'a str,
        map: BTreeMap<&'a str, [f64; 2]>,
        nothing: Vec<u8>,
    }

    #[test]
    fn it_is_what_json_says() {
        let outer = Outer {
            inner: Inner { x: Some(0.1) },
            list: vec![-1, i64::MAX],
            pair: (true, u64::MAX),
            word: Word::TwoWords,
            other: Word::Holding(f64::NAN),
            name: "a \"b\"\\\n\u{7f}ä",
            map: BTreeMap::from([("y", [1e308, -0.0]), ("z", [5e-324, f64::INFINITY])]),
            nothing: vec![],
        };
        let expected = concat!(
            r#"{"x":0.1,"list":[-1,9223372036854775807],"pair":[true,18446744073709551615],"word":"two_words","#,
            r#""other":{"holding":null},"name":"a \"b\"\\\u000a"#,
            "\u{7f}ä",
            r#"","map":{"y":[1e308,-0.0],"z":[5e-324,null]},"nothing":[]}"#,
        );
        assert_eq!(text(&outer).expect("a shape"), expected);
        assert_eq!(text(&Inner { x: None }).expect("a shape"), r#"{"x":null}"#);
    }
}
