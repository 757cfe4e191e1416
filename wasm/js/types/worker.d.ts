/** An `Engine` in a thread of its own: the same methods, as promises that are kept in the order of the calls. */
export interface WorkerEngine {
  /** The names of the streams, in order. */
  readonly streams: readonly string[];
  observe(frame: Frame): Promise<Verdict>;
  /**
   * Judges frames in a row, all or none.
   *
   * @param options `transfer` hands the two arrays' buffers over instead of copying them; `signal` ends the work, and then
   * the engine is as it was before; `progress` is told every few hundredths of a second.
   * @example
   * const batch = await engine.observeBatch(times, rows, { transfer: true, signal: AbortSignal.timeout(5000) });
   */
  observeBatch(
    times: Float64Array | readonly Time[],
    rows: Float64Array | readonly (number | null)[],
    options?: { transfer?: boolean; signal?: AbortSignalLike; progress?: (done: number, frames: number) => void },
  ): Promise<Batch>;
  push(events: readonly Event[]): Promise<{ verdicts: Verdict[]; counts: Counts }>;
  tick(now: Time): Promise<Verdict[]>;
  explain(ask?: Ask): Promise<Explanation>;
  episodes(): Promise<Episode[]>;
  label(episode: number, label: "real" | "expected"): Promise<void>;
  adopt(episode: number): Promise<void>;
  undo(): Promise<number>;
  setFalseAlarmRate(rate: number): Promise<void>;
  health(now?: Time): Promise<Health>;
  gaps(): Promise<Gaps[]>;
  quality(now?: Time): Promise<Quality[]>;
  monitor(): Promise<Monitor>;
  seal(): Promise<Uint8Array>;
  memory(): Promise<Memory>;
  /** Ends the thread. What was not answered yet is refused. */
  free(): void;
  [Symbol.dispose](): void;
}

/** An `AbortSignal` of any host. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: any;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * An engine in a thread of its own, so that a page or a server goes on while a long batch is judged.
 *
 * @param origin the schema of a new engine, or the bytes of one that was sealed.
 * @param options `worker` is a thread that runs the file `fourfold/worker`, where a bundler does not find it by itself;
 * `wasm` is a source as for `init`.
 * @example
 * const engine = await createWorkerEngine(presets.service);
 * const { alarm } = await engine.observeBatch(times, rows, { progress: (done, all) => console.log(done / all) });
 * engine.free();
 */
export function createWorkerEngine(
  origin: Schema | Uint8Array | ArrayBuffer,
  options?: { worker?: WorkerLike; wasm?: WasmSource; signal?: AbortSignalLike },
): Promise<WorkerEngine>;

/** A `Worker` of a browser, or one of Node's `worker_threads`. */
export interface WorkerLike {
  postMessage(message: any, transfer: any[]): void;
  terminate(): unknown;
}
