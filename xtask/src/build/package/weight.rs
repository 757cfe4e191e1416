//! What the package weighs once a server has compressed it.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::{bundle, failed};
use crate::paths;
use crate::run::{Failure, Outcome, command};

/// What the WebAssembly and all JavaScript are to weigh after gzip at most.
const ZIPPED_AIM: usize = 120_000;

/// Prints the size of each part, as it is and after gzip: what a bundler makes of it for a page that asks for no more.
pub(super) fn print_weights() -> Outcome {
    let files = paths::dist().join("npm/dist");
    let bench = paths::target().join("npm");
    let script = |imports: &str, name: &str| -> Outcome<Weight> {
        let (from, to) = (bench.join(format!("weighs-{name}.js")), bench.join(format!("weighed-{name}.js")));
        let text = imports.replace("./", &format!("{}/", files.display()));
        fs::write(&from, text).map_err(|error| failed(&from, &error))?;
        bundle(&from, &to, &["--format=esm", "--minify", "--external:*.wasm"])?;
        weigh(&to)
    };
    let engine = r#"export { Engine } from "./browser.js";"#;
    let bare = script(engine, "engine")?;
    let with = |more: &str| -> Outcome<Weight> {
        let imports = format!("{engine} export {{ {more} }} from \"./browser.js\";");
        Ok(script(&imports, more)?.less(bare))
    };
    let wasm = weigh(&files.join("fourfold.wasm"))?;
    let all = script(r#"export * from "./browser.js";"#, "all")?;
    println!("{:37} {:>9} {:>9}", "part", "bytes", "gzip");
    for (part, weight) in [
        ("fourfold.wasm", wasm),
        ("Engine", bare),
        ("and createWorkerEngine", with("createWorkerEngine")?),
        ("and readCsv", with("readCsv")?),
        ("and History", with("History")?),
        ("and all presets", with("presets")?),
        ("all of it", wasm.plus(all)),
        ("the worker's file, if it is asked for", weigh(&files.join("worker.js"))?),
        ("instead: fourfold/inline", weigh(&files.join("inline.js"))?),
    ] {
        println!("{part:37} {:>9} {:>9}", weight.bytes, weight.zipped);
    }
    let all_zipped = wasm.plus(all).zipped;
    let word = if all_zipped <= ZIPPED_AIM { "reached" } else { "missed" };
    println!("bytes after gzip {all_zipped}   at most {ZIPPED_AIM}   {word}");
    Ok(())
}

#[derive(Clone, Copy)]
struct Weight {
    bytes: usize,
    zipped: usize,
}

impl Weight {
    fn plus(self, other: Self) -> Self {
        Self { bytes: self.bytes + other.bytes, zipped: self.zipped + other.zipped }
    }

    fn less(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(other.bytes),
            zipped: self.zipped.saturating_sub(other.zipped),
        }
    }
}

fn weigh(file: &Path) -> Outcome<Weight> {
    let bytes = fs::metadata(file).map_err(|error| failed(file, &error))?.len() as usize;
    // Node is here anyway and brings zlib.
    let script = "zlib.gzipSync(fs.readFileSync(process.argv[1]), { level: 9 }).length.toString()";
    let output = command("node", ["--print", script]).arg(file).stderr(Stdio::inherit()).output();
    let printed = output.map_err(|error| Failure(format!("node can not be started: {error}")))?.stdout;
    let zipped = String::from_utf8_lossy(&printed).trim().parse();
    let zipped = zipped.map_err(|_| Failure(format!("node can not compress {}", file.display())))?;
    Ok(Weight { bytes, zipped })
}
