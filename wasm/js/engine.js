// The engine as JavaScript knows it. Everything that is computed is computed in wasm/src; here names become places,
// and numbers become objects.

import { RawEngine } from "./glue.js";
import { FourfoldError, fromEngine } from "./error.js";
import { bytesAt, init, numbersAt, words } from "./instance.js";
import { eventsOf, idOf, measured, milliseconds, rowsOf, timesOf } from "./numbers.js";
import { Batch, columnsOf, sizeOf, verdictAt } from "./verdicts.js";

/** A long batch crosses in pieces of this many numbers (512 KB), so that wasm memory, which never shrinks, stays small. */
const PIECE_NUMBERS = 1 << 16;

/** Only this module makes engines: they need a started instance. */
const KEY = Symbol("engine");

export class Engine {
  #raw;
  #names;
  #places;
  #views = words().views.length;
  #input = new Float64Array();
  #latest;

  constructor(key, raw) {
    if (key !== KEY) throw new TypeError("use `await Engine.create(schema)` or `await Engine.open(bytes)`");
    this.#raw = raw;
    this.#names = Object.freeze(raw.streams());
    this.#places = new Map(this.#names.map((name, place) => [name, place]));
  }

  static async create(schema) {
    await init();
    return guarded(() => new Engine(KEY, new RawEngine(schema)));
  }

  static async open(bytes) {
    await init();
    const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
    if (!(view instanceof Uint8Array)) throw new TypeError("open takes the bytes that seal gave: a Uint8Array");
    return guarded(() => new Engine(KEY, RawEngine.open(view)));
  }

  get streams() {
    return this.#names;
  }

  observe({ t, values }) {
    const raw = this.#live();
    const at = milliseconds(t);
    this.#look(raw);
    this.#write(raw, at, values);
    try {
      raw.observe(at);
    } catch (error) {
      throw fromEngine(error);
    }
    return this.#newest(raw);
  }

  observeBatch(times, rows) {
    const raw = this.#live();
    const width = this.#names.length;
    const allTimes = timesOf(times);
    const allRows = rowsOf(rows, this.#names, allTimes);
    return guarded(() => {
      raw.checkBatch(allTimes, allRows.length);
      const count = allTimes.length;
      const size = sizeOf(count, width, this.#views);
      const whole = columnsOf(new Float64Array(size.numbers), new Uint8Array(size.marks), count, width, this.#views);
      const step = Math.max(1, Math.floor(PIECE_NUMBERS / (width + 1)));
      for (let from = 0; from < count; from += step) {
        const to = Math.min(count, from + step);
        this.#piece(raw, allTimes.subarray(from, to), allRows.subarray(from * width, to * width), whole, from);
      }
      return new Batch(whole, this.#names);
    });
  }

  push(events) {
    const raw = this.#live();
    const { streams, times, values } = eventsOf(events, this.#places, (t, name) => fromEngine(raw.unknownStream(t, name)));
    return guarded(() => raw.push(streams, times, values));
  }

  tick(now) {
    const raw = this.#live();
    return guarded(() => raw.tick(milliseconds(now))).verdicts;
  }

  episodes() {
    const raw = this.#live();
    return guarded(() => raw.episodes());
  }

  label(episode, label) {
    const raw = this.#live();
    if (label !== "real" && label !== "expected") {
      throw new FourfoldError("label.unknown-word", `a label is "real" or "expected", not ${JSON.stringify(label)}`);
    }
    guarded(() => raw.label(idOf(episode), label === "expected"));
  }

  adopt(episode) {
    const raw = this.#live();
    guarded(() => raw.adopt(idOf(episode)));
  }

  undo() {
    const raw = this.#live();
    return guarded(() => raw.undo());
  }

  setFalseAlarmRate(rate) {
    const raw = this.#live();
    guarded(() => raw.setFalseAlarmRate(rate));
  }

  health(now) {
    const raw = this.#live();
    return guarded(() => raw.health(now === undefined ? undefined : milliseconds(now)));
  }

  gaps() {
    const raw = this.#live();
    return guarded(() => raw.gaps()).streams;
  }

  explain({ t, stream, mode = "fast" } = {}) {
    const raw = this.#live();
    const at = t === undefined ? undefined : milliseconds(t);
    const place = stream === undefined ? undefined : this.#places.get(stream);
    if (stream !== undefined && place === undefined) throw fromEngine(raw.unknownStream(at ?? 0, String(stream)));
    if (mode !== "fast" && mode !== "thorough") {
      throw new FourfoldError("ask.unknown-mode", `a mode is "fast" or "thorough", not ${JSON.stringify(mode)}`);
    }
    return guarded(() => raw.explain(at, place, mode === "thorough"));
  }

  quality(now) {
    const raw = this.#live();
    return guarded(() => raw.quality(now === undefined ? undefined : milliseconds(now))).streams;
  }

  monitor() {
    const raw = this.#live();
    return guarded(() => raw.monitor());
  }

  seal() {
    return this.#live().seal();
  }

  memory() {
    const raw = this.#live();
    return guarded(() => raw.memory());
  }

  free() {
    this.#raw?.free();
    this.#raw = undefined;
  }

  #live() {
    if (this.#raw) return this.#raw;
    throw new FourfoldError("engine.freed", "this engine was freed: create another, or open what it sealed");
  }

  /** Looks at the wasm memory anew if it has grown since the last call. */
  #look(raw) {
    if (this.#latest !== undefined && this.#latest.t.length === 1) return;
    const width = this.#names.length;
    const size = sizeOf(1, width, this.#views);
    this.#input = numbersAt(raw.input, width);
    const numbers = numbersAt(raw.numbers, size.numbers);
    this.#latest = columnsOf(numbers, bytesAt(raw.marks, size.marks), 1, width, this.#views);
  }

  #newest(raw) {
    this.#look(raw);
    return verdictAt(this.#latest, 0, this.#names);
  }

  #write(raw, at, values) {
    const input = this.#input;
    if (Array.isArray(values) || ArrayBuffer.isView(values)) {
      if (values.length !== input.length) throw fromEngine(raw.wrongWidth(at, values.length));
      for (let place = 0; place < input.length; place++) {
        input[place] = measured(values[place], this.#names[place], at);
      }
      return;
    }
    // A Map has no names of its own to walk over: it would pass for a frame in which everything is missing.
    if (typeof values !== "object" || values === null || Symbol.iterator in values) {
      throw new FourfoldError("frame.not-a-number", "a frame is { t, values: { name: number } }", { at });
    }
    input.fill(NaN);
    for (const name in values) {
      const place = this.#places.get(name);
      if (place === undefined) throw fromEngine(raw.unknownStream(at, name));
      input[place] = measured(values[name], name, at);
    }
  }

  #piece(raw, times, rows, whole, from) {
    const count = times.length;
    const room = raw.columns(count);
    try {
      raw.observeBatch(times, rows, room);
      const width = this.#names.length;
      const size = sizeOf(count, width, this.#views);
      const numbers = numbersAt(room.numbers, size.numbers);
      const piece = columnsOf(numbers, bytesAt(room.marks, size.marks), count, width, this.#views);
      for (const name in piece) {
        const cells = piece[name];
        whole[name].set(cells, (from * cells.length) / count);
      }
    } finally {
      room.free();
    }
  }
}

// Where the host knows `using`, an engine is freed at the end of its block.
if (Symbol.dispose) {
  Object.defineProperty(Engine.prototype, Symbol.dispose, { value: Engine.prototype.free, configurable: true });
}

function guarded(call) {
  try {
    return call();
  } catch (error) {
    throw fromEngine(error);
  }
}
