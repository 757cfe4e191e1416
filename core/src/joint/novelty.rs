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

use super::album::{Album, PICTURES, Picture, Search};
use super::apart::{Tile, lanes_apart};
use super::portrait::{Cell, LANES, Lane, Portrait, START_VALUES};
use super::view::{JointView, Seen};
use crate::rng::Rng;
use crate::schema::Schema;
use crate::snapshot::state;

/// Pictures that wait until they are old enough.
const WAITING: usize = 64;
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

/// The thinned past.
#[derive(Clone, Debug)]
pub(crate) struct Novelty {
    /// The share of a picture that is due to be kept.
    owed: f64,
    rng: Rng,
    album: Album,
    waiting: Waiting,
    width: usize,
}
state!(Novelty { owed, rng, album, waiting; width });

/// Pictures that are too young, in the order in which they came.
#[derive(Clone, Debug)]
struct Waiting {
    tiles: Vec<Tile>,
    present: Vec<u8>,
    /// The row from which each is compared with.
    due: Vec<u64>,
    /// The oldest, and how many there are.
    first: usize,
    count: usize,
}
state!(Waiting { tiles, present, due, first, count } where |waiting| {
    waiting.first < WAITING && waiting.count <= WAITING
});

/// This moment's picture and its nearest neighbours.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    picture: Picture,
    search: Search,
}

impl JointView for Novelty {
    type Scratch = Nearest;

    fn new(schema: &Schema) -> Self {
        let width = schema.streams().len();
        let cells = width.div_ceil(LANES);
        Self {
            owed: 0.0,
            rng: Rng::new(schema.seed()),
            album: Album::new(width, cells),
            waiting: Waiting::new(cells),
            width,
        }
    }

