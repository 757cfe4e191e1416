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
  /** The frames' times. */
  readonly t: Float64Array;
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
  /** What all of these arrays lie in, for handing over to another thread. */
  readonly buffers: { numbers: ArrayBuffer; marks: ArrayBuffer };
}
