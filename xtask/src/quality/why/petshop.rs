//! Public cases of a shop made of services: `truth.json` names for each case its table, a table of usual times, the calls,
//! the stream that was alarmed and the service where it began.

use std::path::Path;

use fourfold::SchemaDraft;
use fourfold::cause::Ask;
use serde::Deserialize;

use super::services::links;
use super::{Answer, Figure, explain, shares, shown};
use crate::quality::layout::read;
use crate::quality::run_all::in_parallel;
use crate::run::{Failure, Outcome};

/// Rows are five minutes apart.
const STEP_MS: i64 = 300_000;
const FIRST_MS: i64 = 1_704_067_200_000;

#[derive(Deserialize)]
struct Truth {
    file: String,
    /// Nothing where the table of usual times was not published.
    normal: Option<String>,
    graph: String,
    target_node: String,
    target_metric: String,
    target_stat: String,
    root_node: String,
    root_metric: Option<String>,
    group: String,
}

/// A table: names without the time, and rows of numbers.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

pub(super) fn answers(folder: &Path, figures: &mut Vec<Figure>) -> Outcome<Vec<Answer>> {
    let text = read(&folder.join("truth.json"))?;
    let truths: Vec<Truth> = serde_json::from_str(&text).map_err(|error| Failure(error.to_string()))?;
    let usable: Vec<&Truth> = truths.iter().filter(|truth| truth.normal.is_some()).collect();
    let parent = folder.parent().unwrap_or(folder);
    let runs = in_parallel(&usable, |truth| ask(parent, truth));
    let runs: Vec<[Answer; 2]> = runs.into_iter().collect::<Outcome<_>>()?;
    let targets = [
        ("without the calls", [(0.78, ">= 0.78"), (0.90, ">= 0.90")]),
        ("with the calls", [(0.92, ">= 0.92"), (0.0, "")]),
    ];
    for (place, (way, [one, other])) in targets.into_iter().enumerate() {
        let [first, three] = shares(runs.iter().map(|run| &run[place]));
        figures.push(Figure::at_least(
            format!("petshop ({}), {way}: first", runs.len()),
            first,
            one.0,
            one.1,
        ));
        figures.push(Figure::at_least("    among the first three", three, other.0, other.1));
        for part in ["low_traffic", "high_traffic"] {
            let of_part = usable.iter().zip(&runs).filter(|(truth, _)| truth.group.starts_with(part));
            let [first, _] = shares(of_part.map(|(_, run)| &run[place]));
            figures.push(Figure::at_least(format!("    {part}: first"), first, 0.0, ""));
        }
    }
    Ok(runs.into_iter().flatten().collect())
}

fn ask(folder: &Path, truth: &Truth) -> Outcome<[Answer; 2]> {
    let usual = table(&folder.join(truth.normal.as_deref().unwrap_or_default()))?;
    let case = table(&folder.join(&truth.file))?;
    let calls: Vec<(String, String)> = (read(&folder.join(&truth.graph))?.lines().skip(1))
        .filter_map(|line| line.rsplit_once(',').map(|(caller, callee)| (caller.into(), callee.into())))
        .collect();
    let mut names = usual.names.clone();
    names.extend(case.names.iter().filter(|name| !usual.names.contains(name)).cloned());
    let mut values = Vec::new();
    for table in [&usual, &case] {
        let places: Vec<Option<usize>> =
            names.iter().map(|name| table.names.iter().position(|other| other == name)).collect();
        for row in &table.rows {
            values.extend(places.iter().map(|place| place.map_or(f64::NAN, |place| row[place])));
        }
    }
    let node = |stream: usize| names[stream].split('|').next().unwrap_or_default();
    let target = format!("{}|{}|{}", truth.target_node, truth.target_metric, truth.target_stat);
    let target = names.iter().position(|name| *name == target);
    let things: Vec<(&str, &str)> =
        (0..names.len()).map(|stream| (node(stream), metric(&names[stream]))).collect();
    let is_right = |thing: usize| {
        let (node, metric) = things[thing];
        node == truth.root_node && truth.root_metric.as_deref().is_none_or(|root| root == metric)
    };
    // Statistics of one metric are one suspect.
    let thing = |stream: usize| things.iter().position(|thing| *thing == things[stream]).unwrap_or(stream);
    let judge = |knows_calls: bool| -> Outcome<Answer> {
        let mut draft = SchemaDraft::of_streams(names.iter().map(String::as_str));
        for (place, stream) in draft.streams.iter_mut().enumerate() {
            stream.group = Some(node(place).to_string());
        }
        if knows_calls {
            let calls_it = |from: usize, to: usize| {
                calls.iter().any(|(caller, callee)| caller == node(to) && callee == node(from))
            };
            draft.links = links(&names, calls_it);
        }
        let engine = shown(draft, FIRST_MS, STEP_MS, &values)?;
        let explanation = explain(&engine, Ask { target, ..Ask::default() })?;
        let node = |stream: usize| engine.schema().streams()[stream].group.unwrap_or(0);
        Ok(Answer::judge("petshop", &explanation, node, thing, is_right))
    };
    Ok([judge(false)?, judge(true)?])
}

fn metric(name: &str) -> &str {
    name.split('|').nth(1).unwrap_or_default()
}

fn table(path: &Path) -> Outcome<Table> {
    let text = read(path)?;
    let mut lines = text.lines();
    let names = lines.next().unwrap_or_default().split(',').skip(1).map(String::from).collect();
    let number = |cell: &str| cell.trim().parse().unwrap_or(f64::NAN);
    let rows = lines.map(|line| line.split(',').skip(1).map(number).collect()).collect();
    Ok(Table { names, rows })
}
