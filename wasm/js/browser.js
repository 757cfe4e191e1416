// Browsers, and whatever else can fetch a file beside a module. Bundlers know this way of naming an asset.

import { provide } from "./instance.js";

provide(() => new URL("./fourfold.wasm", import.meta.url));

export * from "./api.js";
