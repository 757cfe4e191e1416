// A plain value as bytes, as wasm/src/plain.rs reads it: a mark, then what it is the mark of.

import { FourfoldError } from "./error.js";

const [NULL, FALSE, TRUE, NUMBER, TEXT, LIST, OBJECT, END] = [0, 1, 2, 3, 4, 5, 6, 7];
/** Deeper values are not plain; most likely they hold themselves. */
const DEPTH_MAX = 32;

export function bytesOf(value) {
  const bytes = [];
  const encoder = new TextEncoder();
  const put = (mark, buffer) => bytes.push(mark, ...new Uint8Array(buffer));
  const text = (said) => {
    const letters = encoder.encode(said);
    put(TEXT, Uint32Array.of(letters.length).buffer);
    for (const letter of letters) bytes.push(letter);
  };
  const walk = (value, depth) => {
    if (depth > DEPTH_MAX) throw new FourfoldError("schema.malformed", "the schema is nested too deeply");
    if (value === null || value === undefined) bytes.push(NULL);
    else if (typeof value === "boolean") bytes.push(value ? TRUE : FALSE);
    else if (typeof value === "number" || typeof value === "bigint") put(NUMBER, Float64Array.of(Number(value)).buffer);
    else if (typeof value === "string") text(value);
    else if (typeof value !== "object") {
      throw new FourfoldError("schema.malformed", `the schema holds a ${typeof value}`);
    } else if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      bytes.push(LIST);
      for (const item of value) walk(item, depth + 1);
      bytes.push(END);
    } else {
      bytes.push(OBJECT);
      for (const [name, item] of Object.entries(value)) {
        if (item === undefined) continue; // As if it were not there.
        text(name);
        walk(item, depth + 1);
      }
      bytes.push(END);
    }
  };
  walk(value, 0);
  return Uint8Array.from(bytes);
}
