//! Everything that is done to this repository, as one command: `cargo xtask`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks on standard output")]

mod build;
mod paths;
mod run;
mod tools;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("package") => build::package::ship(),
        Some("web") => build::web::build(build::Profile::Release),
        Some("worker") => build::worker::build(build::Profile::Release),
        _ => Err(run::Failure(
            "usage: cargo xtask start | test | tidy | golden | package | bench | doctor".into(),
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
