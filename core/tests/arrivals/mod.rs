//! Arrivals of simulated streams: how sensors, phones and people really send. Seeded; the same on every machine.

use crate::dice::Dice;

pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
pub(crate) const WEEK_MS: i64 = 7 * DAY_MS;
/// Monday, 2 September 2024, 00:00 UTC.
pub(crate) const START_MS: i64 = 1_725_235_200_000;

fn exponential(dice: &mut Dice, mean_ms: i64) -> i64 {
    (-libm::log(dice.share()) * mean_ms as f64) as i64 + 1
}

/// Normal with mean 0, from twelve uniform numbers.
fn normal(dice: &mut Dice, sd: f64) -> f64 {
    sd * ((0..12).map(|_| dice.share()).sum::<f64>() - 6.0)
}

/// How a stream sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Habit {
    Min5,
    Min1,
    Sec10,
    Hour1,
    Jitter,
    Drop5,
    Sleeper,
    EarlySleeper,
    Workweek,
    Dst,
    ChangeOnly,
    Poisson10,
    Bursty,
    Batch,
    SlowRare,
    Step1To5,
    Step5To1,
}

use Habit::*;

pub(crate) const MIXED: [[Habit; 6]; 8] = [
    [Min5, Min5, Min1, Jitter, ChangeOnly, Drop5],
    [Min5, Min1, Hour1, Poisson10, Bursty, Min5],
    [Sleeper, Sleeper, Sleeper, Sleeper, Sleeper, Sleeper],
    [EarlySleeper, EarlySleeper, EarlySleeper, EarlySleeper, EarlySleeper, EarlySleeper],
    [Workweek, Workweek, Workweek, Workweek, Workweek, Workweek],
    [Dst, Dst, Dst, Dst, Dst, Dst],
    [SlowRare, Step1To5, Step5To1, Batch, Min5, Sec10],
    [Min5, Jitter, Batch, Poisson10, ChangeOnly, Bursty],
];

/// A planted silence: from, until.
pub(crate) type Outage = (i64, i64);

/// One stream of a world.
pub(crate) struct Plan {
    pub(crate) habit: Habit,
    pub(crate) source: usize,
    /// Times of all readings, ascending, those of its outages left out.
    pub(crate) times_ms: Vec<i64>,
    /// Outages in which at least three readings were lost.
    pub(crate) outages: Vec<Outage>,
    /// All its outages.
    pub(crate) silences: Vec<Outage>,
}

/// The hours in which a source's owner is awake, day by day.
fn waking_hours(habit: Habit, days: i64, dice: &mut Dice) -> Vec<(i64, i64)> {
    let mut hours = Vec::new();
    for day in 0..days {
        let midnight_ms = START_MS + day * DAY_MS;
        let spread = |dice: &mut Dice, minutes: f64| (normal(dice, minutes) * MINUTE_MS as f64) as i64;
        let span = match habit {
            Workweek if day % 7 >= 5 => continue,
            Workweek => {
                let from_ms = midnight_ms + 8 * HOUR_MS + spread(dice, 10.0);
                (from_ms, midnight_ms + 18 * HOUR_MS + spread(dice, 15.0))
            }
            // The clocks go back an hour in the middle of the run.
            Dst => {
                let shift_ms = if day >= 17 { HOUR_MS } else { 0 };
                let from_ms = midnight_ms + 7 * HOUR_MS + shift_ms + spread(dice, 10.0);
                (from_ms, midnight_ms + 22 * HOUR_MS + shift_ms + spread(dice, 15.0))
            }
            _ => {
                let is_early = habit == EarlySleeper && dice.below(100) < 15;
                let early_ms = if is_early { 90 * MINUTE_MS + dice.below(60 * MINUTE_MS) } else { 0 };
                let from_ms = midnight_ms + 7 * HOUR_MS + spread(dice, 15.0);
                (from_ms, midnight_ms + 23 * HOUR_MS - early_ms + spread(dice, 15.0))
            }
        };
        hours.push(span);
    }
    hours
}

