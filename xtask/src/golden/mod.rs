//! `cargo xtask golden`: the same bits everywhere. For every preset there are two cases of five thousand hostile rows:
//! frames and ticks, and the same readings as events that come late and out of order, with labels and reports between.
//! They are judged by the engine on four targets: native, in Node and in Chromium by the npm package, in workerd by the
//! Worker over HTTP (frames) and by the package (events). Each prints its verdicts as text, and every text must be the
//! one in `tests/golden`. `--bless` is the only writer of those files; their diff is what users will see. `--freeze`
//! writes the snapshots of a new format, once.

mod digest;
mod events;
mod frozen;
mod input;
mod replay;

use std::fs;
use std::path::{Path, PathBuf};

use fourfold::schema::PRESETS;

use crate::build::{self, Profile};
use crate::options::Options;
use crate::run::{Failure, Outcome, command, run};
use crate::{chromium, paths};
use replay::Kind;

const TARGETS: [&str; 4] = ["native", "node", "chromium", "workerd"];

pub(crate) fn golden(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments, &["--bless", "--freeze"], &[])?;
    if let Some(unknown) = options.rest.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        return Err(Failure(format!("there is no target `{unknown}`, but {}", TARGETS.join(", "))));
    }
    if options.has("--bless") {
        return bless();
    }
    if options.has("--freeze") {
        return frozen::freeze(&frozen::folder());
    }
    let is_asked = |target: &&str| options.rest.is_empty() || options.rest.iter().any(|name| name == target);
    let (mut passed, mut failed) = (0, 0);
    for target in TARGETS.into_iter().filter(is_asked) {
        let folder = paths::scratch().join("golden").join(target);
        let printed = print(target, &folder);
        if let Err(failure) = &printed {
            println!("{target}: {failure}");
        }
        for (name, kind) in cases() {
            match printed
                .as_ref()
                .map_err(|_| "nothing was printed".into())
                .and_then(|()| compare(name, kind, &folder))
            {
                Ok(()) => passed += 1,
                Err(difference) => {
                    println!("{target}, {name}, {kind:?}: {difference}");
                    failed += 1;
                }
            }
        }
    }
    match frozen::check(&frozen::folder()) {
        Ok(snapshots) => passed += snapshots,
        Err(failure) => {
            println!("frozen snapshots: {failure}");
            failed += 1;
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        return Ok(());
    }
    Err(Failure("verdicts differ from tests/golden: if that is meant, run cargo xtask golden --bless and read the diff".into()))
}

fn bless() -> Outcome {
    let folder = paths::root().join("tests/golden");
    print("native", &folder)?;
    println!("written from the native engine: tests/golden. Now run cargo xtask golden");
    Ok(())
}

fn cases() -> impl Iterator<Item = (&'static str, Kind)> {
    PRESETS.into_iter().flat_map(|name| [(name, Kind::Frames), (name, Kind::Events)])
}

/// Fills `folder` with one text per case, as `target` judges.
fn print(target: &str, folder: &Path) -> Outcome {
    if target == "native" {
        fs::create_dir_all(folder)?;
        for (name, kind) in cases() {
            fs::write(file(folder, name, kind), replay::text(name, kind)?)?;
        }
        return Ok(());
    }
    // What an earlier run printed must not pass for this one's.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut printer = command("node", ["tests/golden/print.mjs", target]);
    printer.arg(folder);
    match target {
        "workerd" => build::make_worker(Profile::Release).and_then(|_| build::make_package())?,
        _ => build::make_package()?,
    };
    if target == "chromium" {
        printer.env("CHROME", chromium::find_or_install()?);
    }
    run(&mut printer)
}

fn file(folder: &Path, name: &str, kind: Kind) -> PathBuf {
    folder.join(match kind {
        Kind::Frames => format!("{name}.txt"),
        Kind::Events => format!("{name}.events.txt"),
    })
}

fn compare(name: &str, kind: Kind, folder: &Path) -> Result<(), String> {
    let read =
        |path: PathBuf| fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()));
    let expected = read(file(&paths::root().join("tests/golden"), name, kind))?;
    first_difference(&expected, &read(file(folder, name, kind))?)
}

fn first_difference(expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let end = "(the end)";
    let (mut left, mut right) = (expected.lines(), found.lines());
    for number in 1.. {
        let (one, other) = (left.next(), right.next());
        if one != other || one.is_none() {
            let (one, other) = (one.unwrap_or(end), other.unwrap_or(end));
            return Err(format!("line {number} differs\n  expected {one}\n  found    {other}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_is_a_difference() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), Ok(()));
        let difference = first_difference("a\nb0\n", "a\nb1\n").expect_err("the second line differs");
        assert!(difference.starts_with("line 2"), "{difference}");
        assert!(first_difference("a\nb\n", "a\n").is_err());
        assert!(first_difference("a", "a\n").is_err());
    }
}
