//! A file with everything that can be asked about it: judged once from end to end, and again from where people said
//! something. Bookmarks keep the engine as it was at some rows, so that the past can be asked and need not be judged anew.

use fourfold::cause::{Ask, Explanation, Mode};
use fourfold::evaluate::events::by_alarm;
use fourfold::evaluate::ranking::{auc_pr, auc_roc};
use fourfold::evaluate::segments;
use fourfold::verdict::Tape;
use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Error, Label, Schema, Verdict};

use super::curve::{CURVE_STEPS, curves_of};
use super::scorer::{BATCH_ROWS, Judged, Scorer, episode_json};
use super::{Agreement, Curve, Said};
use crate::table::Table;

/// Bookmarks of one file. An engine of 32 streams holds some megabytes.
const BOOKMARKS: usize = 8;
/// A file shorter than this is judged anew as a whole.
const BOOKMARK_ROWS: usize = 1024;
/// Rows after an episode that a thorough explanation may look at.
const AFTER_ROWS: usize = 32;

/// A table, the engine on its way through it, and what people said.
#[derive(Clone, Debug)]
pub struct Desk {
    table: Table,
    scorer: Scorer,
    bookmarks: Vec<Scorer>,
    said: Vec<Said>,
    /// Words that the engine had heard before this table, and that were taken back since.
    taken_back: u32,
    tape: Tape,
    /// How odd each row is.
    oddness: Vec<f64>,
    /// The false-alarm rate that the episodes are told at, where it is not the one that was judged at.
    rate: Option<f64>,
}

impl Desk {
    /// At the first row.
    pub fn new(table: Table, schema: Schema) -> Self {
        Self::resume(table, Engine::new(schema))
    }

    /// At the first row, with an engine that has learned before: the table goes on where it ended.
    pub fn resume(table: Table, engine: Engine) -> Self {
        let scorer = Scorer::resume(&table, engine);
        Self {
            bookmarks: vec![scorer.clone()],
            scorer,
            table,
            said: Vec::new(),
            taken_back: 0,
            tape: Tape::default(),
            oddness: Vec::new(),
            rate: None,
        }
    }

    /// With what people said of its episodes before, which is heard where they come, and so many words taken back that
    /// the engine came with.
    pub fn with_said(mut self, said: Vec<Said>, taken_back: u32) -> Self {
        for _ in 0..taken_back {
            self.undo_earlier();
        }
        self.scorer = self.bookmarks.first().cloned().unwrap_or(self.scorer);
        Self { said, ..self }
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

    /// How many words the engine came with, or was left with, that can be taken back.
    pub fn taught(&self) -> u32 {
        let Some(mut first) = self.bookmarks.first().cloned() else { return 0 };
        (0..).find(|_| !first.undo_earlier()).unwrap_or_default()
    }

    /// How many of those it came with were taken back.
    pub fn taken_back(&self) -> u32 {
        self.taken_back
    }

    fn undo_earlier(&mut self) -> bool {
        let is_undone = self.bookmarks.first_mut().is_some_and(Scorer::undo_earlier);
        self.taken_back += u32::from(is_undone);
        is_undone
    }

    /// Judges a few more rows; false once all are judged.
    pub fn step(&mut self, rows_max: usize, into: &mut Judged) -> Result<bool, Error> {
        let apart = BOOKMARK_ROWS.max(self.table.times_ms.len() / BOOKMARKS);
        let marked = self.bookmarks.last().map_or(0, Scorer::rows);
        if self.scorer.rows() >= marked + apart && self.scorer.rows().is_multiple_of(BATCH_ROWS) {
            self.bookmarks.push(self.scorer.clone());
        }
        let Self { scorer, table, said, tape, oddness, .. } = self;
        scorer.step(table, said, rows_max, into, &mut |verdict| {
            tape.take(verdict);
            if !verdict.from_silence {
                oddness.push(verdict.oddness);
            }
        })
    }

    /// The episodes at another false-alarm rate. Nothing is judged again: scores stay, and what they raise changes.
    pub fn retell(&mut self, rate: f64) -> Result<Vec<EpisodeJson<'static>>, Error> {
        // Refused here as everywhere, before anything changes.
        let mut engine = self.scorer.engine().clone();
        engine.set_false_alarm_rate(rate)?;
        self.rate = Some(rate);
        Ok(self.tape.episodes(rate).iter().map(|episode| episode_json(&engine, episode)).collect())
    }

