// An engine in a thread of its own: the same answers, in order, and a way to stop.

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { STREAMS, bits, frames } from "./frames.mjs";
import { project, run } from "./project.mjs";

/** Where a cancelled batch may take so long at most to say so, in milliseconds. */
const CANCEL_MOST_MS = 100;

let folder, Engine, FourfoldError, createWorkerEngine;

before(async () => {
  folder = await project({ "entry.mjs": `export * from "fourfold";` });
  ({ Engine, FourfoldError, createWorkerEngine } = await import(pathToFileURL(join(folder, "entry.mjs"))));
});

/** Both kinds of engine with the same past, and what to do with them at the end. */
async function twins(count, schema = { streams: STREAMS }) {
  const { times, rows } = frames(count);
  const [here, there] = [await Engine.create(schema), await createWorkerEngine(schema)];
  return { times, rows, here, there };
}

describe("the same methods", () => {
  test("give the same answers", async () => {
    const { times, rows, here, there } = await twins(1000);
    assert.deepEqual(there.streams, here.streams);
    const batch = await there.observeBatch(times, rows);
    const expected = here.observeBatch(times, rows);
    for (const name of ["t", "score", "oddness", "news", "confidence", "streamScores"]) {
      assert.equal(bits(batch[name]), bits(expected[name]), name);
    }
    const rest = ({ alarm, severity, length, ...batch }) => [alarm, severity, length, batch];
    assert.deepEqual(rest(batch), rest(expected));
    for (const row of [0, 700, -1]) assert.deepEqual(batch.at(row), expected.at(row));
    const now = times.at(-1) + 60_000;
    const calls = [
      (engine) => engine.observe({ t: new Date(now), values: { a: 1, b: null } }),
      (engine) => engine.tick(now + 1000),
      (engine) => engine.episodes(),
      (engine) => engine.label(1, "expected"),
      (engine) => engine.undo(),
      (engine) => engine.setFalseAlarmRate(0.01),
      (engine) => engine.health(now),
      (engine) => engine.health(),
      (engine) => engine.gaps(),
      (engine) => engine.quality(now),
      (engine) => engine.monitor(),
      (engine) => engine.memory(),
      (engine) => engine.seal(),
    ];
    for (const call of calls) assert.deepEqual(await call(there), call(here), String(call));
    const again = await createWorkerEngine(await there.seal());
    assert.deepEqual(await again.seal(), here.seal());
    there.free();
    again.free();
  });

  test("are all there", async () => {
    const { here, there } = await twins(1);
    const methods = (engine) => Object.getOwnPropertyNames(Object.getPrototypeOf(engine)).filter((name) => name !== "streams").sort();
    assert.deepEqual(methods(there), methods(here));
    there.free();
  });

  test("events, and answers in the order of the calls", async () => {
    const engine = await createWorkerEngine({ streams: ["a"], frame_ms: 1000, lateness_ms: 0 });
    const order = [];
    const push = (t) => engine.push([{ stream: "a", t, value: t }]).then(({ counts }) => order.push([t, counts.taken]));
    await Promise.all([push(0), push(1000), push(2000), engine.tick(5000).then((verdicts) => order.push(verdicts.length > 0))]);
    assert.deepEqual(order, [[0, 1], [1000, 1], [2000, 1], true]);
    engine.free();
  });

  test("refuse as the engine does", async () => {
    const { times, rows, there } = await twins(300);
    await there.observeBatch(times, rows);
    const sealed = await there.seal();
    const refused = async (promise, code, stream, at) => {
      const error = await promise.then(() => undefined, (thrown) => thrown);
      assert.ok(error instanceof FourfoldError, String(error));
      assert.deepEqual([error.code, error.stream, error.at], [code, stream, at]);
    };
    await refused(there.observe({ t: times[0], values: {} }), "frame.time-went-back", null, times[0]);
    await refused(there.observe({ t: times[299] + 1, values: { nope: 1 } }), "frame.unknown-stream", "nope", times[299] + 1);
    await refused(there.observeBatch([1e13, 5], new Float64Array(6)), "frame.time-went-back", null, 5);
    await refused(createWorkerEngine({ streams: ["a", "a"] }), "schema.duplicate-name", "a", null);
    assert.deepEqual(await there.seal(), sealed);
    there.free();
    await refused(there.monitor(), "engine.freed", null, null);
  });
});

describe("long batches", () => {
  const LONG = 100_000;

  test("tell how far they are, and take buffers over", async () => {
    const { times, rows, here, there } = await twins(20_000);
    const seen = [];
    const expected = bits(here.observeBatch(times, rows).score);
    const batch = await there.observeBatch(times, rows, { transfer: true, progress: (done, all) => seen.push([done, all]) });
    assert.deepEqual([times.length, rows.length], [0, 0], "the buffers were handed over");
    assert.equal(bits(batch.score), expected);
    assert.ok(seen.length > 5 && seen.every(([done, all], place) => all === 20_000 && (place === 0 || done > seen[place - 1][0])));
    assert.equal(seen.at(-1)[0], 20_000);
    there.free();
  });

  test("stop at once when nobody waits any more, and leave no trace", async () => {
    const { times, rows, there } = await twins(LONG);
    await there.observeBatch(times.subarray(0, 500), rows.subarray(0, 1500));
    const sealed = await there.seal();
    const stop = new AbortController();
    const stopped = there.observeBatch(times.subarray(500), rows.subarray(1500), { signal: stop.signal });
    await new Promise((later) => setTimeout(later, 150));
    const began = performance.now();
    stop.abort(new Error("enough"));
    await assert.rejects(stopped, { message: "enough" });
    const took = performance.now() - began;
    assert.ok(took < CANCEL_MOST_MS, `${took} ms`);
    assert.deepEqual(await there.seal(), sealed);
    const queued = there.observeBatch(times.subarray(500), rows.subarray(1500), { signal: stop.signal });
    await assert.rejects(queued, { message: "enough" });
    there.free();
  });

  test("leave the caller free", async () => {
    const { times, rows, there } = await twins(30_000);
    let beats = 0;
    const heart = setInterval(() => beats++, 5);
    await there.observeBatch(times, rows);
    clearInterval(heart);
    assert.ok(beats > 10, `${beats} beats`);
    there.free();
  });
});

describe("threads", () => {
  test("of one's own", async () => {
    const file = createRequire(join(folder, "entry.mjs")).resolve("fourfold/worker");
    const engine = await createWorkerEngine({ streams: ["a"] }, { worker: new Worker(file) });
    assert.deepEqual(engine.streams, ["a"]);
    engine.free();
  });

  test("that die refuse what they were asked", async () => {
    const worker = new Worker(createRequire(join(folder, "entry.mjs")).resolve("fourfold/worker"));
    const engine = await createWorkerEngine({ streams: STREAMS }, { worker });
    const { times, rows } = frames(50_000);
    const asked = engine.observeBatch(times, rows);
    void worker.terminate();
    await assert.rejects(asked, { code: "worker.died" });
    await assert.rejects(engine.seal(), { code: "worker.died" });
  });

  test("do not keep a program alive", async () => {
    const script = `
      import { createWorkerEngine } from "fourfold";
      const engine = await createWorkerEngine({ streams: ["a"] });
      console.log((await engine.observe({ t: 0, values: { a: 1 } })).t);`;
    assert.equal(await run("node", ["--input-type=module", "--eval", script], folder), "0\n");
  });
});
