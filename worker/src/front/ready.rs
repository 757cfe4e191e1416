//! Whether this instance may be trusted: its engine has to give the verdicts that it gives everywhere.

use std::cell::OnceCell;

use fourfold::{Engine, Frame, SchemaDraft};
use serde::Serialize;

use crate::access::digest;
use crate::answer::Answer;
use crate::body;
use crate::refusal::Refusal;

/// Frames of the self-test: enough for every tier to have an opinion, two milliseconds of work.
const FRAMES: i64 = 96;
/// The digest of their verdicts, on every target.
const EXPECTED: &str = "aacd3ebd0389399aa7884ba3c71130577686e2ba96e39fd1038997b66c8aad74";

thread_local! {
    /// The engine does not change while it runs: asked once, known for good.
    static DIGEST: OnceCell<Option<String>> = const { OnceCell::new() };
}

/// Somebody is there.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HealthJson {
    /// `ok`.
    status: &'static str,
}

/// The engine is fit.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ReadyJson {
    /// `ready`.
    status: &'static str,
    /// The digest of the verdicts of the self-test, the same on every machine.
    self_test: &'static str,
}

/// What is running.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VersionJson {
    /// `fourfold`.
    name: &'static str,
    /// The version.
    version: &'static str,
    /// A hash of the engine's sources.
    engine: &'static str,
    /// The format of snapshots.
    snapshot_format: u16,
}

/// The answer to `/healthz`.
pub(super) fn health() -> Result<Answer, Refusal> {
    Ok(Answer::ok(body::write(&HealthJson { status: "ok" })?))
}

/// The answer to `/version`.
pub(super) fn version() -> Result<Answer, Refusal> {
    let version = VersionJson {
        name: "fourfold",
        version: env!("CARGO_PKG_VERSION"),
        engine: env!("FOURFOLD_ENGINE"),
        snapshot_format: fourfold::snapshot::FORMAT,
    };
    Ok(Answer::ok(body::write(&version)?))
}

/// The answer to `/readyz`.
pub(super) fn readiness() -> Result<Answer, Refusal> {
    let is_right = DIGEST.with(|found| found.get_or_init(self_test).as_deref() == Some(EXPECTED));
    if is_right {
        Ok(Answer::ok(body::write(&ReadyJson { status: "ready", self_test: EXPECTED })?))
    } else {
        Err(Refusal::NotReady)
    }
}

/// A digest of the bits of some verdicts: a wave, a gap, a jump and noise that everybody computes alike.
fn self_test() -> Option<String> {
    let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b", "c"]).validate().ok()?);
    let mut state = 1_u32;
    let mut said = String::new();
    for minute in 0..FRAMES {
        let values: [f64; 3] = std::array::from_fn(|stream| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = f64::from(state >> 16) / 65_536.0;
            match (minute, stream) {
                (40..44, 1) => f64::NAN,
                (80.., 2) => noise + 50.0,
                _ => noise + (minute % 12) as f64,
            }
        });
        let verdict = engine.observe(Frame { at_ms: minute * 60_000, values: &values }).ok()?;
        said.push_str(&format!("{:016x} {}\n", verdict.score.to_bits(), verdict.alarm));
    }
    Some(digest(&said).hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_says_what_it_says_everywhere() {
        assert_eq!(
            self_test().as_deref(),
            Some(EXPECTED),
            "whoever changes the engine writes the new digest down"
        );
    }
}
