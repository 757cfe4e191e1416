/// <reference lib="esnext.disposable" />

/** How a stream behaves. It decides how its values are judged and how its silence is. */
export type Kind = "continuous_smooth" | "continuous_noisy" | "discrete_events" | "sporadic";

/** One stream of a schema. */
export interface StreamSchema {
  /** Its name, unique in the schema. */
  name: string;
  /** How it behaves; `continuous_smooth` unless said. */
  kind?: Kind;
  /** The streams of a group come from one device or one part of it. */
  group?: string | null;
  /** The unit of its values, for people. */
  unit?: string | null;
  /** Milliseconds between readings, where they are regular. */
  cadence_ms?: number | null;
  /** The lowest and the highest value that a true reading can have. */
  bounds?: readonly [low: number, high: number] | null;
  /** How the events of a frame become one value; by kind unless said. */
  aggregate?: "mean" | "last" | "sum" | "max" | "count" | null;
}

/**
 * What is watched.
 *
 * @example
 * const schema = { streams: ["cpu", { name: "disk", unit: "GB", bounds: [0, 512] }], false_alarm_rate: 0.0001 };
 */
export interface Schema {
  /** What the watched thing is called. */
  name?: string | null;
  /** The streams, in the order of a frame's values. A bare name is enough. */
  streams: readonly (string | StreamSchema)[];
  /** Which stream moves which. */
  links?: readonly { from: string; to: string }[];
  /** Named sequences of what streams do, that explain an episode. */
  patterns?: readonly Pattern[];
  /** The clock on the wall, so that habits follow the person's day; UTC unless said. */
  zone?: { offset_minutes: number } | { changes: readonly { from: number; offset_minutes: number }[] } | null;
  /** The length of the frames that events are gathered in; five minutes unless said. */
  frame_ms?: number | null;
  /** How long after the end of a frame an event of it may still arrive; two frames unless said. */
  lateness_ms?: number | null;
  /** The share of normal frames that may raise an alarm, between 0 and 0.5; 0.001 unless said. */
  false_alarm_rate?: number;
  /** The seed of everything random. */
  seed?: number;
}

/** A named sequence: "first this stream rises, within ten minutes that one falls". */
export interface Pattern {
  name: string;
  /** What happens, in order. */
  steps: readonly {
    stream: string;
    /** What it does; `any` unless said. */
    change?: "up" | "down" | "absent" | "present" | "any";
    /** At most this long after the step before. */
    within_ms?: number | null;
  }[];
  /** What to do about it, for people. */
  action?: string | null;
}

/** Milliseconds since 1970 (UTC), or a `Date`. */
export type Time = number | Date;

/** One moment of all streams. */
export interface Frame {
  /** When it was measured; later than the frame before. */
  t: Time;
  /** Values by stream, where absent or null is missing; or one per stream in order, where `NaN` is missing. */
  values: Readonly<Record<string, number | null | undefined>> | readonly (number | null)[] | Float64Array;
}

/** One reading of one stream. */
export interface Event {
  /** The stream's name. */
  stream: string;
  /** When it was measured. */
  t: Time;
  /** What was measured; null, like what is no ordinary number, is a gap. */
  value: number | null;
}

/** What became of events. */
export interface Counts {
  /** Those that were taken, and how many of them came after their frame was over. */
  taken: number;
  late: number;
  /** Dropped: those that had come before, with the same time and the same value. */
  duplicate: number;
  /** Dropped: those that came after their frame was final, from the future, or without an ordinary number. */
  too_late: number;
  ahead: number;
  not_a_number: number;
}

/**
 * Watches the streams of one schema. The same schema and the same frames give the same bits on every machine.
 *
 * @example
 * const engine = await Engine.create({ streams: ["temperature", "humidity"] });
 * const verdict = engine.observe({ t: Date.now(), values: { temperature: 21.5 } });
 */
export class Engine {
  private constructor();

  /**
   * An engine that has seen nothing. Starts the WebAssembly on its first call.
   *
   * @example
   * const engine = await Engine.create(presets.iot);
   */
  static create(schema: Schema): Promise<Engine>;

