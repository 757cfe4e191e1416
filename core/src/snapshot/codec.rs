//! How state becomes bytes. A part of the engine names its fields once, in [`state!`]; reading, writing and the
//! memory count follow from that one line, so they can not disagree, and a forgotten field does not compile.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The bytes do not fit the state that they are to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage;

/// Bytes on their way out.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    // Not inlined, here and below: there are hundreds of fields, and a snapshot is no hot path.
    #[inline(never)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// Bytes on their way in.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    #[inline(never)]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Damage)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        self.take(N)?.try_into().map_err(|_| Damage)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Damage> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_le_bytes)
    }

    /// A length that was written as such: no more than `most`, and no more than the bytes that are left.
    pub(crate) fn length(&mut self, most: usize) -> Result<usize, Damage> {
        let length = usize::try_from(self.u64()?).map_err(|_| Damage)?;
        if length <= most && length <= self.0.len() { Ok(length) } else { Err(Damage) }
    }
}

/// State that can be saved and filled again. The shape is given by the value that is filled.
pub(crate) trait State {
    fn save(&self, to: &mut Writer);
    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage>;
    /// Bytes on the heap, beside the value itself.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// `state!(Type { fields that change; fields that follow from the schema } where |state| check)`; a type with a number
/// for a parameter is announced by `const NUMBER,`.
macro_rules! state {
    ($(const $number:ident,)? $type:ty { $($field:ident),* $(,)? $(; $($fixed:ident),* $(,)?)? } $(where $check:expr)?) => {
        impl$(<const $number: usize>)? $crate::snapshot::State for $type {
            #[inline(never)]
            fn save(&self, to: &mut $crate::snapshot::Writer) {
                let Self { $($field,)* $($($fixed: _,)*)? } = self;
                $($crate::snapshot::State::save($field, to);)*
            }

            #[inline(never)]
            fn load(
                &mut self,
                from: &mut $crate::snapshot::Reader<'_>,
            ) -> Result<(), $crate::snapshot::Damage> {
                $($crate::snapshot::State::load(&mut self.$field, from)?;)*
                $(
                    let check: fn(&Self) -> bool = $check;
                    if !check(self) {
                        return Err($crate::snapshot::Damage);
                    }
                )?
                Ok(())
            }

            fn heap_bytes(&self) -> usize {
                0 $(+ $crate::snapshot::State::heap_bytes(&self.$field))*
            }
        }
    };
}
pub(crate) use state;

/// The words of an enum in a snapshot: their place in this list, so new words go to its end.
macro_rules! words {
    // An enum that lists its words itself.
    ($type:ident) => {
        impl $crate::snapshot::State for $type {
            fn save(&self, to: &mut $crate::snapshot::Writer) {
                let place = $type::ALL.iter().position(|word| word == self).unwrap_or_default();
                $crate::snapshot::State::save(&(place as u8), to);
            }

            fn load(&mut self, from: &mut $crate::snapshot::Reader<'_>) -> Result<(), $crate::snapshot::Damage> {
                let mut place = 0_u8;
                $crate::snapshot::State::load(&mut place, from)?;
                *self = *$type::ALL.get(usize::from(place)).ok_or($crate::snapshot::Damage)?;
                Ok(())
            }
        }
    };
    ($type:ty { $($word:path),* $(,)? }) => {
        impl $crate::snapshot::State for $type {
            fn save(&self, to: &mut $crate::snapshot::Writer) {
                let place = [$($word),*].iter().position(|word| word == self).unwrap_or_default();
                $crate::snapshot::State::save(&(place as u8), to);
            }

            fn load(&mut self, from: &mut $crate::snapshot::Reader<'_>) -> Result<(), $crate::snapshot::Damage> {
                let mut place = 0_u8;
                $crate::snapshot::State::load(&mut place, from)?;
                *self = *[$($word),*].get(usize::from(place)).ok_or($crate::snapshot::Damage)?;
                Ok(())
            }
        }
    };
}
pub(crate) use words;

macro_rules! number {
    ($($type:ty),*) => {$(
        impl State for $type {
            #[inline(never)]
            fn save(&self, to: &mut Writer) {
                to.put(&self.to_le_bytes());
            }

            #[inline(never)]
            fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
                *self = from.array().map(<$type>::from_le_bytes)?;
                Ok(())
            }
        }
    )*};
}
number!(u8, u16, u32, u64, i32, i64, f32, f64);

