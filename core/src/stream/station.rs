//! Everything that tier 1 keeps of one stream, and how its parts become one score.

use super::expectation::Expectation;
use super::guard::{Guard, Usual};
use super::health::Health;
use super::novelty::Novelty;
use super::residual::Residual;
use super::watch::{Bounds, Drift, Flat, Jump, Level, Spread};
use super::{Detector, Finding, Now, Reason, Row, StreamVerdict};
use crate::frame::Moment;
use crate::math::sqrt;
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Hold, Tally};

/// Findings more likely than this are nothing: at least one of the parts always has some.
const QUIET: f64 = 0.25;
/// Residual and novelty are believed as they are.
const PLAIN: f64 = 1.0;
/// A watch must be so many times rarer to be believed as much: there are several, and each row tries them all.
const WATCH: f64 = 8.0;

/// Findings this rare are odd by themselves.
const TELLING: f64 = 0.01;

/// Declares the station, so that the list of its detectors stands once.
macro_rules! station {
    ($($name:ident: $type:ident, $handicap:ident, $word:ident;)*) => {
        /// The detectors of one stream.
        #[derive(Clone, Debug)]
        pub(crate) struct Station {
            guard: Guard,
            health: Health,
            hold: Hold,
            worsts: Tally,
            $($name: $type,)*
        }
        state!(Station { guard, health, hold, worsts, $($name),* });

        /// What was found out about a value.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Sight {
            usual: Usual,
            worst: Worst,
            measure: f64,
            /// The surprise that is passed on.
            surprise: f64,
            $($name: <$type as Detector>::Sight,)*
        }

        impl Station {
            pub(crate) fn new(stream: &Stream) -> Self {
                Self {
                    guard: Guard::default(),
                    health: Health::new(stream),
                    hold: Hold::default(),
                    worsts: Tally::new(),
                    $($name: $type::new(stream),)*
                }
            }

            /// A sight to write over.
            pub(crate) fn blank_sight(&self) -> Sight {
                let usual = self.guard.judge(0.0);
                let now = Now::new(Moment::default());
                let row = Row { now: &now, x: 0.0, usual };
                Sight { usual, worst: Worst::default(), measure: 0.0, surprise: 0.0, $($name: self.$name.judge(&row)),* }
            }

            /// What there is to say of a value: in place, since a sight is large and most streams have one in every
            /// frame.
            #[inline(never)]
            pub(crate) fn judge(&self, now: &Now, x: f64, sight: &mut Sight) {
                let usual = self.guard.judge(x);
                let row = Row { now, x, usual };
                let mut worst = Worst::default();
                $(
                    self.$name.judge_into(&row, &mut sight.$name);
                    worst.hear($type::finding(&sight.$name), $handicap, Word::$word);
                )*
                sight.usual = usual;
                sight.surprise = self.novelty.surprise_above(self.hold.least(), &sight.novelty);
                sight.measure = worst.measure();
                sight.worst = worst;
            }

            #[inline]
            fn learn_parts(&mut self, now: &Now, x: f64, sight: &Sight) {
                let row = Row { now, x, usual: sight.usual };
                $(self.$name.learn(&row, &sight.$name);)*
            }
        }
    };
}
station! {
    residual: Residual, PLAIN, Loudest;
    novelty: Novelty, PLAIN, Loudest;
    expectation: Expectation, WATCH, Loudest;
    level: Level, WATCH, Loudest;
    spread: Spread, WATCH, Loudest;
    drift: Drift, WATCH, Loudest;
    jump: Jump, WATCH, Loudest;
    flat: Flat, WATCH, Certain;
    bounds: Bounds, WATCH, Certain;
}

impl Station {
    /// The model that forecasts, its late mean error, and that of the one that it is held against.
    pub(crate) fn model_in_use(&self) -> (&'static str, Option<[f64; 2]>) {
        self.expectation.in_use()
    }
}

/// When a detector's word is the reason.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    /// When no other finding is less likely.
    Loudest,
    /// Whenever it is telling: what it looks for leaves no doubt, though others may be louder about its effects.
    Certain,
}

/// The least likely finding so far, and the reason.
#[derive(Clone, Copy, Debug)]
struct Worst {
    chance: f64,
    reason: Option<Reason>,
}

impl Default for Worst {
    fn default() -> Self {
        Self { chance: 1.0, reason: None }
    }
}

impl Worst {
    #[inline]
    fn hear(&mut self, finding: Option<Finding>, handicap: f64, word: Word) {
        let Some(Finding { chance, reason }) = finding else { return };
        let chance = chance * handicap;
        let is_certain = word == Word::Certain && chance < TELLING;
        if chance < self.chance || is_certain || self.reason.is_none() {
            self.reason = Some(reason);
        }
        if chance < self.chance {
            self.chance = chance;
        }
    }

    /// What it is ranked by among the worst findings of other rows. The fourth root, because beyond what was seen a
    /// tally takes the chance to fall with the fourth power, and here it falls with the first.
    #[inline]
    fn measure(&self) -> f64 {
        if self.chance > QUIET { 0.0 } else { sqrt(sqrt(QUIET / self.chance)) }
    }
}

impl Station {
    /// Whether a value is one, by the guard's word.
    #[inline]
    pub(crate) fn is_sane(&self, x: f64) -> bool {
        self.guard.is_sane(x)
    }

    /// The verdict on a frame in which the stream had a value or not: in place, like a sight.
    #[inline(never)]
    pub(crate) fn tell(&self, sight: Option<&Sight>, verdict: &mut StreamVerdict) {
        let is_here = sight.is_some();
        *verdict = StreamVerdict {
            present: is_here,
            fitness: self.health.fitness(is_here),
            gap: self.health.gap(is_here),
            needs_retraining: self.health.needs_retraining(),
            ..StreamVerdict::default()
        };
        let Some(sight) = sight else {
            verdict.row = self.novelty.row();
            return;
        };
        if sight.worst.reason.is_some() && !verdict.needs_retraining {
            verdict.score = Some(1.0 - self.worsts.chance_or_middle(sight.measure));
            verdict.reason = sight.worst.reason;
        }
        verdict.is_low = sight.novelty.is_low();
        verdict.row = sight.novelty.row();
        verdict.surprise = sight.surprise;
    }

    #[inline(never)]
    pub(crate) fn learn(&mut self, now: &Now, x: f64, sight: &Sight) {
        if sight.worst.reason.is_some() {
            self.worsts.learn(sight.measure);
        }
        self.hold.learn(sight.surprise);
        self.learn_parts(now, x, sight);
        self.guard.learn(x, &sight.usual);
        self.health.learn(true);
    }

    /// Learns that there was no value; `insane` where there was a number that can not be one.
    pub(crate) fn learn_absence(&mut self, insane: bool) {
        if insane {
            self.guard.learn_insane();
        }
        self.health.learn(false);
    }
}

#[cfg(test)]
mod tests;
