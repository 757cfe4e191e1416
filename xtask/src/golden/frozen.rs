//! Snapshots that are written once and never again: what an engine of this format remembers, and what it says next. A
//! version that reads the format must open them and say the same. Only numbers are compared, since a verdict may get
//! more fields.

use std::fs;
use std::path::{Path, PathBuf};

use fourfold::schema::PRESETS;
use fourfold::snapshot::FORMAT;
use fourfold::{Engine, SchemaDraft, Verdict};

use super::digest::Digest;
use super::events::of_events;
use super::input::{self, Call};
use super::replay::say;
use crate::paths;
use crate::run::{Failure, Outcome};

/// Rows before the snapshot, and rows whose verdicts are compared.
const ROWS_BEFORE: u32 = 700;
const ROWS_AFTER: u32 = 200;

/// Where frozen snapshots are, a folder per format.
pub(crate) fn folder() -> PathBuf {
    paths::root().join("tests/golden/snapshots")
}

/// Writes the snapshots of this format. What is there already stays, and is an error.
pub(crate) fn freeze(folder: &Path) -> Outcome {
    let folder = folder.join(format!("v{FORMAT}"));
    if folder.exists() {
        let folder = folder.display();
        return Err(Failure(format!("{folder} is frozen: a changed layout is a new format, not a new file")));
    }
    fs::create_dir_all(&folder)?;
    for name in PRESETS {
        let mut engine = Engine::new(SchemaDraft::preset(name)?.validate()?);
        play(&mut engine, &calls(name, 0..ROWS_BEFORE)?)?;
        let sealed = engine.seal();
        fs::write(folder.join(format!("{name}.txt")), said_next(name, &sealed)?)?;
        fs::write(folder.join(format!("{name}.bin")), sealed)?;
    }
    Ok(())
}

/// Opens every frozen snapshot of every format; how many said what they said.
pub(crate) fn check(folder: &Path) -> Outcome<usize> {
    let mut passed = 0;
    let formats =
        if folder.exists() { fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()? } else { Vec::new() };
    for format in formats {
        for name in PRESETS {
            let file = format.path().join(name);
            let expected = fs::read_to_string(file.with_extension("txt"))?;
            let said = said_next(name, &fs::read(file.with_extension("bin"))?)?;
            if said != expected {
                let file = file.display();
                return Err(Failure(format!("{file}.bin says\n  {said}where it said\n  {expected}")));
            }
            passed += 1;
        }
    }
    Ok(passed)
}

/// What an opened engine says to the next rows.
fn said_next(name: &str, sealed: &[u8]) -> Outcome<String> {
    let mut engine = Engine::open(sealed)?;
    let calls = calls(name, ROWS_BEFORE..ROWS_BEFORE + ROWS_AFTER)?;
    let (inputs, verdicts) = (input::digest(&calls).hex(), play(&mut engine, &calls)?.hex());
    Ok(format!("{ROWS_AFTER} rows, inputs {inputs}, verdicts {verdicts}\n"))
}

/// Makes calls; the hash of what they said.
fn play(engine: &mut Engine, calls: &[Call]) -> Outcome<Digest> {
    let mut digest = Digest::new();
    for call in calls {
        let note = |verdict: &Verdict| {
            let [standing, alarm] = [verdict.standing as u8, u8::from(verdict.alarm)].map(f64::from);
            let [at, episode] = [verdict.at_ms as f64, verdict.episode.map_or(0.0, |id| id as f64)];
            [at, standing, verdict.score, verdict.news, verdict.confidence, alarm, episode]
                .into_iter()
                .for_each(|x| digest.number(x));
        };
        match call {
            Call::Push { events, .. } => drop(engine.push(events, note)?),
            Call::Tick { at_ms } => engine.tick(*at_ms, note)?,
            // Refusing is an answer too: the other targets compare it.
            Call::Say { deed, back } => drop(say(engine, *deed, *back)),
            Call::Observe { .. } | Call::Report { .. } => {}
        }
    }
    Ok(digest)
}

/// The calls of some rows.
fn calls(name: &str, rows: std::ops::Range<u32>) -> Outcome<Vec<Call>> {
    let all = of_events(name, &SchemaDraft::preset(name)?.validate()?);
    let mut row_of_call = 0;
    let of_rows = all.into_iter().filter(|call| {
        if let Call::Push { row, .. } = call {
            row_of_call = *row;
        }
        rows.contains(&row_of_call)
    });
    Ok(of_rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_frozen_says_what_it_said() {
        check(&folder()).expect("every frozen snapshot opens and goes on as it did");
    }

    #[test]
    fn freezing_is_done_once_and_every_change_is_seen() {
        let folder = std::env::temp_dir().join(format!("fourfold-frozen-{}", std::process::id()));
        freeze(&folder).expect("nothing is there");
        assert!(freeze(&folder).is_err(), "frozen is frozen");
        assert_eq!(check(&folder).ok(), Some(PRESETS.len()));
        let file = folder.join(format!("v{FORMAT}/iot.txt"));
        let text = fs::read_to_string(&file).expect("it was frozen");
        let last = text.chars().rev().nth(1).expect("a digest");
        let other = if last == '0' { "1\n" } else { "0\n" };
        fs::write(&file, format!("{}{other}", &text[..text.len() - 2])).expect("a folder of its own");
        assert!(check(&folder).is_err());
        fs::remove_dir_all(&folder).expect("a folder of its own");
    }
}
