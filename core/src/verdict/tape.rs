//! What was said of many moments, so that their episodes can be told at another false-alarm rate without judging them again.

use alloc::vec::Vec;

use super::Verdict;
use super::episode::{Episode, Episodes, Finding};
use super::flood::Flood;

/// No rate above this can be asked for: a verdict says no more of what is more usual.
pub const LOOSEST_RATE: f64 = 0.05;

/// A record of verdicts. Scores stay as they are; what raises an alarm, and so the episodes, follows the rate.
///
/// ```
/// use fourfold::verdict::Tape;
/// use fourfold::{Engine, Frame, SchemaDraft};
///
/// let mut engine = Engine::new(SchemaDraft::of_streams(["queue"]).validate()?);
/// let mut tape = Tape::default();
/// for minute in 0..1000_i64 {
///     let queue = if minute == 600 { 400.0 } else { (minute % 9) as f64 };
///     tape.take(engine.observe(Frame { at_ms: 60_000 * minute, values: &[queue] })?);
/// }
/// let told = tape.episodes(engine.schema().false_alarm_rate());
/// assert!(told.iter().eq(engine.episodes()));
/// assert!(tape.episodes(0.05).len() >= told.len());
/// # Ok::<(), fourfold::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tape {
    times_ms: Vec<i64>,
    /// Those that may be part of an episode at some rate, with their places.
    telling: Vec<(usize, Finding)>,
}

impl Tape {
    /// Adds the next verdict.
    pub fn take(&mut self, verdict: &Verdict) {
        let finding = verdict.finding;
        let loosest = finding.at_rate(LOOSEST_RATE);
        if loosest.is_news || loosest.is_abnormal {
            self.telling.push((self.times_ms.len(), finding));
        }
        self.times_ms.push(verdict.at_ms);
    }

    /// Forgets all but the first verdicts.
    pub fn truncate(&mut self, verdicts: usize) {
        self.times_ms.truncate(verdicts);
        self.telling.retain(|(place, _)| *place < verdicts);
    }

    /// The episodes that there would have been, had the rate been this one: the newest 256. At the rate of the engine they
    /// are the engine's, but for what people said of them since.
    pub fn episodes(&self, false_alarm_rate: f64) -> Vec<Episode> {
        let rate = if false_alarm_rate < LOOSEST_RATE { false_alarm_rate } else { LOOSEST_RATE };
        let (mut episodes, mut flood) = (Episodes::new(rate), Flood::new());
        let mut telling = self.telling.iter().peekable();
        for (place, &at_ms) in self.times_ms.iter().enumerate() {
            let told = telling.next_if(|(told, _)| *told == place);
            let finding = told.map_or_else(|| Finding::calm(at_ms), |(_, finding)| finding.at_rate(rate));
            if flood.admit(finding.is_wanted && episodes.would_open(&finding)) {
                episodes.begin(&finding);
            } else {
                episodes.carry(&finding);
            }
        }
        episodes.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Frame, SchemaDraft};

    /// Spikes of falling size, a change of level, and an hour in which one stream is silent.
    fn judged(rate: f64) -> (Engine, Tape) {
        let mut draft = SchemaDraft::of_streams(["a", "b", "c"]);
        draft.false_alarm_rate = rate;
        let mut engine = Engine::new(draft.validate().expect("valid"));
        let mut tape = Tape::default();
        for minute in 0..20_000_i64 {
            let noise = |turns: i64| (minute * 7919 % turns) as f64;
            let spike = if minute % 900 == 899 { 12_000.0 / minute as f64 } else { 0.0 };
            let level = if minute > 15_000 { 6.0 } else { 0.0 };
            let silent = (18_000..18_060).contains(&minute);
            let b = if silent { f64::NAN } else { noise(11) };
            let values = [noise(13) + spike, b, noise(17) + level];
            let verdict = engine.observe(Frame { at_ms: 60_000 * minute, values: &values });
            tape.take(verdict.expect("a good frame"));
        }
        (engine, tape)
    }

    #[test]
    fn at_the_same_rate_the_episodes_are_the_engines() {
        for rate in [0.0001, 0.001, 0.02] {
            let (engine, tape) = judged(rate);
            assert!(engine.episodes().len() > 2, "there is something to compare");
            assert!(tape.episodes(rate).iter().eq(engine.episodes()), "at {rate}");
        }
    }

    #[test]
    fn a_stricter_rate_tells_fewer_and_what_is_cut_off_is_forgotten() {
        let (_, mut tape) = judged(0.001);
        // Any looser, and episodes run into each other.
        let counts: Vec<usize> =
            [0.01, 0.001, 0.0001, 1e-6].into_iter().map(|rate| tape.episodes(rate).len()).collect();
        assert!(counts.is_sorted_by(|more, fewer| more >= fewer) && counts[0] > counts[3], "{counts:?}");
        tape.truncate(1000);
        assert!(tape.episodes(0.01).iter().all(|episode| episode.last_ms < 1000 * 60_000));
    }
}
