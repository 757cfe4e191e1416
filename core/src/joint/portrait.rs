//! What a moment looks like: for each stream its level over short and long spans and how restless it is, in units of
//! its own past. All joint views look at this one picture, so that no unit and no offset matters to any of them.
//!
//! Streams sit in cells of eight lanes. Every step is elementwise, so it becomes vector code whose bits do not depend
//! on the width of the machine's vectors.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::{greater, inverse_sqrt_brief, lesser, ln_brief, sqrt};
use crate::order;
use crate::snapshot::state;

/// Streams side by side in one cell.
pub(crate) const LANES: usize = 8;
/// One number for each stream of a cell.
pub(crate) type Lane = [f32; LANES];

/// Values over which a stream's own centre and spread are remembered.
pub(crate) const MEMORY_VALUES: u32 = 30_000;
/// The first centre and spread are a median and a deviation of this many values, so that a wild one among them is
/// harmless.
pub(crate) const START_VALUES: usize = 16;
/// A stream that is silent for longer counts as absent. Until then its features are held.
const HOLD_ROWS: u32 = 10;
/// No value counts as further from its centre than this many spreads.
pub(crate) const FAR: f64 = 30.0;
/// Values after the start until which the usual restlessness is unknown.
const RESTLESS_FROM: f32 = 30.0;
/// The widest deviation of restlessness from its own usual.
const RESTLESS_FAR: f32 = 10.0;
/// Restlessness below this, in spreads, is nothing.
const RESTLESS_LEAST: f32 = 0.05;
/// The least variance of a logarithm: three percent of change are nothing, and no rounding error looks like a change.
const RESTLESS_VARIANCE: f32 = 1e-6;

/// Rows over which the three levels follow, and what each counts in the picture.
const LEVEL_PACE: [f32; 3] = [1.0 / 3.0, 1.0 / 30.0, 1.0 / 300.0];
const LEVEL_WEIGHT: [f32; 3] = [1.0, 0.5, 0.5];
/// Restlessness is the distance from a forecast: from the last value, averaged over 10 rows, and from the mean of
/// five, averaged over 50.
const FORECAST_PACE: [f32; 2] = [1.0, 1.0 / 5.0];
const RESTLESS_PACE: [f32; 2] = [1.0 / 10.0, 1.0 / 50.0];
const RESTLESS_WEIGHT: f32 = 0.5;
/// Rows over which the level for the dependence between streams follows.
const SMOOTH_PACE: f32 = 1.0 / 4.0;

/// How many features of a stream there are in the picture.
pub(crate) const TRAITS: usize = LEVEL_PACE.len() + FORECAST_PACE.len();

/// Centre and spread of one stream, of its whole values.
#[derive(Clone, Copy, Debug, Default)]
struct Gauge {
    seen: u32,
    silent: u32,
    mean: f64,
    variance: f64,
    /// The first change of a constant stream, believed only when there is a second.
    doubt: f64,
}
state!(Gauge { seen, silent, mean, variance, doubt });

/// Eight streams of a portrait.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    /// 1 where the stream counts as present, 0 where it is absent.
    pub(crate) here: Lane,
    /// 1 where this very row has a value.
    pub(crate) fresh: Lane,
    /// The value, in spreads from its centre.
    pub(crate) z: Lane,
    /// A level over 4 rows, for the dependence between streams.
    pub(crate) smooth: Lane,
    /// How far the value moved since the last one, in spreads.
    pub(crate) moved: Lane,
    level: [Lane; 3],
    forecast: [Lane; 2],
    restless: [Lane; 2],
    usual: [Lane; 2],
    variance: [Lane; 2],
    /// The features: three levels, two kinds of restlessness.
    pub(crate) traits: [Lane; TRAITS],
}
state!(Cell { here, fresh, z, smooth, moved, level, forecast, restless, usual, variance, traits });

/// The picture of the newest moment, and what is needed to draw the next one.
#[derive(Clone, Debug)]
pub(crate) struct Portrait {
    pub(crate) cells: Vec<Cell>,
    gauges: Vec<Gauge>,
    /// The first values of each stream.
    starts: Vec<[f64; START_VALUES]>,
    pub(crate) rows: u64,
    /// Streams that count as present.
    pub(crate) here: usize,
}
state!(Portrait { cells, gauges, starts, rows, here } where |portrait| portrait.here <= portrait.gauges.len());

