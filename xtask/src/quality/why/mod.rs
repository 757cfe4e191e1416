//! Is the stream that something began with named first, and is "cannot tell" said where nobody can?

mod abstain;
mod lifelog;
mod petshop;
mod services;
mod spike;

use std::fmt::Write as _;
use std::path::Path;

use fourfold::cause::{Ask, Explanation, Face};
use fourfold::{Engine, Frame, SchemaDraft};

use super::sim::watched::mean;
use super::sim::{Figure, print};
use crate::run::{Failure, Outcome};

/// Below this an explanation says "cannot tell".
const UNSURE: f64 = 0.3;
/// Parts of the confidence that are compared with how often it was right.
const BINS: usize = 10;

/// One question with a known answer.
struct Answer {
    /// Where it comes from.
    family: String,
    /// The place of the first right suspect, from 1; `None` where there is none.
    place: Option<usize>,
    /// The stated chance that the first is right.
    known: f64,
    /// All suspects: stream, what it belongs to, weight, face.
    suspects: Vec<(usize, usize, f64, Face)>,
}

impl Answer {
    /// Judges an explanation: `thing` says what a stream stands for, `is_right` whether that is what it began with.
    /// Several streams of one thing are one suspect.
    fn judge(
        family: impl Into<String>,
        explanation: &Explanation,
        node: impl Fn(usize) -> usize,
        thing: impl Fn(usize) -> usize,
        is_right: impl Fn(usize) -> bool,
    ) -> Self {
        let mut seen: Vec<usize> = Vec::new();
        for suspect in &explanation.suspects {
            let thing = thing(suspect.stream);
            if !seen.contains(&thing) {
                seen.push(thing);
            }
        }
        Self {
            family: family.into(),
            place: seen.iter().position(|&thing| is_right(thing)).map(|place| place + 1),
            known: explanation.known,
            suspects: (explanation.suspects.iter())
                .map(|suspect| (suspect.stream, node(suspect.stream), suspect.weight, suspect.face))
                .collect(),
        }
    }

    fn is_first(&self) -> bool {
        self.place == Some(1)
    }

    fn is_among_three(&self) -> bool {
        self.place.is_some_and(|place| place <= 3)
    }
}

/// Prints all figures, those of public cases where their folder is given.
pub(super) fn measure(seeds: u64, petshop: Option<&Path>, dump: Option<&Path>) -> Outcome {
    let seeds: Vec<u64> = (1..=seeds).collect();
    println!("{:56} figure  target (of {} seeds)", "", seeds.len());
    let mut all = Vec::new();
    let mut figures = Vec::new();
    if let Some(folder) = petshop {
        all.extend(petshop::answers(folder, &mut figures)?);
    }
    all.extend(services::answers(&seeds, &mut figures)?);
    all.extend(lifelog::answers(&seeds, &mut figures)?);
    spike::measure(&seeds, &mut figures)?;
    let unanswerable = abstain::answers(&seeds, &mut figures)?;
    calibration(&all, &mut figures);
    print(&figures);
    if let Some(folder) = dump {
        let lines: String = all.iter().chain(&unanswerable).map(line).collect();
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("why.csv"), lines)?;
    }
    Ok(())
}

fn line(answer: &Answer) -> String {
    let mut line = format!("{},{},{:.4}", answer.family, answer.place.unwrap_or(0), answer.known);
    for (stream, node, weight, face) in &answer.suspects {
        let _ = write!(line, ",{stream}:{node}:{weight:.5}:{face:?}");
    }
    line + "\n"
}

/// The mean distance between the stated chance and how often it came true, over tenths of the stated chance; families
/// count the same, however many cases they have.
fn calibration(all: &[Answer], figures: &mut Vec<Figure>) {
    let mut families: Vec<&str> = all.iter().map(|answer| answer.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    let of_family =
        |family: &str| -> Vec<&Answer> { all.iter().filter(|answer| answer.family == family).collect() };
    for family in &families {
        let name = format!("{family}: calibration error");
        figures.push(Figure::at_most(name, error(&of_family(family)), 1.0, ""));
    }
    let whole = error(&all.iter().collect::<Vec<_>>());
    figures.push(Figure::at_most("all together: calibration error", whole, 0.1, "<= 0.10"));
}

fn error(answers: &[&Answer]) -> f64 {
    let bins = (0..BINS).map(|bin| {
        let is_in = |answer: &&&Answer| ((answer.known * BINS as f64) as usize).min(BINS - 1) == bin;
        let inside: Vec<&&Answer> = answers.iter().filter(is_in).collect();
        let stated: f64 = inside.iter().map(|answer| answer.known).sum();
        let right = inside.iter().filter(|answer| answer.is_first()).count() as f64;
        (stated - right).abs()
    });
    bins.sum::<f64>() / answers.len().max(1) as f64
}

/// Share of the answers that are first, and among the first three.
fn shares<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> [f64; 2] {
    let answers: Vec<&Answer> = answers.into_iter().collect();
    let share = |is: fn(&Answer) -> bool| mean(answers.iter().map(|answer| f64::from(u8::from(is(answer)))));
    [share(Answer::is_first), share(Answer::is_among_three)]
}

fn failed(error: fourfold::Error) -> Failure {
    Failure(error.to_string())
}

/// An engine of a draft that was shown all rows.
fn shown(draft: SchemaDraft, first_ms: i64, step_ms: i64, values: &[f64]) -> Outcome<Engine> {
    let width = draft.streams.len();
    let mut engine = Engine::new(draft.validate().map_err(failed)?);
    for (row, values) in values.chunks_exact(width).enumerate() {
        engine.observe(Frame { at_ms: first_ms + step_ms * row as i64, values }).map_err(failed)?;
    }
    Ok(engine)
}

fn explain(engine: &Engine, ask: Ask) -> Outcome<Explanation> {
    engine.explain(ask).map_err(failed)
}
