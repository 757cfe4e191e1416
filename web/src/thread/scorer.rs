//! Drives the engine over a table in small steps, so that a thread can report and listen in between.

use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Episode, Error, Schema, SchemaDraft, Verdict};

use crate::table::Table;

/// Rows per call of the engine.
const BATCH_ROWS: usize = 64;
/// A silence inside a file is spoken of at most so many times: a year off is not a million verdicts.
const TICKS_MAX: i64 = 64;

/// What a step brought, to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// When.
    pub times_ms: Vec<f64>,
    /// How unusual.
    pub scores: Vec<f64>,
    /// How sure.
    pub confidences: Vec<f64>,
    /// Episodes that are new or have changed.
    pub episodes: Vec<EpisodeJson<'static>>,
}

/// The engine on its way through a table.
#[derive(Debug)]
pub struct Scorer {
    engine: Engine,
    next_row: usize,
    /// The usual distance between rows.
    interval_ms: i64,
    digest: u64,
    rows: Vec<f64>,
    told: Vec<Episode>,
}

/// The schema of a table: the preset's streams where it knows the column's name, the bare name where not.
pub fn schema_of(table: &Table, preset: Option<&str>) -> Result<Schema, Error> {
    let mut draft = SchemaDraft::of_streams(table.columns.iter().map(|column| column.name.clone()));
    if let Some(preset) = preset {
        let known = SchemaDraft::preset(preset)?;
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        for stream in &mut draft.streams {
            if let Some(found) = known.streams.iter().find(|known| known.name == stream.name) {
                *stream = found.clone();
            }
        }
        draft.links = known.links.into_iter().filter(|link| has(&link.from) && has(&link.to)).collect();
    }
    draft.validate()
}

