//! `cargo xtask quality --clock`: how soon a silence is told, in what words, and how often for nothing. Through the whole
//! engine and by `tick` alone, beside a timer and beside a pipeline that fills gaps with zero.

mod watchers;
mod world;

use std::ops::Range;

use fourfold::silence::Cause;
use fourfold_sim::Random;

use crate::quality::run_all::in_parallel;
use crate::run::Outcome;
use watchers::{TICK_MS, Ticked, Timer, Told, Watcher, ZeroFilled};
use world::{FRAMES_A_DAY, Habit, INTERVAL_MS, MINUTE_MS, World};

/// Days of learning before anything counts, and days in which it does.
const LEARNED_DAYS: usize = 8;
const LIVED_DAYS: usize = 21;
/// Times that a silence is planted, each at another time of another day's clone.
const TRIALS: u64 = 40;
const OUTAGE_MS: i64 = 30 * MINUTE_MS;
/// Draws that belong to no stream.
const ONSETS: u64 = 1 << 22;

pub(super) fn measure(seeds: u64) -> Outcome {
    let seeds: Vec<u64> = (1..=seeds).collect();
    one_of_twenty(&seeds)?;
    habits(&seeds)?;
    collector(&seeds)?;
    part_of_a_group(&seeds)?;
    bedtimes(&seeds)
}

/// Twenty streams in four groups, the last three with habits of their own.
fn house(seed: u64) -> World {
    let mut streams: Vec<(Habit, &str)> =
        (0..20).map(|place| (Habit::Regular, ["a", "b", "c", "d"][place % 4])).collect();
    (streams[17].0, streams[18].0, streams[19].0) = (Habit::Lossy, Habit::Sleeper, Habit::OnChange);
    World { seed, streams }
}

/// Lives through some frames, with ticks in between; `is_out` takes readings away.
fn live<W: Watcher>(
    watcher: &mut W,
    world: &World,
    frames: Range<usize>,
    is_out: impl Fn(usize, i64) -> bool,
) -> Outcome<Vec<Told>> {
    let mut told = Vec::new();
    for frame in frames {
        let (at_ms, next_ms) = (world.at_ms(frame), world.at_ms(frame + 1));
        let mut row = world.row(frame);
        let lost = row.iter_mut().enumerate().filter(|(stream, _)| is_out(*stream, at_ms));
        lost.for_each(|(_, value)| *value = f64::NAN);
        told.extend(watcher.row(at_ms, &row)?);
        for now_ms in (at_ms + TICK_MS..next_ms).step_by(TICK_MS as usize) {
            told.extend(watcher.tick(now_ms)?);
        }
    }
    Ok(told)
}

/// A watcher that knows the world's habits.
fn learned<W: Watcher>(world: &World) -> Outcome<W> {
    let mut watcher = W::new(world)?;
    live(&mut watcher, world, 0..LEARNED_DAYS * FRAMES_A_DAY, |_, _| false)?;
    Ok(watcher)
}

/// An outage of some streams, planted into a clone, and what was told from its onset until it was over.
struct Trial {
    onset_ms: i64,
    first_missed_ms: i64,
    told: Vec<Told>,
}

fn trial<W: Watcher>(watcher: &W, world: &World, number: u64, out: &[usize]) -> Outcome<Trial> {
    let mut random = Random::at(world.seed, ONSETS, number);
    let first = LEARNED_DAYS * FRAMES_A_DAY;
    let last = first + 1 + random.below(FRAMES_A_DAY);
    let mut watcher = watcher.clone();
    live(&mut watcher, world, first..last, |_, _| false)?;
    let onset_ms =
        world.at_ms(last - 1) + 1 + random.below((world.at_ms(last) - world.at_ms(last - 1)) as usize) as i64;
    let is_out = |stream: usize, at_ms: i64| {
        out.contains(&stream) && (onset_ms..onset_ms + OUTAGE_MS).contains(&at_ms)
    };
    // The ticks between the onset and the next frame belong to the frame before: nothing is overdue yet.
    let told = live(&mut watcher, world, last..last + 6, is_out)?;
    Ok(Trial { onset_ms, first_missed_ms: world.at_ms(last), told })
}

