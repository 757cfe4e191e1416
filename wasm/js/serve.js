// An engine in a thread of its own, as wasm/js/remote.js speaks with it: calls in, answers out, one after the other. A
// long batch lets messages in between its pieces, because one of them may say that nobody waits for it any more.

import { breath } from "./breath.js";
import { Engine, inPieces } from "./engine.js";
import { init, words } from "./instance.js";

/** Frames of a piece: about a hundredth of a second of work. A frame costs as much as 20 of its streams do. */
const stepOf = (streams) => Math.ceil(20_000 / (streams + 20));

export function serve(post, listen) {
  let engine;
  let last = Promise.resolve();
  const waiting = new Set();
  const aborted = new Set();

  listen(({ id, call, abort }) => {
    if (call) {
      waiting.add(id);
      last = last.then(() => answer(id, call));
    } else if (waiting.has(abort)) {
      aborted.add(abort);
    }
  });

  async function answer(id, { method, args, wants = {} }) {
    try {
      const value = aborted.has(id) ? undefined : await perform(id, method, args, wants);
      const isAborted = aborted.has(id);
      waiting.delete(id);
      aborted.delete(id);
      post({ id, value, isAborted }, transferable(value));
    } catch (error) {
      waiting.delete(id);
      aborted.delete(id);
      post({ id, error: told(error) }, []);
    }
  }

  async function perform(id, method, args, wants) {
    if (method === "start") {
      const [module, { bytes, schema }] = args;
      await init(module);
      engine = bytes ? await Engine.open(bytes) : await Engine.create(schema);
      return { streams: engine.streams, words: words() };
    }
    if (method === "observeBatch") return batch(id, args, wants);
    return engine[method](...args);
  }

  /** The buffers of a batch; of one that was aborted nothing, and the engine is as it was. */
  async function batch(id, [times, rows], { signal, progress }) {
    const step = stepOf(engine.streams.length);
    const pieces = engine[inPieces](times, rows, step);
    // What takes one piece can not be aborted in the middle, so there is nothing to go back to.
    const before = signal && times.length > step ? engine.seal() : undefined;
    for (;;) {
      const { done, value } = pieces.next();
      if (done) return { length: value.length, ...value.buffers };
      if (progress) post({ id, done: value }, []);
      if (!before || value === times.length) continue;
      await breath();
      if (aborted.has(id)) return back(before);
    }
  }

  async function back(bytes) {
    const again = await Engine.open(bytes);
    engine.free();
    engine = again;
  }
}

const transferable = (value) => {
  if (value instanceof Uint8Array) return [value.buffer];
  return value?.marks instanceof ArrayBuffer ? [value.numbers, value.marks] : [];
};

const told = ({ code, message, stream, at }) => ({ code, message, stream, at });
