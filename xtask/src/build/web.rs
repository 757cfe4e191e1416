//! The web app: one wasm for page and engine thread, and what is served as it is.

mod offline;
mod strangers;
mod weight;

use std::fs;
use std::path::Path;

use super::{Profile, WASM_RUSTFLAGS};
use crate::paths;
use crate::run::{Failure, Outcome, command, run};
use crate::tools;

const NAME: &str = "fourfold-web";
/// The engine here: an eighth slower than in the npm package, and a tenth of the app lighter.
const LIGHT_ENGINE: &str = "profile.release.package.fourfold.opt-level=\"s\"";
/// JSON is read here by the file, and not by the request as in the Worker.
const LIGHT_JSON: [&str; 2] =
    ["profile.release.package.serde_json.opt-level=\"s\"", "profile.release.package.zmij.opt-level=\"s\""];
/// All other crates serve views that run once; but the engine's own functions come from `libm`.
const LIGHT_REST: [&str; 2] =
    ["profile.release.package.\"*\".opt-level=\"z\"", "profile.release.package.libm.opt-level=\"s\""];

/// Makes `dist/web`: everything that a static server needs.
pub(crate) fn build(profile: Profile) -> Outcome {
    let dist = paths::dist().join("web");
    let pkg = dist.join("pkg");
    // What an earlier build left would be kept for the time without a network, too.
    let _ = fs::remove_dir_all(&dist);
    copy_folder(&paths::root().join("www"), &dist)?;

    let mut cargo =
        command("cargo", ["build", "--package", "fourfold-web", "--target", "wasm32-unknown-unknown"]);
    if profile == Profile::Release {
        cargo.arg("--release");
        let light = [LIGHT_ENGINE].into_iter().chain(LIGHT_JSON).chain(LIGHT_REST);
        light.for_each(|config| _ = cargo.args(["--config", config]));
    }
    run(cargo.env("RUSTFLAGS", WASM_RUSTFLAGS))?;

    let built = paths::target().join("wasm32-unknown-unknown").join(match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    });
    let wasm = built.join(NAME).with_extension("wasm");
    let mut bindgen = command(tools::wasm_bindgen(), ["--target", "web", "--no-typescript", "--out-dir"]);
    run(bindgen.arg(&pkg).arg(&wasm))?;
    if profile == Profile::Release {
        let bound = pkg.join(format!("{NAME}_bg.wasm"));
        // One after the other they find a little more than either of them.
        run(command(tools::wasm_opt(), ["-Os", "-Oz"]).arg(&bound).arg("-o").arg(&bound))?;
        let glue = pkg.join(format!("{NAME}.js"));
        let mut esbuild =
            command(paths::node_bin("esbuild"), ["--minify", "--allow-overwrite", "--log-level=warning"]);
        run(esbuild.arg(&glue).arg(format!("--outfile={}", glue.display())))?;
    }
    strangers::refuse(&dist)?;
    write_connecting_page(&dist)?;
    offline::write_list(&dist)?;
    if profile == Profile::Release { weight::check(&dist) } else { Ok(()) }
}

/// The page that may connect to a Worker: the same, under a policy that allows it. The page narrows that to the one
/// address which a person names, before anything is sent (`web/src/connect`).
fn write_connecting_page(dist: &Path) -> Outcome {
    let page = fs::read_to_string(dist.join("index.html"))?;
    let (own, any) =
        ("connect-src 'self';", "connect-src 'self' https: http://localhost:* http://127.0.0.1:*;");
    let connecting = page.replace(own, any).replace("<html ", "<html data-may-connect ");
    if connecting.len() != page.len() + any.len() - own.len() + "data-may-connect ".len() {
        return Err(Failure("index.html has another policy than the build expects".into()));
    }
    Ok(fs::write(dist.join("connect.html"), connecting)?)
}

/// Every file below a folder, as a path from there with slashes, in order.
fn files_under(folder: &Path) -> Outcome<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(files_under(&path)?.into_iter().map(|below| format!("{name}/{below}")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| Failure(format!("{} can not be copied: {error}", from.display()));
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).map_err(failed)?;
        }
    }
    Ok(())
}
