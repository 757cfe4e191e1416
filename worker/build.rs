//! Says which engine is inside: a hash of its sources, the same on every machine. And packs the description of the API,
//! which is kept for people to read, into the fewest bytes.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use xxhash_rust::xxh64::Xxh64;

fn main() -> io::Result<()> {
    let core = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../core");
    let mut files = Vec::new();
    for folder in ["src", "presets"] {
        println!("cargo::rerun-if-changed={}", core.join(folder).display());
        list(&core.join(folder), &mut files)?;
    }
    files.sort();
    let mut hash = Xxh64::new(0);
    for file in files {
        let name = file.strip_prefix(&core).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        hash.update(name.as_bytes());
        hash.update(&fs::read(&file)?);
    }
    println!("cargo::rustc-env=FOURFOLD_ENGINE={:016x}", hash.digest());
    println!("cargo::rerun-if-changed=openapi.json");
    let packed = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("openapi.json");
    fs::write(packed, pack(&fs::read_to_string("openapi.json")?))
}

/// JSON without the blanks between its words.
fn pack(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    let keep = |letter: &char| {
        let kept = is_text || !letter.is_ascii_whitespace();
        is_text ^= *letter == '"' && !is_escaped;
        is_escaped = is_text && *letter == '\\' && !is_escaped;
        kept
    };
    json.chars().filter(keep).collect()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
