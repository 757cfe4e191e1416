//! `cargo xtask golden`: the same bits everywhere. For every preset, thousands of hostile frames are judged by the
//! engine on four targets: native, in Node and in Chromium by the npm package, in workerd by the Worker over HTTP. Each
//! prints its verdicts as text, and every text must be the one in `tests/golden`. `--bless` is the only writer of those
//! files; their diff is what users will see.

mod digest;
mod input;
mod replay;

use std::fs;
use std::path::{Path, PathBuf};

use fourfold::schema::PRESETS;

use crate::build::{self, Profile};
use crate::options::Options;
use crate::run::{Failure, Outcome, command, run};
use crate::{chromium, paths};

const TARGETS: [&str; 4] = ["native", "node", "chromium", "workerd"];

pub(crate) fn golden(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments, &["--bless"], &[])?;
    if let Some(unknown) = options.rest.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        return Err(Failure(format!("there is no target `{unknown}`, but {}", TARGETS.join(", "))));
    }
    if options.has("--bless") {
        return bless();
    }
    let is_asked = |target: &&str| options.rest.is_empty() || options.rest.iter().any(|name| name == target);
    let (mut passed, mut failed) = (0, 0);
    for target in TARGETS.into_iter().filter(is_asked) {
        let folder = paths::scratch().join("golden").join(target);
        let printed = print(target, &folder);
        if let Err(failure) = &printed {
            println!("{target}: {failure}");
        }
        for name in PRESETS {
            match printed
                .as_ref()
                .map_err(|_| "nothing was printed".into())
                .and_then(|()| compare(name, &folder))
            {
                Ok(()) => passed += 1,
                Err(difference) => {
                    println!("{target}, {name}: {difference}");
                    failed += 1;
                }
            }
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

/// Fills `folder` with one text per preset, as `target` judges.
fn print(target: &str, folder: &Path) -> Outcome {
    if target == "native" {
        fs::create_dir_all(folder)?;
        for name in PRESETS {
            fs::write(file(folder, name), replay::text(name)?)?;
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
        "workerd" => build::make_worker(Profile::Release)?,
        _ => build::make_package()?,
    };
    if target == "chromium" {
        printer.env("CHROME", chromium::find_or_install()?);
    }
    run(&mut printer)
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.txt"))
}

fn compare(name: &str, folder: &Path) -> Result<(), String> {
    let read =
        |path: PathBuf| fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()));
    let expected = read(file(&paths::root().join("tests/golden"), name))?;
    first_difference(&expected, &read(file(folder, name))?)
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
