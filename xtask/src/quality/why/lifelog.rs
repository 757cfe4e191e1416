//! A phone owner's days: what began with which stream.

use std::collections::BTreeMap;

use fourfold::cause::{Ask, Explanation, Mode};
use fourfold::{Engine, Frame, SchemaDraft};
use fourfold_sim::{Event, EventKind, Lifelog, Simulation};

use super::{Answer, Figure, explain, failed, shares};
use crate::quality::run_all::in_parallel;
use crate::quality::sim::watched::span;
use crate::run::Outcome;

/// The end of an event may be what is noticed: so many frames after it still count.
pub(super) const GRACE_FRAMES: usize = 6;

/// An alarm so many frames from one that is raised without any event as well was not raised for the event.
const CHANCE_FRAMES: usize = 3;

/// One event and what was said of it.
struct Told {
    kind: EventKind,
    /// Asked at the alarm, as far as was known then; and about the alarm once the event was over. Nothing where there
    /// was no alarm but those that are raised without the event, too: some events last for a day.
    at_alarm: Option<[Answer; 2]>,
    /// Asked at its last frame, alarm or not.
    forced: Answer,
}

pub(super) fn answers(seeds: &[u64], figures: &mut Vec<Figure>) -> Outcome<Vec<Answer>> {
    let runs = in_parallel(seeds, |&seed| {
        let by_chance = alarms(&Lifelog::clean(seed).simulate())?;
        tell(&Lifelog::with_events(seed).simulate(), &by_chance)
    });
    let told: Vec<Told> =
        runs.into_iter().collect::<Outcome<Vec<Vec<Told>>>>()?.into_iter().flatten().collect();
    let found =
        |which: usize| told.iter().filter_map(move |told| told.at_alarm.as_ref().map(|asked| &asked[which]));
    for (which, name, one, other) in
        [(0, "asked at the alarm", 0.8, 0.95), (1, "asked when it is over", 0.8, 0.95)]
    {
        let [first, three] = shares(found(which));
        let name = format!("lifelog, found ({}), {name}: first", found(which).count());
        figures.push(Figure::at_least(name, first, one, ">= 0.80"));
        figures.push(Figure::at_least("    among the first three", three, other, ">= 0.95"));
    }
    let first_of_all = found(1).filter(|answer| answer.is_first()).count() as f64 / told.len().max(1) as f64;
    let name = format!("lifelog, of all planted ({}): found and first", told.len());
    figures.push(Figure::at_least(name, first_of_all, 0.65, ">= 0.65"));
    let [forced, _] = shares(told.iter().map(|told| &told.forced));
    figures.push(Figure::at_least("lifelog, all, asked at the last frame: first", forced, 0.0, ""));
    let mut kinds: BTreeMap<EventKind, Vec<&Answer>> = BTreeMap::new();
    for told in &told {
        if let Some(asked) = &told.at_alarm {
            kinds.entry(told.kind).or_default().push(&asked[1]);
        }
    }
    for (kind, answers) in kinds {
        let [first, _] = shares(answers.iter().copied());
        figures.push(Figure::at_least(format!("    {} ({})", kind.word(), answers.len()), first, 0.0, ""));
    }
    Ok(told.into_iter().filter_map(|told| told.at_alarm).flatten().collect())
}

/// The frames with an alarm.
fn alarms(simulation: &Simulation) -> Outcome<Vec<usize>> {
    let (mut engine, mut alarms) = (engine()?, Vec::new());
    for frame in 0..simulation.frames() {
        let at_ms = simulation.times_ms[frame];
        if engine.observe(Frame { at_ms, values: simulation.row(frame) }).map_err(failed)?.alarm {
            alarms.push(frame);
        }
    }
    Ok(alarms)
}

fn engine() -> Outcome<Engine> {
    Ok(Engine::new(SchemaDraft::preset("lifelog").and_then(SchemaDraft::validate).map_err(failed)?))
}

/// Runs an engine over everything and asks it about every event. `by_chance` are the alarms of the same days without
/// events.
fn tell(simulation: &Simulation, by_chance: &[usize]) -> Outcome<Vec<Told>> {
    let mut engine = engine()?;
    let spans: Vec<(usize, usize)> =
        simulation.events.iter().map(|event| span(simulation, event, GRACE_FRAMES)).collect();
    let mut events = simulation.events.iter().zip(spans).peekable();
    let (mut told, mut alarm): (Vec<Told>, Option<(i64, Answer)>) = (Vec::new(), None);
    for frame in 0..simulation.frames() {
        let at_ms = simulation.times_ms[frame];
        let is_alarm = engine.observe(Frame { at_ms, values: simulation.row(frame) }).map_err(failed)?.alarm;
        let Some(&(event, (first, last))) = events.peek() else { break };
        let is_news = is_alarm && !by_chance.iter().any(|other| other.abs_diff(frame) <= CHANCE_FRAMES);
        if is_news && alarm.is_none() && (first..=last).contains(&frame) {
            alarm = Some((at_ms, judge(event, &explain(&engine, Ask::default())?)));
        }
        if frame == last {
            let over = |at_ms| Ask { at_ms: Some(at_ms), mode: Mode::Thorough, target: None };
            let at_alarm = match alarm.take() {
                Some((at_ms, early)) => Some([early, judge(event, &explain(&engine, over(at_ms))?)]),
                None => None,
            };
            let forced = judge(event, &explain(&engine, over(event.end_ms))?);
            told.push(Told { kind: event.kind, at_alarm, forced });
            events.next();
        }
    }
    Ok(told)
}

pub(super) fn judge(event: &Event, explanation: &Explanation) -> Answer {
    Answer::judge(
        "lifelog",
        explanation,
        |stream| stream,
        |stream| stream,
        |stream| event.roots.contains(&stream),
    )
}
