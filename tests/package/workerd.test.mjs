// The package inside the Workers runtime, where WebAssembly may not be compiled from bytes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { Miniflare } from "miniflare";

import { STREAMS, bits, frames } from "./frames.mjs";
import { ROOT, project, run } from "./project.mjs";

const WORKER = `
import { Engine } from "fourfold";
import { STREAMS, bits, frames } from "./frames.mjs";
export default {
  async fetch() {
    const { times, rows } = frames(1000);
    const engine = await Engine.create({ streams: STREAMS });
    const { score } = engine.observeBatch(times, rows);
    const again = await Engine.open(engine.seal());
    let refusal;
    try { again.observe({ t: 0, values: {} }); } catch (error) { refusal = error.code; }
    return Response.json({ bits: bits(score), refusal });
  },
};`;

test("a Worker gives the bits that Node gives", async () => {
  const shared = await readFile(new URL("./frames.mjs", import.meta.url), "utf8");
  const folder = await project({ "worker.mjs": WORKER, "frames.mjs": shared });
  const options = ["--bundle", "--format=esm", "--conditions=workerd", "--external:*.wasm", "--outfile=index.js"];
  await run(join(ROOT, "node_modules/.bin/esbuild"), ["worker.mjs", ...options], folder);
  const require = createRequire(join(folder, "worker.mjs"));
  const modules = [
    { type: "ESModule", path: "index.js", contents: await readFile(join(folder, "index.js"), "utf8") },
    { type: "CompiledWasm", path: "fourfold.wasm", contents: await readFile(require.resolve("fourfold/raw.wasm")) },
  ];
  const miniflare = new Miniflare({ cf: false, host: "127.0.0.1", port: 0, compatibilityDate: "2026-04-01", modules });
  after(() => miniflare.dispose());
  const response = await miniflare.dispatchFetch("http://worker/", { signal: AbortSignal.timeout(20_000) });
  const { times, rows } = frames(1000);
  const native = (await require("fourfold").Engine.create({ streams: STREAMS })).observeBatch(times, rows);
  assert.deepEqual(await response.json(), { bits: bits(native.score), refusal: "frame.time-went-back" });
});
