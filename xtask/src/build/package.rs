//! The npm package: `dist/npm`, its tarball, and what it weighs.

mod manifest;
mod weight;

use std::fs;
use std::path::{Path, PathBuf};

use super::{Profile, WASM_OPT_FAST, WASM_RUSTFLAGS};
use crate::run::{Failure, Outcome, command, run};
use crate::{paths, tools};

/// Files of `wasm/js` that ship as they are.
const MODULES: [&str; 10] = [
    "api.js",
    "browser.js",
    "engine.js",
    "error.js",
    "index.d.ts",
    "instance.js",
    "node.mjs",
    "numbers.js",
    "verdicts.js",
    "workerd.js",
];

/// Packs the package for publication and prints what it weighs.
pub(crate) fn ship() -> Outcome {
    super::make_package()?;
    let tarball = pack()?;
    println!("{}", tarball.display());
    weight::print_weights()
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
    checked(&bench, fs::create_dir_all(&bench))?;
    for entry in list(&paths::root().join("wasm/js"))?.iter().filter(|entry| entry.is_file()) {
        copy(entry, &bench)?;
    }
    engine(profile, &bench)?;
    manifest::presets(&bench.join("presets.js"), &files.join("presets"))?;

    for name in MODULES.into_iter().chain(["fourfold.wasm", "glue.js", "presets.js"]) {
        copy(&bench.join(name), &files)?;
    }
    // People import types from one place.
    let declared =
        read(&files.join("index.d.ts"))? + &read(&paths::root().join("wasm/js/types/explanation.d.ts"))?;
    checked(&files, fs::write(files.join("index.d.ts"), declared))?;
    // To TypeScript a declaration belongs to one module system, and a package with both needs one for each.
    let types = files.join("index.d.cts");
    checked(&types, fs::copy(files.join("index.d.ts"), &types))?;
    bundle(&bench.join("node.js"), &files.join("node.cjs"), &["--format=cjs", "--platform=node"])?;
    bundle(&bench.join("inline.js"), &files.join("inline.js"), &["--format=esm", "--loader:.wasm=base64"])?;
    bundle(&bench.join("inline.js"), &files.join("inline.cjs"), &["--format=cjs", "--loader:.wasm=base64"])?;

    manifest::package_json(&package)?;
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "wasm/README.md"] {
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
        .env("RUSTFLAGS", WASM_RUSTFLAGS))?;
    let compiled = paths::target().join(target).join(folder).join("fourfold_wasm.wasm");
    // Every entry brings its own address of the wasm file, so the glue needs none.
    let options = [
        "--target",
        "web",
        "--no-typescript",
        "--omit-default-module-path",
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

fn list(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    Ok(entries.map_err(|error| failed(folder, &error))?.into_iter().map(|entry| entry.path()).collect())
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|error| failed(file, &error))
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
