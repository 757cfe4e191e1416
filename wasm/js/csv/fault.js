// Why something is not read as a table.

import { FourfoldError } from "../error.js";

export class CsvError extends FourfoldError {
  /** `readings` are the ways to read what can be read in more than one. */
  constructor(code, message, readings = []) {
    super(code, message);
    this.readings = readings;
  }
}
Object.defineProperty(CsvError.prototype, "name", { value: "CsvError", configurable: true, writable: true });

const FOREIGN = [
  [[0x50, 0x4b, 3, 4], "an Excel or zip file: save it as CSV"],
  [[0x1f, 0x8b], 'a gzip file: read stream.pipeThrough(new DecompressionStream("gzip"))'],
  [[0x25, 0x50, 0x44, 0x46], "a PDF"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file: export it as CSV"],
  [[0xff, 0xfe], "UTF-16 text: save it as UTF-8"],
  [[0xfe, 0xff], "UTF-16 text: save it as UTF-8"],
  [[0x7b], "JSON"],
  [[0x5b], "JSON"],
  [[0x3c], "a web page or XML"],
];

/** Refuses what only looks like a table on screen, by its first bytes. */
export function refuseForeign(bytes) {
  const [, what] = FOREIGN.find(([opening]) => opening.every((byte, place) => bytes[place] === byte)) ?? [];
  if (what) throw new CsvError("csv.foreign", `this is no text table but ${what}`);
  if (bytes.subarray(0, 4096).includes(0)) throw new CsvError("csv.foreign", "this is no text table but a binary file");
}
