//! Arrows between crates: the shells depend on core and never on each other; core depends on none of them.

use super::File;

const CORE: &str = "core";
const SHELLS: [&str; 3] = ["wasm", "web", "worker"];

pub(super) fn backward(files: &[File]) -> Vec<String> {
    let manifests: Vec<(&str, &str, &File)> = (files.iter())
        .filter_map(|file| Some((file.path.strip_suffix("/Cargo.toml")?, file)))
        .filter_map(|(folder, file)| Some((folder, name(&file.text)?, file)))
        .collect();
    let mut faults = Vec::new();
    for folder in [CORE].iter().chain(&SHELLS) {
        if !manifests.iter().any(|(other, ..)| other == folder) {
            faults.push(format!("{folder}/Cargo.toml is missing"));
        }
    }
    for (folder, _, file) in &manifests {
        for used in dependencies(&file.text) {
            let of_ours = manifests.iter().find(|(_, name, _)| *name == used);
            if of_ours.is_some_and(|(to, ..)| !may_use(folder, to)) {
                faults.push(format!("{folder}/Cargo.toml depends on {used}"));
            }
        }
    }
    faults
}

/// Beside core and the shells there are only tools and tests, and those may use each other.
fn may_use(from: &str, to: &str) -> bool {
    match from {
        CORE => false,
        _ if SHELLS.contains(&from) => to == CORE,
        _ => !SHELLS.contains(&to),
    }
}

/// The package's name.
fn name(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
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
            ("wasm/Cargo.toml", "name = \"fourfold-wasm\"\n[dependencies]\nfourfold.workspace = true\n"),
            ("web/Cargo.toml", "name = \"fourfold-web\"\n[dependencies]\nfourfold = { workspace = true }\n"),
            ("worker/Cargo.toml", "name = \"fourfold-worker\"\n[dependencies]\nfourfold.workspace = true\n"),
            ("tests/sim/Cargo.toml", "name = \"sim\"\n[dependencies]\nfourfold.workspace = true\n"),
            ("xtask/Cargo.toml", "name = \"xtask\"\n[dependencies]\nsim = { path = \"../tests/sim\" }\n"),
        ];
        assert_eq!(backward(&repository(&good)), [""; 0]);
        for (place, dependency, fault) in [
            (0, "[dev-dependencies]\nsim.workspace = true\n", "core/Cargo.toml depends on sim"),
            (
                1,
                "[dependencies.fourfold-worker]\npath = \"..\"\n",
                "wasm/Cargo.toml depends on fourfold-worker",
            ),
            (
                2,
                "[target.'cfg(x)'.dependencies]\nfourfold-wasm = \"1\"\n",
                "web/Cargo.toml depends on fourfold-wasm",
            ),
            (3, "[dependencies]\nx = { package = \"xtask\" }\n", "worker/Cargo.toml depends on xtask"),
            (5, "[dependencies]\nfourfold-web = \"1\"\n", "xtask/Cargo.toml depends on fourfold-web"),
        ] {
            let bad = format!("{}\n{dependency}", good[place].1);
            let mut files = good;
            files[place].1 = &bad;
            assert_eq!(backward(&repository(&files)), [fault]);
        }
        assert_eq!(backward(&repository(&good[1..])), ["core/Cargo.toml is missing"]);
    }
}
