//! `cargo xtask start`: from nothing to the app and the API at one address.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::Instant;

use crate::build::{self, Profile};
use crate::options::Options;
use crate::prepare::{self, step};
use crate::run::{Failure, Outcome, command};
use crate::{paths, run};

const PORT: u16 = 8787;

pub(crate) fn start(arguments: &[String]) -> Outcome {
    let began = Instant::now();
    let options = Options::parse(arguments, &["--release", "--fresh"], &["--port"])?;
    if let Some(word) = options.rest.first() {
        return Err(Failure(format!("start takes options only, not `{word}`")));
    }
    let port = match options.value("--port") {
        Some(text) => {
            text.parse().map_err(|_| Failure(format!("--port takes a number up to 65535, not `{text}`")))?
        }
        None => PORT,
    };
    // Before the builds: nobody likes to hear of it after three minutes.
    free(port)?;
    let profile = if options.has("--release") { Profile::Release } else { Profile::Dev };
    prepare::prepare(&[])?;
    step("the web app", || build::make_web(profile))?;
    step("the Worker", || build::make_worker(profile))?;
    if options.has("--fresh") && paths::state().exists() {
        fs::remove_dir_all(paths::state())?;
    }
    free(port)?;
    println!("  {:<36} {:<6} {:7.1} s", "everything", "ready", began.elapsed().as_secs_f64());
    let mut serve = command("node", ["xtask/serve.mjs"]);
    serve.arg(port.to_string()).arg(paths::state());
    become_(&mut serve)
}

fn free(port: u16) -> Outcome {
    let fault = |error| Failure(format!("port {port} can not be used ({error}): choose another with --port"));
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(|_| ()).map_err(fault)
}

/// The server takes this program's place, so that Ctrl-C, or a signal to this process, reaches it and nothing else.
#[cfg(unix)]
fn become_(program: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    Err(Failure(format!("{} can not be started: {}", run::spelled(program), program.exec())))
}

#[cfg(not(unix))]
fn become_(program: &mut Command) -> Outcome {
    run::run(program)
}
