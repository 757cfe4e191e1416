// A long table through the package, printed with what is aimed at: node tests/bench/package/csv.mjs MEGABYTES, which is
// `cargo xtask package --csv MEGABYTES`. Beside it the parser that most pages use, and River's cost of a row.

import { execFileSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import * as fourfold from "../../../dist/npm/dist/node.mjs";
import { launchChromium } from "../../chromium.mjs";
import { serveFiles } from "../../files.mjs";
import { judge } from "./judge.mjs";
import { tableOf } from "./table.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MOST = { firstMs: 2000, cancelMs: 100, wasmMegabytes: 64 };
const FASTER_LEAST = 5;
const PAPA = "papaparse@5.7.1";

function aim(what, is, most) {
  const word = is <= most ? "reached" : "missed";
  console.log(`  ${what.padEnd(40)} ${is.toFixed(1).padStart(9)}   at most ${most}   ${word}`);
}

function print(host, { rows, bytes, alarms, seconds, firstMs, cancelMs, wasmBytes }) {
  const table = `${(bytes / 2 ** 20).toFixed(0)} MB, ${rows} rows, ${alarms} alarms`;
  console.log(`${host}: ${table} in ${seconds.toFixed(1)} s: ${(rows / seconds).toFixed(0)} rows a second`);
  aim("ms to the first verdicts", firstMs, MOST.firstMs);
  aim("ms to cancel", cancelMs, MOST.cancelMs);
  aim("MB of WebAssembly memory", wasmBytes / 2 ** 20, MOST.wasmMegabytes);
}

async function inNode(file) {
  const bytes = new Float64Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL("clocked-worker.cjs", import.meta.url), { workerData: { bytes } });
  const figures = await judge(fourfold, createReadStream(file, { highWaterMark: 1 << 20 }), worker);
  return { ...figures, wasmBytes: bytes[0] };
}

const CLOCKED = `
const { Instance } = WebAssembly;
const told = new BroadcastChannel("memory");
WebAssembly.Instance = function (...given) {
  const instance = new Instance(...given);
  addEventListener("message", () => told.postMessage(instance.exports.memory.buffer.byteLength));
  return instance;
};
WebAssembly.Instance.prototype = Instance.prototype;
await import("/dist/npm/dist/worker.js");
postMessage({ id: -1 });`;

async function inChromium(file) {
  const page = `<!doctype html><meta charset="utf-8"><title>table</title><input type="file">`;
  const server = await serveFiles(ROOT, { pages: { "/": page, "/clocked.js": CLOCKED } });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(`${server.url}/`);
    await tab.setInputFiles("input", file);
    return await tab.evaluate(async () => {
      const fourfold = await import("/dist/npm/dist/browser.js");
      const { judge } = await import("/tests/bench/package/judge.mjs");
      let wasmBytes = 0;
      new BroadcastChannel("memory").onmessage = ({ data }) => (wasmBytes = Math.max(wasmBytes, data));
      const worker = new Worker("/clocked.js", { type: "module" });
      await new Promise((ready) => worker.addEventListener("message", ready, { once: true }));
      const figures = await judge(fourfold, document.querySelector("input").files[0], worker);
      return { ...figures, wasmBytes };
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Seconds that the parser takes for the rows, with numbers made of the cells; in a process of its own. */
function papaSeconds(file, scratch) {
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent", "--prefix", scratch, PAPA]);
  const script = `
    const Papa = require("papaparse");
    let rows = 0;
    const began = performance.now();
    const step = ({ data }) => (rows += data.length);
    const options = { header: true, dynamicTyping: true, skipEmptyLines: true, chunk: step };
    options.complete = () => console.log((performance.now() - began) / 1000 / rows);
    Papa.parse(require("node:fs").createReadStream(process.argv[1], { highWaterMark: 1 << 20 }), options);`;
  return Number(execFileSync(process.execPath, ["--eval", script, file], { cwd: scratch, encoding: "utf8" }));
}

/** Seconds that River takes for a row of as many streams: what tests/bench/river measures. */
function riverSeconds() {
  const words = [join(ROOT, "tests/bench/river/run.mjs"), "30", "--rounds", "3"];
  const said = execFileSync(process.execPath, words, { encoding: "utf8" });
  return Number(said.trim().split("\n").at(-1).trim().split(/\s+/)[1]) / 1e6;
}

const megabytes = Number(process.argv[2] ?? 1024);
const scratch = mkdtempSync(join(tmpdir(), "fourfold-table-"));
try {
  const file = join(scratch, "table.csv");
  await pipeline(Readable.from(tableOf(megabytes * 2 ** 20)), createWriteStream(file));
  const node = await inNode(file);
  print("Node", node);
  print("Chromium", await inChromium(file));
  const [papa, river] = [papaSeconds(file, scratch), riverSeconds()];
  const ours = node.seconds / node.rows;
  const us = (seconds) => (seconds * 1e6).toFixed(1);
  console.log(`a row, in us: ${us(ours)} here; ${us(papa)} of ${PAPA} and ${us(river)} of River 0.26.1`);
  const faster = (papa + river) / ours;
  const word = faster >= FASTER_LEAST ? "reached" : "missed";
  console.log(`  ${faster.toFixed(1)} times their rows a second   at least ${FASTER_LEAST}   ${word}`);
} finally {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true });
}
