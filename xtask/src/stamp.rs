//! What was built from what, so that nothing is built twice. By content and not by time: a checkout or a cache gives
//! old files new times.

use std::fs;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh64::Xxh64;

use crate::build::Profile;
use crate::paths;
use crate::run::Outcome;

/// What every product is made of: the engine, the versions, and how things are built.
const COMMON: [&str; 7] = [
    "core/src",
    "core/presets",
    "core/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
    "xtask/src/build",
];

/// A thing that is built: its name, what it is made of beside that, and a file that exists once it is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    pub(crate) name: &'static str,
    pub(crate) inputs: &'static [&'static str],
    pub(crate) output: &'static str,
}

/// What happened to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// It was there already.
    Ready,
    /// It was built.
    Built,
}

impl Product {
    /// Builds unless what is there was made of the same inputs, at least as well as `profile` asks.
    pub(crate) fn make(&self, profile: Profile, build: impl FnOnce(Profile) -> Outcome) -> Outcome<Made> {
        let inputs = self.fingerprint();
        let is_there = paths::root().join(self.output).exists();
        let known = fs::read_to_string(self.stamp()).unwrap_or_default();
        let good_enough = [Profile::Release, profile].iter().any(|made| known == stamp_text(inputs, *made));
        if is_there && good_enough {
            return Ok(Made::Ready);
        }
        println!("  building {}", self.name);
        // Without a stamp while it builds: an interrupted build must not count as done.
        let _ = fs::remove_file(self.stamp());
        build(profile)?;
        fs::create_dir_all(paths::stamps())?;
        fs::write(self.stamp(), stamp_text(inputs, profile))?;
        Ok(Made::Built)
    }

    fn stamp(&self) -> PathBuf {
        paths::stamps().join(self.name)
    }

    fn fingerprint(&self) -> u64 {
        let mut hash = Xxh64::new(0);
        for input in COMMON.iter().chain(self.inputs) {
            add(&mut hash, &paths::root().join(input), input);
        }
        hash.digest()
    }
}

fn stamp_text(inputs: u64, profile: Profile) -> String {
    format!("{inputs:016x} {profile:?}\n")
}

/// Adds a file, or all files of a folder in the order of their names. What is not there adds its absence.
fn add(hash: &mut Xxh64, path: &Path, name: &str) {
    hash.update(name.as_bytes());
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        for name in names.iter().filter(|name| !is_output(name)) {
            add(hash, &path.join(name), name);
        }
    } else if let Ok(bytes) = fs::read(path) {
        hash.update(&(bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
}

/// Folders that builds write into, inside folders that they read.
fn is_output(name: &str) -> bool {
    matches!(name, "build" | "target" | "node_modules" | ".wrangler")
}

/// The fingerprint of one file, for what is not a product.
pub(crate) fn of_file(path: &Path) -> String {
    let mut hash = Xxh64::new(0);
    add(&mut hash, path, "");
    format!("{:016x}\n", hash.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_counts_and_time_does_not() {
        let folder = std::env::temp_dir().join(format!("fourfold-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("build")).expect("a temporary folder");
        let fingerprint = || {
            let mut hash = Xxh64::new(0);
            add(&mut hash, &folder, "");
            hash.digest()
        };
        fs::write(folder.join("a.rs"), "one").expect("written");
        let first = fingerprint();
        fs::write(folder.join("a.rs"), "one").expect("written again");
        fs::write(folder.join("build/out.js"), "built").expect("written");
        assert_eq!(fingerprint(), first);
        fs::write(folder.join("a.rs"), "two").expect("written");
        assert_ne!(fingerprint(), first);
        fs::remove_dir_all(&folder).expect("removed");
    }
}
