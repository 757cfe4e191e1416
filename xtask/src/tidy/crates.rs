//! Arrows between crates: the shells depend on core and never on each other; core depends on none of them.

use super::File;

/// Each crate's folder and name, and whether others may depend on it.
const CRATES: [(&str, &str, bool); 5] = [
    ("core", "fourfold", true),
    ("wasm", "fourfold-wasm", false),
    ("web", "fourfold-web", false),
    ("worker", "fourfold-worker", false),
    ("xtask", "xtask", false),
];

pub(super) fn backward(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for (folder, name, _) in CRATES {
        let path = format!("{folder}/Cargo.toml");
        let Some(manifest) = files.iter().find(|file| file.path == path) else {
            faults.push(format!("{path} is missing"));
            continue;
        };
        for used in dependencies(&manifest.text) {
            let known = CRATES.iter().find(|(_, other, _)| *other == used);
            if known.is_some_and(|(_, other, may_be_used)| *other == name || !may_be_used) {
                faults.push(format!("{path} depends on {used}"));
            }
        }
    }
    faults
}

/// The names in every section of dependencies, whatever it is for.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            is_inside = section.ends_with("dependencies");
            // `[dependencies.name]` is a section per dependency.
            names.extend(section.split_once("dependencies.").map(|(_, name)| name));
        } else if is_inside && !line.starts_with('#') {
            names.extend(line.split(['.', '=', ' ']).next().filter(|name| !name.is_empty()));
            names.extend(line.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::tests::repository;
    use super::*;

    #[test]
    fn a_shell_that_leans_on_a_shell_is_found() {
        let good = [
            ("core/Cargo.toml", "[package]\nname = \"fourfold\"\n[dependencies]\nlibm.workspace = true\n"),
            ("wasm/Cargo.toml", "[dependencies]\nfourfold.workspace = true\n"),
            ("web/Cargo.toml", "[dependencies]\nfourfold = { workspace = true }\n"),
            ("worker/Cargo.toml", "[dependencies]\nfourfold.workspace = true\n"),
            ("xtask/Cargo.toml", "[dependencies]\nfourfold.workspace = true\n"),
        ];
        assert_eq!(backward(&repository(&good)), [""; 0]);
        for (place, manifest, fault) in [
            (
                0,
                "[dev-dependencies]\nfourfold-web.workspace = true\n",
                "core/Cargo.toml depends on fourfold-web",
            ),
            (
                1,
                "[dependencies.fourfold-worker]\npath = \"..\"\n",
                "wasm/Cargo.toml depends on fourfold-worker",
            ),
            (
                2,
                "[target.'cfg(all())'.dependencies]\nfourfold-wasm = \"1\"\n",
                "web/Cargo.toml depends on fourfold-wasm",
            ),
            (3, "[dependencies]\nx = { package = \"xtask\" }\n", "worker/Cargo.toml depends on xtask"),
        ] {
            let mut bad = good;
            bad[place].1 = manifest;
            assert_eq!(backward(&repository(&bad)), [fault]);
        }
        assert_eq!(backward(&repository(&good[1..])), ["core/Cargo.toml is missing"]);
    }
}
