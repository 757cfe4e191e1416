// Cloudflare Workers: bytes can not be compiled there, so the module is imported ready-made.

import wasm from "./fourfold.wasm";
import { provide } from "./instance.js";

provide(() => wasm);

export * from "./api.js";