  /**
   * The engine that was sealed, here or on any other machine. It goes on with the bits of one that never stopped.
   *
   * @example
   * const again = await Engine.open(engine.seal());
   */
  static open(bytes: Uint8Array | ArrayBuffer): Promise<Engine>;

  /** The names of the streams, in order. */
  readonly streams: readonly string[];

  /**
   * Judges one frame, then learns it. An error changes nothing.
   *
   * @example
   * engine.observe({ t: Date.now(), values: { heart_rate: 72, steps: null } });
   */
  observe(frame: Frame): Verdict;

  /**
   * Judges frames in a row, all or none: an error changes nothing.
   *
   * @param times one per frame, in milliseconds, each later than the one before.
   * @param rows one value per stream for each time, row after row; `NaN` (in an array also null) is missing.
   * @example
   * const { score, alarm } = engine.observeBatch([0, 1000], [20.1, 55, 20.2, NaN]);
   */
  observeBatch(times: Float64Array | readonly Time[], rows: Float64Array | readonly (number | null)[]): Batch;

  /**
   * Takes readings in any order, late ones and duplicates included. Frames (`frame_ms`) are made of them: over, a frame
   * has a `provisional` verdict; changed by what comes late, a `revised` one; and once `lateness_ms` has passed, the
   * `final` one, which does not depend on the order of arrival. An alarm is raised once, with the first of them. Some
   * readings are dropped and counted; a stream that the schema does not have, or a time that is none, is an error, and
   * then none is taken. After frames, readings go on where those end; after readings, frames are refused.
   *
   * @example
   * const { verdicts, counts } = engine.push([{ stream: "door", t: Date.now(), value: 1 }]);
   */
  push(events: readonly Event[]): { verdicts: Verdict[]; counts: Counts };

  /**
   * Says the time while nothing arrives. With frames, a silence that outlasts what is usual is judged once; with events,
   * frames end although nothing comes, and silence speaks in the empty ones. Empty while there is nothing to say.
   *
   * @example
   * setInterval(() => engine.tick(Date.now()).some((verdict) => verdict.alarm) && warn("nothing arrives"), 1000);
   */
  tick(now: Time): Verdict[];

  /**
   * What happened, oldest first: the newest 256.
   *
   * @example
   * const open = engine.episodes().filter((episode) => episode.closed === null);
   */
  episodes(): Episode[];

  /**
   * Says what an episode was: `expected` teaches the engine that its like is fine, `real` that it is not.
   *
   * @example
   * engine.label(engine.episodes().at(-1).id, "expected");
   */
  label(episode: number, label: "real" | "expected"): void;

  /**
   * Accepts the lasting new level that an episode left (or still is): its like raises no alarm any more. The scores fall
   * as the level is learned.
   *
   * @example
   * for (const { id, end } of engine.episodes()) if (end === "new_normal") engine.adopt(id);
   */
  adopt(episode: number): void;

  /**
   * Takes the newest label back, to the bit, and returns its episode.
   *
   * @example
   * engine.label(3, "expected");
   * engine.undo(); // 3
   */
  undo(): number;

  /**
   * Changes how often a normal frame may raise an alarm, from the next frame on. What was learned stays.
   *
   * @example
   * engine.setFalseAlarmRate(0.0001);
   */
  setFalseAlarmRate(rate: number): void;

  /**
   * How fit streams and views are: now, or at the newest frame.
   *
   * @example
   * const overdue = engine.health(Date.now()).streams.filter((stream) => stream.overdue_since !== null);
   */
  health(now?: Time): Health;

  /** When each stream is usually silent. */
  gaps(): Gaps[];

  /** Why a frame is as it is: any that is still remembered, the newest thousand or so. Changes nothing. */
  explain(ask?: Ask): Explanation;

  /** How good each stream's data is: now, or at the newest frame. */
  quality(now?: Time): Quality[];

  /** The figures that a monitor watches. How long a call takes is for the caller to measure. */
  monitor(): Monitor;

  /**
   * The engine as bytes: schema and state.
   *
   * @example
   * await writeFile("engine.bin", engine.seal());
   */
  seal(): Uint8Array;

  /** Bytes held, by part. */
  memory(): Memory;

  /** Gives the memory back at once; otherwise it is given back some time after the engine is out of reach. */
  free(): void;

