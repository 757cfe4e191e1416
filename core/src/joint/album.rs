//! The pictures of the past that a moment is compared with, and the search for the nearest of them.
//!
//! They lie tile after tile, and in a tile one picture after the other: so the moment's own tile stays in registers while
//! the same tile of all pictures passes by.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::apart::{
    FULL, Sums, Tile, add_apart_in_both, add_below, apart_in_both_exactly, below_exactly, sum_of,
    sum_of_lanes,
};
use crate::math::lesser;
use crate::snapshot::{Damage, Reader, State, Writer};

/// Pictures that a moment is compared with.
pub(super) const PICTURES: usize = 256;
/// The nearest pictures that count.
pub(super) const NEIGHBOURS: usize = 8;
/// Tiles between two looks at the sums: which pictures are too far already, and whose sums have stopped at the top.
const TILES_PER_LOOK: usize = 8;

/// Distances that are looked at together.
const EIGHT: usize = 8;
/// One moment: its tiles, and who is present in each, a bit for every stream.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) tiles: Vec<Tile>,
    pub(super) present: Vec<u8>,
}

impl Picture {
    pub(super) fn blank(cells: usize) -> Self {
        Self { tiles: vec![Tile::default(); cells], present: vec![0; cells] }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.tiles.as_slice()) + self.present.len()
    }

    fn streams(&self) -> usize {
        self.present.iter().map(|present| present.count_ones() as usize).sum()
    }
}

/// The kept pictures.
#[derive(Clone, Debug)]
pub(super) struct Album {
    tiles: Vec<Tile>,
    present: Vec<u8>,
    /// So many of them are there, from the first on.
    count: usize,
    /// The sum of each picture, and whether nobody is absent in it. They follow from the tiles, so no snapshot has them.
    sums: Vec<u32>,
    is_whole: Vec<bool>,
    /// The places of the pictures, those in which nobody is absent first, and how many these are.
    order: Vec<u8>,
    whole: usize,
    width: usize,
    cells: usize,
}

impl State for Album {
    fn save(&self, to: &mut Writer) {
        self.tiles.save(to);
        self.present.save(to);
        self.count.save(to);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.tiles.load(from)?;
        self.present.load(from)?;
        self.count.load(from)?;
        if self.count > PICTURES {
            return Err(Damage);
        }
        (0..self.count).for_each(|place| self.sum_up(place));
        self.put_in_order();
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        self.tiles.heap_bytes()
            + self.present.heap_bytes()
            + self.sums.heap_bytes()
            + self.is_whole.heap_bytes()
            + self.order.heap_bytes()
    }
}

/// What a search works on, and the nearest pictures as it leaves them.
#[derive(Clone, Debug)]
pub(super) struct Search {
    sums: Box<[Sums; PICTURES]>,
    /// Streams that are present in both.
    both: Box<[u16; PICTURES]>,
    /// Distances, or what they have come to.
    totals: Box<[u32; PICTURES]>,
    /// Places of the pictures that are not too far yet.
    near: Box<[u8; PICTURES]>,
    /// Distance and place, nearest first; of equals the first one.
    nearest: [(u32, u8); NEIGHBOURS],
    found: usize,
}

impl Search {
    pub(super) fn new() -> Self {
        Self {
            sums: Box::new([Sums::default(); PICTURES]),
            both: Box::new([0; PICTURES]),
            totals: Box::new([0; PICTURES]),
            near: Box::new([0; PICTURES]),
            nearest: [(u32::MAX, 0); NEIGHBOURS],
            found: 0,
        }
    }

    /// Distance and place of the nearest pictures.
    pub(super) fn nearest(&self) -> &[(u32, u8)] {
        &self.nearest[..self.found]
    }

    pub(super) fn bytes(&self) -> usize {
        PICTURES * (size_of::<Sums>() + size_of::<u16>() + size_of::<u32>() + size_of::<u8>())
    }

