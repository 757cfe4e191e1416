//! How far the tiles of two pictures lie apart: the sum of what their features differ by, in whole steps.
//!
//! The features of a stream fit into 16 bits together. What is added to that stops at the top, and is then counted anew.
//! Vectors are spelled out, since this is half of what a frame costs where compilers make none: in code that is built for
//! size.

use wide::u16x8;

use super::album::PICTURES;
use super::portrait::{LANES, TRAITS};

/// Eight streams of a picture: their features in steps.
pub(super) type Tile = [[u16; LANES]; TRAITS];
/// What eight streams have come to, over some tiles.
pub(super) type Sums = [u16; LANES];

/// Sums of lanes stop here: from here on their sum may have been more.
pub(super) const FULL: u32 = u16::MAX as u32;

/// The lanes that are present, for each way in which eight streams can be: all bits, or none.
static MASKS: [Sums; 256] = masks();

/// The sum of all features of all streams.
pub(super) fn sum_of(tile: &Tile) -> u32 {
    tile.as_flattened().iter().map(|&steps| u32::from(steps)).sum()
}

#[inline]
pub(super) fn sum_of_lanes(sums: &Sums) -> u32 {
    sums.iter().map(|&sum| u32::from(sum)).sum()
}

/// How far the streams of a tile lie apart, over all their features.
#[inline]
pub(super) fn lanes_apart(a: &Tile, b: &Tile) -> Sums {
    apart(&vectors(a), b).to_array()
}

/// Adds what `now` is below some of the others, which are named by their places.
#[inline(never)]
pub(super) fn add_below(now: &Tile, past: &[Tile; PICTURES], places: &[u8], sums: &mut [Sums; PICTURES]) {
    let now = vectors(now);
    for place in places.iter().map(|&place| usize::from(place)) {
        let below = (past[place].iter().zip(now))
            .fold(u16x8::ZERO, |sum, (past, now)| sum + u16x8::new(*past).saturating_sub(now));
        sums[place] = u16x8::new(sums[place]).saturating_add(below).to_array();
    }
}

fn vectors(tile: &Tile) -> [u16x8; TRAITS] {
    tile.map(u16x8::new)
}

#[inline(always)]
fn apart(now: &[u16x8; TRAITS], past: &Tile) -> u16x8 {
    past.iter().zip(now).fold(u16x8::ZERO, |sum, (past, now)| {
        let past = u16x8::new(*past);
        sum + (now.saturating_sub(past) | past.saturating_sub(*now))
    })
}

/// The sum of what `now` is below another, however much it is.
pub(super) fn below_exactly(now: &Tile, past: &Tile) -> u32 {
    let features = now.as_flattened().iter().zip(past.as_flattened());
    features.map(|(&now, &past)| u32::from(past.saturating_sub(now))).sum()
}

/// Adds how far some of the others lie from `now`, over the streams that are present in both, and how many these are.
#[inline(never)]
pub(super) fn add_apart_in_both(
    (now, here): (&Tile, u8),
    (past, present): (&[Tile; PICTURES], &[u8; PICTURES]),
    places: &[u8],
    sums: &mut [Sums; PICTURES],
    both: &mut [u16; PICTURES],
) {
    let now = vectors(now);
    for place in places.iter().map(|&place| usize::from(place)) {
        let in_both = here & present[place];
        both[place] += in_both.count_ones() as u16;
        let apart = apart(&now, &past[place]) & u16x8::new(MASKS[usize::from(in_both)]);
        sums[place] = u16x8::new(sums[place]).saturating_add(apart).to_array();
    }
}

/// How far two tiles lie apart over some streams, however much it is.
#[cold]
#[inline(never)]
pub(super) fn apart_in_both_exactly(now: &Tile, past: &Tile, in_both: u8) -> u32 {
    let lanes = (0..LANES).filter(|lane| in_both & 1 << lane != 0);
    lanes
        .map(|lane| {
            (0..TRAITS)
                .map(|feature| u32::from(now[feature][lane].abs_diff(past[feature][lane])))
                .sum::<u32>()
        })
        .sum()
}

const fn masks() -> [Sums; 256] {
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
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn sums_are_those_of_one_stream_after_the_other() {
        let mut rng = Rng::new(1);
        for (span, start) in [(3, 0), (900, 0), (13_107, 0), (13_107, 60_000)] {
            let mut tile = || core::array::from_fn(|_| core::array::from_fn(|_| rng.below(span + 1) as u16));
            let (now, past): (Tile, Tile) = (tile(), tile());
            let features =
                |lane: usize| (0..TRAITS).map(move |feature| (now[feature][lane], past[feature][lane]));
            let below = |lane: usize| features(lane).map(|(now, past)| past.saturating_sub(now)).sum::<u16>();
            let apart = |lane: usize| features(lane).map(|(now, past)| now.abs_diff(past)).sum::<u16>();

            let mut past_ones = [now; PICTURES];
            past_ones[7] = past;
            let mut sums = [[start; LANES]; PICTURES];
            add_below(&now, &past_ones, &[7, 9], &mut sums);
            assert_eq!(sums[7], core::array::from_fn(|lane| below(lane).saturating_add(start)));
            assert_eq!([sums[8], sums[9]], [[start; LANES]; 2]);
            let exactly: u32 = (0..LANES).map(|lane| u32::from(below(lane))).sum();
            assert_eq!(below_exactly(&now, &past), exactly);

            let (mut sums, mut both) = ([[start; LANES]; PICTURES], [1; PICTURES]);
            let present = [0b0011_0011; PICTURES];
            add_apart_in_both((&now, 0b0110_1011), (&past_ones, &present), &[7], &mut sums, &mut both);
            let is_in_both = |lane: usize| 0b0010_0011 >> lane & 1 == 1;
            let expected =
                |lane: usize| if is_in_both(lane) { apart(lane).saturating_add(start) } else { start };
            assert_eq!((sums[7], both[7]), (core::array::from_fn(expected), 1 + 3));
            assert_eq!((sums[6], both[6]), ([start; LANES], 1));
            let exactly: u32 =
                (0..LANES).filter(|&lane| is_in_both(lane)).map(|lane| u32::from(apart(lane))).sum();
            assert_eq!(apart_in_both_exactly(&now, &past, 0b0010_0011), exactly);
            assert_eq!(lanes_apart(&now, &past), core::array::from_fn(apart));
        }
    }
}