  /** `using engine = await Engine.create(schema)` frees it at the end of the block. */
  [Symbol.dispose](): void;
}

/**
 * What Fourfold refuses. An error leaves the engine as it was, but for one: `engine.fell` means that the WebAssembly
 * itself stopped (a bug, or no memory left). It was started anew then, and each engine goes on as it was when it was last
 * sealed or opened; its message says so.
 *
 * @example
 * try {
 *   engine.observe({ t: 0, values: {} });
 * } catch (error) {
 *   if (error instanceof FourfoldError && error.code === "frame.time-went-back") skip(error.at);
 *   else throw error;
 * }
 */
export class FourfoldError extends Error {
  protected constructor();
  readonly name: string;
  /** A stable word, such as `frame.time-went-back` or `schema.bad-name`. */
  readonly code: string;
  /** The code after its dot: the rule that was broken. */
  readonly rule: string;
  /** The stream that it is about. */
  readonly stream: string | null;
  /** The time that it is about, in milliseconds. */
  readonly at: number | null;
}

/** A class of the host, where the compiler knows it; this package then needs neither `dom` nor Node's types. */
type OfHost<Name extends string> = typeof globalThis extends Record<Name, { prototype: infer Type }> ? Type : never;
type HostModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Type } } } ? Type : never;

/** Where the WebAssembly comes from: an address, an answer to a request, bytes, or a compiled module. */
export type WasmSource =
  | string
  | OfHost<"URL">
  | OfHost<"Response">
  | Promise<OfHost<"Response">>
  | ArrayBuffer
  | Uint8Array
  | HostModule;

/**
 * Starts the WebAssembly ahead of the first engine, or from a place of your own. Only the first call matters; calls
 * meanwhile wait for the same start.
 *
 * @example
 * await init("/static/fourfold.wasm");
 */
export function init(source?: WasmSource): Promise<void>;

/**
 * Schemas to start from.
 *
 * @example
 * const engine = await Engine.create({ ...presets.iot, false_alarm_rate: 0.0001 });
 */
export const presets: {
  /** A phone and a wearable: 32 streams of one person's day. */
  readonly lifelog: Schema;
  /** A service: requests, errors, latency, machines. */
  readonly service: Schema;
  /** A room or a machine: temperature, humidity, sound, vibration. */
  readonly iot: Schema;
  /** Payments. */
  readonly transactions: Schema;
  /** Network traffic. */
  readonly network: Schema;
};

/**
 * A schema for data like this, to look at and change before an engine is made of it: kinds and cadences from the values,
 * groups from the names.
 *
 * @example
 * const table = await readCsv(file);
 * const engine = await Engine.create(await inferSchema(table.sample));
 */
export function inferSchema(sample: {
  streams: readonly string[];
  times: Float64Array | readonly Time[];
  rows: Float64Array | readonly (number | null)[];
}): Promise<Schema & { streams: StreamSchema[] }>;

/** What is known of a sealed engine that was kept. */
export interface Kept {
  /** Counts from 1, in the order of keeping. */
  version: number;
  at: number;
  note: string;
  /** Null, like what follows, where the bytes were damaged when they were kept. */
  format: number | null;
  /** The schema's fingerprint. */
  schema: string | null;
  frames: number | null;
  /** How many bytes they are. */
  bytes: number;
}

/**
 * The newest few sealed engines, and the way back to the newest one that is sound.
 *
 * @example
 * const history = await History.create(24);
 * history.keep(engine.seal(), { note: "every hour" });
 * const { engine: again, version, refused } = await history.openNewestSound();
 */
export class History {
  private constructor();
  /** Room for so many; ten unless said. */
  static create(most?: number): Promise<History>;
  /** Keeps a sealed engine and returns its version; the oldest makes room. */
  keep(bytes: Uint8Array, said?: { at?: Time; note?: string }): number;
  /** What is kept, oldest first. */
  list(): Kept[];
  /** The bytes of one version. */
  bytes(version: number): Uint8Array;
  /** Opens one version. */
  open(version: number): Promise<Engine>;
  /** Opens the newest that can be opened, and says which newer ones were refused, and why. */
  openNewestSound(): Promise<{
    version: number | null;
    engine: Engine | null;
    refused: { version: number; error: Error }[];
  }>;
}
