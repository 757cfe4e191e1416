// Node, Deno and Bun. The build makes one CommonJS file of it, which both `import` and `require` load: one instance,
// one class.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { provide } from "./instance.js";

provide(
  () => readFile(join(__dirname, "fourfold.wasm")),
  () => new Worker(join(__dirname, "worker.cjs")),
);

export { provide }; // For node.mjs, which knows the same files by another name.
export * from "./api.js";
