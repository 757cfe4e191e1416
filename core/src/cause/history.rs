//! The last frames, as tier 4 needs them: values, what was held against each stream, and how odd each frame was.
//!
//! A value is kept as its distance from the stream's first one, in single precision: what a counter at a thousand
//! million does from frame to frame would be lost otherwise.

use alloc::vec;
use alloc::vec::Vec;

use super::mark::Mark;
use crate::math::log10;
use crate::schema::Schema;
use crate::silence::{Cause, Finding};
use crate::snapshot::state;
use crate::verdict::Verdict;

/// Frames that are remembered where streams are few, and at least where they are many.
const ROWS_MOST: usize = 2048;
const ROWS_LEAST: usize = 256;
/// Values that are remembered of some ten streams, and of hundreds: six bytes each.
const CELLS_FEW: usize = 28_672;
const CELLS_MANY: usize = 262_144;
/// Frames that hundreds of streams get at most.
const ROWS_MANY: usize = 896;
/// Distances beyond this are cut: their squares would overflow.
const VALUE_MOST: f64 = 1e18;

/// The ring.
#[derive(Clone, Debug)]
pub(crate) struct History {
    width: usize,
    /// The group of each stream.
    groups: Vec<Option<usize>>,
    /// For the frame that is being judged: how long each stream's silence has been, in units of its longest.
    quiet: Vec<f64>,
    /// The place that the next frame takes, and how many are taken.
    next: usize,
    filled: usize,
    times_ms: Vec<i64>,
    /// How unlikely each frame was, in decades.
    decades: Vec<f32>,
    alarms: Vec<bool>,
    /// Row after row.
    values: Vec<f32>,
    marks: Vec<u16>,
    /// Each stream's first value.
    anchors: Vec<f64>,
}
state!(History { next, filled, times_ms, decades, alarms, values, marks, anchors; width, groups, quiet }
    where |history| history.next < history.times_ms.len() && history.filled <= history.times_ms.len());

impl History {
    pub(crate) fn new(schema: &Schema) -> Self {
        let width = schema.streams().len();
        let rows = rows_for(width);
        Self {
            width,
            groups: schema.streams().iter().map(|stream| stream.group).collect(),
            quiet: vec![0.0; width],
            next: 0,
            filled: 0,
            times_ms: vec![0; rows],
            decades: vec![0.0; rows],
            alarms: vec![false; rows],
            values: vec![f32::NAN; rows * width],
            marks: vec![0; rows * width],
            anchors: vec![f64::NAN; width],
        }
    }

    /// Where the length of each stream's silence is written before the frame is learned.
    pub(crate) fn quiet_mut(&mut self) -> &mut [f64] {
        &mut self.quiet
    }

    /// Takes note of a frame and of the verdict on it.
    pub(crate) fn learn(&mut self, values: &[Option<f64>], verdict: &Verdict) {
        let (row, width) = (self.next, self.width);
        let cells = row * width..(row + 1) * width;
        self.times_ms[row] = verdict.at_ms;
        self.decades[row] = -log10((1.0 - verdict.score).max(f64::MIN_POSITIVE)) as f32;
        self.alarms[row] = verdict.alarm;
        for ((kept, anchor), value) in
            self.values[cells.clone()].iter_mut().zip(&mut self.anchors).zip(values)
        {
            *kept = value.map_or(f32::NAN, |x| {
                if anchor.is_nan() {
                    *anchor = x;
                }
                (x - *anchor).clamp(-VALUE_MOST, VALUE_MOST) as f32
            });
        }
        let streams = verdict.streams.iter().zip(&self.quiet).zip(&self.groups).enumerate();
        for (kept, (place, ((stream, quiet), group))) in self.marks[cells].iter_mut().zip(streams) {
            *kept = match values.get(place).copied().flatten() {
                Some(_) => Mark::present(stream, *quiet),
                None => Mark::missing(overdue(&verdict.silences, place, *group)),
            };
        }
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

    /// Whether an alarm was raised.
    pub(crate) fn is_alarm(&self, row: usize) -> bool {
        self.alarms[self.place(row)]
    }

    /// What was held against a stream.
    pub(crate) fn mark(&self, row: usize, stream: usize) -> Mark {
        let cell = self.place(row) * self.width + stream;
        Mark::read(self.marks[cell], !self.values[cell].is_nan())
    }

    /// The same in one number: decades, negative where the stream was low.
    pub(crate) fn evidence(&self, row: usize, stream: usize) -> f64 {
        let mark = self.mark(row, stream);
        let decades = mark.by_itself.max(mark.apart);
        if mark.is_low { -decades } else { decades }
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

/// How unlikely the silence of a stream is, in decades: its own, or that of what it belongs to.
fn overdue(silences: &[Finding], stream: usize, group: Option<usize>) -> f64 {
    let covers = |finding: &&Finding| match finding.stream {
        Some(silent) => silent == stream,
        None => finding.group.is_none() || finding.group == group,
    };
    let silent = silences.iter().filter(|finding| finding.cause != Cause::ValueStuck).filter(covers);
    silent.map(|finding| -log10(finding.chance.clamp(1e-12, 1.0))).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;

    fn history_of(frames: usize) -> History {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("valid");
        let mut verdict = Verdict::blank(&schema);
        let mut history = History::new(&schema);
        for frame in 0..frames {
            verdict.at_ms = 10 * frame as i64;
            verdict.streams[0].score = Some(if frame % 2 == 0 { 0.99 } else { 0.5 });
            verdict.streams[0].is_low = true;
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
        assert_eq!((history.evidence(1, 0), history.evidence(0, 0)), (-2.0, 0.0));
        assert_eq!(history.row_at(49), None);
        assert_eq!(
            (history.row_at(50), history.row_at(79), history.row_at(i64::MAX)),
            (Some(0), Some(2), Some(ROWS_MOST - 1))
        );
    }

    #[test]
    fn few_streams_are_remembered_for_longer() {
        assert_eq!([1, 8, 32, 100, 300, 500, 5000].map(rows_for), [2048, 2048, 896, 896, 873, 524, 256]);
    }
}
