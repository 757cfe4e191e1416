// The package in Node, as ES module and as CommonJS.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { STREAMS, bits, frames } from "./frames.mjs";
import { project, run } from "./project.mjs";

let folder;
let Engine, FourfoldError, init, presets;

before(async () => {
  folder = await project({ "entry.mjs": `export * from "fourfold"; export * as inline from "fourfold/inline";` });
  ({ Engine, FourfoldError, init, presets } = await import(pathToFileURL(join(folder, "entry.mjs"))));
});

describe("loading", () => {
  test("import has no effect, and import and require give one class", async () => {
    const script = `
      const before = Object.keys(globalThis).length;
      const { Engine } = require("fourfold");
      import("fourfold").then(async (esm) => {
        const engine = await esm.Engine.create({ streams: ["a"] });
        console.log(JSON.stringify([esm.Engine === Engine, engine instanceof Engine, Object.keys(globalThis).length - before]));
      });`;
    assert.deepEqual(JSON.parse(await run("node", ["--input-type=commonjs", "--eval", script], folder)), [true, true, 0]);
  });

  test("init takes bytes, a module, a response, a URL or nothing, and is shared", async () => {
    const script = (source) => `
      import { createRequire } from "node:module"; import { readFileSync } from "node:fs";
      import { Engine, init } from "fourfold";
      const bytes = readFileSync(createRequire(import.meta.url).resolve("fourfold/raw.wasm"));
      const html = new Response("<!doctype html><title>Not found</title>", { headers: { "content-type": "text/html" } });
      const first = await init(html).catch((error) => error);
      const wasm = (body) => new Response(body, { headers: { "content-type": "application/wasm" } });
      const starts = [init(${source}), init()];
      await Promise.all(starts);
      const engine = await Engine.create({ streams: ["a"] });
      console.log(JSON.stringify([first.code, first.message, starts[0] === starts[1], engine.streams]));`;
    const sources = ["", "bytes", "bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)",
      "new WebAssembly.Module(bytes)", "wasm(bytes)", "Promise.resolve(new Response(bytes))",
      "new URL('data:application/wasm;base64,' + bytes.toString('base64'))"];
    for (const source of sources) {
      const printed = JSON.parse(await run("node", ["--input-type=module", "--eval", script(source)], folder));
      const [code, message, isShared, streams] = printed;
      assert.equal(code, "init.not-wasm", source);
      assert.match(message, /got HTML, is the path right\?/);
      assert.deepEqual([isShared, streams], [true, ["a"]], source);
    }
  });

  test("a page that may not start a large module at once starts it later", async () => {
    const script = `
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function () { throw new RangeError("WebAssembly.Instance is disallowed on the main thread"); };
      WebAssembly.Instance.prototype = Instance.prototype;
      const { Engine } = await import("fourfold");
      console.log((await Engine.create({ streams: ["a"] })).streams[0]);`;
    assert.equal(await run("node", ["--input-type=module", "--eval", script], folder), "a\n");
  });

  test("a development server that moves scripts is named", async () => {
    const script = `
      const url = { value: "http://any/node_modules/.vite/deps/fourfold.wasm" };
      globalThis.fetch = async () => Object.defineProperty(new Response("<!doctype html>"), "url", url);
      const { init } = await import("fourfold");
      console.log(await init("/any.wasm").catch((error) => error.message));`;
    const said = await run("node", ["--input-type=module", "--eval", script], folder);
    assert.match(said, /got HTML, is the path right\? .*optimizeDeps: \{ exclude: \["fourfold"\] \}/);
  });

  test("the inline entry needs no file", async () => {
    const { inline } = await import(pathToFileURL(join(folder, "entry.mjs")));
    const { times, rows } = frames(300);
    const [here, there] = [await Engine.create({ streams: STREAMS }), await inline.Engine.create({ streams: STREAMS })];
    assert.notEqual(inline.Engine, Engine);
    assert.equal(bits(there.observeBatch(times, rows).score), bits(here.observeBatch(times, rows).score));
    const script = `require("fourfold/inline").Engine.create({streams: ["a"]}).then((e) => console.log(e.streams[0]))`;
    assert.equal(await run("node", ["--input-type=commonjs", "--eval", script], folder), "a\n");
  });

  test("presets are the shipped files", async () => {
    const require = createRequire(join(folder, "entry.mjs"));
    assert.deepEqual(Object.keys(presets).sort(), ["iot", "lifelog", "network", "service", "transactions"]);
    for (const name of Object.keys(presets)) {
      assert.deepEqual(presets[name], JSON.parse(await readFile(require.resolve(`fourfold/presets/${name}.json`))));
      const engine = await Engine.create(presets[name]);
      assert.deepEqual(engine.streams, presets[name].streams.map((stream) => stream.name ?? stream));
    }
  });
});

