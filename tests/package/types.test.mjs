// A strict TypeScript project compiles against the package, and wrong programs do not.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { ROOT, project, run } from "./project.mjs";

const RIGHT = `
import { Engine, FourfoldError, init, presets, type Schema, type Verdict } from "fourfold";
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
}`;
const WRONG = `
import { Engine, presets } from "fourfold";
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
// @ts-expect-error streams can not be set
void Engine.create(presets.iot).then((engine) => { engine.streams = []; });
`;
const COMMON = `import fourfold = require("fourfold");
export const made: Promise<fourfold.Engine> = fourfold.Engine.create(fourfold.presets.iot);
`;

for (const [module, moduleResolution, lib] of [
  ["nodenext", "nodenext", ["es2022"]],
  ["esnext", "bundler", ["es2022", "dom"]],
]) {
  test(`tsc --strict, resolution ${moduleResolution}`, async () => {
    const files = { "right.ts": RIGHT, "wrong.ts": WRONG, "inline.ts": RIGHT.replace(`"fourfold"`, `"fourfold/inline"`) };
    if (module === "nodenext") files["common.cts"] = COMMON;
    const compilerOptions = { module, moduleResolution, lib, target: "es2022", strict: true, noEmit: true, types: [] };
    const folder = await project({ ...files, "tsconfig.json": JSON.stringify({ compilerOptions }) });
    assert.equal(await run("node", [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", "."], folder), "");
  });
}
