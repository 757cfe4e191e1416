// The WebAssembly stops in the middle of a call, as it does when there is a bug or no memory left. Nothing that it held
// can be trusted; everything else goes on.

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { STREAMS, bits, frames } from "./frames.mjs";
import { project } from "./project.mjs";

let Engine, FourfoldError;
/** How many instances there were. */
let instances = 0;
/** The export whose next call does not come back. */
let trapped;

/** (module (func (export "trap") unreachable)) */
const TRAP = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
  ...[7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11],
);

before(async () => {
  const { Instance, instantiate } = WebAssembly;
  const { trap } = new Instance(new WebAssembly.Module(TRAP)).exports;
  /** The instance, but that calls can be made to trap. Its memory is spoilt then: nobody gets by with what is left in it. */
  const breakable = (instance) => {
    instances++;
    const wrapped = ([name, given]) => {
      if (typeof given !== "function") return [name, given];
      const call = (...args) => {
        if (name !== trapped) return given(...args);
        trapped = undefined;
        new Uint8Array(instance.exports.memory.buffer).fill(0xff);
        return trap();
      };
      return [name, call];
    };
    const exports = Object.fromEntries(Object.entries(instance.exports).map(wrapped));
    return Object.create(Instance.prototype, { exports: { value: exports } });
  };
  WebAssembly.Instance = function (...given) {
    return breakable(new Instance(...given));
  };
  WebAssembly.Instance.prototype = Instance.prototype;
  WebAssembly.instantiate = async (...given) => breakable(await instantiate(...given));
  const folder = await project({ "entry.mjs": `export * from "fourfold";` });
  ({ Engine, FourfoldError } = await import(pathToFileURL(join(folder, "entry.mjs"))));
});

function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("engines are started anew, each as it was when it was last sealed, and both say so", async () => {
  const { times, rows } = frames(1000);
  const part = (from, to) => [times.subarray(from, to), rows.subarray(3 * from, 3 * to)];
  const expected = await Engine.create({ streams: STREAMS });
  const whole = expected.observeBatch(times, rows);
  const sealed = await Engine.create({ streams: STREAMS });
  sealed.observeBatch(...part(0, 600));
  const bytes = sealed.seal();
  bytes.fill(0); // What the caller does with the bytes is the caller's business.
  sealed.observeBatch(...part(600, 800));
  const fresh = await Engine.create({ streams: STREAMS });
  fresh.observeBatch(...part(0, 100));
  const freed = await Engine.create({ streams: STREAMS });

  trapped = "rawengine_observe";
  const first = thrown(() => sealed.observe({ t: times[800], values: [1, 2, 3] }));
  assert.ok(first instanceof FourfoldError && first.cause instanceof WebAssembly.RuntimeError, String(first));
  assert.equal(first.code, "engine.fell");
  assert.match(first.message, /it goes on as it was when it was last sealed$/);
  const again = sealed.observeBatch(...part(600, 1000));
  assert.equal(bits(again.score), bits(whole.score.subarray(600)));

  const second = thrown(() => fresh.episodes());
  assert.equal(second.code, "engine.fell");
  assert.match(second.message, /during a call of another one: it goes on as one that has seen nothing$/);
  assert.equal(bits(fresh.observeBatch(times, rows).score), bits(whole.score));
  freed.free();
  assert.equal(thrown(() => freed.seal()).code, "engine.freed");
});

test("new engines do not notice", async () => {
  const { times, rows } = frames(300);
  const engine = await Engine.create({ streams: STREAMS });
  const expected = bits(engine.observeBatch(times, rows).score);
  const before = instances;
  trapped = "rawengine_new";
  await assert.rejects(Engine.create({ streams: STREAMS }), { code: "engine.fell", message: /: try again$/ });
  assert.equal(instances, before + 1);
  const next = await Engine.create({ streams: STREAMS });
  assert.equal(bits(next.observeBatch(times, rows).score), expected);
  assert.equal(instances, before + 1, "an instance that is sound stays");
});

test("again and again", async () => {
  const engine = await Engine.create({ streams: ["a"] });
  for (let fall = 0; fall < 20; fall++) {
    engine.observe({ t: fall, values: { a: fall } });
    engine.seal();
    trapped = "rawengine_observe";
    assert.equal(thrown(() => engine.observe({ t: fall + 1, values: { a: fall } })).code, "engine.fell");
    assert.equal(engine.monitor().frames, fall + 1);
  }
});
