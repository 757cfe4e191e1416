//! Joint novelty: have all streams together ever been in a state like this?
//!
//! The picture of this moment is compared with some hundred pictures of the past, evenly thinned and never younger
//! than two hundred rows; the answer is the mean distance to the nearest few. A strange state becomes normal once as
//! many of its pictures are kept as neighbours are asked: hundreds of rows at the earliest, a few thousand at the
//! latest. There is no freeze and no time-out, so nothing can get stuck.
//!
//! Pictures are kept as 16-bit numbers. Their distances are whole numbers then, so a sum may be taken in any order and
//! broken off early, and twice as many fit into a vector.

use alloc::vec;
use alloc::vec::Vec;

use super::apart::{Tile, distance, distance_with_gaps, lanes_apart, sum_of};
use super::portrait::{Cell, LANES, Portrait, START_VALUES};
use super::view::{JointView, Seen};
use crate::rng::Rng;
use crate::schema::Schema;
use crate::snapshot::{Damage, Reader, State, Writer, state};

/// Pictures that a moment is compared with.
const PICTURES: usize = 256;
/// The nearest pictures that count.
const NEIGHBOURS: usize = 8;
/// Pictures that wait until they are old enough.
const WAITING: usize = 64;
const SLOTS: usize = PICTURES + WAITING;
/// Rows that the kept pictures are spread over. Longer ranks better, shorter takes a new normal in sooner.
const SPREAD_ROWS: f64 = 20_000.0;
/// A picture is compared with once it is this old.
const DELAY_ROWS: u64 = 200;
/// Rows until a distance is taken at its full size.
const RAMP_ROWS: f64 = 100.0;
/// Steps per unit of a feature. All features of a stream differ by at most 140 together, which must fit into 16 bits.
const STEPS: f32 = 256.0;
/// The step of feature 0.
const MIDDLE: f32 = 32_768.0;
/// The due row of a slot that is free.
const FREE: u64 = u64::MAX;

/// The thinned past.
#[derive(Clone, Debug)]
pub(crate) struct Novelty {
    /// The share of a picture that is due to be kept.
    owed: f64,
    rng: Rng,
    pictures: Pictures,
    /// Who is present in them, cell after cell, a bit for each stream.
    present: Vec<u8>,
    /// The row from which a slot is compared with.
    due: Vec<u64>,
    /// Slots without absent streams need no counting.
    is_whole: Vec<bool>,
    width: usize,
}
state!(Novelty { owed, rng, pictures, present, due, is_whole; width });

/// `SLOTS` pictures, one after the other.
#[derive(Clone, Debug)]
struct Pictures {
    tiles: Vec<Tile>,
    /// The sum of each picture. It follows from the tiles, so no snapshot has it.
    sums: Vec<u32>,
}

impl State for Pictures {
    fn save(&self, to: &mut Writer) {
        self.tiles.save(to);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.tiles.load(from)?;
        let cells = (self.tiles.len() / SLOTS).max(1);
        self.sums.iter_mut().zip(self.tiles.chunks(cells)).for_each(|(sum, tiles)| *sum = sum_of(tiles));
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        self.tiles.heap_bytes() + self.sums.heap_bytes()
    }
}

/// This moment's picture and its nearest neighbours.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    picture: Vec<Tile>,
    sum: u32,
    present: Vec<u8>,
    /// Distance and slot, nearest first; equal distances in the order of their slots.
    nearest: [(u32, u32); NEIGHBOURS],
    found: usize,
}

impl JointView for Novelty {
    type Scratch = Nearest;

    fn new(schema: &Schema) -> Self {
        let width = schema.streams().len();
        let cells = width.div_ceil(LANES);
        Self {
            owed: 0.0,
            rng: Rng::new(schema.seed()),
            pictures: Pictures { tiles: vec![Tile::default(); SLOTS * cells], sums: vec![0; SLOTS] },
            present: vec![0; SLOTS * cells],
            due: vec![FREE; SLOTS],
            is_whole: vec![false; SLOTS],
            width,
        }
    }