describe("verdicts", () => {
  test("a batch is its frames one by one, bit for bit", async () => {
    const { times, rows } = frames(3000);
    const whole = await Engine.create({ streams: STREAMS });
    const single = await Engine.create({ streams: STREAMS });
    const dense = await Engine.create({ streams: STREAMS });
    const half = times.length / 2;
    const batches = [whole.observeBatch(times.subarray(0, half), rows.subarray(0, half * 3)),
      whole.observeBatch(Array.from(times.subarray(half)), Array.from(rows.subarray(half * 3), (x) => (x === x ? x : null)))];
    let alarms = 0;
    for (let row = 0; row < times.length; row++) {
      const cells = rows.subarray(row * 3, row * 3 + 3);
      const values = Object.fromEntries(STREAMS.map((name, place) => [name, cells[place]]).filter(([, x]) => x === x));
      const verdict = single.observe({ t: new Date(times[row]), values });
      assert.deepEqual(dense.observe({ t: times[row], values: cells }), verdict);
      const batch = batches[row < half ? 0 : 1];
      const place = row % half;
      assert.deepEqual(batch.at(place), verdict, `row ${row}`);
      assert.equal(bits([batch.score[place], batch.confidence[place]]), bits([verdict.score, verdict.confidence]));
      assert.equal(batch.alarm[place] === 1, verdict.alarm);
      assert.deepEqual(
        Array.from(batch.streamScores.subarray(place * 3, place * 3 + 3), (score) => (score === score ? score : null)),
        verdict.streams.map((stream) => stream.score),
      );
      alarms += verdict.alarm;
    }
    assert.equal(bits(whole.seal()), bits(single.seal()));
    assert.ok(alarms > 0 && batches[0].alarm[700] === 1, "the jump at row 700 is an alarm");
    assert.deepEqual(batches[0].at(-1), batches[0].at(half - 1));
    assert.equal(batches[0].at(half), undefined);
  });

  test("a long batch, which crosses in pieces, is one batch", async () => {
    const { times, rows } = frames(50_000);
    const [whole, parts] = [await Engine.create({ streams: STREAMS }), await Engine.create({ streams: STREAMS })];
    const batch = whole.observeBatch(times, rows);
    assert.equal(batch.length, 50_000);
    for (let from = 0; from < 50_000; from += 5000) {
      const part = parts.observeBatch(times.subarray(from, from + 5000), rows.subarray(from * 3, (from + 5000) * 3));
      assert.equal(bits(part.score), bits(batch.score.subarray(from, from + 5000)));
      assert.equal(bits(part.streamScores), bits(batch.streamScores.subarray(from * 3, (from + 5000) * 3)));
      for (const row of [0, 1234, 4999]) assert.deepEqual(batch.at(from + row), part.at(row));
    }
    assert.equal(bits(whole.seal()), bits(parts.seal()));
  });

  test("a verdict has the shape that it has everywhere", async () => {
    const engine = await Engine.create({ streams: STREAMS });
    const { times, rows } = frames(750);
    const verdict = engine.observeBatch(times, rows).at(700);
    const { score, oddness, news, confidence, episode, severity, streams, views, ...rest } = verdict;
    assert.deepEqual(rest, { t: times[700], standing: "final", alarm: true, from_silence: false });
    assert.ok(score > 0.99 && score <= 1 && oddness > 0 && news > 4 && confidence > 0 && confidence <= 1);
    assert.deepEqual([typeof severity, episode], ["string", 1]);
    assert.deepEqual(streams.map(({ stream, present }) => [stream, present]), [["a", true], ["b", true], ["c", true]]);
    assert.ok(streams[0].score > 0.99 && typeof streams[0].reason === "string");
    assert.ok(views.every((view) => Object.keys(view).join() === "view,score,weight,health"));
    assert.ok(views.some((view) => view.view === "streams" && view.health === "ready"));
    const [happened] = engine.episodes();
    assert.deepEqual([happened.id, happened.opened, happened.stream], [1, times[700], "a"]);
    assert.ok("closed" in happened && happened.peak_score === score);
  });

  test("sealed in mid-stream, an engine goes on bit for bit", async () => {
    const { times, rows } = frames(1000);
    const steady = await Engine.create({ streams: STREAMS });
    const expected = steady.observeBatch(times, rows);
    const first = await Engine.create({ streams: STREAMS });
    first.observeBatch(times.subarray(0, 650), rows.subarray(0, 1950));
    const bytes = first.seal();
    first.free();
    const again = await Engine.open(bytes);
    const rest = again.observeBatch(times.subarray(650), rows.subarray(1950));
    assert.equal(bits(rest.score), bits(expected.score.subarray(650)));
    assert.equal(bits(rest.streamScores), bits(expected.streamScores.subarray(1950)));
    assert.equal(bits(again.seal()), bits(steady.seal()));
    assert.deepEqual(again.episodes(), steady.episodes());
  });

  test("silence speaks once it is unusual", async () => {
    const engine = await Engine.create({ streams: STREAMS });
    const { times, rows } = frames(12_000); // Habits take a week to learn.
    engine.observeBatch(times, rows);
    const last = times.at(-1);
    assert.deepEqual(engine.tick(last + 60_000), []);
    const [verdict] = engine.tick(new Date(last + 60 * 60_000));
    assert.equal(verdict.from_silence, true);
    assert.equal(verdict.t, last + 60 * 60_000);
    assert.ok(verdict.streams.every((stream) => stream.silence === "all_silent"));
    assert.deepEqual([engine.episodes().at(-1).cause, engine.tick(last + 61 * 60_000)], ["all_silent", []]);
    assert.ok(verdict.streams.every((stream) => !stream.present && stream.score === null && stream.reason === null));
  });

  test("views of wasm memory survive its growth", async () => {
    const engine = await Engine.create({ streams: STREAMS });
    const twin = await Engine.create({ streams: STREAMS });
    const { times, rows } = frames(400);
    const others = [];
    for (let row = 0; row < 400; row++) {
      if (row % 100 === 50) others.push(await Engine.create({ streams: Array.from({ length: 4000 }, (_, i) => `s${i}`) }));
      engine.observe({ t: times[row], values: rows.subarray(row * 3, row * 3 + 3) });
    }
    twin.observeBatch(times, rows);
    assert.equal(bits(engine.seal()), bits(twin.seal()));
    assert.equal(others.length, 4);
    const { total, ...parts } = engine.memory();
    assert.equal(Object.values(parts).reduce((sum, bytes) => sum + bytes), total);
    assert.ok(parts.streams > 0 && parts.verdict > 0 && parts.schema > 0);
  });
});

