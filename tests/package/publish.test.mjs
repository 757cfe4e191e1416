// What would be published: its files, its declarations, its weight.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { MOST, boundary } from "../bench/package/boundary.mjs";
import { project, run, tarball } from "./project.mjs";

const TOOLS = { publint: "0.3.25", "@arethetypeswrong/cli": "0.18.5" };
/** What the WebAssembly, all JavaScript and all presets may weigh after gzip: no more than a little above what they do. */
const ZIPPED_MOST = 257_000;

let folder, inside;

before(async () => {
  folder = await project({}, { manifest: { devDependencies: TOOLS } });
  inside = join(folder, "node_modules/fourfold");
});

const npx = (...words) => run("npx", ["--no-install", ...words], folder);

test("publint finds nothing", async () => {
  assert.match(await npx("publint", "--strict", await tarball()), /All good!/);
});

test("the declarations fit every way of importing", async () => {
  // The WebAssembly is whatever a host makes of such an import: a module, an address, bytes.
  const options = ["--format", "json", "--no-definitely-typed", "--exclude-entrypoints", "raw.wasm"];
  const { analysis, problems } = JSON.parse(await npx("attw", await tarball(), ...options));
  assert.deepEqual(problems ?? {}, {});
  const { ".": main, "./inline": inline, "./worker": worker } = analysis.entrypoints;
  for (const entry of [main, inline, worker]) assert.equal(Object.keys(entry.resolutions).length, 4);
});

test("it holds what it should and nothing else", async () => {
  const entries = await readdir(inside, { recursive: true, withFileTypes: true });
  const fileOf = ({ parentPath, path, name }) => join(parentPath ?? path, name).slice(inside.length + 1);
  const files = entries.filter((entry) => entry.isFile()).map(fileOf);
  const endings = new Set(files.map((file) => file.replace(/^.*?(\.d)?(\.\w+)$/, "$1$2")));
  const scripts = [".cjs", ".d.cts", ".d.ts", ".js", ".json", ".md", ".mjs", ".txt", ".wasm"];
  assert.deepEqual([...endings].sort(), [...scripts, "LICENSE-APACHE", "LICENSE-MIT"]);
  assert.equal(files.filter((file) => file.endsWith(".wasm")).length, 1);
  for (const file of ["README.md", "CHANGELOG.md", "llms.txt", "LICENSE-MIT", "LICENSE-APACHE"]) assert.ok(files.includes(file), file);
  for (const file of files.filter((file) => /\.(c?js|mjs|d\.c?ts)$/.test(file))) {
    const text = await readFile(join(inside, file), "utf8");
    assert.doesNotMatch(text, /sourceMappingURL/, file);
    assert.doesNotMatch(text, /(fetch|import|importScripts|Worker|URL)\(\s*["'`](https?:|blob:|data:)/, `${file} asks elsewhere`);
    for (const [, neighbour] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
      assert.ok(files.includes(join(file, "..", neighbour)), `${file} imports ${neighbour}`);
    }
  }
});

test("every entry of its manifest is there", async () => {
  const manifest = JSON.parse(await readFile(join(inside, "package.json"), "utf8"));
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
  const named = [manifest.main, manifest.module, manifest.types, ...targets(manifest.bin), ...targets(manifest.exports)];
  for (const file of named.filter((file) => !file.includes("*"))) await readFile(join(inside, file));
  assert.equal(manifest.dependencies, undefined);
  for (const conditions of Object.values(manifest.exports["."])) {
    if (typeof conditions === "object" && conditions.default) assert.equal(Object.keys(conditions)[0], "types");
  }
});

test("it is no heavier than it may be", async () => {
  const options = { bundle: true, format: "esm", minify: true, write: false, external: ["*.wasm"] };
  const { outputFiles } = await build({ ...options, entryPoints: [join(inside, "dist/browser.js")] });
  const script = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  const wasm = gzipSync(await readFile(join(inside, "dist/fourfold.wasm")), { level: 9 }).length;
  assert.ok(script + wasm <= ZIPPED_MOST, `${script} of JavaScript and ${wasm} of WebAssembly`);
});

test("crossing costs no more than it may", async () => {
  // Another program can make a measurement worse and none better, so the best of a few counts.
  const least = {};
  for (let attempt = 0; attempt < 3; attempt++) {
    const { us, shares } = await boundary(join(inside, "dist/node.mjs"));
    assert.ok(us > 1 && us < 1000, `${us} us`);
    for (const name of Object.keys(MOST)) least[name] = Math.min(least[name] ?? Infinity, shares[name]);
  }
  for (const [name, most] of Object.entries(MOST)) assert.ok(least[name] <= most, `${name}: ${least[name]}`);
});