    fn scratch(&self) -> Nearest {
        let cells = self.width.div_ceil(LANES);
        let (picture, present) = (vec![Tile::default(); cells], vec![0; cells]);
        Nearest { picture, sum: 0, present, nearest: [(u32::MAX, 0); NEIGHBOURS], found: 0 }
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Nearest) -> Option<f64> {
        draw(seen.portrait, scratch);
        self.search(seen, scratch);
        let rows = seen.rows() as f64;
        if scratch.found == 0 || seen.portrait.here == 0 {
            return None;
        }
        let near = &scratch.nearest[..scratch.found];
        let total: u64 = near.iter().map(|(distance, _)| u64::from(*distance)).sum();
        let mean = total as f64 / (near.len() * self.width) as f64 / f64::from(STEPS);
        Some(mean * (rows / RAMP_ROWS).min(1.0))
    }

    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Nearest) {
        let row = seen.rows();
        self.make_room(row);
        if row < START_VALUES as u64 {
            return;
        }
        let pictures = PICTURES as f64;
        self.owed += (pictures / (row as f64 + 1.0)).clamp(pictures / SPREAD_ROWS, 1.0);
        if self.owed < 1.0 || seen.portrait.here == 0 {
            self.owed = self.owed.min(2.0);
            return;
        }
        self.owed -= 1.0;
        let Some(slot) = self.due.iter().position(|&due| due == FREE) else { return };
        let cells = scratch.picture.len();
        self.pictures.tiles[slot * cells..(slot + 1) * cells].copy_from_slice(&scratch.picture);
        self.pictures.sums[slot] = scratch.sum;
        self.present[slot * cells..(slot + 1) * cells].copy_from_slice(&scratch.present);
        self.due[slot] = (row + row.min(DELAY_ROWS)).saturating_add(1);
        self.is_whole[slot] = seen.portrait.here == self.width;
    }

    fn lent_bytes(&self, scratch: &Nearest) -> usize {
        size_of_val(scratch.picture.as_slice()) + size_of_val(scratch.present.as_slice())
    }

    fn shares(&self, scratch: &Nearest, shares: &mut [f64]) {
        shares.fill(0.0);
        for &(_, slot) in &scratch.nearest[..scratch.found] {
            let (past, present) = self.picture(slot as usize, scratch.picture.len());
            let cells = (scratch.picture.iter().zip(&scratch.present)).zip(past.iter().zip(present));
            for (((now, here), (past, there)), shares) in cells.zip(shares.chunks_mut(LANES)) {
                let apart = lanes_apart(now, past);
                for (lane, share) in shares.iter_mut().enumerate() {
                    *share += f64::from(apart[lane]) * f64::from(here & there & bit(lane) != 0);
                }
            }
        }
    }
}

impl Novelty {
    /// A kept picture: its tiles, and who is present.
    #[inline]
    fn picture(&self, slot: usize, cells: usize) -> (&[Tile], &[u8]) {
        let range = slot * cells..(slot + 1) * cells;
        (&self.pictures.tiles[range.clone()], &self.present[range])
    }

    /// How far a kept picture lies from this moment's, or anything above `furthest`. Woven into the search: for few
    /// streams a call would cost as much as the distance.
    #[inline(always)]
    fn distance(&self, now: &Nearest, is_whole: bool, slot: usize, furthest: u32) -> u32 {
        let (past, present) = self.picture(slot, now.picture.len());
        if is_whole && self.is_whole[slot] {
            distance((&now.picture, now.sum), (past, self.pictures.sums[slot]), furthest)
        } else {
            distance_with_gaps((&now.picture, &now.present), (past, present), self.width, furthest)
        }
    }

    /// Fills in the nearest live pictures.
    fn search(&self, seen: &Seen<'_>, scratch: &mut Nearest) {
        let row = seen.rows();
        let is_whole = seen.portrait.here == self.width;
        let (before, found) = (scratch.nearest, scratch.found);
        // The neighbours of the row before are near still: whatever is further than all of them is none. The answer does
        // not depend on it.
        let mut limit = (u32::MAX, 0);
        if found == NEIGHBOURS && before.iter().all(|&(_, slot)| self.due[slot as usize] <= row) {
            let furthest = before
                .iter()
                .map(|&(_, slot)| self.distance(scratch, is_whole, slot as usize, u32::MAX))
                .max();
            limit = (furthest.unwrap_or(u32::MAX), SLOTS as u32);
        }
        scratch.found = 0;
        scratch.nearest = [limit; NEIGHBOURS];
        for slot in (0..SLOTS).filter(|&slot| self.due[slot] <= row) {
            let next =
                (self.distance(scratch, is_whole, slot, scratch.nearest[NEIGHBOURS - 1].0), slot as u32);
            if next >= scratch.nearest[NEIGHBOURS - 1] {
                continue;
            }
            scratch.found = (scratch.found + 1).min(NEIGHBOURS);
            let mut place = NEIGHBOURS - 1;
            while place > 0 && scratch.nearest[place - 1] > next {
                scratch.nearest[place] = scratch.nearest[place - 1];
                place -= 1;
            }
            scratch.nearest[place] = next;
        }
    }

    /// Once there are more live pictures than are compared with, a drawn one makes room. One at most becomes due per
    /// row, since one at most is kept per row.
    fn make_room(&mut self, row: u64) {
        let live_until = |row: u64| self.due.iter().filter(|&&due| due <= row).count();
        if live_until(row.saturating_add(1)) <= PICTURES {
            return;
        }
        let leaves = self.rng.below(live_until(row).max(1));
        let slot =
            (self.due.iter().enumerate()).filter(|&(_, &due)| due <= row).nth(leaves).map(|(slot, _)| slot);
        if let Some(slot) = slot {
            self.due[slot] = FREE;
        }
    }
}

