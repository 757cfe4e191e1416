// What bundlers make of the package runs in a real Chromium, or on a server, and gives the bits that Node gives.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { launchChromium } from "../chromium.mjs";
import { PAGE, foundByNode, mainOf, sharedFiles, underPolicy, visit } from "./page.mjs";
import { ROOT, project, run } from "./project.mjs";

const MANIFEST = {
  devDependencies: { vite: "7.3.8", rollup: "4.60.0", "@rollup/plugin-node-resolve": "16.0.3", webpack: "5.112.2" },
  overrides: { rollup: "4.60.0" },
};
const WEBPACK = `
import webpack from "webpack";
const [target, entry, path] = process.argv.slice(2);
const output = { path: process.cwd() + "/" + path, filename: "main.js", module: true, chunkFormat: "module" };
const config = { mode: "production", target, entry, output, experiments: { outputModule: true }, performance: false };
webpack(config, (error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
});`;
const SERVER = mainOf("fourfold") + `\nprocess.stdout.write(JSON.stringify(globalThis.outcome));`;
const DEV = `
import { createServer } from "vite";
const server = await createServer({ logLevel: "error", server: { port: 0, host: "127.0.0.1", hmr: false } });
await server.listen();
console.log(server.resolvedUrls.local[0]);`;

let browser, folder, expected;

before(async () => {
  const inline = mainOf("fourfold/inline", ", createWorkerEngine: undefined");
  const scripts = { "webpack.mjs": WEBPACK, "server.js": SERVER, "dev.mjs": DEV, "inline.js": inline };
  const vite = `export default { build: { target: "es2022", outDir: "vite" }, optimizeDeps: { exclude: ["fourfold"] } };`;
  const page = { "index.html": PAGE, "main.js": mainOf("fourfold"), "vite.config.js": vite };
  const files = { ...(await sharedFiles()), ...scripts, ...page };
  folder = await project(files, { manifest: MANIFEST });
  expected = await foundByNode(folder);
  browser = await launchChromium();
});
after(() => browser?.close());

const npx = (...words) => run("npx", ["--no-install", ...words], folder);
const esbuild = (entry, out) => {
  const words = [entry, "--bundle", "--format=esm", `--outfile=${out}/main.js`, "--log-level=error"];
  return run(join(ROOT, "node_modules/.bin/esbuild"), words, folder);
};
const rollup = (entry, out) => {
  const words = ["--silent", "--file", `${out}/main.js`, "--format", "es", "--plugin", "node-resolve={browser:true}"];
  return npx("rollup", entry, ...words);
};
/** The two files beside the bundle, where a bundler does not bring them. */
const withFiles = async (out) => {
  const dist = join(folder, "node_modules/fourfold/dist");
  for (const file of ["fourfold.wasm", "worker.js"]) await cp(join(dist, file), join(folder, out, file));
};

describe("in a page", () => {
  const cases = {
    "Vite build": ["vite", () => npx("vite", "build", "--logLevel", "warn")],
    webpack: ["webpack-web", () => run("node", ["webpack.mjs", "web", "./main.js", "webpack-web"], folder)],
    "esbuild, two files beside it": ["esbuild", () => esbuild("main.js", "esbuild").then(() => withFiles("esbuild"))],
    "esbuild, inline": ["esbuild-inline", () => esbuild("inline.js", "esbuild-inline")],
    "Rollup, two files beside it": ["rollup", () => rollup("main.js", "rollup").then(() => withFiles("rollup"))],
  };
  for (const [name, [out, build]] of Object.entries(cases)) {
    test(name, async () => {
      await build();
      const pages = out === "vite" ? {} : { "/": PAGE };
      const { outcome } = await underPolicy(join(folder, out), pages, (address) => visit(browser, address));
      assert.deepEqual(outcome, { ...expected, worker: name.includes("inline") ? null : expected.worker });
    });
  }

  test("Vite's development server", async () => {
    const server = spawn("node", ["dev.mjs"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const address = await new Promise((said, ended) => {
        server.stdout.once("data", (text) => said(String(text).trim()));
        server.once("exit", () => ended(new Error("the server ended")));
      });
      const { outcome } = await visit(browser, address);
      assert.deepEqual(outcome, expected);
    } finally {
      server.kill();
    }
  });
});

test("bundled for a server, by webpack, as frameworks do", async () => {
  await run("node", ["webpack.mjs", "node20", "./server.js", "webpack-server"], folder);
  assert.deepEqual(JSON.parse(await run("node", ["webpack-server/main.js"], folder)), expected);
});
