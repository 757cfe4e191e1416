//! A column of numbers in few bytes and to the last bit.
//!
//! What sensors say has few digits after the point: such a column is kept as whole numbers of its last digit, each as
//! the step from the one before. What has all its digits is kept as the bits that differ from the number before, the
//! first bytes of all numbers together and the last ones together. What is missing costs a bit. The deflate that follows
//! finds what repeats.

use crate::refusal::StorageFault;

/// Digits after the point that are looked for.
const DIGITS_MAX: u8 = 9;
/// A column that keeps all its bits.
const BITS: u8 = 255;
/// Whole numbers beyond this are no longer exact.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Appends a column; its length is for the reader to know.
pub(crate) fn write(values: &[f64], to: &mut Vec<u8>) {
    let present: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    for eight in values.chunks(8) {
        let bits = eight.iter().enumerate().map(|(place, value)| u8::from(value.is_nan()) << place);
        to.push(bits.sum());
    }
    let Some(digits) = (0..=DIGITS_MAX).find(|digits| has_digits(&present, *digits)) else {
        to.push(BITS);
        return write_bits(&present, to);
    };
    to.push(digits);
    let scale = scale(digits);
    let mut last = 0;
    for value in present {
        let whole = (value * scale).round() as i64;
        write_signed(whole.wrapping_sub(last), to);
        last = whole;
    }
}

/// Reads a column of `length` values from the front of `from`.
pub(crate) fn read(from: &mut &[u8], length: usize) -> Result<Vec<f64>, StorageFault> {
    let missing = take(from, length.div_ceil(8))?;
    let is_missing = |place: usize| missing.get(place / 8).is_some_and(|bits| bits >> (place % 8) & 1 == 1);
    let count = (0..length).filter(|place| !is_missing(*place)).count();
    let digits = *take(from, 1)?.first().ok_or(StorageFault::Damaged)?;
    let present = match digits {
        BITS => read_bits(from, count)?,
        0..=DIGITS_MAX => {
            let scale = scale(digits);
            let mut whole = 0_i64;
            let mut values = Vec::with_capacity(count);
            for _ in 0..count {
                whole = whole.wrapping_add(read_signed(from)?);
                values.push(whole as f64 / scale);
            }
            values
        }
        _ => return Err(StorageFault::Damaged),
    };
    let mut present = present.into_iter();
    let value = |place| if is_missing(place) { Some(f64::NAN) } else { present.next() };
    (0..length).map(value).collect::<Option<_>>().ok_or(StorageFault::Damaged)
}

/// Whether so many digits after the point say all of every value, to the bit.
fn has_digits(values: &[f64], digits: u8) -> bool {
    let scale = scale(digits);
    values.iter().all(|value| {
        let whole = (value * scale).round();
        whole.abs() < EXACT_MAX && ((whole as i64) as f64 / scale).to_bits() == value.to_bits()
    })
}

fn scale(digits: u8) -> f64 {
    (0..digits).fold(1.0, |scale, _| scale * 10.0)
}

fn write_bits(values: &[f64], to: &mut Vec<u8>) {
    let mut last = 0;
    let words: Vec<[u8; 8]> = values
        .iter()
        .map(|value| {
            let bits = value.to_bits();
            let changed = bits ^ last;
            last = bits;
            changed.to_be_bytes()
        })
        .collect();
    for place in 0..8 {
        to.extend(words.iter().filter_map(|word| word.get(place)));
    }
}

fn read_bits(from: &mut &[u8], count: usize) -> Result<Vec<f64>, StorageFault> {
    let planes = take(from, count.checked_mul(8).ok_or(StorageFault::Damaged)?)?;
    let mut last = 0;
    let value = |place: usize| {
        let mut bits = 0_u64;
        for plane in 0..8 {
            bits = bits << 8 | u64::from(*planes.get(plane * count + place)?);
        }
        last ^= bits;
        Some(f64::from_bits(last))
    };
    (0..count).map(value).collect::<Option<_>>().ok_or(StorageFault::Damaged)
}

/// A whole number: seven bits a byte, small ones of either sign in one.
pub(crate) fn write_signed(number: i64, to: &mut Vec<u8>) {
    write_unsigned(((number << 1) ^ (number >> 63)) as u64, to);
}

pub(crate) fn read_signed(from: &mut &[u8]) -> Result<i64, StorageFault> {
    let folded = read_unsigned(from)?;
    Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
}

pub(crate) fn write_unsigned(mut number: u64, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

pub(crate) fn read_unsigned(from: &mut &[u8]) -> Result<u64, StorageFault> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(from, 1)?.first().ok_or(StorageFault::Damaged)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(StorageFault::Damaged)
}

/// The next few bytes.
pub(crate) fn take<'a>(from: &mut &'a [u8], count: usize) -> Result<&'a [u8], StorageFault> {
    let (taken, rest) = from.split_at_checked(count).ok_or(StorageFault::Damaged)?;
    *from = rest;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(values: &[f64]) -> usize {
        let mut bytes = Vec::new();
        write(values, &mut bytes);
        let mut rest = bytes.as_slice();
        let back = read(&mut rest, values.len()).unwrap();
        assert!(rest.is_empty());
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
        assert!(back.len() == values.len() && back.iter().zip(values).all(same), "{values:?} {back:?}");
        for cut in 0..bytes.len() {
            assert!(read(&mut bytes.get(..cut).unwrap(), values.len()).is_err(), "cut at {cut}");
        }
        bytes.len()
    }

    #[test]
    fn every_bit_comes_back() {
        round_trip(&[]);
        round_trip(&[f64::NAN; 9]);
        round_trip(&[-0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX, -1e-310]);
        round_trip(&[1e15, -1e15, 9e15, 1e300]);
        round_trip(&[0.1, 0.2, 0.1 + 0.2]);
        round_trip(&(0..100).map(|n| f64::from(n).sqrt()).collect::<Vec<_>>());
    }

    #[test]
    fn what_sensors_say_is_small() {
        let tenths: Vec<f64> = (0..256).map(|n| (200.0 + f64::from(n % 13)).round() / 10.0).collect();
        assert!(round_trip(&tenths) < 256 + 256 / 8 + 8);
    }
}
