//! How far two pictures lie apart: the sum of what their features differ by, in whole steps.
//!
//! Where nobody is absent, only one direction is counted: what the one is below the other. What it is above follows,
//! since both together are the difference of the pictures' sums. That is two instructions for eight numbers.
//!
//! Loops that add lanes up are of one shape, for each lane all features: compilers make vectors of that one. The features
//! of a stream fit into 16 bits together. What is added to that stops at the top, and is then counted anew.

use super::portrait::{LANES, TRAITS};

/// Eight streams of a picture: their features in steps.
pub(super) type Tile = [[u16; LANES]; TRAITS];

/// Tiles between two looks at whether a distance is already too far to count.
const TILES_PER_LOOK: usize = 8;
/// Sums of lanes stop here: from here on their sum may have been more.
const FULL: u32 = u16::MAX as u32;

/// The lanes that are present, for each way in which eight streams can be: all bits, or none.
static MASKS: [[u16; LANES]; 256] = masks();

/// The sum of all features of all streams.
pub(super) fn sum_of(tiles: &[Tile]) -> u32 {
    let features = tiles.as_flattened().as_flattened();
    features.iter().fold(0, |sum, &steps| sum.wrapping_add(u32::from(steps)))
}

/// How far the streams of a tile lie apart, over all their features.
#[inline]
pub(super) fn lanes_apart(a: &Tile, b: &Tile) -> [u16; LANES] {
    let mut apart = [0_u16; LANES];
    for feature in 0..TRAITS {
        for lane in 0..LANES {
            apart[lane] = apart[lane].wrapping_add(a[feature][lane].abs_diff(b[feature][lane]));
        }
    }
    apart
}

/// The sum over all streams, or anything above `furthest` if it is above that. Each picture comes with its sum.
#[inline(always)]
pub(super) fn distance((a, sum_a): (&[Tile], u32), (b, sum_b): (&[Tile], u32), furthest: u32) -> u32 {
    let furthest = u64::from(furthest) + u64::from(sum_b);
    let mut reached = u64::from(sum_a);
    for (a, b) in a.chunks(TILES_PER_LOOK).zip(b.chunks(TILES_PER_LOOK)) {
        let least = below(a, b);
        if reached + 2 * u64::from(least) > furthest {
            return u32::MAX;
        }
        reached += 2 * u64::from(if least < FULL { least } else { below_exactly(a, b) });
    }
    reached.saturating_sub(u64::from(sum_b)) as u32
}

/// The sum over the streams that are present in both, scaled up to all of them, or anything above `furthest` if it is
/// above that.
#[inline(never)]
pub(super) fn distance_with_gaps(
    (a, in_a): (&[Tile], &[u8]),
    (b, in_b): (&[Tile], &[u8]),
    width: usize,
    furthest: u32,
) -> u32 {
    let (mut total, mut both) = (0_u64, 0_u64);
    let groups = a.chunks(TILES_PER_LOOK).zip(in_a.chunks(TILES_PER_LOOK));
    for ((a, in_a), (b, in_b)) in groups.zip(b.chunks(TILES_PER_LOOK).zip(in_b.chunks(TILES_PER_LOOK))) {
        let (least, count) = apart_in_both((a, in_a), (b, in_b));
        total += u64::from(if least < FULL { least } else { apart_in_both_exactly((a, in_a), (b, in_b)) });
        both += u64::from(count);
    }
    // Most are too far, and comparing is cheaper than dividing. Pictures without a common stream end here, too.
    let scaled = total * width as u64;
    if scaled >= (u64::from(furthest) + 1) * both { u32::MAX } else { (scaled / both) as u32 }
}

/// The sum of what `a` is below `b`; at least that much where it is `FULL` or more.
#[inline(always)]
fn below(a: &[Tile], b: &[Tile]) -> u32 {
    let mut sums = [0_u16; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            let below = (0..TRAITS).map(|feature| b[feature][lane].saturating_sub(a[feature][lane]));
            sums[lane] = sums[lane].saturating_add(below.fold(0, u16::wrapping_add));
        }
    }
    sums.iter().map(|&sum| u32::from(sum)).sum()
}

/// The same for pictures that are very far apart.
#[cold]
#[inline(never)]
fn below_exactly(a: &[Tile], b: &[Tile]) -> u32 {
    let features = a.as_flattened().as_flattened().iter().zip(b.as_flattened().as_flattened());
    features.map(|(&a, &b)| u32::from(b.saturating_sub(a))).sum()
}

