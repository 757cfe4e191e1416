// What the package costs beside the engine, printed: `cargo xtask package --figures`.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { MOST, boundary } from "./boundary.mjs";

const ENTRY = fileURLToPath(new URL("../../../dist/npm/dist/node.mjs", import.meta.url));
const FIRST = fileURLToPath(new URL("first.mjs", import.meta.url));
const STARTS = 9;
const FIRST_VERDICT_MOST_MS = 50;

function aim(what, is, most) {
  const word = is <= most ? "reached" : "missed";
  console.log(`${what.padEnd(56)} ${is.toFixed(3).padStart(9)}   at most ${most}   ${word}`);
}

const { us, shares } = await boundary(ENTRY);
console.log(`a frame of 30 streams in Node: ${us.toFixed(1)} us of CPU inside the WebAssembly`);
for (const [name, share] of Object.entries(shares)) aim(`beside it, ${name}, in shares of it`, share, MOST[name]);

const start = () => Number(execFileSync(process.execPath, [FIRST], { encoding: "utf8" }));
const starts = Array.from({ length: STARTS }, start).sort((one, other) => one - other);
aim("ms from import to the first verdict, median", starts[STARTS >> 1], FIRST_VERDICT_MOST_MS);
aim("ms from import to the first verdict, least", starts[0], FIRST_VERDICT_MOST_MS);
