//! The learned clocks against simulated arrivals: what they find, how soon, and how often they are wrong.

mod arrivals;

use std::collections::BTreeMap;

use arrivals::*;
use fourfold::SchemaDraft;
use fourfold::schema::{Schema, StreamDraft};
use fourfold::silence::{Cause, Finding, Silence};

fn schema_of(plans: &[Plan]) -> Schema {
    let mut draft = SchemaDraft::of_streams((0..plans.len()).map(|place| format!("s{place}")));
    for (stream, plan) in draft.streams.iter_mut().zip(plans) {
        *stream = StreamDraft { group: Some(format!("g{}", plan.source)), ..stream.clone() };
    }
    draft.validate().expect("valid")
}

/// What was found in one world: when each finding began, per stream.
struct Told {
    /// (from, to, word), per stream, in the order of time.
    spans: Vec<Vec<(i64, i64, Cause)>>,
    source_spans: usize,
}

/// Plays a world with a tick every `tick_ms`.
fn play(plans: &[Plan], days: i64, tick_ms: i64, ungrouped: bool) -> Told {
    let mut schema = schema_of(plans);
    if ungrouped {
        schema = SchemaDraft::of_streams((0..plans.len()).map(|place| format!("s{place}"))).validate().unwrap();
    }
    let mut events: Vec<(i64, usize)> = (plans.iter().enumerate())
        .flat_map(|(place, plan)| plan.times_ms.iter().map(move |&at| (at, place)))
        .collect();
    events.sort_unstable();
    let mut silence = Silence::new(&schema);
    let mut findings = silence.findings();
    let mut told = Told { spans: vec![Vec::new(); plans.len()], source_spans: 0 };
    let mut last_sources: Vec<Option<usize>> = Vec::new();
    let mut next = 0;
    let mut now_ms = START_MS;
    while now_ms < START_MS + days * DAY_MS {
        while next < events.len() && events[next].0 <= now_ms {
            let (at_ms, place) = events[next];
            silence.heard(place, schema.moment(at_ms), (next % 97) as f64);
            next += 1;
        }
        silence.judge(now_ms, &mut findings);
        silence.learn(now_ms, &findings);
        note(&silence, &schema, &findings, now_ms, tick_ms, &mut told, &mut last_sources);
        now_ms += tick_ms;
    }
    told
}

fn note(
    silence: &Silence,
    schema: &Schema,
    findings: &[Finding],
    now_ms: i64,
    tick_ms: i64,
    told: &mut Told,
    last_sources: &mut Vec<Option<usize>>,
) {
    let mut sources = Vec::new();
    for finding in findings.iter().filter(|finding| finding.settled) {
        if matches!(finding.cause, Cause::SourceDown | Cause::AllSilent) {
            sources.push(finding.group);
            told.source_spans += usize::from(!last_sources.contains(&finding.group));
        }
        for (place, stream) in schema.streams().iter().enumerate() {
            let concerns = match finding.cause {
                Cause::AllSilent => true,
                Cause::SourceDown => finding.group == stream.group,
                Cause::SourcePartlySilent => {
                    finding.group == stream.group
                        && silence.why(place, now_ms) == Some(Cause::SensorSilent)
                }
                _ => finding.stream == Some(place),
            };
            if concerns {
                match told.spans[place].last_mut() {
                    Some(span) if span.1 + tick_ms >= now_ms => span.1 = now_ms,
                    _ => told.spans[place].push((now_ms, now_ms, finding.cause)),
                }
            }
        }
    }
    *last_sources = sources;
}

#[derive(Default, Clone)]
struct Figures {
    planted: usize,
    found: usize,
    false_spans: usize,
    stream_weeks: f64,
    /// In minutes from the onset.
    delays: Vec<f64>,
}

