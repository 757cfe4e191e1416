//! Rules on single files.

use fourfold::SchemaDraft;
use fourfold::schema::PRESETS;

use super::File;

/// Longer files hide a second subject.
const LINES_MAX: usize = 500;
const WRITTEN: [&str; 7] = ["rs", "js", "mjs", "ts", "css", "html", "md"];
/// Spelled in two halves, so that this list does not find itself.
const MARKERS: [&str; 5] = [
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("TO", "DO"),
];
const BUILT_ENDINGS: [&str; 8] = [".wasm", ".tgz", ".node", ".so", ".rlib", ".map", ".min.js", ".log"];
const BUILT_FOLDERS: [&str; 6] = ["target", "dist", "node_modules", "build", ".wrangler", ".tools"];

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// Hand-written files over the limit. Tests and data are tables, and those may be long; so may documents.
pub(super) fn long(files: &[File]) -> Vec<String> {
    let is_counted = |file: &&File| {
        WRITTEN.contains(&ending(&file.path)) && !is_test(&file.path) && !file.path.starts_with("docs/")
    };
    (files.iter().filter(is_counted))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(file, lines)| format!("{} has {lines} lines: find the second subject in it", file.path))
        .collect()
}

/// Notes to oneself.
pub(super) fn markers(files: &[File]) -> Vec<String> {
    let is_read = |file: &&File| WRITTEN.contains(&ending(&file.path)) || ending(&file.path) == "toml";
    let mut faults = Vec::new();
    for file in files.iter().filter(is_read) {
        for (line, number) in file.text.lines().zip(1..) {
            let marker = MARKERS.iter().find(|marker| line.contains(**marker));
            faults.extend(marker.map(|marker| format!("{}:{number} says {marker}", file.path)));
        }
    }
    faults
}

/// What git leaves where it could not merge. Anything may hide there: every text is read.
pub(super) fn conflicts(files: &[File]) -> Vec<String> {
    let is_mark = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark));
    let found = files.iter().filter(|file| file.text.lines().any(is_mark));
    found.map(|file| format!("{} holds an unresolved merge", file.path)).collect()
}

/// What a build writes, by its name or its folder.
pub(super) fn built(files: &[File]) -> Vec<String> {
    // `build` is also the name of the part of xtask that builds.
    let is_source = |path: &str| path.starts_with("xtask/src/");
    let is_built = |path: &str| {
        BUILT_ENDINGS.iter().any(|ending| path.ends_with(ending))
            || path.split('/').rev().skip(1).any(|folder| BUILT_FOLDERS.contains(&folder)) && !is_source(path)
    };
    let found = files.iter().filter(|file| is_built(&file.path));
    found.map(|file| format!("{} is built: keep it out of git", file.path)).collect()
}

/// Every preset is there, is valid, and is in the list of presets.
pub(super) fn presets(files: &[File]) -> Vec<String> {
    let names = files
        .iter()
        .filter_map(|file| Some((file, file.path.strip_prefix("core/presets/")?.strip_suffix(".json")?)));
    let mut faults = Vec::new();
    let mut seen = Vec::new();
    for (file, name) in names {
        seen.push(name);
        let schema = SchemaDraft::from_json(&file.text).and_then(SchemaDraft::validate);
        faults.extend(schema.err().map(|error| format!("{}: {error}", file.path)));
        if !PRESETS.contains(&name) {
            faults.push(format!("{} is not in the list of presets", file.path));
        }
    }
    let missing = PRESETS.iter().filter(|name| !seen.contains(*name));
    faults.extend(missing.map(|name| format!("core/presets/{name}.json is missing")));
    faults
}

#[cfg(test)]
mod tests {
    use super::super::tests::repository;
    use super::*;

    #[test]
    fn long_files_are_found() {
        let long_text = "line\n".repeat(501);
        let fits = "line\n".repeat(500);
        let files = repository(&[
            ("core/src/a.rs", &fits),
            ("core/tests/b.rs", &long_text),
            ("tests/package/c.mjs", &long_text),
            ("docs/d.md", &long_text),
            ("core/presets/e.json", &long_text),
            ("www/f.css", &long_text),
        ]);
        assert_eq!(long(&files), ["www/f.css has 501 lines: find the second subject in it"]);
    }

    #[test]
    fn notes_to_oneself_are_found() {
        for marker in MARKERS {
            assert_eq!(
                markers(&repository(&[("a.rs", &format!("fine\nx {marker}"))])),
                [format!("a.rs:2 says {marker}")]
            );
        }
        assert_eq!(markers(&repository(&[("a.rs", "fine"), ("lock.json", MARKERS[2])])), [""; 0]);
    }

    #[test]
    fn unresolved_merges_are_found() {
        let files = repository(&[("a.css", "a\n<<<<<<< HEAD\nb\n"), ("b.rs", "let a = 1 <<<<<<< 2;")]);
        assert_eq!(conflicts(&files), ["a.css holds an unresolved merge"]);
    }

    #[test]
    fn built_files_are_found() {
        let files = repository(&[
            ("xtask/src/build/web.rs", ""),
            ("worker/build/index.js", ""),
            ("a/b.wasm", ""),
            ("dist/web/index.html", ""),
            ("www/index.html", ""),
        ]);
        assert_eq!(built(&files).len(), 3);
    }

    #[test]
    fn bad_presets_are_found() {
        let good = r#"{"streams": ["a"]}"#;
        let path = |name: &str| format!("core/presets/{name}.json");
        let paths: Vec<String> = PRESETS.iter().map(|name| path(name)).collect();
        let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), good)).collect();
        assert_eq!(presets(&repository(&files)), [""; 0]);
        files[0].1 = r#"{"streams": ["a", "a"]}"#;
        files.push(("core/presets/other.json", good));
        assert_eq!(presets(&repository(&files)).len(), 2);
        assert_eq!(presets(&repository(&files[1..5])).len(), 1);
    }
}