/// The sum over the streams that are present in both, at least that much where it is `FULL` or more; and how many these
/// streams are.
#[inline]
fn apart_in_both((a, in_a): (&[Tile], &[u8]), (b, in_b): (&[Tile], &[u8])) -> (u32, u32) {
    let mut sums = [0_u16; LANES];
    let mut both = 0;
    for ((a, in_a), (b, in_b)) in a.iter().zip(in_a).zip(b.iter().zip(in_b)) {
        let mask = &MASKS[usize::from(in_a & in_b)];
        both += (in_a & in_b).count_ones();
        for lane in 0..LANES {
            let apart = (0..TRAITS).map(|feature| {
                let (a, b) = (a[feature][lane], b[feature][lane]);
                a.saturating_sub(b) | b.saturating_sub(a)
            });
            sums[lane] = sums[lane].saturating_add(apart.fold(0, u16::wrapping_add) & mask[lane]);
        }
    }
    (sums.iter().map(|&sum| u32::from(sum)).sum(), both)
}

/// The same for pictures that are very far apart.
#[cold]
#[inline(never)]
fn apart_in_both_exactly((a, in_a): (&[Tile], &[u8]), (b, in_b): (&[Tile], &[u8])) -> u32 {
    let mut total = 0;
    for ((a, in_a), (b, in_b)) in a.iter().zip(in_a).zip(b.iter().zip(in_b)) {
        for lane in (0..LANES).filter(|lane| in_a & in_b & 1 << lane != 0) {
            total += (0..TRAITS)
                .map(|feature| u32::from(a[feature][lane].abs_diff(b[feature][lane])))
                .sum::<u32>();
        }
    }
    total
}

const fn masks() -> [[u16; LANES]; 256] {
    let mut masks = [[0; LANES]; 256];
    let mut place = 0;
    while place < 256 * LANES {
        if (place / LANES) >> (place % LANES) & 1 == 1 {
            masks[place / LANES][place % LANES] = u16::MAX;
        }
        place += 1;
    }
    masks
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::rng::Rng;

    /// Tiles with features of at most `span` steps.
    fn tiles(rng: &mut Rng, count: usize, span: usize) -> Vec<Tile> {
        let mut feature = || rng.below(span + 1) as u16;
        (0..count).map(|_| core::array::from_fn(|_| core::array::from_fn(|_| feature()))).collect()
    }

    /// One stream after the other: what those that are present in both lie apart, and how many these are.
    fn naive((a, in_a): (&[Tile], &[u8]), (b, in_b): (&[Tile], &[u8])) -> (u64, u64) {
        let is_in_both =
            |&stream: &usize| in_a[stream / LANES] & in_b[stream / LANES] & 1 << (stream % LANES) != 0;
        let streams: Vec<usize> = (0..a.len() * LANES).filter(is_in_both).collect();
        let at =
            |tiles: &[Tile], stream: usize, feature: usize| tiles[stream / LANES][feature][stream % LANES];
        let apart = streams.iter().flat_map(|&stream| {
            (0..TRAITS).map(move |feature| u64::from(at(a, stream, feature).abs_diff(at(b, stream, feature))))
        });
        (apart.sum(), streams.len() as u64)
    }

    #[test]
    fn distances_are_those_of_one_stream_after_the_other() {
        let mut rng = Rng::new(1);
        // Neighbours, usual pictures, and those in which sums of lanes stop.
        for (count, span) in
            [1, 4, 8, 9, 40].into_iter().flat_map(|count| [(count, 3), (count, 900), (count, 13_107)])
        {
            let (a, b) = (tiles(&mut rng, count, span), tiles(&mut rng, count, span));
            let mut present = || (0..count).map(|_| rng.bits() as u8).collect::<Vec<u8>>();
            let (in_a, in_b, all) = (present(), present(), alloc::vec![u8::MAX; count]);
            let width = count * LANES;

            let whole = naive((&a, &all), (&b, &all)).0 as u32;
            let (a_and_sum, b_and_sum) = ((&a[..], sum_of(&a)), (&b[..], sum_of(&b)));
            assert_eq!(distance(a_and_sum, b_and_sum, u32::MAX), whole);
            assert_eq!(distance(b_and_sum, a_and_sum, whole), whole);
            assert!(distance(a_and_sum, b_and_sum, whole - 1) >= whole);

            let (apart, both) = naive((&a, &in_a), (&b, &in_b));
            let partly = |furthest| distance_with_gaps((&a, &in_a), (&b, &in_b), width, furthest);
            let scaled = (apart * width as u64).checked_div(both).map_or(u32::MAX, |scaled| scaled as u32);
            assert_eq!(partly(u32::MAX), scaled);
            assert_eq!(partly(scaled), scaled);
            assert!(scaled == 0 || partly(scaled - 1) >= scaled);
            let lanes: u32 = a.iter().zip(&b).flat_map(|(a, b)| lanes_apart(a, b)).map(u32::from).sum();
            assert_eq!(lanes, whole);
        }
    }
}
