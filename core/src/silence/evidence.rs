//! Whose silence is it? The widest part that is silent as a whole has the word.

use crate::math::ln;

use super::Silence;

/// The surprise (in nats) at which a silence is strange by itself, one in ten, and at which many silences are strange
/// together, one in a hundred.
const STRANGE: f64 = 2.3;
const CERTAIN: f64 = 4.6;
/// What the parts of a whole say of its silence. A whole that is led by its busiest parts falls silent when those do, so
/// at least half of the parts must find it strange, or the rest of them together.
#[derive(Default)]
struct Evidence {
    parts: usize,
    strange: usize,
    /// The surprise of the parts that do not find it strange by themselves.
    rest: f64,
}

impl Evidence {
    fn add(&mut self, surprise: f64) {
        self.parts += 1;
        if surprise > STRANGE {
            self.strange += 1;
        } else {
            self.rest += surprise;
        }
    }

    fn add_source(&mut self, source: &Self) {
        if source.parts > 0 {
            self.parts += 1;
            self.strange += usize::from(source.is_of_whole() || (source.parts == 1 && source.strange == 1));
            self.rest += if source.strange == 0 { source.rest } else { 0.0 };
        }
    }

    fn is_of_whole(&self) -> bool {
        (self.strange >= 2 && 2 * self.strange >= self.parts) || self.rest > CERTAIN
    }
}

impl Silence {
    pub(super) fn is_all_silent(&self, now_ms: i64) -> bool {
        let whole = &self.whole;
        if whole.due_ms > now_ms || whole.members < 2 || whole.clock.is_asleep(now_ms) {
            return false;
        }
        let mut evidence = Evidence::default();
        for group in 0..self.sources.len() {
            let of_source = self.evidence_of(group, now_ms);
            // The streams of the only source that there is speak for themselves.
            if self.sources.len() == 1 && self.sources[group].members == whole.members {
                return of_source.is_of_whole();
            }
            evidence.add_source(&of_source);
        }
        for place in (0..self.streams.len()).filter(|&place| self.group_of[place].is_none()) {
            self.testify(place, now_ms, &mut evidence);
        }
        evidence.is_of_whole()
    }

    pub(super) fn is_source_down(&self, group: usize, now_ms: i64) -> bool {
        let source = &self.sources[group];
        source.due_ms <= now_ms
            && source.members > 1
            && !source.clock.is_asleep(now_ms)
            && self.evidence_of(group, now_ms).is_of_whole()
    }

    fn evidence_of(&self, group: usize, now_ms: i64) -> Evidence {
        let mut evidence = Evidence::default();
        for place in (0..self.streams.len()).filter(|&place| self.group_of[place] == Some(group)) {
            self.testify(place, now_ms, &mut evidence);
        }
        evidence
    }

    fn testify(&self, place: usize, now_ms: i64, evidence: &mut Evidence) {
        if !self.streams[place].clock.is_asleep(now_ms) {
            evidence.add(self.surprise(place, now_ms));
        }
    }

    /// Minus the logarithm of the chance of a stream's silence.
    fn surprise(&self, place: usize, now_ms: i64) -> f64 {
        match self.streams[place].clock.is_waiting(now_ms) {
            true => 0.0,
            false => -ln(self.streams[place].clock.chance(now_ms).max(1e-9)),
        }
    }

    /// Whether an overdue stream of a source that is not down is silent by itself. As long as its whole source is silent
    /// with it, the source's clock decides: it knows how often that happens.
    pub(super) fn is_sensor_silent(&self, place: usize, now_ms: i64) -> bool {
        let clock = &self.streams[place].clock;
        let Some(last_ms) = clock.last_ms() else { return false };
        if clock.is_asleep(now_ms) {
            return false;
        }
        let source = match self.group_of[place] {
            Some(group) if self.sources[group].members > 1 => &self.sources[group],
            _ => &self.whole,
        };
        let has_peers = source.members > 1;
        let peers_speak = source.clock.last_ms().is_some_and(|ms| ms > last_ms + clock.usual_ms());
        !has_peers || peers_speak || source.due_ms <= now_ms
    }

    /// Whether a stream that is not yet overdue fell silent together with one of its source that is: the same cable
    /// carries both, so the first deadline speaks for all of them.
    pub(super) fn is_taken_along(&self, place: usize, now_ms: i64) -> bool {
        let clock = &self.streams[place].clock;
        let (Some(group), Some(last_ms)) = (self.group_of[place], clock.last_ms()) else { return false };
        if self.due_ms[place] <= now_ms || !clock.is_nearly_due(now_ms) {
            return false;
        }
        (0..self.streams.len()).any(|other| {
            let leader = &self.streams[other].clock;
            let together_ms = clock.usual_ms().max(leader.usual_ms()).saturating_mul(2);
            let is_near = leader.last_ms().is_some_and(|ms| (ms - last_ms).abs() <= together_ms);
            self.group_of[other] == Some(group)
                && self.due_ms[other] <= now_ms
                && is_near
                && self.is_sensor_silent(other, now_ms)
        })
    }
}
