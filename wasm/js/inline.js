// The wasm inside the JavaScript, for single files and for bundlers that lose assets. The build turns the import
// into the file's bytes.

import bytes from "./fourfold.wasm";
import { provide } from "./instance.js";

provide(() => bytes);

export * from "./api.js";