describe("events", () => {
  const MINUTE = 60_000;
  const schema = { streams: STREAMS, frame_ms: MINUTE, lateness_ms: 2 * MINUTE };
  /** The readings of the frames, one by one: as they were measured, or each some seconds late. */
  const readings = (count, wait) => {
    const { times, rows } = frames(count);
    return Array.from(rows, (value, cell) => ({ stream: STREAMS[cell % 3], t: times[Math.floor(cell / 3)] + (cell % 3) * 900, value }))
      .map((event, place) => ({ event, arrived: event.t + wait(place) }))
      .sort((one, other) => one.arrived - other.arrived)
      .map(({ event }) => event);
  };
  const played = async (events) => {
    const engine = await Engine.create(schema);
    const told = [];
    for (let from = 0; from < events.length; from += 7) told.push(...engine.push(events.slice(from, from + 7)).verdicts);
    told.push(...engine.tick(new Date(frames(900).times.at(-1) + 9 * MINUTE)));
    return { engine, told };
  };

  test("every order of arrival ends in the same verdicts", async () => {
    const [inOrder, late] = [await played(readings(900, () => 0)), await played(readings(900, (place) => (place * 7919) % 110_000))];
    const finals = ({ told }) => told.filter(({ standing }) => standing === "final");
    assert.ok(finals(inOrder).length >= 900);
    assert.deepEqual(finals(late), finals(inOrder));
    assert.equal(bits(late.engine.seal()), bits(inOrder.engine.seal()));
    const revised = late.told.filter(({ standing }) => standing === "revised");
    assert.ok(revised.length > 300, `${revised.length} revised`);
    const raised = late.told.filter(({ alarm }) => alarm).map(({ episode }) => episode);
    assert.deepEqual(raised, [...new Set(raised)], "an alarm is raised once");
    assert.ok(raised.length > 0 && late.told.every(({ alarm, standing }) => !alarm || standing !== "final"));
  });

  test("what people say and what the engine says of itself", async () => {
    const { engine } = await played(readings(900, () => 0));
    const sealed = bits(engine.seal());
    const { id } = engine.episodes().at(-1);
    engine.label(id, "expected");
    assert.equal(engine.episodes().at(-1).label, "expected");
    assert.equal(engine.undo(), id);
    engine.setFalseAlarmRate(0.01);
    engine.setFalseAlarmRate(0.001);
    assert.equal(bits(engine.seal()), sealed);
    const now = frames(900).times.at(-1) + 9 * MINUTE;
    const health = engine.health(now);
    assert.deepEqual(health.streams.map(({ stream, gap }) => [stream, gap !== "none"]), [["a", true], ["b", true], ["c", true]]);
    assert.equal(health.streams[0].usual_gap_ms, MINUTE);
    assert.equal(health.views.length, 6);
    assert.ok(engine.gaps().every(({ absence }) => absence.length === 48));
    assert.equal(engine.quality(now)[0].events.taken, 900);
    assert.equal(engine.monitor().alarms, engine.episodes().at(-1).id);
    assert.ok(engine.memory().draft > 0);
  });
});

