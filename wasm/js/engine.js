// The engine as JavaScript knows it. Everything that is computed is computed in wasm/src; here names become places,
// and numbers become objects.

import { RawEngine } from "./glue.js";
import { FourfoldError, fromEngine } from "./error.js";
import { guarded } from "./guard.js";
import { bytesAt, generationNow, init, numbersAt, words } from "./instance.js";
import { eventsOf, idOf, measured, milliseconds, rowsOf, timesOf } from "./numbers.js";
import { bytesOf } from "./plain.js";
import { Batch, columnsOf, sizeOf, verdictAt } from "./verdicts.js";

/** A long batch crosses in pieces of this many numbers (512 KB), so that wasm memory, which never shrinks, stays small. */
const PIECE_NUMBERS = 1 << 16;

/** Only this module makes engines: they need a started instance. */
const KEY = Symbol("engine");

/** A batch piece by piece, for those who have something else to do in between. */
export const inPieces = Symbol("in pieces");

export class Engine {
  #raw;
  #generation = generationNow();
  /** What the engine was last known to be, as bytes: sealed, or the schema of one that has seen nothing. */
  #origin;
  #names;
  #places;
  #views = words().views.length;
  #input = new Float64Array();
  #latest;

  constructor(key, origin) {
    if (key !== KEY) throw new TypeError("use `await Engine.create(schema)` or `await Engine.open(bytes)`");
    this.#origin = origin;
    this.#raw = rawOf(origin);
    this.#names = Object.freeze(this.#raw.streams());
    this.#places = new Map(this.#names.map((name, place) => [name, place]));
  }

  static async create(schema) {
    await init();
    const origin = { schema: bytesOf(schema) };
    return guarded(() => new Engine(KEY, origin));
  }

  static async open(bytes) {
    await init();
    const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
    if (!(view instanceof Uint8Array)) throw new TypeError("open takes the bytes that seal gave: a Uint8Array");
    return guarded(() => new Engine(KEY, { sealed: view.slice() }));
  }

  get streams() {
    return this.#names;
  }