fn score(plan: &Plan, spans: &[(i64, i64)], days: i64, figures: &mut Figures) {
    figures.stream_weeks += (days - 7) as f64 / 7.0;
    for &(from_ms, to_ms) in &plan.outages {
        figures.planted += 1;
        let first = spans.iter().find(|span| span.1 > from_ms && span.0 < to_ms);
        if let Some(span) = first {
            figures.found += 1;
            figures.delays.push((span.0 - from_ms).max(0) as f64 / MINUTE_MS as f64);
        }
    }
    for &(from_ms, to_ms) in spans {
        // The first reading after an outage may be a habit later than its end.
        let back = |end_ms: i64| plan.times_ms.get(plan.times_ms.partition_point(|&at| at < end_ms));
        let is_true = (plan.silences.iter())
            .any(|&(out_ms, end_ms)| to_ms >= out_ms && back(end_ms).is_none_or(|&at| from_ms <= at));
        figures.false_spans += usize::from(!is_true && from_ms >= START_MS + 7 * DAY_MS);
    }
}

fn spans_of(told: &Told, place: usize) -> Vec<(i64, i64)> {
    told.spans[place].iter().filter(|span| span.2 != Cause::ValueStuck).map(|span| (span.0, span.1)).collect()
}

/// The usual timer: silent for longer than `intervals` times the mean gap.
fn timer_spans(plan: &Plan, intervals: f64) -> Vec<(i64, i64)> {
    let learned = plan.times_ms.partition_point(|&at| at < START_MS + 7 * DAY_MS);
    let mut gaps: Vec<i64> = plan.times_ms[..learned].windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let usual_ms = gaps.get(gaps.len() / 2).copied().unwrap_or(HOUR_MS);
    let patience_ms = (usual_ms as f64 * intervals) as i64;
    (plan.times_ms.windows(2))
        .filter(|pair| pair[1] - pair[0] > patience_ms && pair[0] >= START_MS + 7 * DAY_MS)
        .map(|pair| (pair[0] + patience_ms, pair[1]))
        .collect()
}

fn quantile(sorted: &mut [f64], share: f64) -> f64 {
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

struct Sums {
    by_habit: BTreeMap<Habit, Figures>,
    timer: Figures,
    source_spans: usize,
}

fn run(worlds: u64, days: i64, planted: Planted, seed: u64) -> Sums {
    let mut sums = Sums { by_habit: BTreeMap::new(), timer: Figures::default(), source_spans: 0 };
    for world_seed in 0..worlds {
        let plans = world(&MIXED, days, planted, seed + world_seed);
        let told = play(&plans, days, MINUTE_MS, false);
        sums.source_spans += told.source_spans;
        for (place, plan) in plans.iter().enumerate() {
            let figures = sums.by_habit.entry(plan.habit).or_default();
            score(plan, &spans_of(&told, place), days, figures);
            score(plan, &timer_spans(plan, 1.5), days, &mut sums.timer);
        }
    }
    sums
}

impl Sums {
    fn all(&self) -> Figures {
        let mut all = Figures::default();
        for figures in self.by_habit.values() {
            all.planted += figures.planted;
            all.found += figures.found;
            all.false_spans += figures.false_spans;
            all.stream_weeks += figures.stream_weeks;
        }
        all
    }

    fn table(&self) -> String {
        let mut table = String::new();
        let line = |name: &str, figures: &Figures| {
            let mut delays = figures.delays.clone();
            let (median, p90) = (quantile(&mut delays, 0.5), quantile(&mut delays, 0.9));
            let per_week = figures.false_spans as f64 / figures.stream_weeks;
            let Figures { found, planted, .. } = figures;
            format!("{name:>14} found {found:4}/{planted:4} false/wk {per_week:6.3} delay min {median:6.1} {p90:6.1}\n")
        };
        for (habit, figures) in &self.by_habit {
            table += &line(&format!("{habit:?}"), figures);
        }
        table += &line("all", &self.all());
        table += &line("timer 1.5", &self.timer);
        table
    }
}

const PLANTED: Planted = Planted { per_stream: 6, per_source: 2, of_all: 1 };

#[test]
fn outages_are_found_and_habits_are_not_reported() {
    let planted = run(2, 28, PLANTED, 100);
    println!("planted\n{}source findings {}", planted.table(), planted.source_spans);
    let clean = run(2, 28, NONE, 200);
    println!("clean\n{}source findings {}", clean.table(), clean.source_spans);
}
