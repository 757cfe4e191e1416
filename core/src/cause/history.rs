//! The last frames, as tier 4 needs them: values, what was held against each stream, and how odd each frame was.
//!
//! A value is kept as its distance from the stream's first one, in single precision: what a counter at a thousand
//! million does from frame to frame would be lost otherwise.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::log10;
use crate::snapshot::state;
use crate::stream::StreamVerdict;
use crate::verdict::Verdict;

/// Frames that are remembered where streams are few, and at least where they are many.
const ROWS_MOST: usize = 2048;
const ROWS_LEAST: usize = 256;
/// Values that are remembered of some ten streams, and of hundreds: five bytes each.
const CELLS_FEW: usize = 32_768;
const CELLS_MANY: usize = 262_144;
/// Frames that hundreds of streams get at most.
const ROWS_MANY: usize = 1024;

/// What leaving the others by as much as one in three hundred frames does is worth, in decades.
const DECADES_PER_MARK: f64 = 3.0;
/// Scores below this speak against nobody.
const TELLING: f64 = 0.9;
/// Evidence is kept in sixteenths of a decade, with its sign.
const STEPS_PER_DECADE: f64 = 16.0;
const STEPS_MOST: f64 = 127.0;
/// Distances beyond this are cut: their squares would overflow.
const VALUE_MOST: f64 = 1e18;

/// The ring.
#[derive(Clone, Debug)]
pub(crate) struct History {
    width: usize,
    /// The place that the next frame takes, and how many are taken.
    next: usize,
    filled: usize,
    times_ms: Vec<i64>,
    /// How unlikely each frame was, in decades.
    decades: Vec<f32>,
    /// Row after row.
    values: Vec<f32>,
    evidence: Vec<u8>,
    /// Each stream's first value.
    anchors: Vec<f64>,
}
state!(History { next, filled, times_ms, decades, values, evidence, anchors; width }
    where |history| history.next < history.times_ms.len() && history.filled <= history.times_ms.len());

impl History {
    pub(crate) fn new(width: usize) -> Self {
        let rows = rows_for(width);
        Self {
            width,
            next: 0,
            filled: 0,
            times_ms: vec![0; rows],
            decades: vec![0.0; rows],
            values: vec![f32::NAN; rows * width],
            evidence: vec![0; rows * width],
            anchors: vec![f64::NAN; width],
        }
    }

    /// Takes note of a frame and of the verdict on it.
    pub(crate) fn learn(&mut self, values: &[Option<f64>], verdict: &Verdict) {
        let (row, width) = (self.next, self.width);
        self.times_ms[row] = verdict.at_ms;
        self.decades[row] = -log10((1.0 - verdict.score).max(f64::MIN_POSITIVE)) as f32;
        let kept = self.values[row * width..(row + 1) * width].iter_mut();
        for ((kept, anchor), value) in kept.zip(&mut self.anchors).zip(values) {
            *kept = value.map_or(f32::NAN, |x| {
                if anchor.is_nan() {
                    *anchor = x;
                }
                (x - *anchor).clamp(-VALUE_MOST, VALUE_MOST) as f32
            });
        }
        let kept = self.evidence[row * width..(row + 1) * width].iter_mut();
        kept.zip(&verdict.streams).for_each(|(kept, stream)| *kept = evidence_steps(stream));
        self.next = if row + 1 == self.times_ms.len() { 0 } else { row + 1 };
        self.filled = (self.filled + 1).min(self.times_ms.len());
    }

    /// How many frames are remembered. They are counted from the oldest, which is 0.
    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn at_ms(&self, row: usize) -> i64 {
        self.times_ms[self.place(row)]
    }

    /// The newest frame that is not later; `None` where all are.
    pub(crate) fn row_at(&self, at_ms: i64) -> Option<usize> {
        let (mut low, mut high) = (0, self.filled);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.at_ms(middle) <= at_ms { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    /// How unlikely a frame was, in decades.
    pub(crate) fn decades(&self, row: usize) -> f64 {
        f64::from(self.decades[self.place(row)])
    }

    /// A stream's value less its first one; NaN where it had none.
    pub(crate) fn value(&self, row: usize, stream: usize) -> f64 {
        f64::from(self.values[self.place(row) * self.width + stream])
    }

    /// What a stream's first value was; NaN before there was one.
    pub(crate) fn anchor(&self, stream: usize) -> f64 {
        self.anchors[stream]
    }

    /// What was held against a stream, in decades, negative where it was low.
    pub(crate) fn evidence(&self, row: usize, stream: usize) -> f64 {
        let steps = self.evidence[self.place(row) * self.width + stream].cast_signed();
        f64::from(steps) / STEPS_PER_DECADE
    }

    fn place(&self, row: usize) -> usize {
        let rows = self.times_ms.len();
        let place = self.next + rows - self.filled + row;
        if place < rows { place } else { place - rows }
    }
}

fn rows_for(width: usize) -> usize {
    let width = width.max(1);
    (CELLS_FEW / width).max((CELLS_MANY / width).min(ROWS_MANY)).clamp(ROWS_LEAST, ROWS_MOST)
}

/// A stream is spoken against for being odd by itself or for leaving the others, whichever is stronger.
fn evidence_steps(stream: &StreamVerdict) -> u8 {
    let telling = stream.score.filter(|score| *score > TELLING);
    let by_itself = telling.map_or(0.0, |score| -log10((1.0 - score).max(1e-12)));
    let decades = by_itself.max(DECADES_PER_MARK * stream.apart.unwrap_or(0.0));
    let steps = (decades * STEPS_PER_DECADE + 0.5).min(STEPS_MOST) as i8;
    (if stream.is_low { -steps } else { steps }).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    fn history_of(frames: usize) -> History {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
        let mut verdict = Verdict::blank(&schema);
        let mut history = History::new(2);
        for frame in 0..frames {
            verdict.at_ms = 10 * frame as i64;
            verdict.streams[1].score = Some(if frame % 2 == 0 { 0.99 } else { 0.5 });
            verdict.streams[1].is_low = true;
            history.learn(&[Some(1e9 + frame as f64), None], &verdict);
        }
        history
    }

    #[test]
    fn the_newest_frames_are_remembered_in_their_order() {
        let history = history_of(ROWS_MOST + 5);
        assert_eq!(history.len(), ROWS_MOST);
        assert_eq!((history.at_ms(0), history.at_ms(ROWS_MOST - 1)), (50, 10 * (ROWS_MOST as i64 + 4)));
        assert_eq!((history.value(0, 0), history.anchor(0)), (5.0, 1e9));
        assert!(history.value(0, 1).is_nan());
        assert_eq!((history.evidence(1, 1), history.evidence(0, 1)), (-2.0, 0.0));
        assert_eq!(history.row_at(49), None);
        assert_eq!(
            (history.row_at(50), history.row_at(79), history.row_at(i64::MAX)),
            (Some(0), Some(2), Some(ROWS_MOST - 1))
        );
    }

    #[test]
    fn few_streams_are_remembered_for_longer() {
        assert_eq!([1, 8, 32, 100, 300, 500, 5000].map(rows_for), [2048, 2048, 1024, 1024, 873, 524, 256]);
    }
}
