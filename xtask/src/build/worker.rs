//! The Worker: `worker/build/index.js` and `index_bg.wasm`, what `wrangler deploy` sends and a local workerd runs.

use super::{Profile, WASM_RUSTFLAGS};
use crate::run::{self, Outcome};
use crate::{paths, tools};

pub(crate) fn build(profile: Profile) -> Outcome {
    let profile = match profile {
        Profile::Dev => "--dev",
        Profile::Release => "--release",
    };
    let mut command = run::command(tools::worker_build(), ["worker", profile]);
    // Given these, worker-build downloads nothing.
    command
        .env("WASM_BINDGEN_BIN", tools::wasm_bindgen())
        .env("WASM_OPT_BIN", tools::wasm_opt())
        .env("ESBUILD_BIN", paths::node_bin("esbuild"))
        .env("RUSTFLAGS", WASM_RUSTFLAGS);
    run::run(&mut command)
}
