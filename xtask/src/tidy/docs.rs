//! What the documents claim about the repository.

use super::File;

/// Documents whose claims are checked.
const DOCUMENTS: [&str; 2] = ["README.md", "ARCHITECTURE.md"];
/// Folders that are made, not kept: a document may name them.
const MADE: [&str; 4] = ["dist", "worker/build", ".fourfold", ".tools"];

fn documents(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| DOCUMENTS.contains(&file.path.as_str()))
}

/// `cargo xtask WORD`, where there is no such word.
pub(super) fn commands(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in documents(files) {
        let calls = file.text.split("cargo xtask").skip(1).filter_map(|rest| rest.strip_prefix(' '));
        for call in calls {
            let end = call.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(call.len());
            let word = &call[..end];
            if !crate::VERBS.iter().any(|verb| verb.name == word) {
                faults.push(format!("{}: there is no `cargo xtask {word}`", file.path));
            }
        }
    }
    faults
}

/// Paths, in code marks or as targets of links, that lead nowhere.
pub(super) fn paths(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in documents(files) {
        let marked = file
            .text
            .lines()
            .flat_map(|line| line.split('`').skip(1).step_by(2))
            .filter(|text| is_path(files, text));
        let links = file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let links = links.filter(|link| !link.contains(':') && !link.starts_with('#'));
        for path in marked.chain(links) {
            if !is_there(files, path) {
                faults.push(format!("{}: there is no {path}", file.path));
            }
        }
    }
    faults
}

/// Only what begins like something at the top of the repository is a path, or a name with a file's ending.
fn is_path(files: &[File], text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c)) && !text.starts_with('/');
    let first = text.split('/').next().unwrap_or(text);
    let is_at_top = files.iter().any(|file| file.path.split('/').next() == Some(first));
    let is_file = [".rs", ".md", ".toml", ".json", ".mjs", ".js", ".css", ".html", ".txt"]
        .iter()
        .any(|end| text.ends_with(end));
    is_plain && (is_file || text.contains('/') && is_at_top)
}

fn is_there(files: &[File], path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let is_made = MADE.iter().any(|made| path == *made || path.starts_with(&format!("{made}/")));
    let folder = format!("{path}/");
    let name = format!("/{path}");
    let is_bare = !path.contains('/');
    is_made
        || files.iter().any(|file| {
            file.path == path || file.path.starts_with(&folder) || is_bare && file.path.ends_with(&name)
        })
}

#[cfg(test)]
mod tests {
    use super::super::tests::repository;
    use super::*;

    #[test]
    fn commands_that_do_not_exist_are_found() {
        let files = repository(&[(
            "README.md",
            "`cargo xtask start` and `cargo xtask frobnicate`.\ncargo xtask test\n`cargo xtask`",
        )]);
        assert_eq!(commands(&files), ["README.md: there is no `cargo xtask frobnicate`"]);
    }

    #[test]
    fn paths_that_lead_nowhere_are_found() {
        let text = "`core/src/engine.rs`, `core/src`, `engine.rs`, `dist/npm`, `/v1/x`, `frame::measured`, `a / b`\n\
            [map](ARCHITECTURE.md) [away](https://example.org/x.md) ![picture](www/none.png) `core/src/none.rs` `none.rs`";
        let files = repository(&[
            ("README.md", text),
            ("ARCHITECTURE.md", ""),
            ("core/src/engine.rs", ""),
            ("www/a.png", ""),
        ]);
        let nowhere = ["core/src/none.rs", "none.rs", "www/none.png"]
            .map(|path| format!("README.md: there is no {path}"));
        assert_eq!(paths(&files), nowhere);
    }
}
