// Runs the detectors of one package over every run of a script of rows, and prints their scores.
//
//   node in_node.mjs SCRIPT augurs|fourfold FOLDER
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [path, library, folder] = process.argv.slice(2);
const { runs } = JSON.parse(readFileSync(path, "utf8"));
const load = (file) => import(pathToFileURL(join(folder, file)));

/** The npm package: a stream left out of a row is missing. A refused row leaves no score. */
async function fourfold() {
  const { Engine } = await load("dist/node.mjs");
  const watch = async (rows) => {
    const engine = await Engine.create({ streams: ["x"] });
    const said = { scores: [], flags: [] };
    for (const [t, value] of rows) {
      try {
        const { score, alarm } = engine.observe({ t, values: value === null ? {} : [Number(value)] });
        said.scores.push(String(score));
        said.flags.push(alarm);
      } catch (error) {
        if (!error.code?.startsWith("frame.")) throw error;
      }
    }
    return said;
  };
  return { "Fourfold (npm, in Node)": watch };
}

/** Compares series with each other: ours stands among peers that are always well. */
async function augurs() {
  const { initSync, OutlierDetector } = await load("outlier.js");
  // Its init() fetches a file URL, which Node does not do.
  initSync({ module: readFileSync(join(folder, "outlier_bg.wasm")) });
  const detect = (kind) => async (rows) => {
    const kept = rows.filter(([, value]) => value !== null);
    const others = kept[0][2].map((_, peer) => kept.map(([, , peers]) => peers[peer]));
    const series = [kept.map(([, value]) => Number(value)), ...others].map((one) => Float64Array.from(one));
    const { seriesResults } = OutlierDetector[kind]({ sensitivity: 0.5 }).detect(series);
    const [{ scores, outlierIntervals }] = seriesResults;
    const isInside = (row) => outlierIntervals.some(({ start, end }) => start <= row && row < (end ?? Infinity));
    return { scores: Array.from(scores, String), flags: kept.map((_, row) => isInside(row)) };
  };
  return { "augurs MAD": detect("mad"), "augurs DBSCAN": detect("dbscan") };
}

const tools = await { augurs, fourfold }[library]();
for (const [tool, watch] of Object.entries(tools)) {
  for (const { name, rows } of runs) {
    const said = await watch(rows).catch((error) => ({ throws: String(error) }));
    console.log(JSON.stringify({ tool, run: name, ...said }));
  }
}