    /// Takes the nearest out of the distances. The neighbours of the row before are near still: whatever is further than all
    /// of them is none.
    fn pick(&mut self, count: usize) {
        let Self { totals, nearest, found, .. } = self;
        let before = nearest.iter().map(|(_, place)| totals[usize::from(*place)]).max();
        let furthest = if *found == NEIGHBOURS { before.unwrap_or(u32::MAX) } else { u32::MAX };
        *nearest = [(u32::MAX, 0); NEIGHBOURS];
        *found = 0;
        for (from, eight) in (0..count).step_by(EIGHT).zip(totals.as_chunks::<EIGHT>().0) {
            // Most eights have none: that is a handful of vector instructions.
            let limit = lesser(furthest, nearest[NEIGHBOURS - 1].0);
            if eight.iter().fold(false, |any, &distance| any | (distance <= limit)) {
                for (place, &distance) in (from..count).zip(eight) {
                    if distance <= furthest && distance < nearest[NEIGHBOURS - 1].0 {
                        *found = (*found + 1).min(NEIGHBOURS);
                        insert(nearest, distance, place as u8);
                    }
                }
            }
        }
    }
}

#[inline(never)]
fn insert(nearest: &mut [(u32, u8); NEIGHBOURS], distance: u32, place: u8) {
    let mut at = NEIGHBOURS - 1;
    while at > 0 && nearest[at - 1].0 > distance {
        nearest[at] = nearest[at - 1];
        at -= 1;
    }
    nearest[at] = (distance, place);
}

/// Keeps the places of what is near; what is not has no distance any more. Returns how many are left.
fn keep(near: &mut [u8], totals: &mut [u32; PICTURES], is_near: impl Fn(usize, u32) -> bool) -> usize {
    let mut kept = 0;
    for at in 0..near.len() {
        let place = usize::from(near[at]);
        if is_near(place, totals[place]) {
            near[kept] = near[at];
            kept += 1;
        } else {
            totals[place] = u32::MAX;
        }
    }
    kept
}