fn times_of(habit: Habit, waking: &[(i64, i64)], days: i64, dice: &mut Dice) -> Vec<i64> {
    let end_ms = START_MS + days * DAY_MS;
    let mut times_ms = Vec::new();
    let mut at_ms = START_MS + dice.below(5 * MINUTE_MS);
    let mut burst = 0;
    let mut day = 0;
    while at_ms < end_ms {
        let elapsed_days = (at_ms - START_MS) / DAY_MS;
        let regular = |usual_ms: i64, jitter: f64, dice: &mut Dice| {
            usual_ms + (normal(dice, jitter) * usual_ms as f64) as i64
        };
        let mut is_sent = true;
        let step_ms = match habit {
            Min5 => regular(5 * MINUTE_MS, 0.02, dice),
            Min1 => regular(MINUTE_MS, 0.02, dice),
            Sec10 => regular(10_000, 0.02, dice),
            Hour1 => regular(HOUR_MS, 0.01, dice),
            Jitter => regular(5 * MINUTE_MS, 0.3, dice).max(10_000),
            Drop5 => {
                is_sent = dice.below(100) >= 5;
                regular(5 * MINUTE_MS, 0.01, dice)
            }
            Sleeper | EarlySleeper | Workweek | Dst => {
                while waking.get(day).is_some_and(|span| span.1 <= at_ms) {
                    day += 1;
                }
                is_sent = waking.get(day).is_some_and(|span| span.0 <= at_ms);
                regular(5 * MINUTE_MS, 0.05, dice)
            }
            // By day every quarter of an hour or so, by night every hour and a half.
            ChangeOnly => {
                let hour = (at_ms / HOUR_MS) % 24;
                is_sent = (7..22).contains(&hour) || dice.below(6) == 0;
                exponential(dice, 15 * MINUTE_MS)
            }
            Poisson10 => exponential(dice, 10 * MINUTE_MS),
            Bursty if burst > 0 => {
                burst -= 1;
                exponential(dice, 5_000)
            }
            Bursty => {
                burst = 5 + dice.below(40);
                exponential(dice, 45 * MINUTE_MS)
            }
            Batch if burst > 0 => {
                burst -= 1;
                20 + dice.below(50)
            }
            Batch => {
                burst = 10 + dice.below(20);
                exponential(dice, 15 * MINUTE_MS).min(3 * HOUR_MS) + 10 * MINUTE_MS
            }
            SlowRare => regular(5 * MINUTE_MS + elapsed_days * MINUTE_MS, 0.05, dice),
            Step1To5 => regular(if elapsed_days < 16 { 1 } else { 5 } * MINUTE_MS, 0.02, dice),
            Step5To1 => regular(if elapsed_days < 16 { 5 } else { 1 } * MINUTE_MS, 0.02, dice),
        };
        if is_sent {
            times_ms.push(at_ms);
        }
        at_ms += step_ms.max(1);
    }
    times_ms
}

/// How many outages to plant, per stream, per source, and of everything; of which lengths.
#[derive(Clone, Copy)]
pub(crate) struct Planted {
    pub(crate) per_stream: usize,
    pub(crate) per_source: usize,
    pub(crate) of_all: usize,
}

pub(crate) const NONE: Planted = Planted { per_stream: 0, per_source: 0, of_all: 0 };

fn outages(count: usize, days: i64, dice: &mut Dice) -> Vec<Outage> {
    let lengths_ms = [HOUR_MS / 2, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS];
    let first_ms = 7 * DAY_MS + 12 * HOUR_MS;
    let share_ms = (days * DAY_MS - first_ms - 7 * HOUR_MS) / count.max(1) as i64;
    (0..count as i64)
        .map(|k| {
            let from_ms = START_MS + first_ms + k * share_ms + dice.below(share_ms - 7 * HOUR_MS);
            (from_ms, from_ms + lengths_ms[dice.below(5) as usize])
        })
        .collect()
}

/// Streams, source by source.
pub(crate) fn world(sources: &[[Habit; 6]], days: i64, planted: Planted, seed: u64) -> Vec<Plan> {
    let mut dice = Dice::new(seed);
    let of_all = outages(planted.of_all, days, &mut dice);
    let mut plans = Vec::new();
    for (source, habits) in sources.iter().enumerate() {
        let waking = waking_hours(habits[0], days, &mut dice);
        let of_source = outages(planted.per_source, days, &mut dice);
        for &habit in habits {
            let mut times_ms = times_of(habit, &waking, days, &mut dice);
            let mut own = outages(planted.per_stream, days, &mut dice);
            own.extend(of_source.iter().chain(&of_all));
            own.sort_unstable();
            let lost = |&(from_ms, to_ms): &Outage| {
                times_ms.partition_point(|&at| at < to_ms) - times_ms.partition_point(|&at| at < from_ms)
            };
            let felt = own.iter().copied().filter(|outage| lost(outage) >= 3).collect();
            times_ms.retain(|&at| !own.iter().any(|&(from_ms, to_ms)| (from_ms..to_ms).contains(&at)));
            plans.push(Plan { habit, source, times_ms, outages: felt, silences: own });
        }
    }
    plans
}
