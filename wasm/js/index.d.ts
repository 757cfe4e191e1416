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

/** How bad an episode is. */
export type Severity = "none" | "low" | "medium" | "high" | "critical";

/** What a verdict says of one stream. */
export interface StreamVerdict {
  stream: string;
  /** Whether there was a value at all. */
  present: boolean;
  /** How unusual the value is, in [0, 1]; null where there is no value or nothing to compare it with. */
  score: number | null;
  /** What made the score, in a word such as `residual`. */
  reason: string | null;
  /** Why there is no value, or always the same one, where that is known; null otherwise. */
  silence: SilenceCause | null;
}

/** Why a stream says nothing, or nothing new. The words differ because the remedies do. */
export type SilenceCause =
  | "sensor_silent"
  | "source_partly_silent"
  | "source_down"
  | "all_silent"
  | "data_late"
  | "true_zero"
  | "device_asleep"
  | "value_stuck";

/** What one way of looking at the frame said. */
export interface ViewVerdict {
  /** Its word, such as `streams` or `novelty`. */
  view: string;
  /** In [0, 1]; null where it has no opinion. */
  score: number | null;
  /** How much it had to judge with, in [0, 1]. */
  weight: number;
  /** Whether it is fit to be heard. */
  health: "cold" | "ready" | "starved" | "broken";
}

/** The answer for one frame. */
export interface Verdict {
  /** The frame's time, for events its first millisecond; for a verdict on silence, the time of the tick. */
  t: number;
  /** `final`, unless late events may still change it. */
  standing: "provisional" | "revised" | "final";
  /** One minus the chance of a frame at least this unusual, in [0, 1]. It stays high while an anomaly lasts. */
  score: number;
  /** How odd the frame is, from 0 up on no fixed scale: the number to rank frames by. It stays high through a long anomaly. */
  oddness: number;
  /** How strong the news is, in decades of unlikeliness: 0 for nothing new. High once per thing that happens. */
  news: number;
  /** True once per episode, with the first verdict that opens it. */
  alarm: boolean;
  /** How much there was to judge with, in [0, 1]. */
  confidence: number;
  severity: Severity;
  /** The id of the episode that this frame belongs to. */
  episode: number | null;
  /** True for a verdict of `tick`: there was no frame, and that is what is judged. */
  from_silence: boolean;
  /** Each stream by itself, in the schema's order. */
  streams: StreamVerdict[];
  /** What went into the score. */
  views: ViewVerdict[];
}

/** One thing that happened. */
export interface Episode {
  /** Counts from 1 within its engine. */
  id: number;
  /** The first abnormal frame. */
  opened: number;
  /** The newest abnormal frame. */
  last: number;
  /** The frame that ended it; null while it lasts. */
  closed: number | null;
  peak_score: number;
  /** When the score was highest. */
  peak: number;
  /** Its abnormal frames. */
  frames: number;
  /** The worst that it has been. */
  severity: Severity;
  /** The most unusual stream; null where silence was the finding. */
  stream: string | null;
  /** What made that stream stand out. */
  reason: string | null;
  /** Why nobody spoke, where silence was the finding. */
  cause: SilenceCause | null;
  /** The group that fell silent, where one did. */
  group: string | null;
  /** How it ended; `new_normal` asks whether to adopt what lasts as normal. */
  end: "open" | "calm" | "new_normal" | "adopted" | "overtaken";
  /** What a person called it. */
  label: "real" | "expected" | null;
}

/**
 * The verdicts of a batch, one cell per frame. The arrays are the batch's own.
 *
 * @example
 * const batch = engine.observeBatch(times, rows);
 * const worst = batch.at(batch.score.indexOf(Math.max(...batch.score)));
 */
