// The package built by Vite runs in a real Chromium and gives the bits that Node gives.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";

import { launchChromium } from "../chromium.mjs";
import { serveFiles } from "../files.mjs";
import { STREAMS, bits, frames } from "./frames.mjs";
import { project, run } from "./project.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>consumer</title><script type="module" src="/main.js"></script>`;
const MAIN = `
import { Engine, FourfoldError, presets } from "fourfold";
import { STREAMS, bits, frames } from "./frames.mjs";
const { times, rows } = frames(1000);
const engine = await Engine.create({ streams: STREAMS });
const first = engine.observeBatch(times.subarray(0, 500), rows.subarray(0, 1500));
const again = await Engine.open(engine.seal());
const rest = again.observeBatch(times.subarray(500), rows.subarray(1500));
let refusal;
try { again.observe({ t: 0, values: {} }); } catch (error) { refusal = error; }
globalThis.outcome = {
  bits: bits([...first.score, ...rest.score]),
  alarms: rest.alarm.reduce((sum, alarm) => sum + alarm, 0),
  refusal: [refusal instanceof FourfoldError, refusal.code, refusal.at],
  iot: (await Engine.create(presets.iot)).streams.length,
};`;
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'";

test("a Vite build and a page without a bundler, under a strict policy", async () => {
  const manifest = { devDependencies: { vite: "7.3.8" }, overrides: { rollup: "4.60.0" } };
  const shared = await readFile(new URL("./frames.mjs", import.meta.url), "utf8");
  const importMap = `<script type="importmap">{"imports": {"fourfold": "/node_modules/fourfold/dist/browser.js"}}</script>`;
  const files = { "index.html": PAGE, "main.js": MAIN, "frames.mjs": shared };
  const folder = await project(
    { ...files, "vite.config.js": `export default { build: { target: "es2022" } };` },
    { manifest },
  );
  await run("npx", ["--no-install", "vite", "build", "--logLevel", "warn"], folder);

  const { Engine } = createRequire(join(folder, "main.js"))("fourfold");
  const { times, rows } = frames(1000);
  const native = (await Engine.create({ streams: STREAMS })).observeBatch(times, rows);
  const expected = { bits: bits(native.score), refusal: [true, "frame.time-went-back", 0], iot: 4 };

  const browser = await launchChromium();
  after(() => browser.close());
  const built = await visit(browser, await served(join(folder, "dist"), { headers: { "content-security-policy": POLICY } }));
  assert.ok(built.alarms > 0);
  assert.deepEqual(built, { ...expected, alarms: built.alarms });

  // The import map is an inline script, so here the policy is the default one.
  const plain = await visit(browser, await served(folder, { pages: { "/": importMap + PAGE } }));
  assert.deepEqual(plain, built);
});

async function visit(browser, address) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  await page.goto(address);
  await page.waitForFunction(() => globalThis.outcome !== undefined, null, { timeout: 30_000 }).catch((error) => {
    throw new Error(`${error.message}\n${complaints.join("\n")}`);
  });
  return page.evaluate(() => globalThis.outcome);
}

async function served(folder, options) {
  const { url, stop } = await serveFiles(folder, options);
  after(stop);
  return `${url}/`;
}
