//! Services of our own making: faults that make some metrics rise and others fall.

use fourfold::SchemaDraft;
use fourfold::cause::Ask;
use fourfold::schema::LinkDraft;
use fourfold_sim::services::{Case, Fault, Services};

use super::{Answer, Figure, explain, shares, shown};
use crate::quality::run_all::in_parallel;
use crate::run::Outcome;

/// Between two frames, and how long the fault lasts: seen at once, seen long after, and in five-minute means.
pub(super) const PACES: [(&str, f64, usize); 3] =
    [("1 s, 20 frames", 1.0, 20), ("1 s, 240 frames", 1.0, 240), ("5 min, 5 frames", 300.0, 5)];
const FIRST_MS: i64 = 1_704_067_200_000;
const WAYS: [&str; 3] = ["unnamed", "named", "named, calls known"];

pub(super) fn answers(seeds: &[u64], figures: &mut Vec<Figure>) -> Outcome<Vec<Answer>> {
    let mut all = Vec::new();
    for (pace, frame_s, fault_frames) in PACES {
        let cases: Vec<(u64, Fault)> = seeds
            .iter()
            .flat_map(|&seed| Fault::ALL.map(|fault| (100 * seed + fault as u64, fault)))
            .collect();
        let runs = in_parallel(&cases, |&(seed, fault)| {
            let case = Services { seed, fault: Some(fault), frame_s, fault_frames }.simulate();
            ask(&case, frame_s)
        });
        let runs: Vec<[Answer; 3]> = runs.into_iter().collect::<Outcome<_>>()?;
        for (place, way) in WAYS.into_iter().enumerate() {
            let [first, three] = shares(runs.iter().map(|run| &run[place]));
            figures.push(Figure::at_least(format!("services, {pace}, {way}: first"), first, 0.0, ""));
            figures.push(Figure::at_least("    among the first three", three, 0.0, ""));
        }
        for fault in Fault::ALL {
            let of_kind =
                cases.iter().zip(&runs).filter(|((_, kind), _)| *kind == fault).map(|(_, run)| &run[0]);
            let [first, _] = shares(of_kind);
            figures.push(Figure::at_least(format!("    {}, unnamed: first", fault.word()), first, 0.0, ""));
        }
        all.extend(runs.into_iter().flatten());
    }
    Ok(all)
}

/// Asks at the end of the case, in three ways.
pub(super) fn ask(case: &Case, frame_s: f64) -> Outcome<[Answer; 3]> {
    let step_ms = (frame_s * 1000.0) as i64;
    let engine = shown(draft(case, false), FIRST_MS, step_ms, &case.values)?;
    let knowing = shown(draft(case, true), FIRST_MS, step_ms, &case.values)?;
    let judge = |engine, target| -> Outcome<Answer> {
        let explanation = explain(engine, Ask { target, ..Ask::default() })?;
        let service = |stream: usize| case.services[stream];
        Ok(Answer::judge("services", &explanation, service, service, |service| Some(service) == case.root))
    };
    Ok([judge(&engine, None)?, judge(&engine, Some(case.alarmed))?, judge(&knowing, Some(case.alarmed))?])
}

/// A stream per metric, a group per service; where calls are known, what is called moves its callers, metric by metric.
fn draft(case: &Case, knows_calls: bool) -> SchemaDraft {
    let mut draft = SchemaDraft::of_streams(case.streams.iter().map(String::as_str));
    for (stream, service) in draft.streams.iter_mut().zip(&case.services) {
        stream.group = Some(format!("s{service}"));
    }
    if knows_calls {
        draft.links =
            links(&case.streams, |from, to| case.calls.contains(&(case.services[to], case.services[from])));
    }
    draft
}

/// Links between streams of the same metric, where `moves` says so.
pub(super) fn links(streams: &[String], moves: impl Fn(usize, usize) -> bool) -> Vec<LinkDraft> {
    let metric = |stream: &str| stream.split_once('|').map(|(_, metric)| metric.to_string());
    let metrics: Vec<Option<String>> = streams.iter().map(|stream| metric(stream)).collect();
    let mut links = Vec::new();
    for from in 0..streams.len() {
        for to in (0..streams.len()).filter(|&to| metrics[to] == metrics[from] && moves(from, to)) {
            links.push(LinkDraft { from: streams[from].clone(), to: streams[to].clone() });
        }
    }
    links
}
