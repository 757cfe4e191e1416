//! The npm package: `dist/npm`, its tarball, and what it weighs.

mod manifest;
mod weight;

use std::fs;
use std::path::{Path, PathBuf};

use super::{PACKAGE_RUSTFLAGS, Profile, WASM_OPT_FAST};
use crate::run::{Failure, Outcome, command, run};
use crate::{chromium, paths, tools};

/// What the build makes one file of: it does not ship as it is.
const BUNDLED: [&str; 4] = ["inline.js", "node.js", "worker.js", "worker-node.js"];
/// The parts of the declarations, in the order in which they read best.
const TYPES: [&str; 6] =
    ["engine.d.ts", "verdicts.d.ts", "explanation.d.ts", "reports.d.ts", "worker.d.ts", "csv.d.ts"];

/// Packs the package for publication and prints what it weighs.
pub(crate) fn ship() -> Outcome {
    super::make_package()?;
    let tarball = pack()?;
    println!("{}", tarball.display());
    weight::print_weights()
}

/// Runs one of the measurements in `tests/bench/package`.
pub(crate) fn measure(script: &str, arguments: &[&str]) -> Outcome {
    let script = paths::root().join("tests/bench/package").join(script);
    let mut node = command("node", [] as [&str; 0]);
    if let Ok(chrome) = chromium::find() {
        node.env("CHROME", chrome);
    }
    run(node.arg(script).args(arguments))
}

/// Builds `dist/npm` anew.
pub(crate) fn build(profile: Profile) -> Outcome {
    let package = paths::dist().join("npm");
    let files = package.join("dist");
    if package.exists() {
        checked(&package, fs::remove_dir_all(&package))?;
    }
    checked(&files, fs::create_dir_all(files.join("presets")))?;

    // The parts that are bundled need their neighbours beside them, so all of them meet here first.
    let bench = paths::target().join("npm");
    if bench.exists() {
        checked(&bench, fs::remove_dir_all(&bench))?;
    }
    let source = paths::root().join("wasm/js");
    for folder in ["", "csv", "cli"] {
        copy_all(&source.join(folder), &bench.join(folder))?;
    }
    engine(profile, &bench)?;
    manifest::presets(&bench.join("presets.js"), &files.join("presets"))?;

    copy_all(&bench, &files)?;
    for name in BUNDLED.into_iter().chain(["manifest.json", "glue_bg.wasm"]) {
        let file = files.join(name);
        checked(&file, fs::remove_file(&file))?;
    }
    for folder in ["csv", "cli"] {
        copy_all(&bench.join(folder), &files.join(folder))?;
    }
    manifest::types(&source.join("types"), &TYPES, &files)?;
    for (entry, to, options) in [
        ("node.js", "bundle.cjs", ["--format=cjs", "--platform=node"]),
        ("worker.js", "worker.js", ["--format=esm", "--platform=browser"]),
        ("worker-node.js", "worker.cjs", ["--format=cjs", "--platform=node"]),
        ("inline.js", "inline.js", ["--format=esm", "--loader:.wasm=base64"]),
        ("inline.js", "inline.cjs", ["--format=cjs", "--loader:.wasm=base64"]),
    ] {
        bundle(&bench.join(entry), &files.join(to), &options)?;
    }

    manifest::package_json(&package)?;
    manifest::redirects(&package)?;
    for name in ["CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "wasm/README.md", "wasm/llms.txt"] {
        copy(&paths::root().join(name), &package)?;
    }
    Ok(())
}

/// Packs `dist/npm` as npm would publish it and says where the tarball is.
pub(crate) fn pack() -> Outcome<PathBuf> {
    let dist = paths::dist();
    run(command("npm", ["pack", "--silent", "--pack-destination"]).arg(&dist).arg(dist.join("npm")))?;
    Ok(dist.join(format!("fourfold-{}.tgz", env!("CARGO_PKG_VERSION"))))
}

/// Compiles the engine and makes `glue.js` and `fourfold.wasm` of it.
fn engine(profile: Profile, to: &Path) -> Outcome {
    let (flag, folder) = match profile {
        Profile::Dev => ("--profile=dev", "debug"),
        Profile::Release => ("--profile=release", "release"),
    };
    let target = "wasm32-unknown-unknown";
    run(command("cargo", ["build", "--quiet", flag, "--package", "fourfold-wasm", "--target", target])
        .env("RUSTFLAGS", PACKAGE_RUSTFLAGS))?;
    let compiled = paths::target().join(target).join(folder).join("fourfold_wasm.wasm");
    // Every entry brings its own address of the wasm file, so the glue needs none.
    let options = [
        "--target",
        "web",
        "--no-typescript",
        "--omit-default-module-path",
        // Without it, a module that stopped in the middle of a call could never be used again.
        "--experimental-reset-state-function",
        "--out-name",
        "glue",
        "--out-dir",
    ];
    run(command(tools::wasm_bindgen(), options).arg(to).arg(compiled))?;
    let (bound, finished) = (to.join("glue_bg.wasm"), to.join("fourfold.wasm"));
    match profile {
        Profile::Dev => checked(&finished, fs::copy(bound, &finished)),
        Profile::Release => run(command(tools::wasm_opt(), WASM_OPT_FAST).arg(bound).arg("-o").arg(finished)),
    }
}

fn bundle(entry: &Path, to: &Path, options: &[&str]) -> Outcome {
    let mut esbuild =
        command(paths::node_bin("esbuild"), ["--bundle", "--target=es2022", "--log-level=warning"]);
    run(esbuild.args(options).arg(entry).arg(format!("--outfile={}", to.display())))
}

/// Copies the files of a folder, and not its folders.
fn copy_all(from: &Path, to: &Path) -> Outcome {
    checked(to, fs::create_dir_all(to))?;
    let entries = fs::read_dir(from).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let paths = entries.map_err(|error| failed(from, &error))?.into_iter().map(|entry| entry.path());
    paths.filter(|path| path.is_file()).try_for_each(|file| copy(&file, to))
}

fn copy(file: &Path, to_folder: &Path) -> Outcome {
    let to = to_folder.join(file.file_name().unwrap_or_default());
    checked(file, fs::copy(file, to))
}

fn checked<T>(path: &Path, done: std::io::Result<T>) -> Outcome {
    done.map(|_| ()).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("{}: {error}", path.display()))
}