/// Median, ninth decile and worst, in intervals.
fn spread(mut delays_ms: Vec<i64>) -> String {
    delays_ms.sort_unstable();
    let at = |share: f64| {
        let place = (share * (delays_ms.len().max(1) - 1) as f64).round() as usize;
        delays_ms.get(place).map_or(f64::NAN, |&ms| ms as f64 / INTERVAL_MS as f64)
    };
    format!("{:5.2} {:5.2} {:5.2}", at(0.5), at(0.9), at(1.0))
}

fn one_of_twenty(seeds: &[u64]) -> Outcome {
    println!(
        "one of twenty streams silent for 30 minutes, {} times; delays in intervals of 5 minutes",
        TRIALS as usize * seeds.len()
    );
    println!("{:26} found  named   since the onset     since the first missed reading", "");
    println!("{:26}                median p90 worst    median p90 worst", "");
    single::<Ticked>(seeds)?;
    single::<Timer>(seeds)?;
    single::<ZeroFilled>(seeds)
}

fn single<W: Watcher + Sync>(seeds: &[u64]) -> Outcome {
    let trials = in_parallel(seeds, |&seed| -> Outcome<Vec<(usize, Trial)>> {
        let world = house(seed);
        let watcher: W = learned(&world)?;
        let of_stream = |number: u64| {
            let stream = number as usize % 17;
            Ok((stream, trial(&watcher, &world, number, &[stream])?))
        };
        (0..TRIALS).map(of_stream).collect()
    });
    let trials: Vec<(usize, Trial)> =
        trials.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect();
    let found: Vec<(&Trial, &Told)> = (trials.iter())
        .filter_map(|(stream, trial)| {
            Some((trial, trial.told.iter().find(|told| told.stream == Some(*stream))?))
        })
        .collect();
    let named = found.iter().filter(|(_, told)| told.cause == Some(Cause::SensorSilent)).count();
    let since = |from: fn(&Trial) -> i64| {
        spread(found.iter().map(|(trial, told)| told.at_ms - from(trial)).collect())
    };
    println!(
        "{:26} {:3}/{:3}  {named:3}   {}   {}",
        W::NAME,
        found.len(),
        trials.len(),
        since(|trial| trial.onset_ms),
        since(|trial| trial.first_missed_ms),
    );
    Ok(())
}

fn habits(seeds: &[u64]) -> Outcome {
    println!(
        "\nnothing planted, {LIVED_DAYS} days after {LEARNED_DAYS} of learning: false silences per stream and week"
    );
    println!("{:26} regular  loses 5 %  sleeps  on change  of several", "");
    undisturbed::<Ticked>(seeds)?;
    undisturbed::<Timer>(seeds)?;
    undisturbed::<ZeroFilled>(seeds)
}

fn undisturbed<W: Watcher + Sync>(seeds: &[u64]) -> Outcome {
    let told = in_parallel(seeds, |&seed| {
        let world = house(seed);
        let mut watcher: W = learned(&world)?;
        let first = LEARNED_DAYS * FRAMES_A_DAY;
        live(&mut watcher, &world, first..first + LIVED_DAYS * FRAMES_A_DAY, |_, _| false)
    });
    let told: Vec<Told> = told.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect();
    let weeks = seeds.len() as f64 * LIVED_DAYS as f64 / 7.0;
    let rate = |streams: Range<usize>| {
        let of_these = told.iter().filter(|told| told.stream.is_some_and(|stream| streams.contains(&stream)));
        of_these.count() as f64 / weeks / streams.len() as f64
    };
    println!(
        "{:26} {:7.3}  {:9.3}  {:6.3}  {:9.3}  {:10.3}",
        W::NAME,
        rate(0..17),
        rate(17..18),
        rate(18..19),
        rate(19..20),
        told.iter().filter(|told| told.stream.is_none()).count() as f64 / weeks,
    );
    Ok(())
}

