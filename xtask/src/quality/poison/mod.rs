//! `cargo xtask quality --poison`: what one bad number leaves behind, in Fourfold and in other libraries, from the same
//! rows and judged by the same rule (tests/poison/README.md).

mod judge;
mod others;
mod script;

use std::fs;

use fourfold::{Engine, Frame, SchemaDraft};

use crate::paths;
use crate::run::{Failure, Outcome};
use judge::{Findings, Said, judge};
use script::{Run, Script};

/// What a detector said of one run.
struct Answer {
    tool: String,
    run: String,
    said: Result<Said, String>,
}

pub(super) fn measure() -> Outcome {
    let script = Script::new();
    let path = paths::target().join("rivals/script.json");
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    fs::write(&path, script.to_json())?;
    println!("{} bad rows among {} normal ones", script::PLACES.len(), script::NORMAL);
    println!("detector                         bad number    later scores    as without  5 sigma later");
    let is_unharmed = print(&native(&script)?);
    for other in others::ALL {
        match other.answers(&path) {
            Ok(answers) => drop(print(&answers)),
            Err(failure) => println!("{:32} not measured: {failure}", other.name),
        }
    }
    if is_unharmed { Ok(()) } else { Err(Failure("a bad number has harmed the engine".into())) }
}

/// Our engine, as a Rust program calls it. A refused frame has no score.
fn native(script: &Script) -> Outcome<Vec<Answer>> {
    let watch = |run: &Run| -> Outcome<Answer> {
        let mut engine = Engine::new(SchemaDraft::of_streams(["x"]).validate()?);
        let mut said = Said::default();
        for row in &run.rows {
            if let Ok(verdict) =
                engine.observe(Frame { at_ms: row.at_ms, values: &[row.value.unwrap_or(f64::NAN)] })
            {
                said.scores.push(verdict.score);
                said.flags.push(verdict.alarm);
            }
        }
        Ok(Answer { tool: "Fourfold (native)".into(), run: run.name.into(), said: Ok(said) })
    };
    script.runs.iter().map(watch).collect()
}

/// A line per detector and poison; whether none of them left a trace and every shift was found.
fn print(answers: &[Answer]) -> bool {
    let mut is_unharmed = true;
    let mut tools: Vec<&str> = answers.iter().map(|answer| answer.tool.as_str()).collect();
    tools.dedup();
    for tool in tools {
        let said = |run: &str| {
            let of_run = answers.iter().find(|answer| answer.tool == tool && answer.run == run);
            of_run.map(|answer| answer.said.as_ref())
        };
        for (poison, without) in script::CASES {
            let words = match (said(poison), said(without)) {
                (Some(Ok(poisoned)), Some(Ok(clean))) => {
                    let findings = judge(poisoned, clean);
                    is_unharmed &= findings.is_same && findings.is_found;
                    sentence(&findings)
                }
                (Some(Err(error)), _) | (_, Some(Err(error))) => {
                    format!(
                        "throws: {}",
                        error.lines().next().unwrap_or("").chars().take(64).collect::<String>()
                    )
                }
                _ => "said nothing".into(),
            };
            println!("{tool:32} {poison:13} {words}");
        }
    }
    is_unharmed
}

fn sentence(findings: &Findings) -> String {
    let numbers = match findings.numbers {
        1.0 => "numbers".into(),
        0.0 => "no numbers".into(),
        share => format!("{:.0} % numbers", 100.0 * share),
    };
    let same = if findings.is_same { "yes" } else { "no" };
    let shift = match (findings.is_found, findings.is_found_without) {
        (true, _) => "found",
        (false, true) => "missed",
        (false, false) => "missed, and without it",
    };
    format!("{numbers:15} {same:11} {shift}")
}