/// What the gauges say about eight values: input of the vector part.
#[derive(Default)]
struct Reading {
    fresh: Lane,
    here: Lane,
    z: Lane,
    /// How fast the usual restlessness follows; 1 at the start.
    pace: Lane,
    /// How far the restlessness is believed: 0 at the start.
    belief: Lane,
}

impl Portrait {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            cells: vec![Cell::default(); width.div_ceil(LANES)],
            gauges: vec![Gauge::default(); width],
            starts: vec![[0.0; START_VALUES]; width],
            rows: 0,
            here: 0,
        }
    }

    pub(crate) fn width(&self) -> usize {
        self.gauges.len()
    }

    /// How many streams have been seen often enough to be measured by themselves.
    pub(crate) fn settled(&self, stream: usize) -> bool {
        self.gauges[stream].seen as usize > START_VALUES
    }

    /// Draws the picture of the next moment into `next`; nothing is learned of it here.
    pub(crate) fn judge(&self, values: &[Option<f64>], next: &mut Self) {
        next.rows = self.rows.saturating_add(1);
        next.here = 0;
        let groups = self.gauges.chunks(LANES).zip(next.gauges.chunks_mut(LANES));
        let cells = self.cells.iter().zip(&mut next.cells);
        for (((old, new), values), (cell, next_cell)) in groups.zip(values.chunks(LANES)).zip(cells) {
            let mut reading = Reading::default();
            for (lane, ((old, new), value)) in old.iter().zip(new).zip(values).enumerate() {
                *new = *old;
                reading.take(lane, new, *value);
                next.here += usize::from(reading.here[lane] > 0.0);
            }
            *next_cell = *cell;
            next_cell.step(&reading);
        }
    }

    /// Makes the picture that was drawn the newest one.
    pub(crate) fn learn(&mut self, values: &[Option<f64>], next: &mut Self) {
        core::mem::swap(&mut self.cells, &mut next.cells);
        core::mem::swap(&mut self.gauges, &mut next.gauges);
        (self.rows, self.here) = (next.rows, next.here);
        for ((gauge, start), value) in self.gauges.iter_mut().zip(&mut self.starts).zip(values) {
            let place = gauge.seen as usize;
            if let (Some(x), 1..=START_VALUES) = (value, place) {
                start[place - 1] = *x;
                if place == START_VALUES {
                    gauge.begin(start);
                }
            }
        }
    }
}

impl Reading {
    fn take(&mut self, lane: usize, gauge: &mut Gauge, value: Option<f64>) {
        match value {
            None => gauge.silent = gauge.silent.saturating_add(1),
            Some(x) => {
                gauge.silent = 0;
                gauge.seen = gauge.seen.saturating_add(1).min(MEMORY_VALUES + START_VALUES as u32);
                self.fresh[lane] = 1.0;
                let since = gauge.seen as f32 - START_VALUES as f32;
                if since > 0.0 {
                    self.z[lane] = gauge.step(x) as f32;
                    self.pace[lane] = 1.0 / (since + 1.0);
                    self.belief[lane] = greater(since - RESTLESS_FROM, 0.0) / (since + RESTLESS_FROM);
                } else {
                    self.pace[lane] = 1.0;
                }
            }
        }
        self.here[lane] = f32::from(u8::from(gauge.seen > 0 && gauge.silent <= HOLD_ROWS));
    }
}

impl Gauge {
    /// Median and deviation of the first values; where most are equal, a wider quantile.
    fn begin(&mut self, start: &[f64; START_VALUES]) {
        let middle = START_VALUES / 2;
        let mut sorted = *start;
        order::few(&mut sorted, |one, other| one < other);
        self.mean = 0.5 * sorted[middle - 1] + 0.5 * sorted[middle];
        let mut apart = sorted.map(|x| (x - self.mean).abs());
        order::few(&mut apart, |one, other| one < other);
        let spread = 1.4826 * 0.5 * (apart[middle - 1] + apart[middle]);
        let spread = if spread == 0.0 { apart[3 * START_VALUES / 4] } else { spread };
        self.variance = spread * spread;
    }

