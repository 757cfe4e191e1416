// `fourfold evaluate`: how good the engine is on public data, measured where the reader can repeat it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { Engine } from "../node.mjs";
import { nabScores } from "./nab.mjs";

const LABELS = "labels/combined_windows.json";
/** Any alarm at all: the threshold is then the one that the false-alarm rate implies. */
const ANY_ALARM = Number.MIN_VALUE;

export async function evaluate(words) {
  const { values } = parseArgs({ args: words, options: { nab: { type: "string" } } });
  if (values.nab === undefined) throw new Error("say --nab DIR, the folder of the benchmark");
  const labels = JSON.parse(await readFile(join(values.nab, LABELS), "utf8"));
  const files = [];
  for (const [name, spans] of Object.entries(labels)) {
    files.push(await judged(await readFile(join(values.nab, "data", name), "utf8"), spans, name));
    if (process.stderr.isTTY) process.stderr.write(`\r${files.length} of ${Object.keys(labels).length} files`);
  }
  if (process.stderr.isTTY) process.stderr.write("\n");
  const alarms = files.map(({ alarms, windows }) => ({ scores: alarms, windows }));
  const scores = files.map(({ scores, windows }) => ({ scores, windows }));
  console.log(`NAB, ${files.length} files`.padEnd(27), "standard  low-FP  low-FN   hits/windows, false alarms");
  print("alarm, best threshold", nabScores(alarms));
  print("alarm, as raised", nabScores(alarms, ANY_ALARM));
  print("score, best threshold", nabScores(scores));
}

function print(name, results) {
  const [standard, lowFalse, lowMisses] = Object.values(results).map(({ score }) => score?.toFixed(2) ?? "-");
  const { hit, windows, falseAlarms } = results.standard;
  const columns = [standard.padStart(8), lowFalse.padStart(7), lowMisses.padStart(7)];
  console.log(name.padEnd(27), ...columns, `  ${hit}/${windows}, ${falseAlarms}`);
}

/** What an engine that knows nothing beforehand says of a file, row by row. */
async function judged(text, spans, name) {
  const engine = await Engine.create({ streams: ["value"] });
  const rows = text.trim().split(/\r?\n/).slice(1).map((row) => row.split(","));
  const times = rows.map(([time]) => millisecondsOf(time));
  const scores = [];
  const alarms = [];
  let newest = -Infinity;
  for (const [row, [, value]] of rows.entries()) {
    // A row whose time does not follow the one before is no frame: what was said last holds.
    const isFrame = times[row] > newest;
    if (isFrame) newest = times[row];
    const verdict = isFrame ? engine.observe({ t: times[row], values: [value === "" ? null : Number(value)] }) : undefined;
    scores.push(verdict ? verdict.oddness : scores.at(-1));
    alarms.push(verdict?.alarm ? verdict.news : 0);
  }
  engine.free();
  return { scores, alarms, windows: windowsOf(times, spans, name) };
}

function windowsOf(times, spans, name) {
  const windows = spans.map((span) => {
    const [from, to] = span.map(millisecondsOf);
    const isInside = (t) => t >= from && t <= to;
    const window = [times.findIndex(isInside), times.findLastIndex(isInside)];
    if (window[0] < 0) throw new Error(`${name}: no row lies between ${span.join(" and ")}`);
    return window;
  });
  return windows.sort(([one], [other]) => one - other);
}

/** The benchmark's clocks are in UTC; its fractions have more digits than a Date. */
const millisecondsOf = (text) => Date.parse(`${text.replace(" ", "T").slice(0, 23)}Z`);
