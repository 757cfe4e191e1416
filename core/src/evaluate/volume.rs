//! Volumes under the surface (Paparrizos et al., "Volume Under the Surface", VLDB 2022): the areas under the ROC and
//! the precision-recall curve, averaged over tolerances around every anomaly. A score that peaks a little beside its
//! label is not punished as if it were wrong.
//!
//! The definition takes O(windows x rows). Only rows near an anomaly depend on the tolerance, though, and 250
//! thresholds are all that is asked, so the rest is counted once: O(rows log rows + windows x anomalies x window).

use alloc::vec;
use alloc::vec::Vec;

use super::{comparable, descending, segments};
use crate::math::sqrt;

/// Thresholds that are asked, spread evenly over the ranks.
const THRESHOLDS: usize = 250;

/// Both volumes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume {
    /// Under the ROC surface.
    pub roc: f64,
    /// Under the precision-recall surface.
    pub pr: f64,
}

/// What does not depend on the tolerance.
struct Ground {
    scores: Vec<f64>,
    labels: Vec<bool>,
    /// Highest first.
    thresholds: Vec<f64>,
    /// Rows at or above each threshold.
    taken: Vec<f64>,
    /// Abnormal rows among them.
    hit: Vec<f64>,
    segments: Vec<(usize, usize)>,
    /// Per row, the first threshold that lets it through.
    passes: Vec<usize>,
}

impl Volume {
    /// The volumes for tolerances from 0 to `window` rows; `None` unless there are abnormal and normal rows.
    pub fn of(scores: &[f64], labels: &[bool], window: usize) -> Option<Self> {
        let rows = scores.len().min(labels.len());
        let abnormal = labels[..rows].iter().filter(|label| **label).count();
        if abnormal == 0 || abnormal == rows {
            return None;
        }
        let ground = Ground::new(&scores[..rows], &labels[..rows]);
        let mut near = Near::new(&ground);
        let mut sum = Self { roc: 0.0, pr: 0.0 };
        for tolerance in 0..=window {
            near.widen(&ground, tolerance / 2);
            let area = ground.areas(&near.ramps(&ground, tolerance), &near.found(&ground), abnormal as f64);
            sum.roc += area.roc;
            sum.pr += area.pr;
        }
        let count = (window + 1) as f64;
        Some(Self { roc: sum.roc / count, pr: sum.pr / count })
    }
}

impl Ground {
    fn new(scores: &[f64], labels: &[bool]) -> Self {
        let scores = comparable(scores);
        let order = descending(&scores);
        let last = (scores.len() - 1) as f64;
        let step = last / (THRESHOLDS - 1) as f64;
        let rank = |place: usize| if place + 1 == THRESHOLDS { last } else { place as f64 * step };
        let thresholds: Vec<f64> = (0..THRESHOLDS).map(|place| scores[order[rank(place) as usize]]).collect();
        let (mut taken, mut hit, mut row, mut hits) = (Vec::new(), Vec::new(), 0, 0.0);
        for &threshold in &thresholds {
            while row < order.len() && scores[order[row]] >= threshold {
                hits += f64::from(u8::from(labels[order[row]]));
                row += 1;
            }
            taken.push(row as f64);
            hit.push(hits);
        }
        let passes = scores.iter().map(|&score| first_passed(&thresholds, score)).collect();
        Self { segments: segments(labels), labels: labels.to_vec(), passes, scores, thresholds, taken, hit }
    }

    /// The areas for one tolerance: `ramps` is the credit for rows beside an anomaly and `found` the share of
    /// anomalies with any row above, each per threshold.
    fn areas(&self, ramps: &[f64], found: &[f64], abnormal: f64) -> Volume {
        let rows = self.scores.len() as f64;
        let (mut area, mut before_true, mut before_false) = (Volume { roc: 0.0, pr: 0.0 }, 0.0, 0.0);
        for place in 0..THRESHOLDS {
            let credit = self.hit[place] + ramps[place];
            let positives = abnormal + ramps[place] / 2.0;
            let true_rate = (credit / positives).min(1.0) * found[place];
            let false_rate = (self.taken[place] - credit) / (rows - positives);
            area.roc += (false_rate - before_false) * (true_rate + before_true) / 2.0;
            area.pr += (true_rate - before_true) * credit / self.taken[place];
            (before_true, before_false) = (true_rate, false_rate);
        }
        area.roc += (1.0 - before_false) * (1.0 + before_true) / 2.0;
        area
    }
}

