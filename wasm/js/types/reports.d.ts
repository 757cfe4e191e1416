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
