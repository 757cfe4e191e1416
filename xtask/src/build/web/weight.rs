//! What the app weighs once a server has compressed it, by part.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::run::{Failure, Outcome, command};

/// Page, styles, app and engine together, after gzip.
const ZIPPED_MAX: usize = 700_000;

struct Part {
    name: &'static str,
    belongs: fn(&str) -> bool,
}

/// A file counts where it belongs first. Samples are loaded when somebody asks for one.
const PARTS: [Part; 3] = [
    Part { name: "app and engine", belongs: |file| file.starts_with("pkg/") },
    Part { name: "styles", belongs: |file| file.ends_with(".css") },
    Part { name: "page", belongs: |file| !file.contains('/') },
];

/// Prints the parts and fails where they weigh too much together.
pub(super) fn check(dist: &Path) -> Outcome {
    let mut files = super::files_under(dist)?;
    files.retain(|file| [".html", ".js", ".css", ".wasm"].iter().any(|end| file.ends_with(end)));
    let mut total = [0, 0];
    println!("  {:14} {:>9} {:>9}", "part", "bytes", "gzip");
    for Part { name, belongs } in PARTS {
        let (mine, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| belongs(file));
        files = others;
        let mut weight = [0, 0];
        for file in mine {
            let path = dist.join(file);
            weight[0] += fs::metadata(&path)?.len() as usize;
            weight[1] += zipped(&path)?;
        }
        println!("  {name:14} {:>9} {:>9}", weight[0], weight[1]);
        total = [total[0] + weight[0], total[1] + weight[1]];
    }
    println!("  {:14} {:>9} {:>9}   at most {ZIPPED_MAX}", "together", total[0], total[1]);
    if total[1] > ZIPPED_MAX {
        return Err(Failure(format!("the app weighs {} bytes after gzip, more than {ZIPPED_MAX}", total[1])));
    }
    Ok(())
}

fn zipped(file: &Path) -> Outcome<usize> {
    // Node is here anyway and brings zlib.
    let script = "zlib.gzipSync(fs.readFileSync(process.argv[1]), { level: 9 }).length.toString()";
    let output = command("node", ["--print", script]).arg(file).stderr(Stdio::inherit()).output();
    let printed = output.map_err(|error| Failure(format!("node can not be started: {error}")))?.stdout;
    let size = String::from_utf8_lossy(&printed).trim().parse();
    size.map_err(|_| Failure(format!("node can not compress {}", file.display())))
}
