//! Arrows inside core. Data flows one way: a tier sees what earlier tiers said, never how they came to it, and nobody
//! but the engine sees them all.

use std::collections::BTreeMap;

use super::File;

const SOURCE: &str = "core/src/";
/// In the order of the data.
const TIERS: [&str; 4] = ["stream", "joint", "verdict", "cause"];
const ENGINE: &str = "engine";
const WIRE: &str = "wire";
const ROOT: &str = "lib";
/// It lists what can go wrong anywhere, and each part words its own faults.
const ERROR: &str = "error";

/// Something that a module takes from another: the module, and the item if one is named.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Use {
    module: String,
    item: Option<String>,
}

pub(super) fn backward(files: &[File]) -> Vec<String> {
    let sources: Vec<&File> =
        files.iter().filter(|file| file.path.starts_with(SOURCE) && file.path.ends_with(".rs")).collect();
    let reexports = sources
        .iter()
        .find(|file| module_of(&file.path) == ROOT)
        .map_or_else(BTreeMap::new, |root| reexports(&root.text));
    let mut faults = Vec::new();
    for file in sources.iter().filter(|file| module_of(&file.path) != ROOT) {
        let from = module_of(&file.path);
        for used in uses(&file.text, depth(&file.path), &reexports) {
            let is_fault = used.item.as_ref().is_some_and(|item| item.ends_with("Fault"));
            let fault = if from == ERROR && is_fault {
                None
            } else if !may_use(from, &used.module) {
                Some(format!("{}: {from} may not use {}", file.path, used.module))
            } else if is_inner(&sources, from, &used) {
                let item = used.item.unwrap_or_default();
                Some(format!(
                    "{}: {from} uses {}::{item}, which is state and not output",
                    file.path, used.module
                ))
            } else {
                None
            };
            faults.extend(fault.filter(|fault| !faults.contains(fault)));
        }
    }
    faults
}

fn may_use(from: &str, to: &str) -> bool {
    let tier = |module: &str| TIERS.iter().position(|name| *name == module);
    match (tier(from), tier(to)) {
        _ if from == to || from == ENGINE && to != WIRE => true,
        _ if to == ENGINE || to == WIRE => from == WIRE,
        (_, None) => true,
        (Some(from), Some(to)) => to < from,
        (None, Some(_)) => from == WIRE,
    }
}

/// Whether a tier or the wire takes something from a tier that is not public: then it is not an output.
fn is_inner(sources: &[&File], from: &str, used: &Use) -> bool {
    let is_between_tiers = TIERS.contains(&used.module.as_str()) && from != used.module && from != ENGINE;
    let Some(item) = used.item.as_deref().filter(|_| is_between_tiers) else { return false };
    let mut texts = sources.iter().filter(|file| module_of(&file.path) == used.module).map(|file| &file.text);
    !texts.any(|text| declares(text, item))
}

/// Whether `text` has `pub` before the declaration of `item`.
fn declares(text: &str, item: &str) -> bool {
    text.lines().any(|line| {
        let Some(declaration) = line.trim_start().strip_prefix("pub ") else { return false };
        let mut words =
            declaration.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        match words.next() {
            Some("use") => words.any(|word| word == item),
            Some("struct" | "enum" | "trait" | "fn" | "const" | "type" | "mod" | "union") => {
                words.next() == Some(item)
            }
            _ => false,
        }
    })
}

/// `core/src/stream/gap.rs` is of the module `stream`, `core/src/engine.rs` of `engine`.
fn module_of(path: &str) -> &str {
    let inside = path.strip_prefix(SOURCE).unwrap_or(path);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// How many `super` lead from a file to the crate's root.
fn depth(path: &str) -> usize {
    let inside = path.strip_prefix(SOURCE).unwrap_or(path).trim_end_matches("/mod.rs");
    inside.split('/').count()
}

/// What `pub use module::{Name}` in lib.rs makes of names at the crate's root.
fn reexports(root: &str) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::new();
    for statement in root.split(';').filter_map(|text| text.split_once("pub use ").map(|(_, rest)| rest)) {
        let (module, names) = statement.split_once("::").unwrap_or((statement, ""));
        for name in names.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|name| !name.is_empty())
        {
            modules.insert(name.to_string(), module.to_string());
        }
    }
    modules
}

/// Everything that a file takes from other modules of the crate, tests apart.
fn uses(text: &str, depth: usize, reexports: &BTreeMap<String, String>) -> Vec<Use> {
    let text = without_tests_and_comments(text);
    let to_root = "super::".repeat(depth);
    let starts = ["crate::", to_root.as_str()];
    let mut found = Vec::new();
    for start in starts {
        let pieces = text.match_indices(start).filter(|(at, _)| {
            // `super::super::` is also found inside `super::super::super::`, and `crate::` inside `my_crate::`.
            !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$')
        });
        for (at, _) in pieces {
            for path in spread(&text[at + start.len()..]) {
                let (first, rest) = path.split_once("::").unwrap_or((&path, ""));
                let item = rest.split("::").next().filter(|item| !item.is_empty() && *item != "self");
                found.push(match reexports.get(first) {
                    Some(module) => Use { module: module.clone(), item: Some(first.to_string()) },
                    None => Use { module: first.to_string(), item: item.map(String::from) },
                });
            }
        }
    }
    found
}

