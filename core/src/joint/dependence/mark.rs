//! A size that is seldom exceeded, followed with four numbers.
//!
//! What lasts counts once: a trouble of a hundred rows is one excursion, and does not make its own size a usual one. What
//! lasts for several hundred is how things are now.

use crate::snapshot::state;

/// The share of rows in which an excursion beyond the mark may begin.
const SHARE: f32 = 0.003;
/// Rows below the mark after which an excursion is over.
const CALM_ROWS: f32 = 10.0;
/// Rows after which an excursion is the usual, and the share of the way that the mark follows it then.
const LASTING_ROWS: f32 = 200.0;
const FOLLOW: f32 = 0.02;
/// How far the mark moves when an excursion begins: at first far, later by a fiftieth.
const STRIDE_LAST: f32 = 0.02;
const STRIDE_ROWS: f32 = 50.0;
/// So many rows of the other mark count beside a mark's own.
const FEW_ROWS: f32 = 1000.0;
/// Until something is known: what so few of normal numbers exceed.
const FIRST: f32 = 3.0;
const LEAST: f32 = 1e-3;

/// The mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    at: f32,
    seen: f32,
    /// Rows since the last one beyond.
    calm: f32,
    /// Rows since the excursion began.
    beyond: f32,
}
state!(Mark { at, seen, calm, beyond });

impl Default for Mark {
    fn default() -> Self {
        Self { at: FIRST, seen: 0.0, calm: CALM_ROWS, beyond: 0.0 }
    }
}

impl Mark {
    /// A size in units of the mark. As long as few rows are known, those of another mark of the same stream stand in for
    /// what is missing.
    pub(super) fn measure(&self, size: f32, other: &Self) -> f32 {
        let lent = FEW_ROWS.min(other.seen);
        let rows = self.seen + lent;
        let at = if rows > 0.0 { (self.seen * self.at + lent * other.at) / rows } else { self.at };
        size / at
    }

    /// One step up for an excursion weighs as much as all the steps down between two of them.
    pub(super) fn learn(&mut self, size: f32) {
        let stride = (STRIDE_ROWS / (STRIDE_ROWS + self.seen)).max(STRIDE_LAST);
        self.seen = (self.seen + 1.0).min(1e6);
        if size <= self.at {
            self.calm = (self.calm + 1.0).min(CALM_ROWS);
            self.at = (self.at * (1.0 - stride * SHARE)).max(LEAST);
            return;
        }
        if self.calm >= CALM_ROWS {
            self.at *= 1.0 + stride;
            self.beyond = 0.0;
        }
        self.beyond = (self.beyond + self.calm + 1.0).min(LASTING_ROWS);
        self.calm = 0.0;
        if self.beyond >= LASTING_ROWS {
            self.at += (size - self.at) * FOLLOW;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn excursions_begin_as_seldom_as_they_may() {
        let mut rng = Rng::new(5);
        let mut draw = || 1.0 / (0.001 + rng.unit());
        let mut mark = Mark::default();
        (0..20_000).for_each(|_| mark.learn(draw()));
        let beyond = (0..50_000).filter(|_| mark.measure(draw(), &Mark::default()) > 1.0).count();
        assert!((75..300).contains(&beyond), "{beyond} of 50,000, asked for 150");
    }

    #[test]
    fn a_mark_without_rows_is_as_the_other() {
        let (mut known, mut young) = (Mark::default(), Mark::default());
        (0..5000).for_each(|_| known.learn(1.0));
        let before = young.measure(9.0, &known);
        assert!((before - known.measure(9.0, &young)).abs() < 1e-5);
        young = Mark { at: 0.1, seen: 4000.0, ..young };
        assert!(young.measure(9.0, &known) > 2.0 * before, "in time its own rows count more");
    }

    #[test]
    fn what_lasts_counts_once() {
        let mut mark = Mark::default();
        (0..1000).for_each(|_| mark.learn(1.0));
        let none = Mark::default();
        let before = mark.measure(9.0, &none);
        (0..150).for_each(|_| mark.learn(9.0));
        assert!(mark.measure(9.0, &none) > 0.9 * before);
        (0..500).for_each(|_| mark.learn(9.0));
        assert!(mark.measure(9.0, &none) < 1.1);
    }
}
