//! What the package weighs once a server has compressed it.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::{bundle, failed};
use crate::paths;
use crate::run::{Failure, Outcome, command};

/// Prints the size of each part, as it is and after gzip.
pub(super) fn print_weights() -> Outcome {
    let files = paths::dist().join("npm/dist");
    // What a bundler makes of the package for a page, without and with every preset.
    let bare = paths::target().join("npm/weighed.js");
    bundle(&files.join("engine.js"), &bare, &["--format=esm", "--minify"])?;
    let full = paths::target().join("npm/weighed-presets.js");
    bundle(&files.join("browser.js"), &full, &["--format=esm", "--minify", "--external:*.wasm"])?;
    let wasm = weigh(&files.join("fourfold.wasm"))?;
    let script = weigh(&bare)?;
    let presets = weigh(&full)?.less(script);
    let inline = weigh(&files.join("inline.js"))?;
    println!("{:32} {:>9} {:>9}", "part", "bytes", "gzip");
    for (part, weight) in [
        ("fourfold.wasm", wasm),
        ("JavaScript, minified", script),
        ("all presets, minified", presets),
        ("together", wasm.plus(script).plus(presets)),
        ("instead: fourfold/inline", inline),
    ] {
        println!("{part:32} {:>9} {:>9}", weight.bytes, weight.zipped);
    }
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
