//! The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms",
//! arXiv 1510.03336): the earliest alarm in a labelled window earns, the earlier the more; an alarm outside costs, the
//! farther the more; a missed window costs in full. One threshold serves all files, and the best one is taken unless
//! it is given. The first 15 % of a file (at most 750 rows) are not judged.

use alloc::vec;
use alloc::vec::Vec;

use super::{comparable, descending};
use crate::math::{exp, floor};

/// Share of a file, and of how many rows at most.
const PROBATION: (f64, usize) = (0.15, 5000);

/// What a false alarm and a miss cost, where a hit earns 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// 0.11 for a false alarm, 1 for a miss.
    Standard,
    /// False alarms cost twice as much.
    LowFalseAlarms,
    /// Misses cost twice as much.
    LowMisses,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Standard, Self::LowFalseAlarms, Self::LowMisses];

    fn costs(self) -> (f64, f64) {
        match self {
            Self::Standard => (0.11, 1.0),
            Self::LowFalseAlarms => (0.22, 1.0),
            Self::LowMisses => (0.11, 2.0),
        }
    }
}

/// One file.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    /// One per row; an alarm is a score at or above the threshold.
    pub scores: &'a [f64],
    /// Labelled windows, first and last row, in the order of time.
    pub windows: &'a [(usize, usize)],
}

/// The result for one profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NabScore {
    /// 100 for every window found at its first row and nothing else; 0 for no alarm at all. `None` without windows.
    pub score: Option<f64>,
    /// The threshold that it was reached with; infinite where no alarm is best.
    pub threshold: f64,
    /// Windows.
    pub windows: usize,
    /// Windows that were found.
    pub hit: usize,
    /// Rows outside of all windows that raised an alarm.
    pub false_alarms: usize,
}

/// Something that happens once the threshold is low enough.
#[derive(Clone, Copy, Debug)]
struct Step {
    score: f64,
    /// What an earlier alarm in a window adds.
    gain: f64,
    /// What an alarm outside costs.
    loss: f64,
    is_first_of_window: bool,
}

