// One scenario in every host that is no browser, without a network.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";

import { HOSTS, programs } from "./hosts.mjs";
import { project, run } from "./project.mjs";

const PRINT = `process.stdout.write(JSON.stringify(outcome));`;
const ESM = `
import * as fourfold from "fourfold";
import { scenario } from "./scenario.mjs";
const outcome = await scenario(fourfold);
${PRINT}`;
const COMMON = `
const fourfold = require("fourfold");
import("./scenario.mjs").then(({ scenario }) => scenario(fourfold)).then((outcome) => { ${PRINT} });`;
/** Whoever asks for the network is refused, and says so. */
const NO_NETWORK = `
const net = require("node:net"), dns = require("node:dns");
const refuse = () => { throw new Error("the network was asked for"); };
net.Socket.prototype.connect = dns.lookup = globalThis.fetch = globalThis.WebSocket = refuse;`;

let folder, expected;

before(async () => {
  const shared = async (name) => readFile(new URL(name, import.meta.url), "utf8");
  const files = { "frames.mjs": await shared("frames.mjs"), "scenario.mjs": await shared("scenario.mjs") };
  const scripts = { "main.mjs": ESM, "main.cjs": COMMON, "no-network.cjs": NO_NETWORK };
  folder = await project({ ...files, ...scripts }, { manifest: { devDependencies: HOSTS } });
  expected = JSON.parse(await run("node", ["--require", "./no-network.cjs", "main.mjs"], folder));
});

test("the scenario finds what it should", () => {
  const { bits, alarms, version, refusal, iot, table, worker } = expected;
  assert.equal(bits.split(" ").length, 1000);
  assert.ok(alarms > 0);
  assert.deepEqual([version, refusal, iot], [1, [true, "frame.time-went-back", 0], 4]);
  assert.deepEqual(table.slice(0, 2), [true, 1000]);
  assert.equal(worker.bits, bits);
  assert.equal(worker.code, "frame.time-went-back");
});

describe("one and the same, to the last bit", () => {
  const bare = ["--require", "./no-network.cjs"];
  const cases = [
    ["Node, require", "node", [...bare, "main.cjs"]],
    ["the newest Node", "newest", [...bare, "main.mjs"]],
    ["the newest Node, require", "newest", [...bare, "main.cjs"]],
    ["Deno, which grants no network", "deno", ["main.mjs"]],
    ["Bun", "bun", ["--preload", "./no-network.cjs", "main.mjs"]],
    ["Bun, require", "bun", ["--preload", "./no-network.cjs", "main.cjs"]],
  ];
  for (const [name, host, words] of cases) {
    test(name, async () => {
      const [program, args] = programs(folder)[host];
      assert.deepEqual(JSON.parse(await run(program, [...args, ...words], folder)), expected);
    });
  }

  test("a server that imports what browsers get, without a window", async () => {
    const script = `
      import { readFileSync } from "node:fs";
      import { createRequire } from "node:module";
      import { scenario } from "./scenario.mjs";
      const bytes = readFileSync(createRequire(import.meta.url).resolve("fourfold/raw.wasm"));
      const fourfold = await import("./node_modules/fourfold/dist/browser.js");
      await fourfold.init(bytes);
      const outcome = await scenario({ ...fourfold, createWorkerEngine: undefined });
      ${PRINT}`;
    const outcome = JSON.parse(await run("node", [...bare, "--input-type=module", "--eval", script], folder));
    assert.deepEqual(outcome, { ...expected, worker: null });
  });
});