/// What lies within half a tolerance of an anomaly.
struct Near {
    reach: usize,
    /// The highest score within reach of each segment.
    highest: Vec<f64>,
    /// Credit by row; zero but for the rows in `touched`.
    credit: Vec<f64>,
    touched: Vec<usize>,
}

impl Near {
    fn new(ground: &Ground) -> Self {
        let highest = |&(first, last): &(usize, usize)| {
            ground.scores[first..=last].iter().copied().fold(f64::NEG_INFINITY, f64::max)
        };
        Self {
            reach: 0,
            highest: ground.segments.iter().map(highest).collect(),
            credit: vec![0.0; ground.scores.len()],
            touched: Vec::new(),
        }
    }

    fn widen(&mut self, ground: &Ground, reach: usize) {
        while self.reach < reach {
            self.reach += 1;
            for (highest, &(first, last)) in self.highest.iter_mut().zip(&ground.segments) {
                let left = first.checked_sub(self.reach);
                let beside = [left, Some(last + self.reach)];
                for &score in beside.into_iter().flatten().filter_map(|row| ground.scores.get(row)) {
                    *highest = highest.max(score);
                }
            }
        }
    }

    /// Per threshold, the credit of the rows above it: it falls from 1 beside an anomaly, and adds up between two.
    fn ramps(&mut self, ground: &Ground, tolerance: usize) -> Vec<f64> {
        let rows = ground.scores.len();
        for distance in 1..=self.reach {
            let credit = sqrt(1.0 - distance as f64 / tolerance as f64);
            for &(first, last) in &ground.segments {
                let beside = [first.checked_sub(distance), Some(last + distance)];
                for row in beside.into_iter().flatten().filter(|&row| row < rows && !ground.labels[row]) {
                    if self.credit[row] == 0.0 {
                        self.touched.push(row);
                    }
                    self.credit[row] += credit;
                }
            }
        }
        let mut ramps = vec![0.0; THRESHOLDS];
        for row in self.touched.drain(..) {
            if let Some(ramp) = ramps.get_mut(ground.passes[row]) {
                *ramp += self.credit[row].min(1.0);
            }
            self.credit[row] = 0.0;
        }
        running_sum(&mut ramps);
        ramps
    }

    /// Per threshold, the share of anomalies with a row above it; those that reach into each other are one.
    fn found(&self, ground: &Ground) -> Vec<f64> {
        let mut found = vec![0.0; THRESHOLDS];
        let (mut count, mut place) = (0.0, 0);
        while place < ground.segments.len() {
            let mut highest = self.highest[place];
            let mut end = ground.segments[place].1 + self.reach;
            place += 1;
            while place < ground.segments.len() && ground.segments[place].0 <= end + self.reach {
                highest = highest.max(self.highest[place]);
                end = ground.segments[place].1 + self.reach;
                place += 1;
            }
            count += 1.0;
            if let Some(slot) = found.get_mut(first_passed(&ground.thresholds, highest)) {
                *slot += 1.0;
            }
        }
        running_sum(&mut found);
        found.iter_mut().for_each(|found| *found /= count);
        found
    }
}

/// The first threshold that lets a score through.
fn first_passed(thresholds: &[f64], score: f64) -> usize {
    thresholds.partition_point(|&threshold| threshold > score)
}

fn running_sum(values: &mut [f64]) {
    let mut sum = 0.0;
    for value in values {
        sum += *value;
        *value = sum;
    }
}