    fn scratch(&self) -> Nearest {
        Nearest { picture: Picture::blank(self.width.div_ceil(LANES)), search: Search::new() }
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Nearest) -> Option<f64> {
        draw(seen.portrait, &mut scratch.picture);
        self.album.search(&scratch.picture, &mut scratch.search);
        let near = scratch.search.nearest();
        if near.is_empty() || seen.portrait.here == 0 {
            return None;
        }
        let total: u64 = near.iter().map(|(distance, _)| u64::from(*distance)).sum();
        let mean = total as f64 / (near.len() * self.width) as f64 / f64::from(STEPS);
        Some(mean * (seen.rows() as f64 / RAMP_ROWS).min(1.0))
    }

    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Nearest) {
        let row = seen.rows();
        self.take_in_for(row.saturating_add(1));
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
        self.waiting.push(&scratch.picture, (row + row.min(DELAY_ROWS)).saturating_add(1));
    }

    fn lent_bytes(&self, scratch: &Nearest) -> usize {
        scratch.picture.bytes() + scratch.search.bytes()
    }

    fn shares(&self, scratch: &Nearest, shares: &mut [f64]) {
        shares.fill(0.0);
        let Picture { tiles, present } = &scratch.picture;
        for &(_, place) in scratch.search.nearest() {
            let cells = tiles.iter().zip(present).zip(self.album.picture(place));
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
    /// The oldest picture that waits is compared with from its row on; once there are enough, a drawn one makes room. One
    /// at most becomes due per row, since one at most is kept per row.
    fn take_in_for(&mut self, row: u64) {
        let Some(oldest) = self.waiting.due_in(row) else { return };
        let place = if self.album.count() < PICTURES { self.album.count() } else { self.rng.below(PICTURES) };
        let (tiles, present) = self.waiting.picture(oldest);
        self.album.put(place, tiles, present);
        self.waiting.drop_oldest();
    }
}

impl Waiting {
    fn new(cells: usize) -> Self {
        Self {
            tiles: vec![Tile::default(); WAITING * cells],
            present: vec![0; WAITING * cells],
            due: vec![0; WAITING],
            first: 0,
            count: 0,
        }
    }

    /// The slot of the oldest picture, if it is due.
    fn due_in(&self, row: u64) -> Option<usize> {
        (self.count > 0 && self.due[self.first] <= row).then_some(self.first)
    }

    fn picture(&self, slot: usize) -> (&[Tile], &[u8]) {
        let cells = self.tiles.len() / WAITING;
        let range = slot * cells..(slot + 1) * cells;
        (&self.tiles[range.clone()], &self.present[range])
    }

    fn drop_oldest(&mut self) {
        self.first = (self.first + 1) % WAITING;
        self.count -= 1;
    }

    /// Where all slots are taken, the picture is not kept.
    fn push(&mut self, picture: &Picture, due: u64) {
        if self.count == WAITING {
            return;
        }
        let (slot, cells) = ((self.first + self.count) % WAITING, picture.tiles.len());
        self.tiles[slot * cells..(slot + 1) * cells].copy_from_slice(&picture.tiles);
        self.present[slot * cells..(slot + 1) * cells].copy_from_slice(&picture.present);
        self.due[slot] = due;
        self.count += 1;
    }
}

/// The bit of a lane.
#[inline]
fn bit(lane: usize) -> u8 {
    1 << lane
}

/// A portrait in steps.
fn draw(portrait: &Portrait, to: &mut Picture) {
    for (cell, (tile, present)) in portrait.cells.iter().zip(to.tiles.iter_mut().zip(&mut to.present)) {
        draw_cell(cell, tile);
        *present = (0..LANES).map(|lane| if cell.here[lane] > 0.0 { bit(lane) } else { 0 }).sum();
    }
}

fn draw_cell(cell: &Cell, tile: &mut Tile) {
    for (traits, steps) in cell.traits.iter().zip(tile.iter_mut()) {
        draw_lanes(traits, steps);
    }
}

/// By itself: woven into what is around it, the lanes are no vectors any more.
#[inline(never)]
fn draw_lanes(traits: &Lane, steps: &mut [u16; LANES]) {
    for lane in 0..LANES {
        // Half a step more, since the cast cuts off.
        steps[lane] = (traits[lane] * STEPS + (MIDDLE + 0.5)) as i32 as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joint::album::NEIGHBOURS;
    use crate::joint::contract::{Watch, schema_of, values_at};
    use crate::joint::portrait::TRAITS;

    /// What the words say, without masks, lanes, early stops or running lists: every live picture's distance in
    /// floating point, sorted.
    fn naive(view: &Novelty, now: &Picture, row: u64) -> Option<f64> {
        let mut distances = Vec::new();
        for place in 0..view.album.count() {
            let (mut apart, mut both) = (0.0, 0.0);
            for (cell, (past, there)) in view.album.picture(place as u8).enumerate() {
                for lane in (0..LANES).filter(|&lane| now.present[cell] & there & bit(lane) != 0) {
                    both += 1.0;
                    let steps = |feature: usize| {
                        f64::from(now.tiles[cell][feature][lane]) - f64::from(past[feature][lane])
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
                let slow = naive(&watch.view.view, &watch.scratch.picture, row);
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
    fn pictures_wait_until_they_are_old_enough() {
        let mut watch = Watch::<Novelty>::new(&schema_of(2));
        for row in 0..3000 {
            watch.skip(&values_at(row, 2));
            let Novelty { album, waiting, .. } = &watch.view.view;
            // Of every row but the first few there is a picture, until they are thinned.
            let kept = if row < 100 { row as usize + 1 - START_VALUES.min(row as usize + 1) } else { 0 };
            assert!(album.count() + waiting.count >= kept.min(PICTURES), "row {row}");
            assert!(
                (0..waiting.count).all(|n| waiting.due[(waiting.first + n) % WAITING] > row + 1),
                "row {row}"
            );
        }
        assert_eq!(watch.view.view.album.count(), PICTURES);
    }
}
