//! A file with everything that can be asked about it: judged once from end to end, and again from where people said
//! something. Bookmarks keep the engine as it was at some rows, so that the past can be asked and need not be judged anew.

use fourfold::cause::{Ask, Explanation, Mode, lags};
use fourfold::{Error, Label, Schema, Verdict};

use super::scorer::{BATCH_ROWS, Judged, Scorer};
use super::{Curve, Said};
use crate::table::Table;

/// Bookmarks of one file. An engine of 32 streams holds some megabytes.
const BOOKMARKS: usize = 8;
/// A file shorter than this is judged anew as a whole.
const BOOKMARK_ROWS: usize = 1024;
/// Rows after an episode that a thorough explanation may look at.
const AFTER_ROWS: usize = 32;
/// Steps that a lead-lag curve compares: those that the engine compares as well.
const CURVE_STEPS: usize = 288;

/// A table, the engine on its way through it, and what people said.
#[derive(Clone, Debug)]
pub struct Desk {
    table: Table,
    scorer: Scorer,
    bookmarks: Vec<Scorer>,
    said: Vec<Said>,
}

impl Desk {
    /// At the first row.
    pub fn new(table: Table, schema: Schema) -> Self {
        let scorer = Scorer::new(&table, schema);
        Self { bookmarks: vec![scorer.clone()], scorer, table, said: Vec::new() }
    }

    /// What is judged.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Where the engine is.
    pub fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// What people said, in the order in which they did.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// Judges a few more rows; false once all are judged.
    pub fn step(&mut self, rows_max: usize, into: &mut Judged) -> Result<bool, Error> {
        let apart = BOOKMARK_ROWS.max(self.table.times_ms.len() / BOOKMARKS);
        let marked = self.bookmarks.last().map_or(0, Scorer::rows);
        if self.scorer.rows() >= marked + apart && self.scorer.rows().is_multiple_of(BATCH_ROWS) {
            self.bookmarks.push(self.scorer.clone());
        }
        self.scorer.step(&self.table, &self.said, rows_max, into)
    }

    /// Says what the episode that opened then was. All that follows is to be judged again: the engine goes back.
    pub fn label(&mut self, opened_ms: i64, label: Label) {
        self.said.push(Said { opened_ms, label });
        self.go_back(opened_ms);
    }

    /// Takes the newest word back, as if it had never been said. Returns the episode's opening.
    pub fn undo(&mut self) -> Option<i64> {
        let Said { opened_ms, .. } = self.said.pop()?;
        self.go_back(opened_ms);
        Some(opened_ms)
    }

    fn go_back(&mut self, to_ms: i64) {
        let Self { table, bookmarks, scorer, .. } = self;
        let is_before = |mark: &Scorer| {
            let judged = mark.rows().checked_sub(1).and_then(|row| table.times_ms.get(row));
            judged.is_none_or(|&last_ms| last_ms < to_ms)
        };
        let keep = bookmarks.partition_point(is_before).max(1);
        bookmarks.truncate(keep);
        if let Some(mark) = bookmarks.last()
            && mark.rows() < scorer.rows()
        {
            *scorer = mark.clone();
        }
    }

    /// Why the frame at that time is as it is; `until_ms` is where its trouble ended. Where the engine has forgotten it,
    /// the engine as it was then is asked.
    pub fn explain(&self, at_ms: i64, until_ms: i64, mode: Mode) -> Result<Explanation, Error> {
        let ask = Ask { at_ms: Some(at_ms), mode, ..Ask::default() };
        let until = self.row_after(until_ms) + AFTER_ROWS;
        if self.scorer.rows() <= until + BATCH_ROWS {
            return self.scorer.engine().explain(ask);
        }
        let place = self.bookmarks.partition_point(|mark| mark.rows() <= until).max(1) - 1;
        let mut then = self.bookmarks.get(place).unwrap_or(&self.scorer).clone();
        while then.rows() < until && then.advance(&self.table, &self.said, BATCH_ROWS, &mut |_| ())? {}
        then.engine().explain(ask)
    }

    /// How each of the pairs goes together over lags, in the hours before a time.
    pub fn curves(&self, pairs: &[(String, String)], until_ms: i64) -> Vec<Curve> {
        let to = self.row_after(until_ms);
        let from = to.saturating_sub(CURVE_STEPS);
        let course = |name: &String| {
            let column = self.table.columns.iter().find(|column| column.name == *name);
            column.map(|column| column.values[from..to].iter().map(|&x| x as f32).collect::<Vec<f32>>())
        };
        let step_ms = self.scorer.interval_ms() as f64;
        let told = pairs.iter().filter_map(|(first, then)| {
            let points = lags(&course(then)?, &course(first)?);
            let points = points.into_iter().map(|(lag, r)| (lag as f64 * step_ms, r)).collect();
            Some(Curve { first: first.clone(), then: then.clone(), points })
        });
        told.collect()
    }

