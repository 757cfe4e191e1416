//! The list by which the service worker keeps the app: every file, and a version that changes with any of them.

use std::fs;
use std::path::Path;

use xxhash_rust::xxh64::Xxh64;

use crate::run::{Failure, Outcome};

/// Not kept: pictures for others, what only servers read, and what keeps the rest.
const LEFT_OUT: [&str; 4] = ["screenshot.png", "_headers", "sw.js", "precache.js"];

/// Writes `precache.js`.
pub(super) fn write_list(dist: &Path) -> Outcome {
    let mut files = super::files_under(dist)?;
    files.retain(|file| !LEFT_OUT.contains(&file.as_str()));
    let mut hash = Xxh64::new(0);
    for file in &files {
        hash.update(file.as_bytes());
        hash.update(&fs::read(dist.join(file))?);
    }
    // The page is asked for by its folder. (Some hosts answer index.html with a redirect, which no cache may serve.)
    let paths: Vec<String> = files
        .iter()
        .map(|file| if file == "index.html" { "./".into() } else { format!("./{file}") })
        .collect();
    let list = serde_json::json!({ "version": format!("{:016x}", hash.digest()), "files": paths });
    fs::write(dist.join("precache.js"), format!("self.PRECACHE = {list};\n"))
        .map_err(|error| Failure(format!("the list of files can not be written: {error}")))
}
