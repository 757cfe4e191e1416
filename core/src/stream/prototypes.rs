//! A memory of states: everything that a stream was ever like, thinned so that no two are closer than its usual size.
//!
//! The distance to the nearest remembered state says how new a state is. A state that is new is remembered at once,
//! so that an event is news one time. Remembered states do not move; the scale in which distances count does.

use alloc::vec;
use alloc::vec::Vec;

use crate::snapshot::state;
use crate::stats::pace;

/// A state further than this (in usual sizes, root mean square) from all remembered ones is remembered itself.
const NEW_FROM: f32 = 1.0;
/// Rows before anything is remembered: until then the usual size is a guess.
const WARM_ROWS: u64 = 20;
/// Rows over which a distance gains full credit.
const RAMP_ROWS: f64 = 100.0;
/// Rows over which the usual size is learned.
const MEMORY_ROWS: f64 = 8192.0;
/// Distances are cut here: beyond it, further is not newer.
const CAP: f64 = 100.0;
/// States are looked at in groups of so many.
const LANES: usize = 8;
/// No more states than the lowest bits of a distance can name.
const PLACES: u32 = 256;
/// Remembered numbers are kept in units that lie within this factor of the usual size.
const UNIT_SLACK: f64 = 1_048_576.0;
/// A state in units is cut here, so that its square is an ordinary number.
const UNITS_MAX: f64 = 1e18;

/// States of `D` numbers, one array per number.
#[derive(Clone, Debug)]
pub(crate) struct Prototypes<const D: usize> {
    /// In units, in the order in which they came; where all places are taken, the state that was nearest longest ago is
    /// replaced. Infinity where there is none yet.
    states: [Vec<f32>; D],
    /// When a state was last the nearest.
    matched: Vec<u32>,
    count: usize,
    /// Mean absolute value of each number.
    sizes: [f64; D],
    /// Powers of two near the sizes: single precision then serves streams of any magnitude.
    units: [f64; D],
    rows: u64,
}
state!(const D, Prototypes<D> { states, matched, count, sizes, units, rows } where |kept| kept.is_sound());

/// What was found out about a state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<const D: usize> {
    state: [f64; D],
    /// The nearest remembered state, and the sum of squared distances to it.
    nearest: usize,
    distance: f32,
    /// How new the state is: the mean squared distance, cut, and damped while little is known.
    pub(crate) novelty_squared: f64,
}

impl<const D: usize> Prototypes<D> {
    /// Room for `most` states: at most [`PLACES`].
    pub(crate) fn new(most: usize) -> Self {
        let most = most.next_multiple_of(LANES).min(PLACES as usize);
        Self {
            states: core::array::from_fn(|_| vec![f32::INFINITY; most]),
            matched: vec![0; most],
            count: 0,
            sizes: [0.0; D],
            units: [1.0; D],
            rows: 0,
        }
    }

    fn is_sound(&self) -> bool {
        self.count <= self.matched.len()
            && self.states.iter().all(|numbers| {
                numbers[..self.count].iter().all(|number| number.is_finite())
                    && numbers[self.count..].iter().all(|number| *number == f32::INFINITY)
            })
            && self
                .units
                .iter()
                .all(|unit| unit.is_normal() && *unit == power_of_two_below(*unit) && *unit < f64::MAX / 4.0)
    }

    /// One over the usual sizes. `floor` is the least size that is told from nothing.
    #[inline]
    pub(crate) fn per_size(&self, floor: f64) -> [f64; D] {
        self.sizes.map(|size| 1.0 / (size + floor))
    }

    /// How large a state is, squared, in usual sizes.
    #[inline]
    pub(crate) fn size_squared(state: [f64; D], per_size: [f64; D]) -> f64 {
        let mut sum = 0.0;
        for (number, per_size) in state.into_iter().zip(per_size) {
            let times = number * per_size;
            sum += times * times;
        }
        capped(sum * (1.0 / D as f64))
    }

    /// How new a state is.
    #[inline]
    pub(crate) fn look(&self, state: [f64; D], per_size: [f64; D]) -> Look<D> {
        let units = core::array::from_fn(|j| in_range(state[j] * inverse_of_power(self.units[j])));
        let scales = core::array::from_fn(|j| {
            let scale = (self.units[j] * per_size[j]) as f32;
            if scale > f32::MIN_POSITIVE {
                if scale < f32::MAX { scale } else { f32::MAX }
            } else {
                f32::MIN_POSITIVE
            }
        });
        let (nearest, distance) = self.nearest(units, scales);
        let mean_squared = capped(f64::from(distance) * (1.0 / D as f64));
        let novelty_squared = if (self.rows as f64) < RAMP_ROWS {
            let ramp = self.rows as f64 / RAMP_ROWS;
            mean_squared * (ramp * ramp)
        } else {
            mean_squared
        };
        Look { state, nearest, distance, novelty_squared }
    }