export interface Batch {
  /** How many frames it had. */
  readonly length: number;
  readonly score: Float64Array;
  /** How odd each frame is, on no fixed scale: the number to rank frames by. */
  readonly oddness: Float64Array;
  /** How strong the news is in each frame; 0 for nothing new. */
  readonly news: Float64Array;
  /** 1 where an episode opens, else 0. */
  readonly alarm: Uint8Array;
  readonly confidence: Float64Array;
  /** 0 none, 1 low, 2 medium, 3 high, 4 critical. */
  readonly severity: Uint8Array;
  /** One score per stream and frame, row after row; `NaN` where there is none. */
  readonly streamScores: Float64Array;
  /** The whole verdict of one frame; negative counts from the end, as in `Array.prototype.at`. */
  at(row: number): Verdict | undefined;
}

/** How fit a stream is to be judged. */
export interface StreamHealth {
  stream: string;
  /** In [0, 1]: settled, usually there, there now. */
  fitness: number;
  /** The gap that it is in. */
  gap: "none" | "point" | "short" | "medium" | "long_outage" | "permanent";
  /** The share of frames in which it had a value, over about the last thousand. */
  available: number;
  /** Whether it was away for so long that what it was like says little. */
  needs_retraining: boolean;
  /** Whether it lately drifted, or went to another level. */
  drifting: boolean;
  /** The usual time between two signs of life, as learned. */
  usual_gap_ms: number | null;
  /** Its newest sign of life. */
  last: number | null;
  /** Since when it is silent for longer than it usually is at this hour. */
  overdue_since: number | null;
}

/** How fit everything is to judge. */
export interface Health {
  streams: StreamHealth[];
  /** At the newest frame. */
  views: { view: string; health: ViewVerdict["health"] }[];
}

/** When a stream is usually absent. */
export interface Gaps {
  stream: string;
  /** How usual it is, in [0, 1], in each hour of a working day, then of a day off; empty until there were frames. */
  absence: number[];
  /** The usual time between two readings. */
  usual_gap_ms: number | null;
}

/** How good a stream's data is. */
export interface Quality {
  stream: string;
  /** The share of frames in which it had a value, over about the last thousand. */
  completeness: number;
  /** The age of its newest value. */
  age_ms: number | null;
  /** The share of its values that were ordinary numbers, could be a measurement, and lay within the bounds. */
  validity: number | null;
  /** Values in frames. No ordinary number, or too far off to be a measurement: missing. Out of bounds: judged. */
  values: number;
  not_a_number: number;
  insane: number;
  out_of_bounds: number;
  /** What became of its events, since the engine was made or opened. */
  events: Counts;
}

/** What a monitor watches. */
export interface Monitor {
  /** Frames that were learned. */
  frames: number;
  /** Alarms that were raised, and those that the flood control held back. */
  alarms: number;
  held_back: number;
  /** The share of frames that belong to an episode, over about the last thousand. */
  anomaly_rate: number;
  /** The share of streams that had a value, over about the last thousand frames. */
  available: number;
  /** Streams that lately drifted or went to another level, and those that are learned anew after a long absence. */
  drifting: string[];
  retraining: string[];
  /** Views that contradict themselves and are not heard. */
  broken: string[];
  /** More than 5 % of abnormal frames, less than half of the streams, a broken view. */
  alerts: ("anomaly_rate" | "availability" | "broken_view")[];
}

/** Bytes that an engine holds, by part. They are fixed by the schema and do not grow. */
export interface Memory {
  /** Each stream by itself; all of them together; scores, episodes and labels. */
  streams: number;
  joint: number;
  verdict: number;
  /** What explanations are made of. */
  cause: number;
  /** The clocks; open frames of events; what reports are made of; the schema. */
  silence: number;
  ingest: number;
  record: number;
  schema: number;
  /** The copy that runs ahead over frames of events which are not final; 0 before there are any. */
  draft: number;
  total: number;
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

  /** Takes the newest label back, to the bit, and returns its episode. */
  undo(): number;

  /** Changes how often a normal frame may raise an alarm, from the next frame on. What was learned stays. */
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
 * What Fourfold refuses. An error leaves the engine as it was.
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
  private constructor();
  readonly name: "FourfoldError";
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