describe("errors", () => {
  const refused = async (call) => {
    const engine = await Engine.create({ streams: STREAMS });
    const { times, rows } = frames(300);
    engine.observeBatch(times, rows);
    const sealed = bits(engine.seal());
    let error;
    try {
      call(engine, times[299]);
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error instanceof FourfoldError && error instanceof Error, `refused: ${error}`);
    assert.equal(bits(engine.seal()), sealed, "an error leaves the engine as it was");
    assert.match(error.stack, /node\.test\.mjs/, "the stack leads to the caller");
    assert.equal(error.rule, error.code.split(".")[1]);
    return { code: error.code, stream: error.stream, at: error.at };
  };

  test("frames", async () => {
    const t = frames(301).times[300];
    const cases = [
      [(e, last) => e.observe({ t: last, values: {} }), "frame.time-went-back", null, t - 60_000],
      [(e) => e.observe({ t, values: { a: 1, nope: 2 } }), "frame.unknown-stream", "nope", t],
      [(e) => e.observe({ t, values: { a: "12" } }), "frame.not-a-number", "a", t],
      [(e) => e.observe({ t, values: [1, 2] }), "frame.wrong-width", null, t],
      [(e) => e.observe({ t, values: new Map([["a", 1]]) }), "frame.not-a-number", null, t],
      [(e) => e.observe({ t, values: null }), "frame.not-a-number", null, t],
      [(e) => e.observe({ t: "2026-01-01", values: {} }), "frame.time-out-of-range", null, NaN],
      [(e) => e.observe({ t: 9e15, values: {} }), "frame.time-out-of-range", null, 9e15],
      [(e) => e.tick(NaN), "frame.time-out-of-range", null, NaN],
      [(e) => e.push([{ stream: "a", t, value: 1 }, { stream: "nope", t, value: 1 }]), "frame.unknown-stream", "nope", t],
      [(e) => e.push([{ stream: "a", t, value: "1" }]), "frame.not-a-number", "a", t],
      [(e) => e.push([{ stream: "a", t: NaN, value: 1 }]), "frame.time-out-of-range", null, NaN],
      [(e) => e.push("a"), "event.not-an-event", null, null],
      [(e) => e.label(99, "real"), "label.unknown-episode", null, null],
      [(e) => e.label(1, "fine"), "label.unknown-word", null, null],
      [(e) => e.adopt(1.5), "label.unknown-episode", null, null],
      [(e) => e.undo(), "label.nothing-to-undo", null, null],
      [(e) => e.setFalseAlarmRate(2), "schema.bad-rate", null, null],
    ];
    for (const [call, code, stream, at] of cases) assert.deepEqual(await refused(call), { code, stream, at });
  });

  test("batches are all or nothing", async () => {
    const t = frames(301).times[300];
    const long = Float64Array.from({ length: 40_000 }, (_, row) => t + row);
    long[39_999] = 5; // Far behind the first piece.
    const cases = [
      [(e) => e.observeBatch([t, t + 1], [1, 2, 3]), "frame.ragged-batch", null, null],
      [(e) => e.observeBatch([t, t], new Float64Array(6)), "frame.time-went-back", null, t],
      [(e) => e.observeBatch(long, new Float64Array(120_000)), "frame.time-went-back", null, 5],
      [(e) => e.observeBatch([t, t + 1], [1, 2, 3, 4, "5", 6]), "frame.not-a-number", "b", t + 1],
      [(e) => e.observeBatch(t, [1, 2, 3]), "frame.not-a-number", null, null],
    ];
    for (const [call, code, stream, at] of cases) assert.deepEqual(await refused(call), { code, stream, at });
    const engine = await Engine.create({ streams: STREAMS });
    assert.equal(engine.observeBatch([], []).length, 0);
  });

  test("schemas and snapshots", async () => {
    const broken = [
      [{ streams: ["a", "a"] }, "schema.duplicate-name", "a"],
      [{ streams: [{ name: "x", bounds: [2, 1] }] }, "schema.bad-bounds", "x"],
      [{ streams: ["a"], false_alarm: 0.1 }, "schema.malformed", null],
      [{ streams: [{ name: "a", kind: "odd" }] }, "schema.malformed", null],
      [{ streams: [{ name: "a", unti: "V" }] }, "schema.malformed", null],
      [undefined, "schema.malformed", null],
    ];
    for (const [schema, code, stream] of broken) {
      await assert.rejects(Engine.create(schema), { name: "FourfoldError", code, stream, at: null });
    }
    await assert.rejects(Engine.create({ streams: ["a"], false_alarm: 1 }), { message: /unknown field `false_alarm`/ });
    const sealed = (await Engine.create({ streams: ["a"] })).seal();
    sealed[sealed.length - 1] ^= 1;
    await assert.rejects(Engine.open(sealed), { name: "FourfoldError", code: "snapshot.damaged" });
    await assert.rejects(Engine.open(new Uint8Array([1, 2, 3])), { code: "snapshot.not-a-snapshot" });
  });

  test("a freed engine says so", async () => {
    const engine = await Engine.create({ streams: ["a"] });
    engine[Symbol.dispose]();
    engine.free();
    assert.throws(() => engine.observe({ t: 0, values: {} }), { name: "FourfoldError", code: "engine.freed" });
    assert.throws(() => new Engine({}), TypeError);
    await init();
  });
});
