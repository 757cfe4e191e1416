// The package inside the Workers runtime, where WebAssembly may not be compiled from bytes, and without a network.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { Miniflare } from "miniflare";

import { foundByNode, sharedFiles } from "./page.mjs";
import { ROOT, project, run } from "./project.mjs";

const WORKER = `
import * as fourfold from "fourfold";
import { scenario } from "./scenario.mjs";
export default {
  async fetch() {
    const outcome = await scenario({ ...fourfold, createWorkerEngine: undefined });
    const thread = await fourfold.createWorkerEngine(fourfold.presets.iot).catch((error) => error.code);
    return Response.json({ outcome, thread });
  },
};`;

test("a Worker gives the bits that Node gives", async () => {
  const folder = await project({ "worker.mjs": WORKER, ...(await sharedFiles()) });
  const options = ["--bundle", "--format=esm", "--conditions=workerd", "--external:*.wasm", "--outfile=index.js"];
  await run(join(ROOT, "node_modules/.bin/esbuild"), ["worker.mjs", ...options], folder);
  const require = createRequire(join(folder, "worker.mjs"));
  const modules = [
    { type: "ESModule", path: "index.js", contents: await readFile(join(folder, "index.js"), "utf8") },
    { type: "CompiledWasm", path: "fourfold.wasm", contents: await readFile(require.resolve("fourfold/raw.wasm")) },
  ];
  const asked = [];
  const outboundService = (request) => {
    asked.push(request.url);
    throw new Error("the network was asked for");
  };
  const settings = { cf: false, host: "127.0.0.1", port: 0, compatibilityDate: "2026-04-01", modules, outboundService };
  const miniflare = new Miniflare(settings);
  after(() => miniflare.dispose());
  const response = await miniflare.dispatchFetch("http://worker/", { signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const expected = await foundByNode(folder);
  assert.deepEqual(JSON.parse(text), { outcome: { ...expected, worker: null }, thread: "worker.none" });
  assert.deepEqual(asked, []);
});
