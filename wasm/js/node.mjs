// `import` in Node: the very objects that `require` gives. The two files are named in the way that bundlers of servers
// know, so that they come along.

import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import fourfold from "./node.cjs";

fourfold.provide(
  () => readFile(new URL("./fourfold.wasm", import.meta.url)),
  () => {
    const address = new URL("./worker.cjs", import.meta.url);
    return new Worker(address);
  },
);

export const { CsvError, Engine, FourfoldError, History, createWorkerEngine, inferSchema, init, presets, readCsv } = fourfold;
