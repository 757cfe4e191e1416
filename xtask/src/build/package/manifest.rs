//! The parts of the package that are made of other files: `package.json`, the presets and the declarations.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use fourfold::schema::PRESETS;

use super::{checked, copy, failed};
use crate::paths;
use crate::run::Outcome;

/// `wasm/js/manifest.json` with the workspace's version and, where a server builds it for publication, the repository:
/// npm compares it with the one that the provenance names.
pub(super) fn package_json(to_folder: &Path) -> Outcome {
    let template = paths::root().join("wasm/js/manifest.json");
    let text = fs::read_to_string(&template).map_err(|error| failed(&template, &error))?;
    let mut text = text.replace("from the workspace", env!("CARGO_PKG_VERSION"));
    if let (Ok(server), Ok(name)) = (env::var("GITHUB_SERVER_URL"), env::var("GITHUB_REPOSITORY")) {
        let repository =
            format!("\"repository\": {{ \"type\": \"git\", \"url\": \"git+{server}/{name}.git\" }},");
        text = text.replacen("\"license\"", &format!("{repository}\n  \"license\""), 1);
    }
    let to = to_folder.join("package.json");
    checked(&to, fs::write(&to, text))
}

/// Folders that say where an entry is, for those who do not read `exports`.
pub(super) fn redirects(package: &Path) -> Outcome {
    for (entry, main, types) in
        [("inline", "inline.cjs", "index.d.cts"), ("worker", "worker.cjs", "worker.d.cts")]
    {
        let folder = package.join(entry);
        checked(&folder, fs::create_dir_all(&folder))?;
        let text = format!("{{ \"main\": \"../dist/{main}\", \"types\": \"../dist/{types}\" }}\n");
        checked(&folder, fs::write(folder.join("package.json"), text))?;
    }
    Ok(())
}

/// The presets as one module and as the JSON files that they are. Each is an export of its own, so that bundlers
/// leave out what nobody uses.
pub(super) fn presets(module: &Path, to_folder: &Path) -> Outcome {
    let mut script = String::from("// Schemas to start from.\n");
    for name in PRESETS {
        let file = paths::root().join(format!("core/presets/{name}.json"));
        let json = fs::read_to_string(&file).map_err(|error| failed(&file, &error))?;
        let _ = write!(script, "\nexport const {name} = {};\n", json.trim_end());
        copy(&file, to_folder)?;
    }
    checked(module, fs::write(module, script))
}

/// The declarations as one file, once for each module system: to TypeScript a declaration belongs to one of them.
pub(super) fn types(from: &Path, parts: &[&str], to_folder: &Path) -> Outcome {
    let mut texts = Vec::new();
    for part in parts {
        let file = from.join(part);
        texts.push(fs::read_to_string(&file).map_err(|error| failed(&file, &error))?);
    }
    for (name, text) in [("index", texts.join("\n")), ("worker", "export {};\n".into())] {
        for ending in ["d.ts", "d.cts"] {
            let to = to_folder.join(format!("{name}.{ending}"));
            checked(&to, fs::write(&to, &text))?;
        }
    }
    Ok(())
}
