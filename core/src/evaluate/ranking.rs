//! Do abnormal rows score higher? Areas under the two curves, over every threshold.

use alloc::vec::Vec;

use super::{comparable, descending};

/// What a threshold lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    /// Rows at or above the threshold.
    taken: usize,
    /// Abnormal rows among them.
    hit: usize,
}

/// One cut per distinct score, the highest threshold first.
fn cuts(scores: &[f64], labels: &[bool]) -> Vec<Cut> {
    let scores = comparable(scores);
    let order = descending(&scores);
    let (mut cuts, mut hit) = (Vec::new(), 0);
    for (place, &row) in order.iter().enumerate() {
        hit += usize::from(labels[row]);
        let is_last_of_equals = order.get(place + 1).is_none_or(|&next| scores[next] < scores[row]);
        if is_last_of_equals {
            cuts.push(Cut { taken: place + 1, hit });
        }
    }
    cuts
}

fn paired<'a>(scores: &'a [f64], labels: &'a [bool]) -> (&'a [f64], &'a [bool]) {
    let rows = scores.len().min(labels.len());
    (&scores[..rows], &labels[..rows])
}

fn abnormal(labels: &[bool]) -> usize {
    labels.iter().filter(|label| **label).count()
}

/// The chance that an abnormal row scores above a normal one; equal scores count as half.
///
/// ```
/// use fourfold::evaluate::ranking::auc_roc;
///
/// assert_eq!(auc_roc(&[0.1, 0.9, 0.5, 0.5], &[false, true, false, true]), Some(0.875));
/// assert_eq!(auc_roc(&[0.1, 0.9], &[false, false]), None);
/// ```
pub fn auc_roc(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let (scores, labels) = paired(scores, labels);
    let positives = abnormal(labels);
    let negatives = labels.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let (mut area, mut before) = (0.0, Cut { taken: 0, hit: 0 });
    for cut in cuts(scores, labels) {
        let false_hits = (cut.taken - cut.hit) - (before.taken - before.hit);
        area += false_hits as f64 * (cut.hit + before.hit) as f64 / 2.0;
        before = cut;
    }
    Some(area / (positives as f64 * negatives as f64))
}

/// Average precision: the precision at every threshold, weighed by the recall that it adds.
pub fn auc_pr(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let (scores, labels) = paired(scores, labels);
    let positives = abnormal(labels) as f64;
    let (mut area, mut before) = (0.0, 0);
    for cut in cuts(scores, labels) {
        area += (cut.hit - before) as f64 / positives * (cut.hit as f64 / cut.taken as f64);
        before = cut.hit;
    }
    (positives > 0.0).then_some(area)
}

/// The best F1 that any threshold reaches.
pub fn best_f1(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let (scores, labels) = paired(scores, labels);
    let positives = abnormal(labels);
    let of = |cut: &Cut| 2.0 * cut.hit as f64 / (cut.taken + positives) as f64;
    (positives > 0).then(|| cuts(scores, labels).iter().map(of).fold(0.0, f64::max))
}

/// Row by row, at one threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Abnormal rows that were flagged.
    pub hits: usize,
    /// Normal rows that were flagged.
    pub false_alarms: usize,
    /// Abnormal rows that were not.
    pub misses: usize,
}

impl Counts {
    /// Counts flags against labels.
    pub fn of(flags: impl IntoIterator<Item = bool>, labels: &[bool]) -> Self {
        let mut counts = Self::default();
        for (flag, &label) in flags.into_iter().zip(labels) {
            counts.hits += usize::from(flag && label);
            counts.false_alarms += usize::from(flag && !label);
            counts.misses += usize::from(!flag && label);
        }
        counts
    }

    /// The share of flags that are right; `None` without a flag.
    pub fn precision(&self) -> Option<f64> {
        share(self.hits, self.hits + self.false_alarms)
    }

    /// The share of abnormal rows that are flagged; `None` where there are none.
    pub fn recall(&self) -> Option<f64> {
        share(self.hits, self.hits + self.misses)
    }

    /// Twice the hits over flags and abnormal rows together.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_score_knows_nothing() {
        let labels = [true, false, false, false];
        assert_eq!(auc_roc(&[0.3; 4], &labels), Some(0.5));
        assert_eq!(auc_pr(&[0.3; 4], &labels), Some(0.25));
        assert_eq!(auc_roc(&[f64::NAN, 0.1, 0.2, 0.3], &labels), Some(0.0));
    }

    #[test]
    fn counts_by_hand() {
        let counts = Counts::of([true, true, false, false, true], &[true, false, true, false, true]);
        assert_eq!(counts, Counts { hits: 2, false_alarms: 1, misses: 1 });
        assert_eq!(counts.precision(), Some(2.0 / 3.0));
        assert_eq!(
            counts.f1(),
            best_f1(&[0.9, 0.8, 0.1, 0.2, 0.7], &[true, false, true, false, true]).map(|_| 2.0 / 3.0)
        );
        assert_eq!(Counts::default().recall(), None);
    }
}
