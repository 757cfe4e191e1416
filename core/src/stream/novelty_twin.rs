//! A slow, plain twin of the novelty: the recipe as one would write it down, in double precision, without sorted
//! search, block sums or tables. The fast one must agree with it.

use alloc::vec;
use alloc::vec::Vec;

use super::novelty::Novelty;
use super::{Detector, Now, Row};
use crate::SchemaDraft;
use crate::frame::Moment;
use crate::stream::guard::Guard;

struct Store {
    states: Vec<(Vec<f64>, u64)>,
    most: usize,
    sizes: Vec<f64>,
    seen: f64,
}

impl Store {
    fn new(width: usize, most: usize) -> Self {
        Self { states: Vec::new(), most, sizes: vec![0.0; width], seen: 0.0 }
    }

    fn step(&mut self, state: &[f64], row: u64, floor: f64) -> f64 {
        let distance_to = |other: &[f64]| {
            let squares = (0..state.len()).map(|j| square((state[j] - other[j]) / (self.sizes[j] + floor)));
            libm::sqrt(squares.sum::<f64>() / state.len() as f64)
        };
        let nearest = (0..self.states.len())
            .map(|place| (place, distance_to(&self.states[place].0)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if self.seen >= 20.0 {
            match nearest {
                Some((place, distance)) if distance <= 1.0 => self.states[place].1 = row,
                _ if self.states.len() < self.most => self.states.push((state.to_vec(), row)),
                _ => {
                    let oldest = self.states.iter_mut().min_by_key(|(_, matched)| *matched).expect("full");
                    *oldest = (state.to_vec(), row);
                }
            }
        }
        for (size, number) in self.sizes.iter_mut().zip(state) {
            *size += (1.0 / 8192.0_f64).max(1.0 / (self.seen + 1.0)) * (number.abs() - *size);
        }
        self.seen += 1.0;
        nearest.map_or(0.0, |(_, distance)| distance).min(100.0) * ((self.seen - 1.0) / 100.0).min(1.0)
    }
}

#[derive(Clone, Copy, Default)]
struct Half {
    level: f64,
    days: f64,
    day: i64,
    sum: f64,
    rows: f64,
}

struct Twin {
    rows: u64,
    levels: [f64; 3],
    magnitude: f64,
    states: Store,
    season: Store,
    halves: [Half; 48],
    histogram: Vec<f64>,
    weight: f64,
    row: f64,
}

impl Twin {
    fn new() -> Self {
        Self {
            rows: 0,
            levels: [0.0; 3],
            magnitude: 0.0,
            states: Store::new(3, 256),
            season: Store::new(1, 64),
            halves: [Half::default(); 48],
            histogram: vec![0.0; 256],
            weight: 1.0,
            row: 0.0,
        }
    }

    /// The distance of the level from the usual one at this time of day.
    fn seasonal(&mut self, seconds: f64) -> Option<f64> {
        let day = libm::floor(seconds / 86400.0);
        let position = (seconds - day * 86400.0) / 1800.0;
        let here = (position as usize).min(47);
        let half = &mut self.halves[here];
        if half.day != day as i64 {
            if half.rows > 0.0 {
                half.days += 1.0;
                half.level += (1.0 / half.days).max(0.15) * (half.sum / half.rows - half.level);
            }
            *half = Half { day: day as i64, sum: 0.0, rows: 0.0, ..*half };
        }
        half.sum += self.levels[0];
        half.rows += 1.0;
        let half = *half;
        if half.days < 1.0 {
            return None;
        }
        let centre = libm::floor(position - 0.5);
        let share = position - 0.5 - centre;
        let [a, b] = [centre, centre + 1.0].map(|bin| self.halves[(bin as i64).rem_euclid(48) as usize]);
        let usual =
            if a.days > 0.0 && b.days > 0.0 { (1.0 - share) * a.level + share * b.level } else { half.level };
        Some(self.levels[0] - usual)
    }

    fn rank(&mut self, distance: f64) -> f64 {
        // Four bins per octave of the square, evenly cut.
        let position = if distance > 0.0 {
            let octave = libm::floor(libm::log2(square(distance)));
            (octave + square(distance) / libm::exp2(octave) - 1.0) * 4.0 + 128.0
        } else {
            0.0
        };
        let (bin, share) = match position {
            p if p < 0.0 => (0, 0.0),
            p if p >= 256.0 => (255, 1.0),
            p => (p as usize, p - libm::floor(p)),
        };
        let above = self.histogram[bin + 1..].iter().sum::<f64>() + self.histogram[bin] * (1.0 - share);
        let total: f64 = self.histogram.iter().sum();
        let chance = (above + 0.5 * self.weight) / (total + self.weight);
        self.histogram[bin] += self.weight;
        self.weight /= 1.0 - 1.0 / 8192.0;
        -libm::log10(chance)
    }

    /// Row oddness and surprise.
    fn step(&mut self, seconds: Option<f64>, x: f64) -> [f64; 2] {
        self.rows += 1;
        let even = 1.0 / self.rows as f64;
        for (level, rows) in self.levels.iter_mut().zip([12.0, 96.0, 1024.0]) {
            *level += even.max(1.0 / rows) * (x - *level);
        }
        self.magnitude += even.max(1.0 / 8192.0) * (x.abs() - self.magnitude);
        let floor = 1e-6 * self.magnitude + 1e-12;
        let [fast, middle, slow] = self.levels;
        let state = [x - fast, fast - middle, fast - slow];
        self.row *= libm::exp(-1.0 / 50.0);
        if self.rows > 50 {
            let squares = (0..3).map(|j| square(state[j] / (self.states.sizes[j] + floor)));
            self.row = self.row.max(libm::sqrt(squares.sum::<f64>() / 3.0).min(100.0));
        }
        let mut distance = self.states.step(&state, self.rows, floor);
        if let Some(residual) = seconds.and_then(|seconds| self.seasonal(seconds)) {
            distance = distance.max(self.season.step(&[residual], self.rows, floor));
        }
        let rank = self.rank(distance);
        let surprise =
            if self.rows > 50 && distance > 0.0 { rank + 2.0 * libm::log1p(distance) } else { 0.0 };
        [self.row, surprise]
    }
}

fn square(x: f64) -> f64 {
    x * x
}

fn uniform(n: u32) -> f64 {
    let mixed = (n ^ (n >> 15)).wrapping_mul(2_246_822_519);
    let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(3_266_489_917);
    f64::from((mixed ^ (mixed >> 16)) >> 8) / f64::from(1_u32 << 24)
}

/// Runs both; gives the surprises and the largest difference of each output, relative to 1 or to itself.
fn both(start_ms: i64, step_ms: i64, values: &[f64]) -> (Vec<f64>, [f64; 2]) {
    let schema = SchemaDraft::of_streams(["any"]).validate().expect("valid");
    let mut novelty = Novelty::new(&schema.streams()[0]);
    let mut twin = Twin::new();
    let mut surprises = Vec::new();
    let mut worst = [0.0_f64; 2];
    for (n, &x) in values.iter().enumerate() {
        let at_ms = start_ms + step_ms * n as i64;
        let now = Now::new(Moment::utc(at_ms));
        let row = Row { now: &now, x, usual: Guard::default().judge(x) };
        let sight = novelty.judge(&row);
        let seconds = now.in_day.map(|_| at_ms as f64 / 1000.0);
        let surprise = novelty.surprise_above(0.0, &sight);
        let plain = twin.step(seconds, x);
        for ((worst, fast), slow) in worst.iter_mut().zip([sight.row(), surprise]).zip(plain) {
            *worst = worst.max((fast - slow).abs() / slow.max(1.0));
        }
        surprises.push(surprise);
        novelty.learn(&row, &sight);
    }
    (surprises, worst)
}

const A_MONDAY_MS: i64 = 1_700_006_400_000;

#[test]
fn agrees_on_a_noisy_day_with_events() {
    // Heavy tails, a daily rhythm, a step, a burst and a rise: both stores fill and overflow.
    let values: Vec<f64> = (0..9000_u32)
        .map(|n| {
            let daily = libm::sin(f64::from(n % 288) / 288.0 * core::f64::consts::TAU);
            let heavy = (uniform(n) - 0.5) / (uniform(n + 77_777) + 0.01);
            let event = match n {
                2000..2400 => 8.0,
                5000..5010 => -60.0,
                6000..8000 => f64::from(n - 6000) * 0.01,
                _ => 0.0,
            };
            40.0 + 5.0 * daily + heavy + event
        })
        .collect();
    let (_, worst) = both(A_MONDAY_MS, 300_000, &values);
    assert!(worst[0] < 1e-6 && worst[1] < 1e-3, "{worst:?}");
}

#[test]
fn agrees_without_a_clock_at_any_magnitude() {
    for scale in [1e-30, 1.0, 1e40] {
        let values: Vec<f64> = (0..3000_u32)
            .map(|n| scale * (uniform(n) + if n > 1500 { uniform(n / 40) * 20.0 } else { 0.0 }))
            .collect();
        let (_, worst) = both(0, 1, &values);
        assert!(worst[0] < 1e-6 && worst[1] < 1e-3, "{scale:e}: {worst:?}");
    }
}

#[test]
fn a_constant_then_another_value() {
    let mut values = vec![20.0; 4000];
    values.push(20.5);
    values.extend([20.0; 40]);
    let (surprises, worst) = both(0, 1, &values);
    assert!(worst[1] < 1e-3, "{worst:?}");
    assert!(surprises[..4000].iter().all(|surprise| *surprise == 0.0));
    // 2 ln(101) of size, and the decimal logarithm of twice the rows of rank: 9.23 + 3.9.
    assert!((surprises[4000] - 13.1).abs() < 0.1, "{}", surprises[4000]);
}

#[test]
fn three_levels_are_no_news_and_a_fourth_is() {
    let mut values: Vec<f64> = (0..5000_u32).map(|n| libm::floor(3.0 * uniform(n))).collect();
    values.push(7.0);
    let (surprises, worst) = both(0, 1, &values);
    assert!(worst[1] < 1e-3, "{worst:?}");
    let alarms = surprises[500..5000].iter().filter(|surprise| **surprise > 4.4).count();
    assert!(alarms <= 3, "{alarms}");
    assert!(surprises[5000] > 6.0, "{}", surprises[5000]);
}
