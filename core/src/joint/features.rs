//! What the forest sees of a moment: at most forty numbers in [0, 1].
//!
//! The time of day and week and who is available are always among them. The rest are streams' values; where there are
//! more streams than room, those that vary and are there, and once in a while a better one takes the place of the
//! worst.

use alloc::vec;
use alloc::vec::Vec;

use super::context::{DAY_MS, WEEK_MS, is_weekend, is_working_hours, within};
use super::portrait::LANES;
use super::view::Seen;
use crate::math::{cos, lesser, sin};
use crate::schema::Schema;
use crate::snapshot::state;

/// All features together.
pub(crate) const BUDGET: usize = 40;
/// Day and week as sine and cosine; weekend and working hours as flags.
const TIME_FEATURES: usize = 6;
/// Groups whose availability is a feature of its own.
const GROUPS_MAX: usize = 8;
/// Rows between two looks at whether another stream would be more useful.
const ROWS_PER_LOOK: u64 = 256;
/// Rows over which usefulness is remembered.
const MEMORY_ROWS: f32 = 4096.0;
/// Another stream must be so much more useful: a changed place costs what the trees have learned of it.
const BETTER: f32 = 1.5;
/// No stream is more useful than one that moves by this many spreads per row.
const MOVE_MAX: f32 = 1.0;
/// What a feature shows when its stream is absent: the usual.
const USUAL: f32 = 0.5;

/// Which streams are shown, and how useful each would be.
#[derive(Clone, Debug)]
pub(crate) struct Features {
    /// The stream in each place.
    chosen: Vec<usize>,
    /// How far a stream moves per row, absent rows counting as none.
    usefulness: Vec<f32>,
    /// Each stream's group, those beyond `GROUPS_MAX` excepted.
    group_of: Vec<Option<usize>>,
    group_sizes: Vec<f32>,
}
state!(Features { chosen, usefulness; group_of, group_sizes } where |it| {
    it.chosen.iter().all(|&stream| stream < it.usefulness.len())
});

impl Features {
    pub(crate) fn new(schema: &Schema) -> Self {
        let width = schema.streams().len();
        let group_count = schema.groups().len().min(GROUPS_MAX);
        let group_of: Vec<_> = (schema.streams().iter())
            .map(|stream| stream.group.filter(|&group| group < group_count))
            .collect();
        let mut group_sizes = vec![0.0; group_count];
        group_of.iter().flatten().for_each(|&group| group_sizes[group] += 1.0);
        let room = BUDGET - TIME_FEATURES - 1 - group_count;
        Self { chosen: (0..width.min(room)).collect(), usefulness: vec![0.0; width], group_of, group_sizes }
    }

    pub(crate) fn count(&self) -> usize {
        self.fixed_count() + self.chosen.len()
    }

    /// The stream whose value a feature shows.
    pub(crate) fn stream_of(&self, feature: usize) -> Option<usize> {
        feature.checked_sub(self.fixed_count()).and_then(|place| self.chosen.get(place).copied())
    }

    fn fixed_count(&self) -> usize {
        TIME_FEATURES + 1 + self.group_sizes.len()
    }

    /// Fills in the features of a moment.
    pub(crate) fn judge(&self, seen: &Seen<'_>, features: &mut [f32]) {
        features[..TIME_FEATURES].copy_from_slice(&of_time(seen.moment.local_ms));
        features[TIME_FEATURES] = seen.coverage() as f32;
        let of_groups = &mut features[TIME_FEATURES + 1..self.fixed_count()];
        of_groups.fill(0.0);
        for (stream, group) in self.group_of.iter().enumerate() {
            if let Some(group) = group {
                of_groups[*group] += seen.portrait.cells[stream / LANES].here[stream % LANES];
            }
        }
        of_groups.iter_mut().zip(&self.group_sizes).for_each(|(here, size)| *here /= size);
        for (feature, &stream) in features[self.fixed_count()..].iter_mut().zip(&self.chosen) {
            *feature = value(seen, stream);
        }
    }

    /// Keeps account of usefulness, and changes at most one place. The streams are looked at in turn, a few per row.
    pub(crate) fn learn(&mut self, seen: &Seen<'_>) {
        let width = self.usefulness.len();
        if self.chosen.len() == width {
            return;
        }
        for (cell, usefulness) in seen.portrait.cells.iter().zip(self.usefulness.chunks_mut(LANES)) {
            for (lane, usefulness) in usefulness.iter_mut().enumerate() {
                let moved = lesser(cell.moved[lane], MOVE_MAX) * cell.here[lane];
                *usefulness += (moved - *usefulness) / MEMORY_ROWS;
            }
        }
        if seen.rows() % ROWS_PER_LOOK == ROWS_PER_LOOK - 1 {
            self.reconsider();
        }
    }

    fn reconsider(&mut self) {
        let by_use = |a: &usize, b: &usize| self.usefulness[*a].total_cmp(&self.usefulness[*b]);
        let Some(worst) = (0..self.chosen.len()).min_by(|&a, &b| by_use(&self.chosen[a], &self.chosen[b]))
        else {
            return;
        };
        let outside = (0..self.usefulness.len()).filter(|stream| !self.chosen.contains(stream));
        let Some(best) = outside.max_by(by_use) else { return };
        if self.usefulness[best] > BETTER * self.usefulness[self.chosen[worst]] {
            self.chosen[worst] = best;
        }
    }
}

/// A stream's value, so squashed that usual values spread over the middle half.
pub(crate) fn value(seen: &Seen<'_>, stream: usize) -> f32 {
    let cell = &seen.portrait.cells[stream / LANES];
    let z = cell.z[stream % LANES];
    if cell.here[stream % LANES] > 0.0 { USUAL + 0.5 * z / (1.0 + z.abs()) } else { USUAL }
}

fn of_time(local_ms: i64) -> [f32; TIME_FEATURES] {
    let wave = |length_ms: i64| {
        let turn = within(local_ms, length_ms) as f64 / length_ms as f64 * core::f64::consts::TAU;
        [sin(turn), cos(turn)].map(|side| (0.5 + 0.5 * side) as f32)
    };
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    let ([day_sine, day_cosine], [week_sine, week_cosine]) = (wave(DAY_MS), wave(WEEK_MS));
    let (weekend, working) = (flag(is_weekend(local_ms)), flag(is_working_hours(local_ms)));
    [day_sine, day_cosine, week_sine, week_cosine, weekend, working]
}
