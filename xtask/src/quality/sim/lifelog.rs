//! Are the planted events of a phone owner's days noticed, and at what price?

use std::collections::BTreeMap;

use fourfold_sim::lifelog::STREAMS;
use fourfold_sim::{EventKind, Lifelog, Random};

use super::Figure;
use super::recall::{Run, run};
use super::watched::mean;
use crate::quality::run_all::in_parallel;
use crate::run::Outcome;

pub(super) fn figures(seeds: &[u64]) -> Outcome<Vec<Figure>> {
    let runs = in_parallel(seeds, |&seed| -> Outcome<[Run; 2]> {
        let lifelog = Lifelog::with_events(seed);
        let simulation = lifelog.simulate();
        let mut places: Vec<usize> = (0..STREAMS.len()).collect();
        Random::new(seed).shuffle(&mut places);
        let half = simulation.without(&places[..STREAMS.len() / 2]);
        Ok([run(&simulation, "lifelog", lifelog.quiet_days)?, run(&half, "lifelog", lifelog.quiet_days)?])
    });
    let runs: Vec<[Run; 2]> = runs.into_iter().collect::<Outcome<_>>()?;
    let of = |which: usize, pick: fn(&Run) -> f64| mean(runs.iter().map(|run| pick(&run[which])));
    let mut figures = vec![
        Figure::at_least("lifelog: events noticed, as alarmed", of(0, |run| run.recall), 0.8, ">= 0.80"),
        Figure::at_most(
            "lifelog: false alarms a day beside events",
            of(0, |run| run.false_alarms_a_day),
            1.0,
            "<= 1",
        ),
        Figure::at_least(
            "lifelog: events noticed, score at 1 false alarm a day",
            of(0, |run| run.recall_at_one),
            0.0,
            "",
        ),
        Figure::at_least("lifelog: root blamed, of events noticed", of(0, |run| run.roots), 0.0, ""),
        Figure::at_least(
            "lifelog, half of the streams: as alarmed",
            of(1, |run| run.recall),
            0.75,
            ">= 0.75",
        ),
        Figure::at_least(
            "lifelog, half of the streams: score at 1 a day",
            of(1, |run| run.recall_at_one),
            0.0,
            "",
        ),
    ];
    figures.extend(by_kind(runs.iter().flat_map(|run| &run[0].by_kind)));
    Ok(figures)
}

/// A line for every kind of event.
pub(super) fn by_kind<'a>(found: impl Iterator<Item = &'a (EventKind, bool)>) -> Vec<Figure> {
    let mut kinds: BTreeMap<EventKind, Vec<bool>> = BTreeMap::new();
    for (kind, is_found) in found {
        kinds.entry(*kind).or_default().push(*is_found);
    }
    let line = |(kind, found): (EventKind, Vec<bool>)| {
        let recall = mean(found.iter().map(|&found| f64::from(u8::from(found))));
        let (least, target) = match kind {
            EventKind::NoPhoneUse | EventKind::RacingHeart => (0.8, ">= 0.80"),
            _ => (0.0, ""),
        };
        Figure::at_least(format!("  {} ({})", kind.word(), found.len()), recall, least, target)
    };
    kinds.into_iter().map(line).collect()
}
