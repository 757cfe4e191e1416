//! The silence of people rather than of sensors: event streams tell of somebody who acts, and at this hour somebody
//! usually does.
//!
//! Every row without an event adds its hour's expectation to a stream's silence, so a night adds next to nothing. A
//! silence is odd by how much longer it is, measured so, than the longest that came before it. The two oddest silences make
//! the oddness of the moment: that nobody does two things says more than that nobody does one. A stream without a value
//! tells of nobody: its silence begins anew when it is back.

use alloc::vec;
use alloc::vec::Vec;

use super::context::{CONTEXTS, context_of, other_day};
use super::view::{JointView, Seen};
use crate::math::{greater, lesser, ln_brief};
use crate::schema::{Kind, Schema};
use crate::snapshot::state;

/// Rows over which rates are remembered, in all and in each context.
const MEMORY_ROWS: f32 = 8192.0;
/// Rows in a context after which it is believed as much as what is known without it: the same hour on other days, and
/// before that all hours.
const CONTEXT_ROWS: f32 = 30.0;
/// Silences over which the longest is forgotten, by a share of one in so many each time.
const MEMORY_SILENCES: f32 = 512.0;
/// How far a silence longer than all before it moves what is the longest: one alone may have been an anomaly.
const LONGER: f32 = 0.5;
/// The oddest silences that count.
const ASKED: usize = 2;
/// Silences before there is an opinion.
const SILENCES_MIN: f32 = 8.0;
/// A rate is never believed to be higher: the next event may always be late.
const RATE_MAX: f32 = 0.95;

/// One stream of events.
#[derive(Clone, Copy, Debug)]
struct Actor {
    rate: f32,
    rows: f32,
    rates: [f32; CONTEXTS],
    rows_in: [f32; CONTEXTS],
    /// Events that were to be expected since the last one.
    silence: f32,
    /// About the longest silence that ended, and how many did.
    longest: f32,
    ended: f32,
}
state!(Actor { rate, rows, rates, rows_in, silence, longest, ended });

/// Who acts, and since when nobody does.
#[derive(Clone, Debug)]
pub(crate) struct Silence {
    actors: Vec<Actor>,
    /// Where the event streams are in a frame.
    streams: Vec<usize>,
}
state!(Silence { actors; streams });

/// The silences of one moment, this row included, in the order of the actors.
#[derive(Clone, Debug)]
pub(crate) struct Silences {
    /// Whether there was an event; `None` where nothing is known.
    acted: Vec<Option<bool>>,
    silence: Vec<f32>,
    odd: Vec<f32>,
}

impl JointView for Silence {
    type Scratch = Silences;

    fn new(schema: &Schema) -> Self {
        let streams: Vec<usize> = (schema.streams().iter().enumerate())
            .filter(|(_, stream)| matches!(stream.kind, Kind::DiscreteEvents | Kind::Sporadic))
            .map(|(place, _)| place)
            .collect();
        Self { actors: vec![Actor::NEW; streams.len()], streams }
    }

    fn scratch(&self) -> Silences {
        let count = self.actors.len();
        Silences { acted: vec![None; count], silence: vec![0.0; count], odd: vec![0.0; count] }
    }

    fn judge(&self, seen: &Seen<'_>, scratch: &mut Silences) -> Option<f64> {
        // When no stream at all speaks it is the collector that is silent, not the people.
        if self.actors.is_empty() || seen.values.iter().all(Option::is_none) {
            return None;
        }
        for (acted, &stream) in scratch.acted.iter_mut().zip(&self.streams) {
            *acted = seen.values[stream].map(|x| x != 0.0);
        }
        let context = context_of(seen.moment.local_ms);
        let mut oddest = [0.0; ASKED];
        let mut settled = 0;
        for (place, actor) in self.actors.iter().enumerate() {
            let is_silent = scratch.acted[place] == Some(false);
            scratch.silence[place] = if is_silent { actor.lengthened(context) } else { 0.0 };
            let mut odd = actor.odd(scratch.silence[place]);
            scratch.odd[place] = odd;
            settled += usize::from(actor.ended >= SILENCES_MIN);
            for kept in &mut oddest {
                if odd > *kept {
                    core::mem::swap(kept, &mut odd);
                }
            }
        }
        let asked = settled.min(ASKED);
        (asked > 0).then(|| f64::from(oddest.iter().sum::<f32>()) / asked as f64)
    }

    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Silences) {
        if self.actors.is_empty() || seen.values.iter().all(Option::is_none) {
            return;
        }
        let context = context_of(seen.moment.local_ms);
        for (place, actor) in self.actors.iter_mut().enumerate() {
            actor.learn(context, scratch.acted[place], scratch.silence[place]);
        }
    }

    fn lent_bytes(&self, scratch: &Silences) -> usize {
        size_of_val(self.streams.as_slice())
            + size_of_val(scratch.acted.as_slice())
            + 2 * size_of_val(scratch.odd.as_slice())
    }

    fn shares(&self, scratch: &Silences, shares: &mut [f64]) {
        shares.fill(0.0);
        for (&stream, &odd) in self.streams.iter().zip(&scratch.odd) {
            shares[stream] = f64::from(odd);
        }
    }
}