impl State for bool {
    fn save(&self, to: &mut Writer) {
        to.put(&[u8::from(*self)]);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        *self = match from.array()? {
            [0] => false,
            [1] => true,
            _ => return Err(Damage),
        };
        Ok(())
    }
}

impl State for usize {
    fn save(&self, to: &mut Writer) {
        (*self as u64).save(to);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        *self = usize::try_from(from.u64()?).map_err(|_| Damage)?;
        Ok(())
    }
}

impl<T: State + Default> State for Option<T> {
    fn save(&self, to: &mut Writer) {
        self.is_some().save(to);
        if let Some(value) = self {
            value.save(to);
        }
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        let mut is_some = false;
        is_some.load(from)?;
        *self = match is_some {
            true => {
                let mut value = T::default();
                value.load(from)?;
                Some(value)
            }
            false => None,
        };
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, State::heap_bytes)
    }
}

impl<T: State, const N: usize> State for [T; N] {
    fn save(&self, to: &mut Writer) {
        self.iter().for_each(|item| item.save(to));
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.iter_mut().try_for_each(|item| item.load(from))
    }

    fn heap_bytes(&self) -> usize {
        self.iter().map(State::heap_bytes).sum()
    }
}

/// A vector of fixed length: what is read must have the length that is there.
impl<T: State> State for Vec<T> {
    fn save(&self, to: &mut Writer) {
        self.iter().for_each(|item| item.save(to));
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.iter_mut().try_for_each(|item| item.load(from))
    }

    fn heap_bytes(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(State::heap_bytes).sum::<usize>()
    }
}

/// The newest few of something: full, it forgets the oldest.
#[derive(Clone, Debug)]
pub(crate) struct Capped<T> {
    items: VecDeque<T>,
    most: usize,
}

impl<T> Capped<T> {
    pub(crate) fn new(most: usize) -> Self {
        Self { items: VecDeque::with_capacity(most), most }
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.items.len() == self.most {
            self.items.pop_front();
        }
        self.items.push_back(item);
    }

    pub(crate) fn pop_newest(&mut self) -> Option<T> {
        self.items.pop_back()
    }

    pub(crate) fn newest_mut(&mut self) -> Option<&mut T> {
        self.items.back_mut()
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.items.iter_mut()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.items.iter()
    }
}

impl<T: State + Default> State for Capped<T> {
    fn save(&self, to: &mut Writer) {
        self.items.len().save(to);
        self.items.iter().for_each(|item| item.save(to));
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        let length = from.length(self.most)?;
        self.items.clear();
        for _ in 0..length {
            let mut item = T::default();
            item.load(from)?;
            self.items.push_back(item);
        }
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        self.items.capacity() * size_of::<T>() + self.items.iter().map(State::heap_bytes).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    struct Part {
        level: f64,
        head: usize,
        ring: [u32; 3],
        seen: Option<i64>,
    }
    state!(Part { level, head, ring, seen } where |part| part.head < part.ring.len());

    fn bytes_of(part: &Part) -> Vec<u8> {
        let mut writer = Writer::default();
        part.save(&mut writer);
        writer.into_bytes()
    }

    #[test]
    fn what_was_saved_comes_back() {
        let part = Part { level: -1.5, head: 2, ring: [7, 8, 9], seen: Some(-3) };
        let mut again = Part::default();
        let bytes = bytes_of(&part);
        let mut reader = Reader::new(&bytes);
        assert_eq!(again.load(&mut reader), Ok(()));
        assert!(reader.is_at_end());
        assert_eq!(again, part);
    }

    #[test]
    fn an_index_outside_is_damage() {
        let bytes = bytes_of(&Part { head: 3, ..Part::default() });
        assert_eq!(Part::default().load(&mut Reader::new(&bytes)), Err(Damage));
    }

    #[test]
    fn every_truncation_is_damage() {
        let bytes = bytes_of(&Part { seen: Some(1), ..Part::default() });
        for length in 0..bytes.len() {
            assert_eq!(Part::default().load(&mut Reader::new(&bytes[..length])), Err(Damage), "{length}");
        }
    }

    #[test]
    fn a_capped_list_forgets_the_oldest_and_refuses_more_than_its_cap() {
        let mut kept = Capped::new(2);
        [1_u32, 2, 3].into_iter().for_each(|item| kept.push(item));
        assert_eq!(kept.iter().copied().collect::<Vec<_>>(), [2, 3]);
        let mut writer = Writer::default();
        kept.save(&mut writer);
        let bytes = writer.into_bytes();
        assert_eq!(Capped::<u32>::new(1).load(&mut Reader::new(&bytes)), Err(Damage));
    }
}
