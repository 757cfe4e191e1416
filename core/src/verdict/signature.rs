//! What an episode looked like: which streams carried it, and in which direction. Two episodes of one kind have like
//! signatures, so that "this was fine" can be remembered for its kind and for no other.

use crate::math::sqrt;
use crate::snapshot::state;

/// Streams in a signature. An event that moves more is told from others by its eight strongest.
pub(crate) const PARTS: usize = 8;
/// Signatures whose cosine is above this are of one kind.
const ALIKE: f64 = 0.7;

/// The strongest streams with their signed strength, normalised to length 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Signature {
    /// Places of streams, one more than the place so that 0 is "nobody".
    places: [u32; PARTS],
    strengths: [f32; PARTS],
}
state!(Signature { places, strengths });

impl Signature {
    /// From `(place, strength)` of every stream that stands out; the sign of a strength is its direction.
    pub(crate) fn of(carriers: impl Iterator<Item = (usize, f64)>) -> Self {
        let mut signature = Self::default();
        for (place, strength) in carriers {
            signature.insert(place as u32 + 1, strength as f32);
        }
        let squares = signature.strengths.iter().map(|strength| f64::from(strength * strength));
        let length = sqrt(squares.sum()) as f32;
        if length > 0.0 {
            signature.strengths.iter_mut().for_each(|strength| *strength /= length);
        }
        signature
    }

    /// Keeps the strongest, in falling order; of equals the one that came first.
    fn insert(&mut self, place: u32, strength: f32) {
        let Some(at) = self.strengths.iter().position(|kept| kept.abs() < strength.abs()) else { return };
        self.places[at..].rotate_right(1);
        self.strengths[at..].rotate_right(1);
        self.places[at] = place;
        self.strengths[at] = strength;
    }

    /// The streams with their signed strength, the strongest first.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (usize, f64)> {
        let parts = self.places.iter().zip(&self.strengths).filter(|(place, _)| **place > 0);
        parts.map(|(place, strength)| (*place as usize - 1, f64::from(*strength)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places[0] == 0
    }

    /// The cosine of the two, in [-1, 1].
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let pairs = self.places.iter().zip(&self.strengths).filter(|(place, _)| **place > 0);
        pairs
            .map(|(place, strength)| {
                let there = other.places.iter().position(|known| known == place);
                there.map_or(0.0, |at| f64::from(strength * other.strengths[at]))
            })
            .sum()
    }

    /// Whether the two are of one kind.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        !self.is_empty() && self.likeness(other) >= ALIKE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<const N: usize>(carriers: [(usize, f64); N]) -> Signature {
        Signature::of(carriers.into_iter())
    }

    #[test]
    fn keeps_the_strongest() {
        let many = Signature::of((0..20).map(|place| (place, place as f64)));
        assert_eq!(many.places[0], 20);
        assert_eq!(many.places[PARTS - 1], 13);
    }

    #[test]
    fn likeness_is_of_streams_and_directions() {
        let rise = of([(3, 8.0), (5, 1.0)]);
        assert!(rise.is_like(&of([(3, 80.0), (7, 5.0)])));
        assert!(!rise.is_like(&of([(3, -8.0)])));
        assert!(!rise.is_like(&of([(4, 8.0)])));
        assert!(!of([]).is_like(&of([])));
    }
}
