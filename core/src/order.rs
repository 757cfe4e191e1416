//! Sorting in few bytes.
//!
//! The sorts of the standard library are made for millions and are unrolled anew for each type they meet: for two dozen
//! places that sort a handful each, they were a sixth of the WebAssembly. These are the same code for all.

use alloc::vec::Vec;

/// Puts a few in order; equals stay as they stood. By insertion, so it is for dozens, or for what is nearly sorted.
pub(crate) fn few<T>(items: &mut [T], mut is_before: impl FnMut(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && is_before(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// The places of `count` things in their order, equals as they stood: by merging, so it is for any number.
pub(crate) fn places(count: usize, is_before: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    let mut merged = sorted.clone();
    let mut run = 1;
    while run < count {
        for from in (0..count).step_by(2 * run) {
            let (middle, end) = ((from + run).min(count), (from + 2 * run).min(count));
            let (mut left, mut right) = (from, middle);
            for place in &mut merged[from..end] {
                let takes_right = right < end && (left == middle || is_before(sorted[right], sorted[left]));
                let taken = if takes_right { &mut right } else { &mut left };
                *place = sorted[*taken];
                *taken += 1;
            }
        }
        core::mem::swap(&mut sorted, &mut merged);
        run *= 2;
    }
    sorted
}

/// The value that stands in a place once all are sorted, of which none is NaN. It leaves them half sorted. (Hoare's
/// search, in Wirth's words: only the side with the place is looked at again.)
pub(crate) fn nth(values: &mut [f64], place: usize) -> f64 {
    let (mut from, mut end) = (0, values.len());
    while from + 1 < end {
        let pivot = values[place];
        let (mut left, mut right) = (from, end);
        while left < right {
            while values[left] < pivot {
                left += 1;
            }
            while values[right - 1] > pivot {
                right -= 1;
            }
            if left < right {
                values.swap(left, right - 1);
                left += 1;
                right -= 1;
            }
        }
        if right <= place {
            from = left;
        }
        if place < left {
            end = right;
        }
    }
    values[place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Numbers of which many are equal.
    fn drawn(rng: &mut Rng, count: usize) -> Vec<(u32, usize)> {
        (0..count).map(|place| (rng.below(9) as u32, place)).collect()
    }

    #[test]
    fn sorts_as_the_standard_library_does() {
        let mut rng = Rng::new(7);
        for count in 0..70 {
            let drawn = drawn(&mut rng, count);
            let mut expected = drawn.clone();
            expected.sort_by_key(|&(number, _)| number);
            let mut sorted = drawn.clone();
            few(&mut sorted, |one, other| one.0 < other.0);
            assert_eq!(sorted, expected);
            let places = places(count, &mut |one, other| drawn[one].0 < drawn[other].0);
            assert!(places.iter().zip(&expected).all(|(place, (_, expected))| place == expected), "{count}");
        }
    }

    #[test]
    fn finds_what_stands_in_a_place() {
        let mut rng = Rng::new(8);
        for count in 1..70 {
            let values: Vec<f64> =
                drawn(&mut rng, count).iter().map(|&(number, _)| f64::from(number)).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            for (place, &expected) in sorted.iter().enumerate() {
                assert_eq!(nth(&mut values.clone(), place), expected, "{place} of {count}");
            }
        }
    }
}