  observe({ t, values }) {
    return this.#call((raw) => {
      const at = milliseconds(t);
      this.#look(raw);
      this.#write(raw, at, values);
      raw.observe(at);
      this.#look(raw);
      return verdictAt(this.#latest, 0, this.#names, words());
    });
  }

  observeBatch(times, rows) {
    const pieces = this[inPieces](times, rows, Math.ceil(PIECE_NUMBERS / (this.#names.length + 1)));
    for (;;) {
      const { done, value } = pieces.next();
      if (done) return value;
    }
  }

  /** Yields how many frames are done, `step` more each time, and returns the batch. */
  *[inPieces](times, rows, step) {
    const width = this.#names.length;
    const allTimes = timesOf(times);
    const allRows = rowsOf(rows, this.#names, allTimes);
    this.#call((raw) => raw.checkBatch(allTimes, allRows.length));
    const count = allTimes.length;
    const size = sizeOf(count, width, this.#views);
    const numbers = new Float64Array(size.numbers);
    const marks = new Uint8Array(size.marks);
    const whole = columnsOf(numbers, marks, count, width, this.#views);
    for (let from = 0; from < count; from += step) {
      const to = Math.min(count, from + step);
      const [someTimes, someRows] = [allTimes.subarray(from, to), allRows.subarray(from * width, to * width)];
      this.#call((raw) => this.#piece(raw, someTimes, someRows, whole, from));
      yield to;
    }
    return new Batch(numbers, marks, count, this.#names, words());
  }

  push(events) {
    return this.#call((raw) => {
      const unknown = (t, name) => raw.unknownStream(t, name);
      const { streams, times, values } = eventsOf(events, this.#places, unknown);
      return raw.push(streams, times, values);
    });
  }

  tick(now) {
    return this.#call((raw) => raw.tick(milliseconds(now))).verdicts;
  }

  episodes() {
    return this.#call((raw) => raw.episodes());
  }

  label(episode, label) {
    if (label !== "real" && label !== "expected") {
      throw new FourfoldError("label.unknown-word", `a label is "real" or "expected", not ${JSON.stringify(label)}`);
    }
    this.#call((raw) => raw.label(idOf(episode), label === "expected"));
  }

  adopt(episode) {
    this.#call((raw) => raw.adopt(idOf(episode)));
  }

  undo() {
    return this.#call((raw) => raw.undo());
  }

  setFalseAlarmRate(rate) {
    this.#call((raw) => raw.setFalseAlarmRate(rate));
  }

  health(now) {
    return this.#call((raw) => raw.health(now === undefined ? undefined : milliseconds(now)));
  }

  gaps() {
    return this.#call((raw) => raw.gaps()).streams;
  }

  explain({ t, stream, mode = "fast" } = {}) {
    if (mode !== "fast" && mode !== "thorough") {
      throw new FourfoldError("ask.unknown-mode", `a mode is "fast" or "thorough", not ${JSON.stringify(mode)}`);
    }
    return this.#call((raw) => {
      const at = t === undefined ? undefined : milliseconds(t);
      const place = stream === undefined ? undefined : this.#places.get(stream);
      if (stream !== undefined && place === undefined) throw raw.unknownStream(at ?? 0, String(stream));
      return raw.explain(at, place, mode === "thorough");
    });
  }

  quality(now) {
    return this.#call((raw) => raw.quality(now === undefined ? undefined : milliseconds(now))).streams;
  }

  monitor() {
    return this.#call((raw) => raw.monitor());
  }

  seal() {
    const bytes = this.#call((raw) => raw.seal());
    this.#origin = { sealed: bytes.slice() }; // The caller may hand the other ones over to a thread, and then they are gone.
    return bytes;
  }

  memory() {
    return this.#call((raw) => raw.memory());
  }

  free() {
    if (this.#generation === generationNow()) this.#raw?.free();
    this.#raw = undefined;
  }

  /** Every call into the engine goes through here: the one that makes an instance fall, and the first one after that. */
  #call(act) {
    if (!this.#raw) {
      throw new FourfoldError("engine.freed", "this engine was freed: create another, or open what it sealed");
    }
    if (this.#generation !== generationNow()) {
      const then = this.#rise();
      throw new FourfoldError("engine.fell", `the engine stopped during a call of another one: ${then}`);
    }
    return guarded(() => act(this.#raw), () => this.#rise());
  }

  #rise() {
    this.#raw = rawOf(this.#origin);
    this.#generation = generationNow();
    this.#latest = undefined; // It looked at the memory of the instance that fell.
    return this.#origin.sealed ? "it goes on as it was when it was last sealed" : "it goes on as one that has seen nothing";
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

  #write(raw, at, values) {
    const input = this.#input;
    if (Array.isArray(values) || ArrayBuffer.isView(values)) {
      if (values.length !== input.length) throw raw.wrongWidth(at, values.length);
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
      if (place === undefined) throw raw.unknownStream(at, name);
      input[place] = measured(values[name], name, at);
    }
  }

  #piece(raw, times, rows, whole, from) {
    const count = times.length;
    const room = raw.columns(count);
    raw.observeBatch(times, rows, room);
    const width = this.#names.length;
    const size = sizeOf(count, width, this.#views);
    const numbers = numbersAt(room.numbers, size.numbers);
    const piece = columnsOf(numbers, bytesAt(room.marks, size.marks), count, width, this.#views);
    for (const name in piece) {
      const cells = piece[name];
      whole[name].set(cells, (from * cells.length) / count);
    }
    room.free();
  }
}

// Where the host knows `using`, an engine is freed at the end of its block.
if (Symbol.dispose) {
  Object.defineProperty(Engine.prototype, Symbol.dispose, { value: Engine.prototype.free, configurable: true });
}

const rawOf = ({ sealed, schema }) => (sealed ? RawEngine.open(sealed) : new RawEngine(schema));
