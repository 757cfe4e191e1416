
/** What is asked: a frame, or the newest one before a time; of all frames the newest, unless said. */
export interface Ask {
  t?: Time;
  /** The stream whose trouble is to be explained, where it is known. */
  stream?: string;
  /** `fast` knows what was known at the frame, `thorough` takes all methods and the whole of the trouble; `fast` unless said. */
  mode?: "fast" | "thorough";
}

/** Who or what may be to blame. */
export interface Candidate {
  /** A pattern of the schema, the like of an episode that was labelled, a stream, a silent group, or whatever collects the data. */
  kind: "pattern" | "episode" | "stream" | "group" | "everything";
  name: string;
  /** The stream that it began with, where it began with one. */
  stream: string | null;
  probability: number;
}

/** A stream that may have caused the trouble. */
export interface Suspect {
  stream: string;
  /** How strongly it is suspected: of use to compare suspects of one explanation. */
  weight: number;
  face: "level" | "stuck" | "missing";
  /** Whether it is lower than usual. */
  low: boolean;
  since: number;
  /** How odd it is, in usual deviations, or runs of so many times the usual length. */
  size: number;
}

/** "The first moves the second." */
export interface LinkOf {
  from: string;
  to: string;
}

/** Something that speaks for an explanation, or against it. */
export type Evidence = { sentence: string } & (
  | { kind: "deviation"; stream: string; size: number }
  | { kind: "match"; name: string; similarity: number; chance: number }
  | { kind: "lead"; first: string; then: string; by_ms: number; correlation: number; chance: number; order: number }
  | { kind: "share"; from: string | null; to: string; share: number; learned: boolean }
  | { kind: "counterfactual"; stream: string; score: number; would_be: number }
  | ({ kind: "contradiction" } & LinkOf)
  | { kind: "quiet"; stream: string | null; group: string | null; for_ms: number; usual_ms: number }
  | { kind: "unseen"; streams: number }
);

/** Why a frame is as it is. Times are milliseconds since 1970. */
export interface Explanation {
  /** The frame, where the trouble around it began, and up to where it was looked at. */
  t: number;
  onset: number;
  end: number;
  mode: "fast" | "thorough";
  /** The episode that it belongs to: all of it has this one explanation. */
  episode: number | null;
  /** One sentence, fit for an alert. */
  headline: string;
  /** `null` where nobody can tell: then the confidence is below 0.3. */
  primary_cause: Candidate | null;
  /** The chance that the likeliest cause is the right one. */
  confidence: number;
  /** With the primary cause and `unknown` the probabilities sum to 1. */
  alternative_explanations: Candidate[];
  unknown: number;
  /** What made the most affected stream what it is. The shares and `unexplained_variance` sum to 1. */
  causal_attribution: {
    stream: string | null;
    /** `stream` is `null` for the hour of the day. */
    contributions: { stream: string | null; share: number; learned: boolean }[];
    unexplained_variance: number;
    /** From the stream up to the first one that its own causes do not explain. */
    upstream: string[];
    /** What the score would have been with the first suspect as usual. */
    counterfactual: { stream: string; score: number; would_be: number } | null;
    /** Links of the schema that the data speaks against, and links that it insists on. */
    contradicted: LinkOf[];
    learned: LinkOf[];
  };
  /** What happened, in the order of time. The sentence has local time, and the value with its unit. */
  temporal_sequence: {
    t: number;
    stream: string;
    change: "up" | "down" | "absent" | "present" | "any";
    value: number | null;
    sentence: string;
  }[];
  evidence: Evidence[];
  /** What to do, in the words of the schema's pattern. */
  recommended_action: string | null;
  /** Who is silent and why, where absence is the finding. */
  silence: { cause: string; stream: string | null; group: string | null; since: number } | null;
  suspects: Suspect[];
  /** The chance that the first suspect is the right one. */
  known: number;
  /** Streams that said nothing while it happened. */
  unseen: string[];
}
