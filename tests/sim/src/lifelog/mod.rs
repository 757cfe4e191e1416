//! A phone owner's days: 32 streams at five-minute frames, in the order of the preset `lifelog`.
//!
//! A day is made in four steps, each a file, and nothing flows back:
//! 1. `diary`: where the person is and what they do, minute by minute, different every day;
//! 2. `schedule` and `plant`: what goes wrong in the person's life changes the diary;
//! 3. `motion`, `body`, `surroundings`, `phone`: every stream follows from the diary and from the streams
//!    that move it, as the preset's links say;
//! 4. `missing`: what is not measured; and `plant` again, for what goes wrong in a sensor.

mod body;
mod diary;
mod missing;
mod motion;
mod phone;
mod plant;
mod schedule;
mod streams;
mod surroundings;

use crate::random::Random;
use crate::simulation::{DAY_MS, EventKind, Simulation};
pub use streams::{GROUPS, STREAMS};

/// Between two frames.
pub const FRAME_MS: i64 = 300_000;
/// Frames of a day.
pub const DAY_FRAMES: usize = (DAY_MS / FRAME_MS) as usize;
/// Monday, the first of January 2024, midnight. The person lives at Greenwich time.
pub const START_MS: i64 = 1_704_067_200_000;

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifelog {
    /// Everything random.
    pub seed: u64,
    /// How long.
    pub days: usize,
    /// Days before the first event, for an engine to learn what is usual.
    pub quiet_days: usize,
    /// The kinds of events to plant, one on most days, taken in a random order that repeats none before all had
    /// their turn. Empty: nothing goes wrong.
    pub kinds: Vec<EventKind>,
}

impl Lifelog {
    /// Six weeks in which nothing goes wrong.
    pub fn clean(seed: u64) -> Self {
        Self { seed, days: 42, quiet_days: 14, kinds: Vec::new() }
    }

    /// Six weeks; after two quiet ones, every kind of event in turn.
    pub fn with_events(seed: u64) -> Self {
        Self { kinds: schedule::KINDS.to_vec(), ..Self::clean(seed) }
    }

    /// The frames.
    pub fn simulate(&self) -> Simulation {
        let mut diary = diary::write(self.seed, self.days);
        let plans = schedule::schedule(self, &diary);
        plans.iter().for_each(|plan| plan.change_diary(&mut diary.moments));
        diary::count_sleep(&mut diary.moments);
        let mut table = streams::Table::new(self.seed, diary.moments.len());
        motion::fill(&diary, &mut table);
        body::fill(&diary, &mut table);
        surroundings::fill(&diary, &mut table);
        phone::fill(&diary, &mut table);
        plans.iter().for_each(|plan| plan.change_streams(&mut table));
        missing::remove(&diary, &mut table);
        plans.iter().for_each(|plan| plan.silence(&mut table));
        table.round();
        Simulation {
            streams: STREAMS.iter().map(ToString::to_string).collect(),
            times_ms: (0..table.frames()).map(|frame| START_MS + FRAME_MS * frame as i64).collect(),
            values: table.into_values(),
            events: plans.iter().map(schedule::Plan::event).collect(),
        }
    }
}

/// The generator of one purpose at one place; lanes are listed here so that no two purposes share draws.
fn chance(seed: u64, lane: Lane, index: usize) -> Random {
    Random::at(seed, lane as u64, index as u64)
}

#[derive(Clone, Copy)]
enum Lane {
    Person = 1,
    Day,
    Mood,
    Weather,
    Motion,
    Body,
    Surroundings,
    Phone,
    Missing,
    Events,
    Gps,
}
