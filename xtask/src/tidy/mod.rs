//! `cargo xtask tidy`: the rules of the repository that no compiler knows. Each rule is a function from the files in
//! git to what is wrong with them, with a test beside it that shows it can fail.

mod arrows;
mod crates;
mod docs;
mod files;

use std::fs;

use crate::paths;
use crate::run::{Failure, Outcome, command};

/// A file in git. `text` is empty for what is not text.
#[derive(Clone, Debug)]
struct File {
    path: String,
    text: String,
}

struct Rule {
    says: &'static str,
    /// What is wrong, one sentence per place.
    find: fn(&[File]) -> Vec<String>,
}

const RULES: &[Rule] = &[
    Rule { says: "crates depend on core, core on none of them", find: crates::backward },
    Rule { says: "inside core, tiers look only at earlier tiers' outputs", find: arrows::backward },
    Rule { says: "no file is over 500 lines", find: files::long },
    Rule { says: "nothing is left to do", find: files::markers },
    Rule { says: "every merge is resolved", find: files::conflicts },
    Rule { says: "nothing that is built is in git", find: files::built },
    Rule { says: "the commands in the documents exist", find: docs::commands },
    Rule { says: "the paths in the documents exist", find: docs::paths },
    Rule { says: "every preset is a valid schema", find: files::presets },
];

pub(crate) fn tidy(_: &[String]) -> Outcome {
    let files = files_in_git()?;
    let mut failed = 0;
    for rule in RULES {
        let faults = (rule.find)(&files);
        if !faults.is_empty() {
            failed += 1;
            println!("not so: {}", rule.says);
            faults.iter().for_each(|fault| println!("  {fault}"));
        }
    }
    println!("{} passed, {failed} failed", RULES.len() - failed);
    if failed == 0 { Ok(()) } else { Err(Failure("the repository is not tidy".into())) }
}

/// Every file that git tracks or would track: what is ignored is nobody's business.
fn files_in_git() -> Outcome<Vec<File>> {
    let mut list = command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = list.output().map_err(|error| Failure(format!("git can not be started: {error}")))?;
    if !output.status.success() {
        return Err(Failure(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    let files = names.split_terminator('\0').map(|path| (path, paths::root().join(path)));
    Ok(files
        .filter(|(_, on_disk)| on_disk.is_file())
        .map(|(path, on_disk)| File {
            path: path.into(),
            text: fs::read_to_string(on_disk).unwrap_or_default(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository of the test's own making.
    pub(super) fn repository(files: &[(&str, &str)]) -> Vec<File> {
        files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() }).collect()
    }

    #[test]
    fn the_repository_is_tidy() {
        let files = files_in_git().expect("this is a git repository");
        assert!(files.len() > 50, "only {} files", files.len());
        let faults: Vec<String> = RULES.iter().flat_map(|rule| (rule.find)(&files)).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