    /// How well the alarms and the ranking of rows agree with what is known of the table; `None` where nothing is.
    pub fn score(&self, openings_ms: &[i64]) -> Option<Agreement> {
        let labels = self.table.labels.get(..self.oddness.len())?;
        if !labels.contains(&true) {
            return None;
        }
        let mut alarms = vec![false; labels.len()];
        for at_ms in openings_ms {
            let row = self.row_after(*at_ms).saturating_sub(1);
            if let Some(alarm) = alarms.get_mut(row) {
                *alarm = true;
            }
        }
        let found = by_alarm(alarms, &segments(labels));
        Some(Agreement {
            events: found.events as u32,
            found: found.found as u32,
            false_alarms: found.false_alarms as u32,
            auc_roc: auc_roc(&self.oddness, labels),
            auc_pr: auc_pr(&self.oddness, labels),
        })
    }

    /// The engine with all that it has learned, at the false-alarm rate that is asked for: a file that opens everywhere.
    pub fn seal(&self) -> Result<Vec<u8>, Error> {
        match self.rate {
            None => Ok(self.scorer.engine().seal()),
            Some(rate) => {
                let mut engine = self.scorer.engine().clone();
                engine.set_false_alarm_rate(rate)?;
                Ok(engine.seal())
            }
        }
    }

    /// Starts again from the first row, for who wants to watch.
    pub fn rewind(&mut self) -> Result<(), Error> {
        self.go_back(i64::MIN)
    }

    /// Says what the episode that opened then was. All that follows is to be judged again: the engine goes back.
    pub fn label(&mut self, opened_ms: i64, label: Label) -> Result<(), Error> {
        self.said.push(Said { opened_ms, label });
        self.go_back(opened_ms)
    }

    /// Takes the newest word back, as if it had never been said: one that was said here, or else one that the engine came
    /// with. False where there is none.
    pub fn undo(&mut self) -> Result<bool, Error> {
        let back_to_ms = match self.said.pop() {
            Some(Said { opened_ms, .. }) => opened_ms,
            None if self.undo_earlier() => i64::MIN,
            None => return Ok(false),
        };
        self.go_back(back_to_ms)?;
        Ok(true)
    }