    /// The value in spreads from the centre, then the step of centre and spread. One value moves the centre by at most
    /// so much that it doubles the variance.
    fn step(&mut self, x: f64) -> f64 {
        let seen = f64::from(self.seen);
        let pace = greater(1.0 / seen, 1.0 / f64::from(MEMORY_VALUES));
        let trust = seen / (seen + 10.0);
        let apart = x - self.mean;
        let least = 1e-9 * self.mean.abs() + 1e-150;
        if self.variance > least * least {
            let per_spread = 1.0 / sqrt(self.variance);
            let z = (apart * per_spread).clamp(-FAR, FAR);
            let most = if seen < FAR * FAR { sqrt(seen) } else { FAR };
            let taken = greater(lesser(z, most), -most) * self.variance * per_spread;
            self.mean += pace * taken;
            self.variance = (1.0 - pace) * (self.variance + pace * taken * taken);
            z * trust
        } else if apart.abs() > least {
            let far = if apart > 0.0 { FAR } else { -FAR };
            if self.doubt == 0.0 {
                self.doubt = apart.abs();
            } else {
                let taken = apart.abs().min(self.doubt);
                self.doubt = 0.0;
                self.mean += pace * if apart > 0.0 { taken } else { -taken };
                self.variance = pace * (1.0 - pace) * taken * taken;
            }
            far * trust
        } else {
            0.0
        }
    }
}

impl Cell {
    /// Eight streams at once. Lanes without a value stay as they are. By itself: woven into what is around it, the lanes are
    /// no vectors any more.
    #[inline(never)]
    fn step(&mut self, reading: &Reading) {
        self.here = reading.here;
        self.fresh = reading.fresh;
        let fresh = &reading.fresh;
        for (band, pace) in LEVEL_PACE.iter().enumerate() {
            for lane in 0..LANES {
                let step = (reading.z[lane] - self.level[band][lane]) * pace * fresh[lane];
                self.level[band][lane] += step;
                self.traits[band][lane] = LEVEL_WEIGHT[band] * self.level[band][lane];
            }
        }
        let mut near = [0.0; LANES];
        for lane in 0..LANES {
            near[lane] = greater(lesser(reading.z[lane], RESTLESS_FAR), -RESTLESS_FAR);
            self.smooth[lane] += (near[lane] - self.smooth[lane]) * SMOOTH_PACE * fresh[lane];
            self.z[lane] += (reading.z[lane] - self.z[lane]) * fresh[lane];
        }
        for kind in 0..FORECAST_PACE.len() {
            self.step_restlessness(kind, &near, reading);
        }
    }

    /// How far the stream strays from a forecast, on a logarithmic scale and against its own usual.
    #[inline(never)]
    fn step_restlessness(&mut self, kind: usize, near: &Lane, reading: &Reading) {
        let mut apart = [0.0; LANES];
        let mut taken = [0.0; LANES];
        for lane in 0..LANES {
            let fresh = reading.fresh[lane];
            let strayed = near[lane] - self.forecast[kind][lane];
            if kind == 0 {
                self.moved[lane] = strayed.abs() * fresh;
            }
            self.forecast[kind][lane] += strayed * FORECAST_PACE[kind] * fresh;
            let restless = self.restless[kind][lane]
                + (strayed.abs() - self.restless[kind][lane]) * RESTLESS_PACE[kind] * fresh;
            self.restless[kind][lane] = restless;
            apart[lane] = ln_brief(RESTLESS_LEAST + restless) - self.usual[kind][lane];
            taken[lane] = reading.pace[lane] * apart[lane];
        }
        for lane in 0..LANES {
            let per_spread = inverse_sqrt_brief(greater(self.variance[kind][lane], RESTLESS_VARIANCE));
            let odd = greater(lesser(apart[lane] * per_spread, RESTLESS_FAR), -RESTLESS_FAR);
            let seen = RESTLESS_WEIGHT * odd * reading.belief[lane];
            let held = self.traits[LEVEL_PACE.len() + kind][lane];
            self.traits[LEVEL_PACE.len() + kind][lane] = if reading.fresh[lane] > 0.0 { seen } else { held };
        }
        for lane in 0..LANES {
            // Absent lanes have pace 0, and so have nothing to take.
            self.usual[kind][lane] += taken[lane];
            let variance = self.variance[kind][lane] + taken[lane] * apart[lane];
            self.variance[kind][lane] = (1.0 - reading.pace[lane]) * variance;
        }
    }
}
