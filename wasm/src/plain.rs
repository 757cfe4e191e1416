//! A value of JavaScript as bytes, as `wasm/js/plain.js` writes it: a mark, then what it is the mark of. All keys of an
//! object come along, so that one which does not belong there is seen.

use std::fmt::{self, Display};

use serde::de::{
    self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
/// Eight bytes.
const NUMBER: u8 = 3;
/// The length in four bytes, then UTF-8.
const TEXT: u8 = 4;
/// Values.
const LIST: u8 = 5;
/// Texts and values in turns.
const OBJECT: u8 = 6;
/// After the last value of a list or an object.
const END: u8 = 7;

/// Whole numbers up to here are exact.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// What is left to read.
#[derive(Debug)]
pub(crate) struct Plain<'de>(pub(crate) &'de [u8]);

/// Why it is not what was expected.
#[derive(Debug)]
pub(crate) struct Unexpected(String);

impl Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unexpected {}

impl de::Error for Unexpected {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn cut_short() -> Unexpected {
    Unexpected("the value ends too early".into())
}

impl<'de> Plain<'de> {
    fn take(&mut self, count: usize) -> Result<&'de [u8], Unexpected> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unexpected> {
        self.take(N)?.try_into().map_err(|_| cut_short())
    }

    fn mark(&mut self) -> Result<u8, Unexpected> {
        self.array().map(|[mark]| mark)
    }

    fn text(&mut self) -> Result<&'de str, Unexpected> {
        let length = u32::from_le_bytes(self.array()?);
        std::str::from_utf8(self.take(length as usize)?).map_err(|_| cut_short())
    }

    /// Takes the mark of what comes next, if it is the one that is expected.
    fn expect(&mut self, mark: u8, expected: &dyn Expected) -> Result<(), Unexpected> {
        let found = match self.mark()? {
            found if found == mark => return Ok(()),
            NULL => de::Unexpected::Other("null"),
            found @ (FALSE | TRUE) => de::Unexpected::Bool(found == TRUE),
            NUMBER => de::Unexpected::Float(f64::from_le_bytes(self.array()?)),
            TEXT => de::Unexpected::Str(self.text()?),
            LIST => de::Unexpected::Other("a list"),
            OBJECT => de::Unexpected::Other("an object"),
            _ => return Err(cut_short()),
        };
        Err(de::Error::invalid_type(found, expected))
    }

    /// Whether a list or an object ends here.
    fn ends(&mut self) -> Result<bool, Unexpected> {
        let is_end = *self.0.first().ok_or_else(cut_short)? == END;
        if is_end {
            self.take(1)?;
        }
        Ok(is_end)
    }
}

impl<'de> Deserializer<'de> for &mut Plain<'de> {
    type Error = Unexpected;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        match self.0.first() {
            Some(&NUMBER) => self.deserialize_f64(visitor),
            Some(&TEXT) => self.deserialize_str(visitor),
            Some(&LIST) => self.deserialize_seq(visitor),
            Some(&OBJECT) => self.deserialize_map(visitor),
            _ => match self.mark()? {
                NULL => visitor.visit_unit(),
                mark @ (FALSE | TRUE) => visitor.visit_bool(mark == TRUE),
                _ => Err(cut_short()),
            },
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.expect(NUMBER, &visitor)?;
        match f64::from_le_bytes(self.array()?) {
            whole if whole.trunc() == whole && (0.0..=WHOLE_MAX).contains(&whole) => {
                visitor.visit_u64(whole as u64)
            }
            number => visitor.visit_f64(number),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.expect(TEXT, &visitor)?;
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.expect(LIST, &visitor)?;
        let mut items = Items { from: self, is_over: false };
        let value = visitor.visit_seq(&mut items)?;
        items.finish()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.expect(OBJECT, &visitor)?;
        visitor.visit_map(Items { from: self, is_over: false })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        if self.0.first() == Some(&NULL) {
            self.take(1)?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        self.expect(TEXT, &visitor)?;
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 char bytes byte_buf unit unit_struct tuple_struct ignored_any
    }
}

/// The rest of a list or an object.
struct Items<'a, 'de> {
    from: &'a mut Plain<'de>,
    is_over: bool,
}

impl<'de> Items<'_, 'de> {
    fn next<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unexpected> {
        self.is_over = self.is_over || self.from.ends()?;
        if self.is_over { Ok(None) } else { seed.deserialize(&mut *self.from).map(Some) }
    }

    /// Whoever wants two numbers reads two and does not look whether there is a third.
    fn finish(&mut self) -> Result<(), Unexpected> {
        if self.is_over || self.from.ends()? {
            Ok(())
        } else {
            Err(Unexpected("the list is too long".into()))
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Unexpected;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unexpected> {
        self.next(seed)
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Unexpected;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unexpected> {
        self.next(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unexpected> {
        seed.deserialize(&mut *self.from)
    }
}

#[cfg(test)]
mod tests {
    use fourfold::SchemaDraft;
    use fourfold::schema::Kind;
    use serde::Deserialize;

    use super::*;

    fn text(text: &str) -> Vec<u8> {
        [&[TEXT][..], &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
    }

    fn number(number: f64) -> Vec<u8> {
        [&[NUMBER][..], &number.to_le_bytes()].concat()
    }

    fn within(mark: u8, parts: &[Vec<u8>]) -> Vec<u8> {
        [&[mark][..], &parts.concat(), &[END]].concat()
    }

    fn schema() -> Vec<u8> {
        let stream = [
            text("name"),
            text("b"),
            text("kind"),
            text("sporadic"),
            text("bounds"),
            within(LIST, &[number(-0.5), number(9.0)]),
            text("unit"),
            vec![NULL],
        ];
        let streams = within(LIST, &[text("a"), within(OBJECT, &stream)]);
        within(OBJECT, &[text("streams"), streams, text("seed"), number(7.0)])
    }

    #[test]
    fn a_schema_is_read() {
        let bytes = schema();
        let draft = SchemaDraft::deserialize(&mut Plain(&bytes)).expect("a draft");
        assert_eq!((draft.streams[0].name.as_str(), draft.seed), ("a", 7));
        let stream = &draft.streams[1];
        assert_eq!((stream.kind, stream.bounds, &stream.unit), (Kind::Sporadic, Some([-0.5, 9.0]), &None));
    }

    #[test]
    fn whatever_else_it_is_there_is_a_reason() {
        let refused =
            |bytes: &[u8]| SchemaDraft::deserialize(&mut Plain(bytes)).expect_err("refused").to_string();
        let bytes = schema();
        for end in 0..bytes.len() {
            refused(&bytes[..end]);
        }
        for (place, mark) in (0..bytes.len()).flat_map(|place| (0..9).map(move |mark| (place, mark))) {
            let mut bent = bytes.clone();
            bent[place] = mark;
            let _ = SchemaDraft::deserialize(&mut Plain(&bent)); // It answers, one way or the other.
        }
        let unknown = within(OBJECT, &[text("false_alarm"), number(0.1)]);
        assert!(refused(&unknown).starts_with("unknown field `false_alarm`"), "{}", refused(&unknown));
        assert!(
            refused(&[NULL]).contains("null") || refused(&[NULL]).contains("unit"),
            "{}",
            refused(&[NULL])
        );
    }
}
