// An engine in a thread of its own, seen from outside: the same methods, as promises (wasm/js/serve.js is its inside).

import { FourfoldError } from "./error.js";
import { compiled, newWorker } from "./instance.js";
import { Batch } from "./verdicts.js";

export async function createWorkerEngine(origin, { worker, wasm, signal } = {}) {
  if (signal?.aborted) throw signal.reason;
  const isSealed = origin instanceof Uint8Array || origin instanceof ArrayBuffer;
  const module = await compiled(wasm);
  const line = new Line(worker ?? newWorker());
  try {
    const begun = isSealed ? { bytes: origin } : { schema: origin };
    return new WorkerEngine(line, await line.call("start", [module, begun], { signal }));
  } catch (error) {
    line.end();
    throw error;
  }
}

class WorkerEngine {
  #line;
  #words;

  constructor(line, { streams, words }) {
    this.#line = line;
    this.#words = words;
    this.streams = Object.freeze(streams);
  }

  observe(frame) {
    return this.#line.call("observe", [frame]);
  }

  async observeBatch(times, rows, { transfer = false, signal, progress } = {}) {
    const buffers = transfer ? [...new Set([times.buffer, rows.buffer].filter(Boolean))] : [];
    const frames = times.length;
    const told = progress && ((done) => progress(done, frames));
    const answer = await this.#line.call("observeBatch", [times, rows], { buffers, signal, progress: told });
    const { numbers, marks, length } = answer;
    return new Batch(new Float64Array(numbers), new Uint8Array(marks), length, this.streams, this.#words);
  }

  push(events) {
    return this.#line.call("push", [events]);
  }

  tick(now) {
    return this.#line.call("tick", [now]);
  }

  explain(ask) {
    return this.#line.call("explain", [ask]);
  }

  episodes() {
    return this.#line.call("episodes", []);
  }

  label(episode, label) {
    return this.#line.call("label", [episode, label]);
  }

  adopt(episode) {
    return this.#line.call("adopt", [episode]);
  }

  undo() {
    return this.#line.call("undo", []);
  }

  setFalseAlarmRate(rate) {
    return this.#line.call("setFalseAlarmRate", [rate]);
  }

  health(now) {
    return this.#line.call("health", [now]);
  }

  gaps() {
    return this.#line.call("gaps", []);
  }

  quality(now) {
    return this.#line.call("quality", [now]);
  }

  monitor() {
    return this.#line.call("monitor", []);
  }

  seal() {
    return this.#line.call("seal", []);
  }

  memory() {
    return this.#line.call("memory", []);
  }

  free() {
    this.#line.end();
  }
}

if (Symbol.dispose) {
  Object.defineProperty(WorkerEngine.prototype, Symbol.dispose, { value: WorkerEngine.prototype.free, configurable: true });
}

/** Calls to a thread, and the promises of those that wait for an answer. */
class Line {
  #worker;
  #waiting = new Map();
  #calls = 0;
  #end;

  constructor(worker) {
    this.#worker = worker;
    const died = (why) => this.end(new FourfoldError("worker.died", `the worker died: ${why}`));
    if (typeof worker.on === "function") {
      worker.on("message", (message) => this.#hear(message));
      worker.on("error", (error) => died(error.message));
      worker.on("exit", (code) => died(`it ended with code ${code}`));
    } else {
      worker.addEventListener("message", ({ data }) => this.#hear(data));
      worker.addEventListener("error", (event) => died(event.message ?? "its file can not be loaded"));
    }
  }

  /** Calls a method. `buffers` are handed over; `signal` ends the wait, and the work if it is a long one. */
  call(method, args, { buffers = [], signal, progress } = {}) {
    return new Promise((resolve, reject) => {
      if (this.#end) throw this.#end;
      if (signal?.aborted) throw signal.reason;
      const id = this.#calls++;
      const abort = () => this.#worker.postMessage({ abort: id });
      const wants = { signal: signal !== undefined, progress: progress !== undefined };
      this.#worker.postMessage({ id, call: { method, args, wants } }, buffers);
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.set(id, { resolve, reject, progress, signal, abort });
      this.#worker.ref?.(); // Node: a program ends when nothing is waited for.
    });
  }

  end(why = new FourfoldError("engine.freed", "this engine was freed: create another, or open what it sealed")) {
    if (this.#end) return;
    this.#end = why;
    this.#worker.terminate();
    for (const id of [...this.#waiting.keys()]) this.#settled(id).reject(why);
  }

  #hear({ id, value, error, done, isAborted }) {
    if (!this.#waiting.has(id)) return;
    if (done !== undefined) return this.#waiting.get(id).progress(done);
    const { resolve, reject, signal } = this.#settled(id);
    if (isAborted) reject(signal.reason);
    else if (error) reject(error.code ? new FourfoldError(error.code, error.message, error) : new Error(error.message));
    else resolve(value);
  }

  #settled(id) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting.signal?.removeEventListener("abort", waiting.abort);
    if (this.#waiting.size === 0) this.#worker.unref?.();
    return waiting;
  }
}
