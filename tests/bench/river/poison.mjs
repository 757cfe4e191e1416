// One bad number among good ones: what becomes of River's detectors, and of ours. Prints the table.
//
//   node tests/bench/river/poison.mjs [--package DIR]
import { execFileSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { python } from "./install.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--package");
const folder = resolve(at < 0 ? join(HERE, "../../../dist/npm") : process.argv[at + 1]);
const { Engine } = await import(pathToFileURL(join(folder, "dist/node.mjs")));

const NORMAL = 1000;
const SHIFTED = 2000;
const BAD = { NaN, infinity: Infinity, "1e308": 1e308 };

/** Normal numbers from a seed (mulberry32 and Box-Muller). */
function gauss(seed) {
  let state = seed;
  const even = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even());
}

/** Scores of a run; `bad` undefined leaves the stream out of the row, which is a declared gap. */
async function scores(bad) {
  const engine = await Engine.create({ streams: ["x"] });
  const draw = gauss(7);
  const said = [];
  for (let row = 0; row < NORMAL + SHIFTED; row++) {
    const x = draw() + (row >= NORMAL ? 5 : 0);
    const values = row === NORMAL / 2 ? (bad === undefined ? {} : [bad]) : [x];
    const { score, alarm } = engine.observe({ t: row * 60_000, values });
    said.push({ score, alarm });
  }
  return said;
}

const gap = await scores(undefined);
const isFound = (said) => said.slice(NORMAL, NORMAL + 100).some(({ alarm }) => alarm);
const lines = [];
for (const [word, bad] of Object.entries(BAD)) {
  const poisoned = await scores(bad);
  const later = poisoned.slice(NORMAL / 2 + 1);
  lines.push({
    detector: "Fourfold",
    bad: word,
    numbers: later.filter(({ score }) => Number.isFinite(score)).length / later.length,
    as_a_gap: later.every(({ score }, row) => Object.is(score, gap[NORMAL / 2 + 1 + row].score)),
    found: isFound(poisoned),
    found_without: isFound(gap),
  });
}
const theirs = execFileSync(python(), [join(HERE, "poison.py")], { encoding: "utf8" });
lines.push(...theirs.trim().split("\n").map((line) => JSON.parse(line)));

console.log("detector                         bad number  later scores   as after a gap  a 5 sigma shift");
for (const { detector, bad, throws, numbers, as_a_gap, found, found_without } of lines) {
  const start = `${detector.padEnd(32)} ${bad.padEnd(11)}`;
  if (throws) {
    console.log(`${start} throws: ${throws}`);
    continue;
  }
  const share = numbers === 1 ? "numbers" : numbers === 0 ? "NaN for ever" : `${(100 * numbers).toFixed(0)} % numbers`;
  const shift = found ? "found" : found_without === false ? "missed, as without" : "missed";
  console.log(`${start} ${share.padEnd(14)} ${(as_a_gap ? "yes" : "no").padEnd(15)} ${shift}`);
}