    fn go_back(&mut self, to_ms: i64) -> Result<(), Error> {
        if let Some(rate) = self.rate.take() {
            // What was judged at another rate is of no use: from the first row, then.
            self.bookmarks.truncate(1);
            if let Some(first) = self.bookmarks.first_mut() {
                first.set_false_alarm_rate(rate)?;
                self.scorer = first.clone();
            }
        }
        let Self { table, bookmarks, scorer, .. } = self;
        let is_before = |mark: &Scorer| {
            let judged = mark.rows().checked_sub(1).and_then(|row| table.times_ms.get(row));
            judged.is_none_or(|&last_ms| last_ms < to_ms)
        };
        let keep = bookmarks.partition_point(is_before).max(1);
        bookmarks.truncate(keep);
        if let Some(mark) = bookmarks.last()
            && mark.rows() <= scorer.rows()
        {
            *scorer = mark.clone();
        }
        self.tape.truncate(self.scorer.verdicts());
        self.oddness.truncate(self.scorer.rows());
        Ok(())
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

    /// How those go together of whom it says that one leads, in the hours before a time.
    pub fn curves(&self, why: &Explanation, until_ms: i64) -> Vec<Curve> {
        let to = self.row_after(until_ms);
        let from = to.saturating_sub(CURVE_STEPS);
        let course = |place: usize| {
            let values = self.table.columns.get(place)?.values.get(from..to)?;
            Some(values.iter().map(|&value| value as f32).collect())
        };
        curves_of(why, self.scorer.engine().schema(), self.scorer.interval_ms() as f64, course)
    }

    /// All verdicts so far, whole, in the order of time: judged once more from the first row.
    pub fn tell_all(&self, each: &mut dyn FnMut(&Schema, &Verdict)) -> Result<(), Error> {
        let Some(mut scorer) = self.bookmarks.first().cloned() else { return Ok(()) };
        if let Some(rate) = self.rate {
            scorer.set_false_alarm_rate(rate)?;
        }
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
        // Mixed as splitmix64 does it: whatever repeats would be a relation that a jump breaks.
        let noise = |row: i64, stream: u64| {
            let bits = (row as u64 * 2 + stream).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            ((bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 60) as f64
        };
        let load = |row: i64| {
            let jumps = JUMPS.iter().any(|&jump| (jump..jump + 15).contains(&row));
            noise(row, 0) + if jumps { 60.0 } else { 0.0 }
        };
        let columns = [
            Column { name: "load".into(), values: rows.clone().map(load).collect(), ..Column::default() },
            Column {
                name: "heat".into(),
                values: rows.clone().map(|row| noise(row, 1)).collect(),
                ..Column::default()
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

    fn is_told(openings: &[i64], jump: i64) -> bool {
        openings.iter().any(|at_ms| (jump..jump + 15).contains(&(at_ms / MINUTE_MS)))
    }

    #[test]
    fn what_is_called_expected_raises_no_alarm_later_and_undo_takes_it_back() {
        let mut desk = desk();
        let before = run(&mut desk, BATCH_ROWS);
        let digest = desk.scorer().digest();
        assert!(JUMPS.iter().all(|&jump| is_told(&before, jump)), "{before:?}");
        desk.label(JUMPS[0] * MINUTE_MS, Label::Expected).expect("a rate that was taken");
        assert!(desk.scorer().rows() < 1500, "it goes back to before the episode");
        let after = run(&mut desk, BATCH_ROWS);
        assert!(!is_told(&after, JUMPS[1]) && !is_told(&after, JUMPS[2]), "{after:?}");
        assert!(is_told(&after, JUMPS[0]), "what happened did happen");
        assert_eq!(desk.undo(), Ok(true));
        assert_eq!((run(&mut desk, BATCH_ROWS), desk.scorer().digest()), (before, digest));
        assert_eq!(desk.undo(), Ok(false));
    }

    #[test]
    fn what_was_said_before_a_reload_gives_the_same_bits_and_can_be_taken_back() {
        let mut desk = desk();
        run(&mut desk, BATCH_ROWS);
        let untaught = desk.scorer().digest();
        desk.label(JUMPS[0] * MINUTE_MS, Label::Expected).expect("a rate that was taken");
        run(&mut desk, BATCH_ROWS);
        let mut again = self::desk().with_said(desk.said().to_vec(), 0);
        run(&mut again, 7);
        assert_eq!(again.scorer().digest(), desk.scorer().digest());
        assert_ne!(again.scorer().digest(), untaught);
        assert_eq!(again.undo(), Ok(true));
        run(&mut again, BATCH_ROWS);
        assert_eq!(again.scorer().digest(), untaught);
    }

    #[test]
    fn what_was_said_before_a_session_was_saved_can_be_changed_and_taken_back() {
        let mut desk = desk();
        run(&mut desk, BATCH_ROWS);
        let opened_ms = JUMPS[0] * MINUTE_MS;
        desk.label(opened_ms, Label::Expected).expect("a rate that was taken");
        run(&mut desk, BATCH_ROWS);
        let engine = Engine::open(&desk.seal().expect("a rate that was taken")).expect("it was sealed");
        let open = || Desk::resume(Table::of_streams(engine.schema()), engine.clone());
        let label = |desk: &Desk| {
            let found = desk.scorer().engine().episodes().find(|episode| episode.opened_ms == opened_ms);
            found.expect("it is remembered").label
        };
        let mut session = open();
        assert_eq!((label(&session), session.taught()), (Some(Label::Expected), 1));
        session.label(opened_ms, Label::Real).expect("a rate that was taken");
        run(&mut session, BATCH_ROWS);
        assert_eq!(label(&session), Some(Label::Real));
        assert_eq!(session.undo(), Ok(true));
        run(&mut session, BATCH_ROWS);
        assert_eq!(session.scorer().engine().seal(), engine.seal(), "to the byte");
        assert_eq!((session.undo(), session.taught(), session.taken_back()), (Ok(true), 0, 1));
        let mut untaught = engine.clone();
        assert_eq!((untaught.undo().is_ok(), label(&session)), (true, None));
        assert_eq!(session.scorer().engine().seal(), untaught.seal());
        assert_eq!(session.undo(), Ok(false));
        let again = open().with_said(Vec::new(), 1);
        assert_eq!(again.scorer().engine().seal(), untaught.seal(), "over a reload, too");
    }

    #[test]
    fn steps_of_any_size_give_the_same_bits_with_labels_too() {
        let (mut one, mut other) = (desk(), desk());
        for (desk, rows_max) in [(&mut one, BATCH_ROWS), (&mut other, 7)] {
            run(desk, rows_max);
            desk.label(JUMPS[1] * MINUTE_MS, Label::Expected).expect("a rate that was taken");
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
        desk.tell_all(&mut |_, verdict| scores.push(verdict.score)).expect("it went well before");
        assert_eq!(scores, judged.scores);
    }

    #[test]
    fn another_rate_needs_no_other_judgement_and_comes_back() {
        let mut desk = desk();
        let before = run(&mut desk, BATCH_ROWS);
        let digest = desk.scorer().digest();
        let openings = |told: Vec<EpisodeJson<'_>>| told.iter().map(|one| one.opened).collect::<Vec<_>>();
        let strict = openings(desk.retell(1e-6).expect("a rate"));
        let loose = openings(desk.retell(0.02).expect("a rate"));
        assert!(
            strict.len() <= before.len() && loose.len() >= before.len(),
            "{strict:?} {before:?} {loose:?}"
        );
        assert!(is_told(&strict, JUMPS[0]), "what is that odd is told at any rate: {strict:?}");
        assert!(desk.retell(0.9).is_err());
        let own_rate = self::desk().scorer().engine().schema().false_alarm_rate();
        assert_eq!(openings(desk.retell(own_rate).expect("a rate")), before);
        assert_eq!(desk.scorer().digest(), digest);
        let sealed = Engine::open(&desk.seal().expect("an engine")).expect("its bytes");
        assert_eq!(sealed.seal(), desk.scorer().engine().seal());
    }

    #[test]
    fn a_word_after_another_rate_is_judged_at_that_rate() {
        let mut desk = desk();
        run(&mut desk, BATCH_ROWS);
        desk.retell(0.01).expect("a rate");
        desk.label(JUMPS[0] * MINUTE_MS, Label::Expected).expect("a rate that was taken");
        assert_eq!(desk.scorer().rows(), 0);
        let after = run(&mut desk, BATCH_ROWS);
        assert_eq!(desk.scorer().engine().schema().false_alarm_rate(), 0.01);
        assert!(!is_told(&after, JUMPS[1]), "{after:?}");
    }

    #[test]
    fn alarms_are_held_against_labels_and_a_session_goes_on() {
        let mut desk = desk();
        let rows = desk.table.times_ms.len() as i64;
        desk.table.labels =
            (0..rows).map(|row| JUMPS.iter().any(|jump| (*jump..jump + 15).contains(&row))).collect();
        let openings = run(&mut desk, BATCH_ROWS);
        let score = desk.score(&openings).expect("there are labels");
        assert_eq!((score.events, score.found), (3, 3));
        assert_eq!(score.false_alarms as usize, openings.len() - 3);
        assert!(score.auc_roc > Some(0.9), "{score:?}");

        let half = |desk: &Desk, from: usize, to: usize| Table {
            times_ms: desk.table.times_ms[from..to].to_vec(),
            columns: (desk.table.columns.iter())
                .map(|column| Column { values: column.values[from..to].to_vec(), ..column.clone() })
                .collect(),
            ..Table::default()
        };
        let mut first = Desk::new(half(&desk, 0, 3200), desk.scorer.engine().schema().clone());
        run(&mut first, BATCH_ROWS);
        let engine = Engine::open(&first.seal().expect("an engine")).expect("its bytes");
        let mut second = Desk::resume(half(&desk, 3200, 6000), engine);
        run(&mut second, BATCH_ROWS);
        assert_eq!(
            second.scorer().engine().seal(),
            desk.scorer().engine().seal(),
            "as if it had never stopped"
        );
    }
}
