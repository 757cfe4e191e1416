//! The Worker: `worker/build/index.js` and `index_bg.wasm`, what `wrangler deploy` sends and a local workerd runs.

use super::{Profile, WASM_RUSTFLAGS};
use crate::run::{self, Outcome};
use crate::{paths, tools};

pub(crate) fn build(profile: Profile) -> Outcome {
    let flag = match profile {
        Profile::Dev => "--dev",
        Profile::Release => "--release",
    };
    let mut command = run::command(tools::worker_build(), ["worker", flag]);
    // Given these, worker-build downloads nothing.
    command
        .env("WASM_BINDGEN_BIN", tools::wasm_bindgen())
        .env("WASM_OPT_BIN", tools::wasm_opt())
        .env("ESBUILD_BIN", paths::node_bin("esbuild"))
        .env("RUSTFLAGS", WASM_RUSTFLAGS);
    run::run(&mut command)?;
    if profile == Profile::Dev {
        return Ok(());
    }
    // Without the functions' names, which worker-build leaves in: they are a twelfth of it.
    let built = paths::root().join("worker/build/index_bg.wasm");
    run::run(run::command(tools::wasm_opt(), ["--strip-debug"]).arg(&built).arg("-o").arg(&built))
}