impl Album {
    pub(super) fn new(width: usize, cells: usize) -> Self {
        Self {
            tiles: vec![Tile::default(); PICTURES * cells],
            present: vec![0; PICTURES * cells],
            count: 0,
            sums: vec![0; PICTURES],
            is_whole: vec![false; PICTURES],
            order: Vec::with_capacity(PICTURES),
            whole: 0,
            width,
            cells,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Puts a picture at a place: one that is taken, or the first that is free.
    pub(super) fn put(&mut self, place: usize, tiles: &[Tile], present: &[u8]) {
        for (cell, (tile, present)) in tiles.iter().zip(present).enumerate() {
            self.tiles[cell * PICTURES + place] = *tile;
            self.present[cell * PICTURES + place] = *present;
        }
        self.count = self.count.max(place + 1);
        self.sum_up(place);
        self.put_in_order();
    }

    fn put_in_order(&mut self) {
        let places = |is_whole: bool| {
            let flags = self.is_whole[..self.count].iter().enumerate();
            flags.filter(move |(_, whole)| **whole == is_whole).map(|(place, _)| place as u8)
        };
        self.order.clear();
        self.order.extend(places(true).chain(places(false)));
        self.whole = places(true).count();
    }

    fn sum_up(&mut self, place: usize) {
        let cells = || (place..self.tiles.len()).step_by(PICTURES);
        let streams: u32 = cells().map(|at| self.present[at].count_ones()).sum();
        self.sums[place] = cells().fold(0, |sum, at| sum.wrapping_add(sum_of(&self.tiles[at])));
        self.is_whole[place] = streams as usize == self.width;
    }

    /// A picture, tile after tile, with who is present.
    pub(super) fn picture(&self, place: u8) -> impl Iterator<Item = (&Tile, u8)> {
        let tiles = self.tiles[usize::from(place)..].iter().step_by(PICTURES);
        tiles.zip(self.present[usize::from(place)..].iter().step_by(PICTURES).copied())
    }

    /// Fills in the nearest pictures.
    pub(super) fn search(&self, now: &Picture, search: &mut Search) {
        let whole = if now.streams() == self.width { self.whole } else { 0 };
        let (whole, with_gaps) = self.order.split_at(whole);
        self.measure(now, whole, search);
        self.measure_with_gaps(now, with_gaps, search);
        search.pick(self.count);
    }

    /// The same tile of all pictures, and who is present in it.
    fn tiles_of(&self, cell: usize) -> Option<(&[Tile; PICTURES], &[u8; PICTURES])> {
        let from = cell * PICTURES;
        self.tiles[from..].first_chunk().zip(self.present[from..].first_chunk())
    }

    /// Where nobody is absent, only one direction is counted: what the moment is below a picture. What it is above follows,
    /// since both together are the difference of the pictures' sums.
    fn measure(&self, now: &Picture, places: &[u8], search: &mut Search) {
        if places.is_empty() {
            return;
        }
        let sum = now.tiles.iter().fold(0, |sum: u32, tile| sum.wrapping_add(sum_of(tile)));
        let furthest = self.furthest(now, sum, search);
        let Search { sums, totals, near, .. } = search;
        let mut count = places.len();
        near[..count].copy_from_slice(places);
        places.iter().for_each(|&place| totals[usize::from(place)] = 0);
        for from in (0..self.cells).step_by(TILES_PER_LOOK) {
            let cells = from..(from + TILES_PER_LOOK).min(self.cells);
            sums.fill(Sums::default());
            for cell in cells.clone() {
                if let Some((past, _)) = self.tiles_of(cell) {
                    add_below(&now.tiles[cell], past, &near[..count], sums);
                }
            }
            for place in near[..count].iter().map(|&place| usize::from(place)) {
                let least = sum_of_lanes(&sums[place]);
                let below = if least < FULL { least } else { self.below_exactly(now, cells.clone(), place) };
                totals[place] = totals[place].wrapping_add(below);
            }
            if cells.end < self.cells {
                let is_near = |place: usize, total: u32| {
                    u64::from(sum) + 2 * u64::from(total) <= u64::from(furthest) + u64::from(self.sums[place])
                };
                count = keep(&mut near[..count], totals, is_near);
            }
        }
        for place in near[..count].iter().map(|&place| usize::from(place)) {
            totals[place] = totals[place].wrapping_mul(2).wrapping_add(sum).wrapping_sub(self.sums[place]);
        }
    }

    /// What the moment is below a picture in some cells, however much it is.
    #[cold]
    #[inline(never)]
    fn below_exactly(&self, now: &Picture, cells: Range<usize>, place: usize) -> u32 {
        cells.map(|cell| below_exactly(&now.tiles[cell], &self.tiles[cell * PICTURES + place])).sum()
    }

    /// How far the nearest can be at most: the neighbours of the row before are near still. Asked only where a distance has
    /// more than one look.
    fn furthest(&self, now: &Picture, sum: u32, search: &Search) -> u32 {
        let is_whole = |(_, place): &(u32, u8)| self.is_whole[usize::from(*place)];
        if self.cells <= TILES_PER_LOOK || search.found < NEIGHBOURS || !search.nearest.iter().all(is_whole) {
            return u32::MAX;
        }
        let distance = |&(_, place): &(u32, u8)| {
            let place = usize::from(place);
            let below = self.below_exactly(now, 0..self.cells, place);
            below.wrapping_mul(2).wrapping_add(sum).wrapping_sub(self.sums[place])
        };
        search.nearest.iter().map(distance).max().unwrap_or(u32::MAX)
    }

    /// Over the streams that are present in both, scaled up to all of them. Pictures without a common stream are too far.
    fn measure_with_gaps(&self, now: &Picture, places: &[u8], search: &mut Search) {
        if places.is_empty() {
            return;
        }
        let Search { sums, both, totals, .. } = search;
        both.fill(0);
        places.iter().for_each(|&place| totals[usize::from(place)] = 0);
        for from in (0..self.cells).step_by(TILES_PER_LOOK) {
            let cells = from..(from + TILES_PER_LOOK).min(self.cells);
            sums.fill(Sums::default());
            for cell in cells.clone() {
                if let Some(past) = self.tiles_of(cell) {
                    add_apart_in_both((&now.tiles[cell], now.present[cell]), past, places, sums, both);
                }
            }
            for place in places.iter().map(|&place| usize::from(place)) {
                let least = sum_of_lanes(&sums[place]);
                let apart = if least < FULL { least } else { self.apart_exactly(now, cells.clone(), place) };
                totals[place] = totals[place].wrapping_add(apart);
            }
        }
        for place in places.iter().map(|&place| usize::from(place)) {
            let scaled = (u64::from(totals[place]) * self.width as u64).checked_div(u64::from(both[place]));
            totals[place] = scaled.map_or(u32::MAX, |scaled| scaled as u32);
        }
    }

    /// How far a picture lies apart in some cells, over the streams that are present in both, however much it is.
    #[cold]
    #[inline(never)]
    fn apart_exactly(&self, now: &Picture, cells: Range<usize>, place: usize) -> u32 {
        let apart = |cell: usize| {
            let past = cell * PICTURES + place;
            apart_in_both_exactly(&now.tiles[cell], &self.tiles[past], now.present[cell] & self.present[past])
        };
        cells.map(apart).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joint::portrait::LANES;
    use crate::rng::Rng;

    /// A picture with features of at most `span` steps.
    fn picture(rng: &mut Rng, cells: usize, span: usize, has_gaps: bool) -> Picture {
        let mut picture = Picture::blank(cells);
        let features = picture.tiles.as_flattened_mut().as_flattened_mut();
        features.iter_mut().for_each(|steps| *steps = rng.below(span + 1) as u16);
        picture.present.fill_with(|| if has_gaps { rng.bits() as u8 } else { u8::MAX });
        picture
    }

    /// One stream after the other, scaled up to all of them.
    fn naive(now: &Picture, past: &Picture) -> Option<u32> {
        let (mut apart, mut both) = (0_u64, 0);
        for cell in 0..now.tiles.len() {
            for lane in (0..LANES).filter(|lane| now.present[cell] & past.present[cell] & 1 << lane != 0) {
                both += 1;
                let pairs = now.tiles[cell].iter().zip(&past.tiles[cell]);
                apart += pairs.map(|(now, past)| u64::from(now[lane].abs_diff(past[lane]))).sum::<u64>();
            }
        }
        (apart * (now.tiles.len() * LANES) as u64).checked_div(both).map(|scaled| scaled as u32)
    }

    #[test]
    fn finds_what_a_search_of_one_stream_after_the_other_finds() {
        let mut rng = Rng::new(1);
        // Few and many tiles; neighbours, usual pictures, and those in which sums stop at the top; with and without gaps.
        for cells in [1, 4, 8, 9, 40] {
            for (span, has_gaps) in
                [3, 900, 13_107].into_iter().flat_map(|span| [(span, false), (span, true)])
            {
                let mut album = Album::new(cells * LANES, cells);
                let mut search = Search::new();
                let pictures: Vec<Picture> =
                    (0..60).map(|n| picture(&mut rng, cells, span, has_gaps && n % 3 > 0)).collect();
                for (place, picture) in pictures.iter().enumerate() {
                    album.put(place, &picture.tiles, &picture.present);
                }
                // The second one begins with the neighbours of the first.
                for n in 0..4 {
                    let now = picture(&mut rng, cells, span, has_gaps && n > 1);
                    album.search(&now, &mut search);
                    let far = pictures
                        .iter()
                        .enumerate()
                        .filter_map(|(place, past)| Some((naive(&now, past)?, place as u8)));
                    let mut expected: Vec<(u32, u8)> = far.collect();
                    expected.sort_unstable();
                    expected.truncate(NEIGHBOURS);
                    assert_eq!(search.nearest(), expected, "{cells} tiles, {span} steps, gaps {has_gaps}");
                }
            }
        }
    }
}
