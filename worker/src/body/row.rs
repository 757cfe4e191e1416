//! Rows of JSON, straight into the numbers that the engine takes: a map per row would be most of the work.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use fourfold::Schema;
use fourfold::error::FrameFault;
use fourfold::frame::time_from_js;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::refusal::Refusal;

/// Where rows go.
pub(crate) struct Rows<'s> {
    places: BTreeMap<&'s str, usize>,
    names: Vec<&'s str>,
    /// The place of the stream that was named last: the next one is usually beside it.
    last: Cell<usize>,
    width: usize,
    /// The most rows that are kept; the others are counted.
    cap: usize,
    pub(crate) times_ms: Vec<i64>,
    pub(crate) values: Vec<f64>,
    pub(crate) count: usize,
    /// The first row that says something that no frame can.
    pub(crate) fault: Option<Refusal>,
}

impl<'s> Rows<'s> {
    pub(crate) fn new(schema: &'s Schema, cap: usize) -> Self {
        let streams = schema.streams();
        let places = streams.iter().enumerate().map(|(place, stream)| (stream.name.as_str(), place));
        Self {
            places: places.collect(),
            names: streams.iter().map(|stream| stream.name.as_str()).collect(),
            last: Cell::new(0),
            width: streams.len(),
            cap,
            times_ms: Vec::new(),
            values: Vec::new(),
            count: 0,
            fault: None,
        }
    }

    /// The place of a stream.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        let next = self.last.get() + 1;
        let place = match self.names.get(next) {
            Some(known) if *known == name => next,
            _ => *self.places.get(name)?,
        };
        self.last.set(place);
        Some(place)
    }

    /// Begins a row of gaps, unless there are enough.
    pub(crate) fn open(&mut self) {
        self.count += 1;
        if self.count <= self.cap {
            self.values.resize(self.values.len() + self.width, f64::NAN);
        }
    }

    /// Puts a value into the row that was begun last.
    pub(crate) fn put(&mut self, place: usize, value: f64) {
        if self.count <= self.cap
            && let Some(begin) = self.values.len().checked_sub(self.width)
            && let Some(slot) = self.values.get_mut(begin + place)
        {
            *slot = value;
        }
    }

    /// Ends a row. A bad one is taken away again; the first fault is remembered.
    pub(crate) fn close(&mut self, t: f64, unknown: Option<String>) {
        if self.count > self.cap {
            return;
        }
        let row = time_from_js(t).map_err(Refusal::from).and_then(|at_ms| match unknown {
            None => Ok(at_ms),
            Some(stream) => Err(FrameFault::UnknownStream { stream, at_ms }.into()),
        });
        match row {
            Ok(at_ms) => self.times_ms.push(at_ms),
            Err(fault) => {
                self.values.truncate(self.times_ms.len() * self.width);
                self.fault.get_or_insert(fault);
            }
        }
    }

    /// Takes a row that broke off away again.
    pub(crate) fn drop_open(&mut self) {
        self.values.truncate(self.times_ms.len() * self.width);
    }
}

/// `{"frames": [row, …]}`.
pub(crate) struct AllRows<'a, 's>(pub(crate) &'a mut Rows<'s>);

impl<'de> DeserializeSeed<'de> for AllRows<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_struct("Rows", &["frames"], self)
    }
}

impl<'de> Visitor<'de> for AllRows<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with `frames`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut has_frames = false;
        while let Some(key) = map.next_key::<Word>()? {
            if key.0 != "frames" {
                return Err(A::Error::unknown_field(&key.0, &["frames"]));
            }
            if std::mem::replace(&mut has_frames, true) {
                return Err(A::Error::duplicate_field("frames"));
            }
            map.next_value_seed(List(&mut *self.0))?;
        }
        if has_frames { Ok(()) } else { Err(A::Error::missing_field("frames")) }
    }
}

struct List<'a, 's>(&'a mut Rows<'s>);

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of frames")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(OneRow(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

/// `{"t": 1700000000000, "values": {"cpu": 7, "disk": null}}`.
pub(crate) struct OneRow<'a, 's>(pub(crate) &'a mut Rows<'s>);

impl<'de> DeserializeSeed<'de> for OneRow<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_struct("Row", &["t", "values"], self)
    }
}

impl<'de> Visitor<'de> for OneRow<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with `t` and `values`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut t, mut values) = (None, None);
        self.0.open();
        while let Some(key) = map.next_key::<Word>()? {
            let is_second = match key.0.as_ref() {
                "t" => t.replace(map.next_value::<f64>()?).is_some(),
                "values" => values.replace(map.next_value_seed(Values(&mut *self.0))?).is_some(),
                other => return Err(A::Error::unknown_field(other, &["t", "values"])),
            };
            if is_second {
                return Err(A::Error::custom("a field is there twice"));
            }
        }
        let t = t.ok_or_else(|| A::Error::missing_field("t"))?;
        let unknown = values.ok_or_else(|| A::Error::missing_field("values"))?;
        self.0.close(t, unknown);
        Ok(())
    }
}

/// Values by stream; the answer is a stream that there is not.
struct Values<'a, 's>(&'a mut Rows<'s>);

impl<'de> DeserializeSeed<'de> for Values<'_, '_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<String>, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Values<'_, '_> {
    type Value = Option<String>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object of numbers by stream")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut unknown = None;
        while let Some(key) = map.next_key::<Word>()? {
            match self.0.place(&key.0) {
                Some(place) => {
                    let value = map.next_value::<Option<f64>>()?;
                    self.0.put(place, value.unwrap_or(f64::NAN));
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                    unknown.get_or_insert_with(|| key.0.into_owned());
                }
            }
        }
        Ok(unknown)
    }
}

/// A key, borrowed from the body where it has no escapes.
struct Word<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Word<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(WordVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word<'de>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, word: &'de str) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Borrowed(word)))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(word.to_owned())))
    }

    fn visit_string<E: Error>(self, word: String) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(word)))
    }
}