    /// All verdicts so far, whole, in the order of time: judged once more from the first row.
    pub fn retell(&self, each: &mut dyn FnMut(&Schema, &Verdict)) -> Result<(), Error> {
        let Some(mut scorer) = self.bookmarks.first().cloned() else { return Ok(()) };
        let schema = scorer.engine().schema().clone();
        while scorer.rows() < self.scorer.rows() {
            let left = self.scorer.rows() - scorer.rows();
            scorer.advance(&self.table, &self.said, left, &mut |verdict| each(&schema, verdict))?;
        }
        Ok(())
    }

    fn row_after(&self, at_ms: i64) -> usize {
        self.table.times_ms.partition_point(|&time_ms| time_ms <= at_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;
    use crate::thread::Settings;
    use crate::thread::schema::schema_of;

    const MINUTE_MS: i64 = 60_000;
    /// Rows at which the load jumps for a quarter of an hour.
    const JUMPS: [i64; 3] = [1500, 3000, 4500];

    fn desk() -> Desk {
        let rows = 0..6000_i64;
        let noise = |row: i64, turns: i64| f64::from((row * 7919 % turns) as i32);
        let load = |row: i64| {
            let jumps = JUMPS.iter().any(|&jump| (jump..jump + 15).contains(&row));
            noise(row, 13) + if jumps { 60.0 } else { 0.0 }
        };
        let columns = [
            Column { name: "load".into(), values: rows.clone().map(load).collect(), group: None },
            Column {
                name: "heat".into(),
                values: rows.clone().map(|row| noise(row, 17)).collect(),
                group: None,
            },
        ];
        let table = Table {
            times_ms: rows.map(|row| row * MINUTE_MS).collect(),
            columns: columns.into(),
            ..Table::default()
        };
        let schema = schema_of(&table, &Settings::default()).expect("two names");
        Desk::new(table, schema)
    }

    fn run(desk: &mut Desk, rows_max: usize) -> Vec<i64> {
        let mut judged = Judged::default();
        while desk.step(rows_max, &mut judged).expect("ascending times") {}
        desk.scorer().engine().episodes().map(|episode| episode.opened_ms).collect()
    }

    #[test]
    fn what_is_called_expected_raises_no_alarm_later_and_undo_takes_it_back() {
        let mut desk = desk();
        let before = run(&mut desk, BATCH_ROWS);
        let digest = desk.scorer().digest();
        assert!(JUMPS.iter().all(|jump| before.contains(&(jump * MINUTE_MS))), "{before:?}");
        desk.label(JUMPS[0] * MINUTE_MS, Label::Expected);
        assert!(desk.scorer().rows() < 1500, "it goes back to before the episode");
        let after = run(&mut desk, BATCH_ROWS);
        assert!(!after.contains(&(JUMPS[1] * MINUTE_MS)) && !after.contains(&(JUMPS[2] * MINUTE_MS)));
        assert!(after.contains(&(JUMPS[0] * MINUTE_MS)), "what happened did happen");
        assert_eq!(desk.undo(), Some(JUMPS[0] * MINUTE_MS));
        assert_eq!((run(&mut desk, BATCH_ROWS), desk.scorer().digest()), (before, digest));
        assert_eq!(desk.undo(), None);
    }

    #[test]
    fn steps_of_any_size_give_the_same_bits_with_labels_too() {
        let (mut one, mut other) = (desk(), desk());
        for (desk, rows_max) in [(&mut one, BATCH_ROWS), (&mut other, 7)] {
            run(desk, rows_max);
            desk.label(JUMPS[1] * MINUTE_MS, Label::Expected);
            run(desk, rows_max);
        }
        assert_eq!(one.scorer().digest(), other.scorer().digest());
        assert_eq!(one.scorer().engine().seal(), other.scorer().engine().seal());
    }

    #[test]
    fn what_the_engine_has_forgotten_is_explained_all_the_same() {
        let mut desk = desk();
        run(&mut desk, BATCH_ROWS);
        let at_ms = JUMPS[0] * MINUTE_MS;
        let ask = Ask { at_ms: Some(at_ms), ..Ask::default() };
        assert!(desk.scorer().engine().explain(ask).is_err(), "it is forgotten");
        for mode in [Mode::Fast, Mode::Thorough] {
            let why = desk.explain(at_ms, at_ms + 15 * MINUTE_MS, mode).expect("it was known then");
            assert_eq!((why.suspects[0].stream, why.onset_ms), (0, at_ms));
        }
    }

    #[test]
    fn verdicts_are_told_again_bit_for_bit() {
        let mut desk = desk();
        let mut judged = Judged::default();
        while desk.step(BATCH_ROWS, &mut judged).expect("ascending times") {}
        let mut scores = Vec::new();
        desk.retell(&mut |_, verdict| scores.push(verdict.score)).expect("it went well before");
        assert_eq!(scores, judged.scores);
    }
}
