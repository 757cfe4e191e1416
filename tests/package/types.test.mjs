// A strict TypeScript project compiles against the package, and wrong programs do not.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { ROOT, project, run } from "./project.mjs";

const RIGHT = `
import {
  CsvError, Engine, FourfoldError, History, createWorkerEngine, inferSchema, init, presets, readCsv,
  type CsvQuestion, type CsvTable, type Schema, type Verdict, type WorkerEngine,
} from "fourfold";
const schema: Schema = { streams: ["a", { name: "b", kind: "sporadic", bounds: [0, 1] }] };
export async function watch(bytes: Uint8Array): Promise<Verdict | undefined> {
  await init(bytes);
  using engine = await Engine.create(schema);
  const again: Engine = await Engine.open(engine.seal());
  const verdict = again.observe({ t: new Date(), values: { a: 1, b: null } });
  const score: number = verdict.score + (verdict.streams[0]?.score ?? 0);
  const batch = again.observeBatch([1, 2], new Float64Array(4));
  const alarms: Uint8Array = batch.alarm;
  const silence: Verdict[] = again.tick(score + alarms.length);
  const { verdicts, counts } = again.push([{ stream: "a", t: new Date(), value: null }]);
  const overdue: number | null = again.health(counts.late).streams[0]!.overdue_since;
  if (overdue !== null) again.label(again.episodes()[0]!.id, "expected");
  const names: readonly string[] = engine.streams;
  const total: number = engine.memory().total + names.length + presets.iot.streams.length;
  try { again.free(); } catch (error) {
    if (error instanceof FourfoldError) throw new Error(error.code + error.rule + error.stream + error.at + total);
  }
  return silence[0] ?? verdicts[0] ?? batch.at(0);
}
export async function read(text: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const ask = ({ about, readings }: CsvQuestion) => (about === "zone" ? "UTC" : readings[0]?.value);
  const table: CsvTable = await readCsv(text, { ask, zone: "Europe/Berlin", streams: ["a"], timeColumn: null });
  const guessed = await inferSchema((await readCsv(pieces)).sample);
  const kind: string | undefined = guessed.streams[0]?.kind;
  using engine: WorkerEngine = await createWorkerEngine(guessed);
  let frames = kind ? 1 : 0;
  for await (const { times, rows } of table) {
    const batch = await engine.observeBatch(times, rows, { transfer: true, progress: (done, all) => void (done / all) });
    frames += batch.length + batch.alarm.length + (batch.at(-1)?.streams.length ?? 0);
  }
  const history = await History.create(3);
  const version: number = history.keep(await engine.seal(), { at: new Date(), note: "now" });
  const { engine: again, refused } = await history.openNewestSound();
  const line: number | undefined = table.report.badLines[0]?.line;
  try { throw refused[0]?.error; } catch (error) { if (error instanceof CsvError) return error.readings.length; }
  return frames + version + history.list().length + (again?.streams.length ?? 0) + (line ?? 0);
}`;
const WRONG = `
import { Engine, FourfoldError, History, createWorkerEngine, presets, readCsv } from "fourfold";
// @ts-expect-error engines are made by create
new Engine();
// @ts-expect-error streams is missing
void Engine.create({ name: "x" });
// @ts-expect-error there is no such kind
void Engine.create({ streams: [{ name: "x", kind: "odd" }] });
// @ts-expect-error there is no such preset
void presets.none;
// @ts-expect-error a value is a number
void Engine.create(presets.iot).then((engine) => engine.observe({ t: 0, values: { temperature: "12" } }));
// @ts-expect-error there is no such label
void Engine.create(presets.iot).then((engine) => engine.label(1, "fine"));
// @ts-expect-error there is no such order
void readCsv("", { timeOrder: "ydm" });
// @ts-expect-error a table is read asynchronously
for (const batch of await readCsv("")) void batch;
// @ts-expect-error a worker's engine promises
void createWorkerEngine(presets.iot).then((engine) => engine.seal().length);
// @ts-expect-error histories are made by create
new History(3);
// @ts-expect-error errors are thrown by the package alone
new FourfoldError("code", "message");
// @ts-expect-error streams can not be set
void Engine.create(presets.iot).then((engine) => { engine.streams = []; });
`;
const PAGE = `
import { createWorkerEngine, init, presets, readCsv } from "fourfold";
export async function page(file: File, answer: Response, address: URL) {
  await init(answer);
  await init(address);
  await init(new WebAssembly.Module(await file.arrayBuffer()));
  const worker = new Worker(address, { type: "module" });
  const engine = await createWorkerEngine(presets.iot, { worker, signal: AbortSignal.timeout(5) });
  for (const table of [await readCsv(file), await readCsv(answer), await readCsv(file.stream())]) engine.streams.concat(table.streams);
}`;
const COMMON = `import fourfold = require("fourfold");
import "fourfold/worker";
export const made: Promise<fourfold.Engine> = fourfold.Engine.create(fourfold.presets.iot);
`;

for (const [module, moduleResolution, lib] of [
  ["nodenext", "nodenext", ["es2022"]],
  ["esnext", "bundler", ["es2022", "dom", "dom.iterable", "dom.asynciterable"]],
]) {
  test(`tsc --strict, resolution ${moduleResolution}`, async () => {
    const files = { "right.ts": RIGHT, "wrong.ts": WRONG, "inline.ts": RIGHT.replace(`"fourfold"`, `"fourfold/inline"`) };
    if (module === "nodenext") files["common.cts"] = COMMON;
    const compilerOptions = { module, moduleResolution, lib, target: "es2022", strict: true, noEmit: true, types: [] };
    const folder = await project({ ...files, "tsconfig.json": JSON.stringify({ compilerOptions }) });
    // What a page has fits where the declarations name no host.
    if (lib.includes("dom")) await writeFile(join(folder, "page.ts"), PAGE);
    assert.equal(await run("node", [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", "."], folder), "");
  });
}
