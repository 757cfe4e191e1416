// `fourfold watch`: a table, or lines of JSON, and one verdict per line as soon as it is known.

import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { Engine, inferSchema, presets, readCsv } from "../node.mjs";
import { State } from "./state.mjs";

const OPTIONS = {
  ndjson: { type: "boolean" },
  preset: { type: "string" },
  schema: { type: "string" },
  zone: { type: "string" },
  "time-order": { type: "string" },
  "alarms-only": { type: "boolean" },
  "score-only": { type: "boolean" },
  explain: { type: "boolean" },
  state: { type: "string" },
};
/** Rows of a live table that are enough to guess its columns. */
const LIVE_SAMPLE = 20;

export async function watch(words) {
  const { values: options, positionals } = parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  const [file = "-", ...others] = positionals;
  if (others.length > 0) throw new Error(`one file at a time, not also ${others[0]}`);
  const isLive = file === "-";
  const source = isLive ? process.stdin : createReadStream(file);
  const state = new State(options.state);
  const known = (await state.open()) ?? (await chosen(options));
  const say = speaker(options);
  await (options.ndjson ? lines : table)({ source, isLive, known, state, options, say });
  await state.keep();
}

/** The engine that was asked for; none, if it is to be guessed from the data. */
async function chosen({ preset, schema }) {
  if (schema !== undefined) return Engine.create(JSON.parse(await readFile(schema, "utf8")));
  if (preset === undefined) return undefined;
  if (!Object.hasOwn(presets, preset)) throw new Error(`there is no preset ${preset}: ${Object.keys(presets).join(", ")}`);
  return Engine.create(presets[preset]);
}

/**
 * Writes verdicts, each one at once: whoever reads the pipe may be waiting for the next. And waits for a reader who is
 * slower, so that what is not read yet does not pile up.
 */
function speaker(options) {
  const shown = options["score-only"] ? ({ t, score }) => ({ t, score }) : (verdict) => verdict;
  const why = (engine, { t, alarm }) => (alarm && options.explain ? { explanation: engine.explain({ t }) } : {});
  return async (verdict, engine) => {
    if (!verdict.alarm && options["alarms-only"]) return;
    const said = { ...shown(verdict), ...why(engine, verdict) };
    if (!process.stdout.write(`${JSON.stringify(said)}\n`)) await once(process.stdout, "drain");
  };
}

async function table({ source, isLive, known, state, options, say }) {
  const { zone, "time-order": timeOrder } = options;
  const live = isLive ? { isLive, sampleRows: LIVE_SAMPLE } : {};
  const read = await readCsv(source, { streams: known?.streams, zone, timeOrder, ...live });
  const engine = known ?? (await Engine.create(await inferSchema(read.sample)));
  state.engine = engine;
  for await (const { times, rows } of read) {
    const batch = engine.observeBatch(times, rows);
    for (let row = 0; row < batch.length; row++) {
      if (batch.alarm[row] || !options["alarms-only"]) await say(batch.at(row), engine);
    }
    await state.keepNowAndThen();
  }
  const { badRows, outOfOrder, badLines, absent } = read.report;
  if (absent.length > 0) console.error(`fourfold watch: no column for ${absent.join(", ")}`);
  if (badRows + outOfOrder === 0) return;
  console.error(`fourfold watch: ${badRows + outOfOrder} rows were left out`);
  for (const { line, why, text } of badLines) console.error(`  line ${line}, ${why}: ${text}`);
}

async function lines({ source, known, state, say }) {
  let engine = known;
  let number = 0;
  for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
    number++;
    if (line.trim() === "") continue;
    try {
      const said = JSON.parse(line);
      engine ??= await engineFor(said);
      state.engine = engine;
      for (const verdict of take(engine, said)) await say(verdict, engine);
    } catch (error) {
      if (!engine) throw new Error(`line ${number}: ${error.message}`);
      console.error(`fourfold watch: line ${number}, ${error.message}`);
      process.exitCode = 1;
    }
    await state.keepNowAndThen();
  }
}

/** Without a schema, the streams are those of the first frame. */
function engineFor(said) {
  const names = Object.keys(said.values ?? {});
  if (names.length === 0) throw new Error("events need a schema: say --preset or --schema");
  return Engine.create({ streams: names });
}

function take(engine, said) {
  const t = typeof said.t === "string" ? Date.parse(said.t) : said.t;
  if (said.values !== undefined) return [engine.observe({ t, values: said.values })];
  if (said.stream !== undefined) return engine.push([{ stream: said.stream, t, value: said.value ?? null }]).verdicts;
  return engine.tick(said.now ?? t);
}