impl Scorer {
    /// At the first row.
    pub fn new(table: &Table, schema: Schema) -> Self {
        let mut steps: Vec<i64> = table.times_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let middle = steps.len() / 2;
        let interval_ms = if steps.is_empty() { 1 } else { *steps.select_nth_unstable(middle).1 };
        Self {
            engine: Engine::new(schema),
            next_row: 0,
            interval_ms,
            digest: 0xcbf2_9ce4_8422_2325,
            rows: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Rows judged so far.
    pub fn rows(&self) -> usize {
        self.next_row
    }

    /// Judges a few more rows; false once all are judged.
    pub fn step(&mut self, table: &Table, into: &mut Judged) -> Result<bool, Error> {
        let from = self.next_row;
        let times_ms = &table.times_ms;
        if from >= times_ms.len() {
            return Ok(false);
        }
        if from > 0 {
            self.pass_silence(times_ms[from - 1], times_ms[from], into)?;
        }
        // A batch ends where a silence begins, so that the silence is judged in its place.
        let is_silence = |row: usize| times_ms[row] - times_ms[row - 1] > self.interval_ms.saturating_mul(2);
        let most = (from + BATCH_ROWS).min(times_ms.len());
        let to = (from + 1..most).find(|&row| is_silence(row)).unwrap_or(most);
        self.rows.clear();
        for row in from..to {
            self.rows.extend(table.columns.iter().map(|column| column.values[row]));
        }
        let digest = &mut self.digest;
        self.engine
            .observe_batch(&times_ms[from..to], &self.rows, |_, verdict| note(verdict, digest, into))?;
        self.next_row = to;
        self.tell_episodes(into);
        Ok(true)
    }

    /// Stands for every bit of every verdict so far.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.digest)
    }

    fn pass_silence(&mut self, from_ms: i64, to_ms: i64, into: &mut Judged) -> Result<(), Error> {
        let step_ms = self.interval_ms.max((to_ms - from_ms) / TICKS_MAX).max(1);
        if to_ms - from_ms <= self.interval_ms.saturating_mul(2) {
            return Ok(());
        }
        let mut now_ms = from_ms + step_ms;
        while now_ms < to_ms {
            let digest = &mut self.digest;
            self.engine.tick(now_ms, |verdict| note(verdict, digest, into))?;
            now_ms += step_ms;
        }
        Ok(())
    }

    /// The engine remembers its newest episodes only; a batch is short enough that none is missed.
    fn tell_episodes(&mut self, into: &mut Judged) {
        let newest = self.told.last().map_or(0, |episode| episode.id);
        let mut changed = false;
        for episode in self.engine.episodes() {
            let is_known = self.told.iter().rev().take(2).any(|told| told == episode);
            if episode.id + 1 >= newest && !is_known {
                let json = EpisodeJson::new(self.engine.schema(), episode);
                let stream = json.stream.map(|name| name.into_owned().into());
                let reason = json.reason.map(|word| word.into_owned().into());
                let group = json.group.map(|name| name.into_owned().into());
                into.episodes.retain(|earlier| earlier.id != json.id);
                into.episodes.push(EpisodeJson { stream, reason, group, ..json });
                changed = true;
            }
        }
        if changed {
            let count = self.engine.episodes().len();
            self.told = self.engine.episodes().skip(count.saturating_sub(2)).cloned().collect();
        }
    }
}

fn note(verdict: &Verdict, digest: &mut u64, into: &mut Judged) {
    into.times_ms.push(verdict.at_ms as f64);
    into.scores.push(verdict.score);
    into.confidences.push(verdict.confidence);
    let words = [
        verdict.at_ms as u64,
        verdict.score.to_bits(),
        verdict.confidence.to_bits(),
        verdict.episode.unwrap_or(0),
        u64::from(verdict.alarm),
    ];
    // FNV-1a: not for security, only to see whether two long lists of bits are the same.
    for byte in words.iter().flat_map(|word| word.to_le_bytes()) {
        *digest = (*digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    const START_MS: i64 = 1_700_000_000_000;
    const PEAK_MS: i64 = START_MS + 48_000_000;

    fn table(rows: i64, hole: std::ops::Range<i64>) -> Table {
        let times_ms: Vec<i64> =
            (0..rows).filter(|row| !hole.contains(row)).map(|row| START_MS + row * 60_000).collect();
        let wave =
            |at: &i64| f64::from((at / 60_000 * 7919 % 13) as i32) + if *at == PEAK_MS { 500.0 } else { 0.0 };
        let columns =
            ["a", "b"].map(|name| Column { name: name.into(), values: times_ms.iter().map(wave).collect() });
        Table { times_ms, columns: columns.into(), ..Table::default() }
    }

    fn judged(table: &Table) -> (Judged, String) {
        let mut scorer = Scorer::new(table, schema_of(table, None).expect("two names"));
        let (mut all, mut episodes) = (Judged::default(), Vec::<EpisodeJson<'static>>::new());
        while scorer.step(table, &mut all).expect("ascending times") {
            for episode in all.episodes.drain(..) {
                episodes.retain(|known| known.id != episode.id);
                episodes.push(episode);
            }
        }
        all.episodes = episodes;
        (all, scorer.digest())
    }

    #[test]
    fn steps_give_what_one_call_gives() {
        let table = table(1000, 0..0);
        let (all, digest) = judged(&table);
        let mut engine = Engine::new(schema_of(&table, None).expect("two names"));
        let rows: Vec<f64> =
            (0..1000).flat_map(|row| table.columns.iter().map(move |column| column.values[row])).collect();
        let mut scores = Vec::new();
        engine
            .observe_batch(&table.times_ms, &rows, |_, verdict| scores.push(verdict.score))
            .expect("a batch");
        assert_eq!(all.scores, scores);
        assert_eq!(digest, judged(&table).1);
        assert!(all.episodes.iter().any(|episode| episode.peak == PEAK_MS), "{:?}", all.episodes);
        assert_eq!(all.episodes.len(), engine.episodes().len());
    }

    #[test]
    fn a_hole_in_the_rows_is_judged_in_its_place() {
        // Habits take a week to learn; the hole is an hour on the eighth day.
        let (all, _) = judged(&table(12_000, 11_000..11_060));
        assert_eq!(all.times_ms.len(), all.scores.len());
        let hole = (START_MS + 11_000 * 60_000) as f64..(START_MS + 11_060 * 60_000) as f64;
        let inside = all.times_ms.iter().filter(|&at| hole.contains(at)).count();
        assert_eq!(inside, 1, "a silence is told once");
        assert!(all.episodes.iter().any(|episode| episode.cause.is_some()), "{:?}", all.episodes);
        assert!(all.times_ms.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_preset_gives_groups_and_units() {
        let columns = ["latency_mean", "other"].map(|name| Column { name: name.into(), values: vec![1.0] });
        let table = Table { times_ms: vec![0], columns: columns.into(), ..Table::default() };
        let schema = schema_of(&table, Some("service")).expect("two names");
        assert_eq!(schema.groups(), ["latency"]);
        assert_eq!(schema.streams()[0].unit.as_deref(), Some("ms"));
        assert!(schema.links().is_empty());
    }
}
