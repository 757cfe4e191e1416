// What the package costs beside the engine: `cargo xtask package --figures [--gigabyte]`. Only the ratios travel between
// machines.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { Engine } from "../../dist/npm/dist/node.mjs";
import { csvFigures } from "./figures/csv.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WIDTH = 30;
const WARM_UP = 3000;
const FRAMES = 4000;
const ROUNDS = 15;

const names = Array.from({ length: WIDTH }, (_, place) => `s${place}`);

function generator() {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 16) / 256;
  };
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];
