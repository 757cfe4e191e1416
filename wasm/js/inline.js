// The wasm inside the JavaScript, for single files and for bundlers that lose assets. The build turns the import
// into the file's bytes as base64 text.

import text from "./fourfold.wasm";
import { provide } from "./instance.js";

provide(() => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));

export * from "./api.js";