/// `a::{b, c::d}` and so on, as the paths `a::b` and `a::c::d`.
fn spread(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    let prefix = &text[..end];
    if !text[end..].starts_with('{') {
        return vec![prefix.trim_end_matches(':').to_string()];
    }
    let (mut level, mut from, mut paths) = (0, end + 1, Vec::new());
    for (at, c) in text[end..].char_indices().map(|(at, c)| (at + end, c)) {
        level += i32::from(c == '{') - i32::from(c == '}');
        let is_end = level == 0;
        if is_end || (c == ',' && level == 1) {
            let part = text[from..at].trim();
            if !part.is_empty() {
                paths.extend(spread(part).into_iter().map(|path| format!("{prefix}{path}")));
            }
            from = at + 1;
        }
        if is_end {
            break;
        }
    }
    paths
}

/// Tests may look wherever they like. By custom they are the last thing in a file.
fn without_tests_and_comments(text: &str) -> String {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]" && !line.starts_with("#![cfg(test)]"));
    lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests::repository;
    use super::*;

    fn with(path: &str, text: &str) -> Vec<String> {
        let base = [
            ("core/src/lib.rs", "pub use engine::Engine;\npub use verdict::{Episode, Verdict};\n"),
            (
                "core/src/engine.rs",
                "use crate::joint::Absence;\nuse crate::stream::{Streams, StreamVerdict};\n",
            ),
            (
                "core/src/stream/mod.rs",
                "pub struct StreamVerdict;\npub(crate) struct Streams;\npub use gap::Gap;\n",
            ),
            (
                "core/src/wire.rs",
                "use crate::verdict::Verdict;\nuse crate::stream::Gap;\nuse crate::engine::Memory;\n",
            ),
            ("core/src/verdict/mod.rs", "pub struct Verdict;\nuse crate::stream::{self, StreamVerdict};\n"),
        ];
        let mut files = repository(&base);
        files.extend(repository(&[(path, text)]));
        backward(&files)
    }

    #[test]
    fn arrows_forward_are_fine() {
        assert_eq!(
            with("core/src/joint/a.rs", "use crate::stream::{Gap, StreamVerdict};\nuse crate::math::ln;\n"),
            [""; 0]
        );
        assert_eq!(with("core/src/stats/a.rs", "use crate::snapshot::state;\n"), [""; 0]);
        assert_eq!(
            with("core/src/stats/a.rs", "// crate::engine\n#[cfg(test)]\nmod tests { use crate::Engine; }"),
            [""; 0]
        );
    }

    #[test]
    fn arrows_back_are_found_however_they_are_written() {
        for (path, text, fault) in [
            ("core/src/stream/a.rs", "use crate::joint::X;", "stream may not use joint"),
            ("core/src/stream/a.rs", "use crate::{math, verdict::X};", "stream may not use verdict"),
            ("core/src/stream/a.rs", "fn a() { crate::engine::go() }", "stream may not use engine"),
            ("core/src/stream/a.rs", "use super::super::joint::X;", "stream may not use joint"),
            ("core/src/stream/mod.rs", "use super::joint::X;", "stream may not use joint"),
            ("core/src/joint/a.rs", "use crate::Verdict;", "joint may not use verdict"),
            ("core/src/verdict/a.rs", "use crate::Engine;", "verdict may not use engine"),
            ("core/src/stats/a.rs", "use crate::stream::StreamVerdict;", "stats may not use stream"),
            ("core/src/math.rs", "use crate::stream::StreamVerdict;", "math may not use stream"),
            ("core/src/frame.rs", "use crate::wire::Row;", "frame may not use wire"),
            ("core/src/error.rs", "use crate::verdict::{LabelFault, Verdict};", "error may not use verdict"),
            ("core/src/engine.rs", "use crate::wire::Row;", "engine may not use wire"),
            (
                "core/src/joint/a.rs",
                "use crate::stream::{Gap, Streams};",
                "joint uses stream::Streams, which is state and not output",
            ),
        ] {
            assert_eq!(with(path, text), [format!("{path}: {fault}")], "{text}");
        }
    }

    #[test]
    fn braces_are_spread() {
        assert_eq!(spread("a::{b, c::{d, self}};"), ["a::b", "a::c::d", "a::c::self"]);
        assert_eq!(spread("a::b;"), ["a::b"]);
    }
}
