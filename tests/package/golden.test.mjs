// The golden cases from every entry and in every host that is no browser: the verdicts are those of the native engine, to
// the last bit. (`cargo xtask golden` asks Chromium and workerd.)

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { HOSTS, programs } from "./hosts.mjs";
import { ROOT, project, run } from "./project.mjs";

const GOLDEN = join(ROOT, "tests/golden");
const SCRIPT = `
import { replay, withPackage } from "./replay.mjs";
const [entry, ...kinds] = process.argv.slice(2);
const { Engine, createWorkerEngine, presets } = await import(entry.replace("-thread", ""));
const isThread = entry.endsWith("-thread");
/** Frames one by one, in a thread. */
const inThread = (preset) => async (calls) => {
  const engine = await createWorkerEngine(preset);
  const judged = async (call) => (call.values ? [await engine.observe(call)] : engine.tick(call.t));
  const all = await Promise.all(calls.map(async (call) => ({ verdicts: await judged(call) })));
  engine.free();
  return all;
};
const texts = {};
for (const [name, preset] of Object.entries(presets)) {
  for (const kind of kinds) {
    const judge = isThread ? inThread(preset) : withPackage(Engine, preset);
    texts[kind === "frames" ? name + ".txt" : name + "." + kind + ".txt"] = await replay({ name, kind, preset }, judge);
  }
}
process.stdout.write(JSON.stringify(texts));`;

let folder, golden;

before(async () => {
  const scripts = (await readdir(GOLDEN)).filter((name) => name.endsWith(".mjs") && name !== "print.mjs");
  const files = await Promise.all(scripts.map(async (name) => [name, await readFile(join(GOLDEN, name), "utf8")]));
  folder = await project({ ...Object.fromEntries(files), "main.mjs": SCRIPT }, { manifest: { devDependencies: HOSTS } });
  const texts = (await readdir(GOLDEN)).filter((name) => name.endsWith(".txt"));
  golden = Object.fromEntries(await Promise.all(texts.map(async (name) => [name, await readFile(join(GOLDEN, name), "utf8")])));
});

describe("the golden verdicts", () => {
  // What `require` gives is the very class that `import` gives, so it needs no run of its own.
  const cases = [
    ["node", "fourfold", "frames", "events"],
    ["node", "fourfold/inline", "frames", "events"],
    ["node", "fourfold-thread", "frames"],
    ["newest", "fourfold", "frames"],
    ["deno", "fourfold", "frames"],
    ["bun", "fourfold", "frames"],
  ];
  for (const [host, entry, ...kinds] of cases) {
    test(`${host}, ${entry}, ${kinds.join(" and ")}`, async () => {
      const [program, args] = programs(folder)[host];
      const texts = JSON.parse(await run(program, [...args, "main.mjs", entry, ...kinds], folder));
      assert.equal(Object.keys(texts).length, 5 * kinds.length);
      for (const [name, text] of Object.entries(texts)) {
        const [lines, expected] = [text, golden[name]].map((whole) => whole.split("\n"));
        const off = lines.findIndex((line, at) => line !== expected[at]);
        assert.equal(lines[off], expected[off], `${name}, line ${off + 1}`);
        assert.equal(lines.length, expected.length, name);
      }
    });
  }
});
