// Node, Deno and Bun. The build makes one CommonJS file of it, which both `import` and `require` load: one instance,
// one class.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { provide } from "./instance.js";

provide(() => readFile(join(__dirname, "fourfold.wasm")));

export * from "./api.js";