impl Actor {
    const NEW: Self = Self {
        rate: 0.0,
        rows: 0.0,
        rates: [0.0; CONTEXTS],
        rows_in: [0.0; CONTEXTS],
        silence: 0.0,
        longest: 0.0,
        ended: 0.0,
    };

    /// The silence with one more row of this context.
    fn lengthened(&self, context: usize) -> f32 {
        let mut rate = self.rate;
        for context in [other_day(context), context] {
            let rows = self.rows_in[context];
            rate += (self.rates[context] - rate) * rows / (rows + CONTEXT_ROWS);
        }
        self.silence - ln_brief(1.0 - rate.clamp(0.0, RATE_MAX))
    }

    /// A silence in units of the longest before it.
    fn odd(&self, silence: f32) -> f32 {
        if self.ended < SILENCES_MIN { 0.0 } else { silence / (self.longest + 1.0) }
    }

    fn learn(&mut self, context: usize, acted: Option<bool>, silence: f32) {
        let Some(acted) = acted else {
            self.silence = 0.0;
            return;
        };
        if acted {
            self.ended = lesser(self.ended + 1.0, MEMORY_SILENCES);
            let longer = greater(self.silence - self.longest, 0.0);
            self.longest += LONGER * longer - self.longest / MEMORY_SILENCES;
        }
        self.silence = silence;
        let event = if acted { 1.0 } else { 0.0 };
        self.rows = lesser(self.rows + 1.0, MEMORY_ROWS);
        self.rate += (event - self.rate) / self.rows;
        let rows = &mut self.rows_in[context];
        *rows = lesser(*rows + 1.0, MEMORY_ROWS);
        self.rates[context] += (event - self.rates[context]) / *rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SchemaDraft;
    use crate::joint::contract::Watch;
    use crate::rng::Rng;

    /// Ten minutes per row. Somebody uses a phone by day, in one row of two, and sleeps for eight hours.
    fn day_row(rng: &mut Rng, n: u64, is_asleep: bool) -> Vec<Option<f64>> {
        let is_night = n % 144 < 48;
        let acts = |rng: &mut Rng| f64::from(u8::from(!is_night && !is_asleep && rng.unit() < 0.5));
        vec![Some(20.0), Some(acts(rng)), Some(acts(rng))]
    }

    #[test]
    fn a_night_is_no_news_and_a_silent_morning_is() {
        let mut draft = SchemaDraft::of_streams(["temperature", "screen", "steps"]);
        draft.streams[1].kind = Kind::DiscreteEvents;
        draft.streams[2].kind = Kind::Sporadic;
        let mut watch = Watch::<Silence>::new(&draft.validate().expect("valid"));
        let mut rng = Rng::new(8);
        let usual = (0..144 * 20_u64)
            .map(|n| (n, watch.learn(&day_row(&mut rng, n, false)).oddness.unwrap_or(0.0)))
            .fold(0.0, |most, (n, odd)| if n > 144 * 10 { f64::max(most, odd) } else { most });
        let mut reached = 0.0;
        for n in 144 * 20..144 * 20 + 72 {
            let opinion = watch.learn(&day_row(&mut rng, n, true));
            reached = opinion.oddness.expect("settled");
            if n % 144 < 48 {
                assert!(reached <= 1.25 * usual, "night, row {n}: {reached} against {usual}");
            }
        }
        // Four hours into the day.
        assert!(reached > 1.5 * usual, "{reached} against {usual}");
    }

    #[test]
    fn without_event_streams_there_is_nothing_to_say() {
        let mut watch = Watch::<Silence>::new(&SchemaDraft::of_streams(["a"]).validate().expect("valid"));
        assert!((0..100).all(|_| watch.learn(&[Some(0.0)]).weight == 0.0));
    }
}