/// What a silence of several streams is told as: when first, in how many episodes, and in which words at last.
fn told_of_several<W: Watcher + Sync>(seeds: &[u64], world: fn(u64) -> World, out: &[usize]) -> Outcome {
    let trials = in_parallel(seeds, |&seed| -> Outcome<Vec<Trial>> {
        let world = world(seed);
        let watcher: W = learned(&world)?;
        (0..TRIALS / 2).map(|number| trial(&watcher, &world, number, out)).collect()
    });
    let trials: Vec<Trial> = trials.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect();
    let found: Vec<&Trial> = trials.iter().filter(|trial| !trial.told.is_empty()).collect();
    println!(
        "{:26} {:3}/{:3}  {:8.2}   {}   {}",
        W::NAME,
        found.len(),
        trials.len(),
        trials.iter().map(Trial::episodes).sum::<usize>() as f64 / trials.len() as f64,
        spread(found.iter().map(|trial| trial.told[0].at_ms - trial.first_missed_ms).collect()),
        shares(found.iter().filter_map(|trial| trial.last_word()).collect()),
    );
    Ok(())
}

impl Trial {
    /// Alarms that a person would get: one per episode, or one each where nothing joins them.
    fn episodes(&self) -> usize {
        let mut ids: Vec<u64> = self.told.iter().filter_map(|told| told.episode).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len() + self.told.iter().filter(|told| told.episode.is_none()).count()
    }

    /// The widest silence of the newest verdict.
    fn last_word(&self) -> Option<String> {
        let newest_ms = self.told.last()?.at_ms;
        let widest = self.told.iter().find(|told| told.at_ms == newest_ms)?;
        Some(widest.cause.map_or("no word".into(), |cause| format!("{cause:?} of {}", widest.streams)))
    }
}

/// How often each word was said.
fn shares(mut words: Vec<String>) -> String {
    words.sort_unstable();
    let share =
        |same: &[String]| format!("{} {:.0} %", same[0], 100.0 * same.len() as f64 / words.len() as f64);
    words.chunk_by(|one, other| one == other).map(share).collect::<Vec<_>>().join(", ")
}

fn several(title: &str, seeds: &[u64], world: fn(u64) -> World, out: &[usize]) -> Outcome {
    println!("\n{title}");
    println!("{:26} found  episodes   since the first missed   last word", "");
    told_of_several::<Ticked>(seeds, world, out)?;
    told_of_several::<Timer>(seeds, world, out)?;
    told_of_several::<ZeroFilled>(seeds, world, out)
}

fn collector(seeds: &[u64]) -> Outcome {
    let all: Vec<usize> = (0..20).collect();
    several("the collector is dead for 30 minutes", seeds, house, &all)
}

/// Eight streams of one device among twenty.
fn device(seed: u64) -> World {
    let streams =
        (0..20).map(|place| (Habit::Regular, if place < 8 { "device" } else { "others" })).collect();
    World { seed, streams }
}

fn part_of_a_group(seeds: &[u64]) -> Outcome {
    several("three of a device's eight streams are silent for 30 minutes", seeds, device, &[1, 4, 6])
}

fn bedtimes(seeds: &[u64]) -> Outcome {
    println!(
        "\nan owner of six streams goes to bed 90 to 150 minutes early, three evenings in twenty: told per week"
    );
    early::<Ticked>(seeds)?;
    early::<Timer>(seeds)?;
    early::<ZeroFilled>(seeds)
}

fn early<W: Watcher + Sync>(seeds: &[u64]) -> Outcome {
    let told = in_parallel(seeds, |&seed| {
        let habit =
            |place| if place < 6 { (Habit::EarlySleeper, "phone") } else { (Habit::Regular, "house") };
        let world = World { seed, streams: (0..20).map(habit).collect() };
        let mut watcher: W = learned(&world)?;
        let first = LEARNED_DAYS * FRAMES_A_DAY;
        live(&mut watcher, &world, first..first + LIVED_DAYS * FRAMES_A_DAY, |_, _| false)
    });
    let told: Vec<Told> = told.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect();
    let weeks = seeds.len() as f64 * LIVED_DAYS as f64 / 7.0;
    println!("{:26} {:.2}", W::NAME, told.len() as f64 / weeks);
    Ok(())
}
