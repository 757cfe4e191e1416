//! `cargo xtask test`: every kind of test there is, one after the other, and one table at the end.

mod count;
mod steps;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::run::{Failure, Outcome, spelled};
use crate::{chromium, paths};
use count::Count;
use steps::{STEPS, Step};

/// A step that says nothing for this long never will.
const STEP_LIMIT: Duration = Duration::from_secs(20 * 60);
/// Lines of a failed step's output that are shown; all of it is in its log.
const SHOWN_LINES: usize = 120;

/// How a step ended.
struct Result {
    name: &'static str,
    count: Count,
    seconds: f64,
    is_preparation: bool,
}

pub(crate) fn test(arguments: &[String]) -> Outcome {
    let asked = asked(arguments)?;
    let logs = paths::scratch().join("logs");
    fs::create_dir_all(&logs)?;
    let mut results: Vec<Result> = Vec::new();
    for step in STEPS.iter().filter(|step| asked.contains(&step.name)) {
        let broken = step
            .needs
            .iter()
            .find(|need| results.iter().any(|result| result.name == **need && result.count.failed > 0));
        let began = Instant::now();
        let count = match broken {
            Some(need) => {
                println!("  {:<14} not run: {need} failed", step.name);
                Count { passed: 0, failed: 1 }
            }
            None => perform(step, &logs),
        };
        let seconds = began.elapsed().as_secs_f64();
        if broken.is_none() {
            println!("  {:<14} {:<20} {seconds:7.1} s", step.name, verdict(&count, step.is_preparation()));
        }
        results.push(Result { name: step.name, count, seconds, is_preparation: step.is_preparation() });
    }
    summary(&results)
}

/// The names of the steps to run: those asked for and all that they need; all, if none is.
fn asked(arguments: &[String]) -> Outcome<Vec<&'static str>> {
    if arguments.is_empty() {
        return Ok(STEPS.iter().map(|step| step.name).collect());
    }
    let mut asked = Vec::new();
    for argument in arguments {
        let step = STEPS.iter().find(|step| step.name == argument).ok_or_else(|| {
            let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            Failure(format!("there is no step `{argument}`, but {}", names.join(", ")))
        })?;
        add_with_needs(step, &mut asked);
    }
    Ok(asked)
}

fn add_with_needs(step: &Step, asked: &mut Vec<&'static str>) {
    asked.push(step.name);
    let needed = STEPS.iter().filter(|other| step.needs.contains(&other.name));
    needed.for_each(|other| add_with_needs(other, asked));
}

/// Runs a step's command into its log, counts what the log tells, and shows the log's end if anything failed.
fn perform(step: &Step, logs: &Path) -> Count {
    let log = logs.join(format!("{}.log", step.name));
    let outcome = (step.command)().and_then(|command| logged(command, &log));
    let text = fs::read_to_string(&log).unwrap_or_default();
    let (count, fault) = match outcome {
        Ok(status) => {
            let count = step.tally.count(&text, status.success());
            (
                count,
                (count.failed > 0).then(|| format!("{}: {status}; the end of {}", step.name, log.display())),
            )
        }
        Err(Failure(sentence)) => {
            (Count { passed: 0, failed: 1 }, Some(format!("{}: {sentence}", step.name)))
        }
    };
    if let Some(fault) = fault {
        let lines: Vec<&str> = text.lines().filter(|line| !is_progress(line)).collect();
        println!("\n{fault}\n");
        lines[lines.len().saturating_sub(SHOWN_LINES)..].iter().for_each(|line| println!("  | {line}"));
        println!();
    }
    count
}

/// What the tools say while nothing is wrong.
fn is_progress(line: &str) -> bool {
    let words = ["Compiling", "Checking", "Downloaded", "Downloading", "Finished", "Running"];
    let is_cargo = line.split_whitespace().next().is_some_and(|word| words.contains(&word));
    is_cargo || line.trim().is_empty() || line.ends_with("... ok") || line.starts_with("test result: ok")
}

/// Runs with all output in `log`; answers how it ended.
fn logged(mut command: Command, log: &PathBuf) -> Outcome<ExitStatus> {
    let output = File::create(log)?;
    let errors = output.try_clone()?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    if let Ok(chrome) = chromium::find() {
        command.env("CHROME", chrome);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Err(Failure(format!("{} can not be started: {error}", spelled(&command)))),
    };
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if began.elapsed() < STEP_LIMIT => sleep(Duration::from_millis(50)),
            Ok(None) => {
                child.kill()?;
                child.wait()?;
                return Err(Failure(format!("was stopped after {} minutes", STEP_LIMIT.as_secs() / 60)));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn verdict(count: &Count, is_preparation: bool) -> String {
    match (is_preparation, count.failed) {
        (true, 0) => "ready".into(),
        (_, 0) => format!("{} passed", count.passed),
        (_, failed) => format!("{} passed, {failed} FAILED", count.passed),
    }
}

fn summary(results: &[Result]) -> Outcome {
    println!("\n  {:<14} {:>7} {:>7} {:>9}", "step", "passed", "failed", "seconds");
    for Result { name, count, seconds, is_preparation } in results {
        let passed = if *is_preparation { "-".into() } else { count.passed.to_string() };
        println!("  {name:<14} {passed:>7} {:>7} {seconds:>9.1}", count.failed);
    }
    let seconds: f64 = results.iter().map(|result| result.seconds).sum();
    let sum = |of: fn(&Count) -> usize| results.iter().map(|result| of(&result.count)).sum::<usize>();
    let (passed, failed) = (sum(|count| count.passed), sum(|count| count.failed));
    println!("  {:<14} {passed:>7} {failed:>7} {seconds:>9.1}\n\n{passed} passed, {failed} failed", "all");
    if failed == 0 {
        return Ok(());
    }
    // The line above is the last one by contract: whoever reads it mechanically must find it there.
    std::process::exit(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_brings_what_it_needs() {
        let words = |text: &str| text.split(' ').map(String::from).collect::<Vec<_>>();
        let browser = asked(&words("browser")).expect("a step");
        assert!(
            browser.contains(&"build-web") && browser.contains(&"tools") && browser.contains(&"chromium")
        );
        assert!(!browser.contains(&"native"));
        assert!(asked(&words("browser nothing")).is_err());
        assert_eq!(asked(&[]).expect("all").len(), STEPS.len());
    }

    #[test]
    fn needs_come_before() {
        for (place, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(
                    STEPS[..place].iter().any(|earlier| earlier.name == *need),
                    "{} needs {need}",
                    step.name
                );
            }
        }
    }
}