    /// Remembers a state that is new, or marks the one that it repeats; then learns the usual size from it.
    #[inline]
    pub(crate) fn learn(&mut self, look: &Look<D>, floor: f64, row: u32) {
        if self.rows >= WARM_ROWS {
            if self.count > 0 && look.distance <= NEW_FROM * NEW_FROM * D as f32 {
                self.matched[look.nearest] = row;
            } else {
                self.remember(look, floor, row);
            }
        }
        let pace = pace(self.rows, MEMORY_ROWS);
        for (size, number) in self.sizes.iter_mut().zip(look.state) {
            *size += pace * (number.abs() - *size);
        }
        self.rows = self.rows.saturating_add(1);
    }

    /// The nearest state and the sum of squared distances to it. Of nothing, nothing is far.
    ///
    /// All states are looked at: most streams have a few dozen, and whatever would skip some of them has to guess, which
    /// costs more than it saves. The bits of a distance, which order as it does, carry the place of its state in their
    /// lowest eight: so the search is for the least of some whole numbers, which is vector code.
    #[inline]
    fn nearest(&self, at: [f32; D], scales: [f32; D]) -> (usize, f32) {
        if self.count == 0 {
            return (0, 0.0);
        }
        let looked_at = self.count.next_multiple_of(LANES).min(self.matched.len());
        let states: [&[f32]; D] = core::array::from_fn(|j| &self.states[j][..looked_at]);
        let distance = |place: usize| {
            let mut sum = 0.0;
            for j in 0..D {
                let times = (at[j] - states[j][place]) * scales[j];
                sum += times * times;
            }
            sum
        };
        let mut least = u32::MAX;
        for place in 0..looked_at {
            least = least.min((distance(place).to_bits() & !(PLACES - 1)) | place as u32);
        }
        let nearest = (least & (PLACES - 1)) as usize;
        (nearest, distance(nearest))
    }

    #[cold]
    fn remember(&mut self, look: &Look<D>, floor: f64, row: u32) {
        let units = self.fit_units(look, floor);
        let place = self.make_room();
        for (numbers, number) in self.states.iter_mut().zip(units) {
            numbers[place] = number;
        }
        self.matched[place] = row;
    }

    /// A free place, or that of the state that was nearest longest ago.
    fn make_room(&mut self) -> usize {
        if self.count < self.matched.len() {
            self.count += 1;
            return self.count - 1;
        }
        let oldest = self.matched.iter().enumerate().min_by_key(|(_, row)| **row);
        oldest.map_or(0, |(oldest, _)| oldest)
    }

    /// Where usual sizes have moved far from the units, takes new units. The state in the units that now hold.
    fn fit_units(&mut self, look: &Look<D>, floor: f64) -> [f32; D] {
        for j in 0..D {
            let size = self.sizes[j] + floor;
            let times = self.units[j] / size;
            if self.count > 0 && (1.0 / UNIT_SLACK..=UNIT_SLACK).contains(&times) {
                continue;
            }
            let unit = power_of_two_below(sane_size(size));
            let factor = self.units[j] / unit;
            for number in &mut self.states[j][..self.count] {
                *number = in_range(f64::from(*number) * factor);
            }
            self.units[j] = unit;
        }
        core::array::from_fn(|j| in_range(look.state[j] / self.units[j]))
    }
}

#[inline]
fn in_range(units: f64) -> f32 {
    let units = if units > UNITS_MAX { UNITS_MAX } else { units };
    (if units < -UNITS_MAX { -UNITS_MAX } else { units }) as f32
}

#[inline]
fn capped(squared: f64) -> f64 {
    if squared < CAP * CAP { squared } else { CAP * CAP }
}

/// A size that has a power of two below it and an inverse: no honest size is anything else, but a forged one may be.
fn sane_size(size: f64) -> f64 {
    if size >= f64::MIN_POSITIVE { size.min(1e300) } else { f64::MIN_POSITIVE }
}

/// The largest power of two that is not above a positive normal number.
fn power_of_two_below(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & 0x7FF0_0000_0000_0000)
}

/// One over a power of two, by its exponent alone.
#[inline]
fn inverse_of_power(power: f64) -> f64 {
    f64::from_bits(0x7FE0_0000_0000_0000 - power.to_bits())
}