/// The three scores, each with the threshold that suits it best.
pub fn score(files: &[Scored<'_>]) -> [NabScore; 3] {
    let (steps, windows) = steps_of(files);
    Profile::ALL.map(|profile| best(&steps, windows, profile))
}

/// The three scores with thresholds that were fixed before.
pub fn score_at(files: &[Scored<'_>], thresholds: [f64; 3]) -> [NabScore; 3] {
    let (steps, windows) = steps_of(files);
    let mut place = 0;
    Profile::ALL.map(|profile| {
        let threshold = thresholds[place];
        place += 1;
        let taken = steps.partition_point(|step| step.score >= threshold);
        summed(&steps[..taken], threshold, windows, profile)
    })
}

/// All steps, the highest score first.
fn steps_of(files: &[Scored<'_>]) -> (Vec<Step>, usize) {
    let mut steps = Vec::new();
    files.iter().for_each(|file| file.steps(&mut steps));
    steps.sort_by(|a, b| b.score.total_cmp(&a.score));
    (steps, files.iter().map(|file| file.windows.len()).sum())
}

fn best(steps: &[Step], windows: usize, profile: Profile) -> NabScore {
    let (false_cost, miss_cost) = profile.costs();
    // Relative to no alarm at all. Nothing is better than that only if some threshold is.
    let (mut raw, mut best_raw, mut best_taken) = (0.0, 0.0, None);
    for (place, step) in steps.iter().enumerate() {
        raw += step.gain + false_cost * step.loss + if step.is_first_of_window { miss_cost } else { 0.0 };
        let is_last_of_equals = steps.get(place + 1).is_none_or(|next| next.score < step.score);
        if is_last_of_equals && (raw > best_raw || (best_taken.is_none() && raw >= best_raw)) {
            (best_raw, best_taken) = (raw, Some(place + 1));
        }
    }
    let taken = best_taken.unwrap_or(0);
    let threshold = best_taken.map_or(f64::INFINITY, |taken| steps[taken - 1].score);
    summed(&steps[..taken], threshold, windows, profile)
}

fn summed(taken: &[Step], threshold: f64, windows: usize, profile: Profile) -> NabScore {
    let (false_cost, miss_cost) = profile.costs();
    let hit = taken.iter().filter(|step| step.is_first_of_window).count();
    let earned: f64 = taken.iter().map(|step| step.gain + false_cost * step.loss).sum();
    let above_null = earned + miss_cost * hit as f64;
    let perfect = (1.0 + miss_cost) * windows as f64;
    NabScore {
        score: (windows > 0).then(|| 100.0 * above_null / perfect),
        threshold,
        windows,
        hit,
        false_alarms: taken.iter().filter(|step| step.loss != 0.0).count(),
    }
}

/// How many of a file's rows are not judged, in which a detector may settle.
pub fn probation(rows: usize) -> usize {
    floor(PROBATION.0 * rows.min(PROBATION.1) as f64) as usize
}

impl Scored<'_> {
    fn steps(&self, steps: &mut Vec<Step>) {
        let rows = self.scores.len();
        let probation = probation(rows);
        let (worth, window_of) = self.geometry();
        let scores = comparable(self.scores);
        for row in (probation..rows).filter(|&row| window_of[row].is_none()) {
            let score = scores[row];
            steps.push(Step { score, gain: 0.0, loss: worth[row], is_first_of_window: false });
        }
        for (window, &(first, last)) in self.windows.iter().enumerate() {
            let inside: Vec<usize> = (first.max(probation)..=last.min(rows.saturating_sub(1)))
                .filter(|&row| window_of[row] == Some(window))
                .collect();
            let by_row: Vec<f64> = inside.iter().map(|&row| scores[row]).collect();
            let mut best_worth = 0.0;
            for (place, at) in descending(&by_row).into_iter().enumerate() {
                let better = f64::max(worth[inside[at]], best_worth);
                let gain = better - best_worth;
                best_worth = better;
                steps.push(Step { score: by_row[at], gain, loss: 0.0, is_first_of_window: place == 0 });
            }
        }
    }

    /// For every row what an alarm is worth there, and its window.
    fn geometry(&self) -> (Vec<f64>, Vec<Option<usize>>) {
        let rows = self.scores.len();
        let (mut worth, mut window_of) = (vec![-1.0; rows], vec![None; rows]);
        for (window, &(first, last)) in self.windows.iter().enumerate() {
            let width = last.saturating_add(1).saturating_sub(first) as f64;
            let end = self.windows.get(window + 1).map_or(rows, |next| next.0.min(rows));
            for (row, worth) in worth.iter_mut().enumerate().take(end).skip(first) {
                *worth = if row <= last {
                    sigmoid(-((last - row + 1) as f64) / width) / sigmoid(-1.0)
                } else {
                    sigmoid((row - last) as f64 / (width - 1.0).max(1.0))
                };
            }
            let inside = window_of.iter_mut().take(last.saturating_add(1)).skip(first);
            inside.for_each(|row| *row = Some(window));
        }
        (worth, window_of)
    }
}

/// 1 far before the end of a window, 0 at it, -1 far after.
fn sigmoid(distance: f64) -> f64 {
    if distance > 3.0 { -1.0 } else { 2.0 / (1.0 + exp(5.0 * distance)) - 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_every_window_is_perfect() {
        let mut scores = [0.0; 400];
        scores[100] = 1.0;
        scores[300] = 1.0;
        let windows = [(100, 140), (300, 330)];
        for result in score(&[Scored { scores: &scores, windows: &windows }]) {
            assert!((result.score.expect("windows") - 100.0).abs() < 1e-9, "{result:?}");
            assert_eq!((result.hit, result.false_alarms, result.threshold), (2, 0, 1.0));
        }
    }

    #[test]
    fn silence_is_zero_and_noise_is_no_better() {
        let windows = [(100, 140)];
        let silent = score_at(&[Scored { scores: &[0.0; 400], windows: &windows }], [0.5; 3]);
        assert!(silent.iter().all(|result| result.score == Some(0.0) && result.hit == 0));
        let loud = score_at(&[Scored { scores: &[1.0; 400], windows: &windows }], [0.5; 3]);
        assert!(
            loud.iter().all(|result| result.score < Some(90.0) && result.false_alarms == 299),
            "{loud:?}"
        );
        assert_eq!(score(&[Scored { scores: &[1.0], windows: &[] }])[0].score, None);
    }

    #[test]
    fn windows_outside_of_the_rows_do_no_harm() {
        let result = score(&[Scored { scores: &[0.5; 10], windows: &[(3, 4), (8, 40), (50, 60)] }]);
        assert!(result[0].score.is_some());
    }
}
