//! One number for everything that a verdict says: all of its JSON, walked in the order of its keys. Written in 32-bit
//! steps so that tests/golden/digest.mjs, its twin, is quick in JavaScript too.

use serde_json::Value;

/// The high half of what stands for something that is not a number. No measurement has these bits: it is a NaN.
const TAG: u32 = 0x7ff8_f04d;
const NULL: u32 = 1;
const FALSE: u32 = 2;
const TRUE: u32 = 3;
const LIST: u32 = 4;
const OBJECT: u32 = 5;
/// Every NaN is one NaN: their payloads are not portable.
const NAN: u32 = 6;

/// A running 64-bit hash, as two halves that stir each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    low: u32,
    high: u32,
}

impl Digest {
    pub(crate) fn new() -> Self {
        Self { low: 0x9e37_79b9, high: 0x7f4a_7c15 }
    }

    fn stir(&mut self, low: u32, high: u32) {
        self.low = (self.low ^ low).wrapping_mul(0x85eb_ca6b).rotate_left(13).wrapping_add(self.high);
        self.high = (self.high ^ high).wrapping_mul(0xc2b2_ae35).rotate_left(16).wrapping_add(self.low);
    }

    pub(crate) fn number(&mut self, x: f64) {
        if x.is_nan() {
            return self.stir(NAN, TAG);
        }
        let bits = x.to_bits();
        self.stir(bits as u32, (bits >> 32) as u32);
    }

    pub(crate) fn nothing(&mut self) {
        self.stir(NULL, TAG);
    }

    fn text(&mut self, text: &str) {
        let mut own = Self::new();
        text.bytes().for_each(|byte| own.stir(u32::from(byte), TAG));
        self.stir(own.low, own.high);
    }

    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.nothing(),
            Value::Bool(is_so) => self.stir(if *is_so { TRUE } else { FALSE }, TAG),
            Value::Number(number) => self.number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => self.text(text),
            Value::Array(list) => {
                self.stir(LIST, TAG);
                self.number(list.len() as f64);
                list.iter().for_each(|item| self.value(item));
            }
            Value::Object(fields) => {
                self.stir(OBJECT, TAG);
                self.number(fields.len() as f64);
                let mut names: Vec<&String> = fields.keys().collect();
                names.sort();
                for name in names {
                    self.text(name);
                    self.value(&fields[name]);
                }
            }
        }
    }

    /// Bytes, four by four.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as f64);
        for four in bytes.chunks(4) {
            let word = four.iter().rev().fold(0, |word, &byte| (word << 8) | u32::from(byte));
            self.stir(word, TAG);
        }
    }

    /// Sixteen hexadecimal digits.
    pub(crate) fn hex(self) -> String {
        format!("{:08x}{:08x}", self.high, self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> String {
        let mut digest = Digest::new();
        digest.value(&value);
        digest.hex()
    }

    #[test]
    fn every_field_counts() {
        let base = of(json!({"a": [1.0, null, "x"], "b": false}));
        assert_eq!(base, of(json!({"b": false, "a": [1, null, "x"]})));
        for other in [
            json!({"a": [1.0, null, "x"], "b": true}),
            json!({"a": [1.0, null, "y"], "b": false}),
            json!({"a": [1.000_000_000_000_000_2, null, "x"], "b": false}),
            json!({"a": [null, 1.0, "x"], "b": false}),
            json!({"a": [1.0, null], "x": "x", "b": false}),
            json!({"c": [1.0, null, "x"], "b": false}),
        ] {
            assert_ne!(of(other.clone()), base, "{other}");
        }
        assert_ne!(of(json!(-0.0)), of(json!(0.0)));
    }
}
