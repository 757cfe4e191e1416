//! Everything that is done to this repository, as one command: `cargo xtask`. One file per verb.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks on standard output")]
#![allow(
    clippy::disallowed_methods,
    reason = "the rules on time and rounding are the engine's; here steps are timed"
)]

mod audit;
mod bench;
mod build;
mod chromium;
mod doctor;
mod fuzz;
mod golden;
mod options;
mod paths;
mod prepare;
mod quality;
mod run;
mod samples;
mod stamp;
mod start;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use run::{Failure, Outcome};

/// Something that `cargo xtask` does.
struct Verb {
    name: &'static str,
    /// As the usage shows them.
    options: &'static str,
    says: &'static str,
    act: fn(&[String]) -> Outcome,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "start",
        options: "[--port N] [--release] [--fresh]",
        says: "install and build what is missing, serve app and API at http://localhost:8787",
        act: start::start,
    },
    Verb {
        name: "test",
        options: "[STEP ..]",
        says: "run every test there is, or only some steps",
        act: test::test,
    },
    Verb { name: "tidy", options: "", says: "check the rules of the repository", act: tidy::tidy },
    Verb {
        name: "golden",
        options: "[--bless] [TARGET ..]",
        says: "compare verdicts on native, node, chromium and workerd with tests/golden, or write them anew",
        act: golden::golden,
    },
    Verb {
        name: "package",
        options: "[--figures] [--csv MEGABYTES]",
        says: "build dist/npm and its tarball, print the sizes; measure what it costs, or how it reads a long table",
        act: build::package,
    },
    Verb {
        name: "audit",
        options: "",
        says: "ask Lighthouse about dist/web: performance, accessibility, best practices",
        act: audit::audit,
    },
    Verb { name: "web", options: "[--dev]", says: "build dist/web", act: build::web },
    Verb { name: "samples", options: "", says: "simulate the web app's samples anew", act: samples::samples },
    Verb { name: "worker", options: "[--dev]", says: "build worker/build", act: build::worker },
    Verb {
        name: "bench",
        options: "[--river [STREAMS ..] | --why | --worker [PART ..]]",
        says: "measure what a frame costs, native and in Node, or in Node against River; --why: what explanations cost; --worker: what the Worker does",
        act: bench::bench,
    },
    Verb {
        name: "fuzz",
        options: "[--seconds N] [--anew] [--seed N] [TARGET ..]",
        says: "give hostile input to the engine; targets: schema, ingest, open, observe",
        act: fuzz::fuzz,
    },
    Verb {
        name: "quality",
        options: "[--nab DIR] [--mv DIR] [--sim] [--clock] [--poison] ..",
        says: "measure how well the engine finds what is wrong, in public data and in simulations",
        act: quality::quality,
    },
    Verb {
        name: "doctor",
        options: "",
        says: "say what is missing on this machine and how to get it",
        act: doctor::doctor,
    },
    Verb {
        name: "prepare",
        options: "[--chromium]",
        says: "install what the builds need, and no more",
        act: prepare::prepare,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let verb = arguments.first().and_then(|name| VERBS.iter().find(|verb| verb.name == name));
    let outcome = match verb {
        Some(verb) => (verb.act)(&arguments[1..]),
        None => Err(Failure(usage())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let lines = VERBS.iter().map(|verb| {
        let call = format!("{} {}", verb.name, verb.options);
        format!("\n  cargo xtask {call:<40} {}", verb.says)
    });
    format!("usage:{}", lines.collect::<String>())
}