/// The bit of a lane.
#[inline]
fn bit(lane: usize) -> u8 {
    1 << lane
}

/// A portrait in steps.
fn draw(portrait: &Portrait, to: &mut Nearest) {
    for (cell, (tile, present)) in portrait.cells.iter().zip(to.picture.iter_mut().zip(&mut to.present)) {
        draw_cell(cell, tile);
        *present = (0..LANES).map(|lane| if cell.here[lane] > 0.0 { bit(lane) } else { 0 }).sum();
    }
    to.sum = sum_of(&to.picture);
}

fn draw_cell(cell: &Cell, tile: &mut Tile) {
    for (traits, steps) in cell.traits.iter().zip(tile.iter_mut()) {
        for lane in 0..LANES {
            // Half a step more, since the cast cuts off.
            steps[lane] = (traits[lane] * STEPS + (MIDDLE + 0.5)) as i32 as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joint::contract::{Watch, schema_of, values_at};
    use crate::joint::portrait::TRAITS;

    /// What the words say, without masks, lanes, early stops or running lists: every live picture's distance in
    /// floating point, sorted.
    fn naive(view: &Novelty, now: &Nearest, row: u64) -> Option<f64> {
        let cells = now.picture.len();
        let mut distances = Vec::new();
        for slot in (0..SLOTS).filter(|&slot| view.due[slot] <= row) {
            let (mut apart, mut both) = (0.0, 0.0);
            for stream in 0..view.width {
                let (cell, lane) = (stream / LANES, stream % LANES);
                let past = slot * cells + cell;
                if now.present[cell] >> lane & 1 == 1 && view.present[past] >> lane & 1 == 1 {
                    both += 1.0;
                    let steps = |feature: usize| {
                        f64::from(now.picture[cell][feature][lane])
                            - f64::from(view.pictures.tiles[past][feature][lane])
                    };
                    apart += (0..TRAITS).map(|feature| steps(feature).abs()).sum::<f64>();
                }
            }
            if both > 0.0 {
                distances.push(apart / both / f64::from(STEPS));
            }
        }
        distances.sort_by(f64::total_cmp);
        distances.truncate(NEIGHBOURS);
        let mean = distances.iter().sum::<f64>() / distances.len() as f64;
        (!distances.is_empty()).then(|| mean * (row as f64 / RAMP_ROWS).min(1.0))
    }

    #[test]
    fn agrees_with_a_slow_search() {
        for width in [1, 9, 70] {
            let mut watch = Watch::<Novelty>::new(&schema_of(width));
            for row in 0..1300 {
                let values = values_at(row, width);
                let odd = watch.judge(&values).oddness;
                let slow = naive(&watch.view.view, &watch.scratch, row);
                match (odd, slow) {
                    // Scaling up for gaps cuts off less than one step per picture.
                    (Some(odd), Some(slow)) => {
                        assert!((odd - slow).abs() < 1.0 / f64::from(STEPS), "{odd} {slow}")
                    }
                    (odd, slow) => assert!(odd.is_none() || slow.is_some(), "row {row}: {odd:?} {slow:?}"),
                }
                watch.skip(&values);
            }
        }
    }

    #[test]
    fn a_strange_state_is_odd_and_in_time_becomes_normal() {
        let mut watch = Watch::<Novelty>::new(
            &crate::SchemaDraft::of_streams(["a", "b", "c"]).validate().expect("valid"),
        );
        let mut rng = Rng::new(3);
        let mut row = |shift: f64| -> Vec<Option<f64>> {
            (0..3).map(|_| Some(f64::from(rng.unit()) + shift)).collect()
        };
        let usual = (0..4000).map(|_| watch.learn(&row(0.0)).oddness.unwrap_or(0.0)).fold(0.0, f64::max);
        let odd: Vec<f64> = (0..4000).map(|_| watch.learn(&row(3.0)).oddness.unwrap_or(0.0)).collect();
        assert!(odd[20..90].iter().all(|&odd| odd > 2.0 * usual), "{usual} {:?}", &odd[20..90]);
        let accepted = odd.iter().rposition(|&odd| odd > usual).expect("odd at first");
        assert!((100..3500).contains(&accepted), "{accepted}");
    }

    #[test]
    fn never_more_pictures_live_than_are_compared_with() {
        let mut watch = Watch::<Novelty>::new(&schema_of(2));
        for row in 0..3000 {
            watch.skip(&values_at(row, 2));
            let live = watch.view.view.due.iter().filter(|&&due| due <= row + 1).count();
            assert!(live <= PICTURES, "{live} in row {row}");
        }
        assert_eq!(watch.view.view.due.iter().filter(|&&due| due <= 3000).count(), PICTURES);
    }
}
