//! Verdicts as numbers: one column per field, row after row, so that JavaScript copies a whole batch in a few moves.

use fourfold::verdict::View;
use fourfold::wire::codes;
use fourfold::{Schema, Verdict};
use wasm_bindgen::prelude::*;

const VIEWS: usize = View::ALL.len();

/// Verdicts of a fixed number of rows. `NaN` is "none".
///
/// Numbers hold, one column after the other: time, score, oddness, news, confidence, episode; streams' scores (row by row); views'
/// scores, views' weights. Marks hold: alarm, severity, from silence; streams' notes and silences; views' health.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Columns {
    rows: usize,
    streams: usize,
    numbers: Vec<f64>,
    marks: Vec<u8>,
}

impl Columns {
    /// Room for `rows` verdicts about `schema`, or `None` if there is not that much memory.
    pub(crate) fn new(schema: &Schema, rows: usize) -> Option<Self> {
        let streams = schema.streams().len();
        let numbers = rows.checked_mul(6 + streams + 2 * VIEWS)?;
        let marks = rows.checked_mul(3 + 2 * streams + VIEWS)?;
        let mut columns = Self { rows, streams, ..Self::default() };
        columns.numbers.try_reserve_exact(numbers).ok()?;
        columns.marks.try_reserve_exact(marks).ok()?;
        columns.numbers.resize(numbers, f64::NAN);
        columns.marks.resize(marks, 0);
        Some(columns)
    }

    /// Writes `verdict` as row `row`; a row beyond the last is ignored.
    pub(crate) fn put(&mut self, row: usize, verdict: &Verdict) {
        let episode = verdict.episode.map_or(f64::NAN, |id| id as f64);
        let numbers = &mut Table { rest: &mut self.numbers, rows: self.rows, row };
        numbers.column([verdict.at_ms as f64]);
        numbers.column([verdict.score]);
        numbers.column([verdict.oddness]);
        numbers.column([verdict.news]);
        numbers.column([verdict.confidence]);
        numbers.column([episode]);
        numbers.wide(self.streams, verdict.streams.iter().map(|stream| stream.score.unwrap_or(f64::NAN)));
        numbers.column(verdict.views.map(|view| view.score.unwrap_or(f64::NAN)));
        numbers.column(verdict.views.map(|view| view.weight));
        let marks = &mut Table { rest: &mut self.marks, rows: self.rows, row };
        marks.column([u8::from(verdict.alarm)]);
        marks.column([verdict.severity as u8]);
        marks.column([u8::from(verdict.from_silence)]);
        marks.wide(self.streams, verdict.streams.iter().map(codes::note));
        let silences = verdict.streams.iter().map(|stream| codes::silence(stream.silence));
        marks.wide(self.streams, silences);
        marks.column(verdict.views.map(|view| view.health as u8));
    }
}

#[wasm_bindgen]
impl Columns {
    /// Where the numbers begin in wasm memory.
    #[wasm_bindgen(getter)]
    pub fn numbers(&self) -> *const f64 {
        self.numbers.as_ptr()
    }

    /// Where the marks begin in wasm memory.
    #[wasm_bindgen(getter)]
    pub fn marks(&self) -> *const u8 {
        self.marks.as_ptr()
    }
}

/// What is left of a buffer while its columns are written one after the other.
struct Table<'a, T> {
    rest: &'a mut [T],
    rows: usize,
    row: usize,
}

impl<T> Table<'_, T> {
    fn column<const WIDTH: usize>(&mut self, cells: [T; WIDTH]) {
        self.wide(WIDTH, cells);
    }

    fn wide(&mut self, width: usize, cells: impl IntoIterator<Item = T>) {
        let whole = std::mem::take(&mut self.rest);
        let (column, rest) = whole.split_at_mut(whole.len().min(self.rows * width));
        let slots = column.iter_mut().skip(self.row * width).take(width);
        slots.zip(cells).for_each(|(slot, cell)| *slot = cell);
        self.rest = rest;
    }
}

/// The words behind the codes in [`Columns`], from the types themselves: JavaScript has no list of its own.
#[wasm_bindgen]
pub fn vocabulary() -> Result<JsValue, JsValue> {
    crate::to_js(&codes::VOCABULARY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fourfold::{Engine, Frame, SchemaDraft};

    #[test]
    fn a_row_holds_what_the_verdict_says() {
        let schema = SchemaDraft::of_streams(["a", "b"]).validate().expect("two names are a schema");
        let mut columns = Columns::new(&schema, 3).expect("memory for three rows");
        let mut engine = Engine::new(schema);
        for minute in 0..200 {
            let value = if minute == 199 { 50.0 } else { f64::from(minute % 5) };
            let frame = Frame { at_ms: i64::from(minute) * 60_000, values: &[value, f64::NAN] };
            let verdict = engine.observe(frame).expect("frames in order");
            columns.put(1, verdict);
        }
        let at_ms = 199.0 * 60_000.0;
        assert_eq!(columns.numbers[1], at_ms);
        assert!(columns.numbers[3 + 1] > 0.99, "the score, in its own row");
        assert!(columns.numbers[2 * 3 + 1] > 0.0, "the oddness");
        assert!(columns.numbers[3 * 3 + 1] > 4.0, "the news");
        assert_eq!(columns.numbers[5 * 3 + 1], 1.0, "the first episode");
        assert!(columns.numbers[6 * 3 + 2] > 0.99 && columns.numbers[6 * 3 + 3].is_nan());
        assert_eq!(columns.marks[..3], [0, 1, 0], "the alarm, in its own row");
        let notes = &columns.marks[3 * 3..3 * 3 + 2 * 3];
        assert!(notes[2] >= 2 && notes[3] == 0 && notes[..2] == [0, 0], "{notes:?}");
    }
}
