//! Drives the engine over a table in small steps, so that a thread can report and listen in between.

use fourfold::wire::EpisodeJson;
use fourfold::{Engine, Episode, Error, Schema, Verdict};

use super::Said;
use crate::table::Table;

/// Rows per call of the engine; and what people said is heard at rows that are multiples of it, so that it does not matter
/// in which steps a table was judged.
pub const BATCH_ROWS: usize = 64;
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
#[derive(Clone, Debug)]
pub struct Scorer {
    engine: Engine,
    next_row: usize,
    verdicts: usize,
    /// The usual distance between rows.
    interval_ms: i64,
    digest: u64,
    rows: Vec<f64>,
    told: Vec<Episode>,
}

impl Scorer {
    /// At the first row.
    pub fn new(table: &Table, schema: Schema) -> Self {
        Self::resume(table, Engine::new(schema))
    }

    /// At the first row of a table that goes on where this engine ended.
    pub fn resume(table: &Table, engine: Engine) -> Self {
        Self {
            engine,
            next_row: 0,
            verdicts: 0,
            interval_ms: table.interval_ms(),
            digest: 0xcbf2_9ce4_8422_2325,
            rows: Vec::new(),
            told: Vec::new(),
        }
    }

    /// Rows judged so far.
    pub fn rows(&self) -> usize {
        self.next_row
    }

    /// Verdicts so far: a few more than rows, since there are some on silence.
    pub fn verdicts(&self) -> usize {
        self.verdicts
    }

    /// Changes how often a normal frame may raise an alarm, from the next row on.
    pub fn set_false_alarm_rate(&mut self, rate: f64) -> Result<(), Error> {
        self.engine.set_false_alarm_rate(rate)
    }

    /// Takes back the newest word that the engine heard before this table; false where there is none.
    pub fn undo_earlier(&mut self) -> bool {
        self.engine.undo().is_ok()
    }

    /// The engine as it is now.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The usual distance between rows.
    pub fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// Judges a few more rows, at most so many; `hear` hears every verdict. False once all are judged.
    pub fn step(
        &mut self,
        table: &Table,
        said: &[Said],
        rows_max: usize,
        into: &mut Judged,
        hear: &mut dyn FnMut(&Verdict),
    ) -> Result<bool, Error> {
        let mut each = |verdict: &Verdict| {
            into.take(verdict);
            hear(verdict);
        };
        let goes_on = self.advance(table, said, rows_max, &mut each)?;
        if goes_on {
            self.tell_episodes(into);
        }
        Ok(goes_on)
    }

    /// The same for who wants whole verdicts.
    pub fn advance(
        &mut self,
        table: &Table,
        said: &[Said],
        rows_max: usize,
        each: &mut dyn FnMut(&Verdict),
    ) -> Result<bool, Error> {
        let from = self.next_row;
        let times_ms = &table.times_ms;
        if from >= times_ms.len() {
            // A session without rows is taught all the same.
            if from == 0 {
                self.hear(said, true)?;
            }
            return Ok(false);
        }
        if from > 0 {
            self.pass_silence(times_ms[from - 1], times_ms[from], each)?;
        }
        // A batch ends where a silence begins, so that the silence is judged in its place.
        let is_silence = |row: usize| times_ms[row] - times_ms[row - 1] > self.interval_ms.saturating_mul(2);
        let most = (from / BATCH_ROWS + 1) * BATCH_ROWS;
        let most = most.min(from + rows_max.max(1)).min(times_ms.len());
        let to = (from + 1..most).find(|&row| is_silence(row)).unwrap_or(most);
        if from == 0
            && let Some(last_ms) = self.engine.last_frame_ms()
        {
            // It may have learned before this table.
            self.pass_silence(last_ms, times_ms[0], each)?;
        }
        self.rows.clear();
        for row in from..to {
            self.rows.extend(table.columns.iter().map(|column| column.values[row]));
        }
        let Self { engine, rows, digest, verdicts, .. } = self;
        engine.observe_batch(&times_ms[from..to], rows, |_, verdict| {
            note(verdict, digest, verdicts);
            each(verdict);
        })?;
        self.next_row = to;
        let is_end = to == times_ms.len();
        if is_end || to.is_multiple_of(BATCH_ROWS) {
            self.hear(said, is_end)?;
        }
        Ok(true)
    }

    /// Stands for every bit of every verdict so far.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.digest)
    }

    fn pass_silence(
        &mut self,
        from_ms: i64,
        to_ms: i64,
        each: &mut dyn FnMut(&Verdict),
    ) -> Result<(), Error> {
        let step_ms = self.interval_ms.max((to_ms - from_ms) / TICKS_MAX).max(1);
        if to_ms - from_ms <= self.interval_ms.saturating_mul(2) {
            return Ok(());
        }
        let mut now_ms = from_ms + step_ms;
        while now_ms < to_ms {
            let Self { engine, digest, verdicts, .. } = self;
            engine.tick(now_ms, |verdict| {
                note(verdict, digest, verdicts);
                each(verdict);
            })?;
            now_ms += step_ms;
        }
        Ok(())
    }

    /// What people say of an episode is heard as soon as it is over, as if they had said it then.
    fn hear(&mut self, said: &[Said], is_end: bool) -> Result<(), Error> {
        for Said { opened_ms, label } in newest_words(said) {
            let is_over = |episode: &&Episode| {
                episode.opened_ms == opened_ms && (is_end || episode.closed_ms.is_some())
            };
            let found = self.engine.episodes().find(is_over);
            // It may have been called otherwise before this table.
            let is_new = |episode: &&Episode| episode.label != Some(label);
            let Some(id) = found.filter(is_new).map(|episode| episode.id) else { continue };
            self.engine.label(id, label)?;
            // Told again, with its label.
            self.told.retain(|told| told.id < id);
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
                into.tell(episode_json(&self.engine, episode));
                changed = true;
            }
        }
        if changed {
            let count = self.engine.episodes().len();
            self.told = self.engine.episodes().skip(count.saturating_sub(2)).cloned().collect();
        }
    }
}

/// An episode that outlives the engine.
pub fn episode_json(engine: &Engine, episode: &Episode) -> EpisodeJson<'static> {
    let json = EpisodeJson::new(engine.schema(), episode);
    let stream = json.stream.map(|name| name.into_owned().into());
    let reason = json.reason.map(|word| word.into_owned().into());
    let group = json.group.map(|name| name.into_owned().into());
    EpisodeJson { stream, reason, group, ..json }
}

/// Of everything that was said of an episode, the newest counts.
fn newest_words(said: &[Said]) -> impl Iterator<Item = Said> {
    let is_newest = |place: &usize| {
        let opened_ms = said[*place].opened_ms;
        said[place + 1..].iter().all(|later| later.opened_ms != opened_ms)
    };
    (0..said.len()).filter(is_newest).map(|place| said[place])
}

impl Judged {
    fn take(&mut self, verdict: &Verdict) {
        self.times_ms.push(verdict.at_ms as f64);
        self.scores.push(verdict.score);
        self.confidences.push(verdict.confidence);
    }

    fn tell(&mut self, episode: EpisodeJson<'static>) {
        self.episodes.retain(|earlier| earlier.id != episode.id);
        self.episodes.push(episode);
    }
}

fn note(verdict: &Verdict, digest: &mut u64, verdicts: &mut usize) {
    *verdicts += 1;
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
mod tests;
