/** What a table can come in. Text is the table itself, not the name of a file. */
export type CsvSource =
  | string
  | ArrayBuffer
  | Uint8Array
  | OfHost<"Blob">
  | OfHost<"Response">
  | OfHost<"ReadableStream">
  | AsyncIterable<Uint8Array | string>;

/** The ways to read a date of three numbers. */
export type TimeOrder = "ymd" | "dmy" | "mdy";

/** Something in a table that can be read in more than one way. The answer is the `value` of one of the readings. */
export interface CsvQuestion {
  about: "time order" | "zone" | "decimal";
  /** The column that it is about; null for the whole table. */
  column: string | null;
  /** A cell that shows it. */
  example: string;
  readings: { value: string; means: string }[];
}

/** How a table is read. Everything is guessed that is not said. */
export interface CsvOptions {
  /** The columns to take, in this order, such as `engine.streams`; all that hold numbers unless said. */
  streams?: readonly string[];
  /** The column of times; null for rows that are a second apart. */
  timeColumn?: string | null;
  timeOrder?: TimeOrder;
  timeUnit?: "seconds" | "milliseconds" | "microseconds" | "nanoseconds";
  /** Where clocks show times without a zone: `UTC`, `+02:00`, `Europe/Berlin`. */
  zone?: string;
  separator?: "," | ";" | "\t" | "|";
  /** The sign before a fraction. */
  decimal?: "." | ",";
  /** Answers what can be read in more than one way. Without it, or without an answer, such a table is refused. */
  ask?: (question: CsvQuestion) => string | undefined | Promise<string | undefined>;
  /** Rows of a batch; about half a megabyte of numbers unless said. */
  batchRows?: number;
  /** Rows that are looked at before the columns are guessed; 1000 unless said. */
  sampleRows?: number;
  /** A batch for every piece of the source, however small, for sources that have no end. */
  isLive?: boolean;
  signal?: AbortSignalLike;
}

/** How the reading went, so far. */
export interface CsvReport {
  /** Rows that became frames. */
  rows: number;
  /** Lines that could not be read, and the first few of them (also of those that came too early). */
  badRows: number;
  badLines: { line: number; why: string; text: string }[];
  /** Rows that were left out, because an earlier one has a later time. */
  outOfOrder: number;
  /** Rows that had the time of the one before and were merged into it. */
  merged: number;
  /** Empty cells, and cells with text where a number should be. Both count as missing. */
  missingCells: number;
  unreadableCells: number;
  bytes: number;
  separator: string;
  decimal: string;
  /** Columns that hold no numbers. */
  textColumns: string[];
  /** Of the streams that were asked for, those that the table does not have. */
  absent: string[];
}

/** A table while it is read. It can be gone through once; the memory that it takes does not grow. */
export interface CsvTable extends AsyncIterable<{ times: Float64Array; rows: Float64Array }> {
  readonly streams: readonly string[];
  /** How the table says when; null where rows are numbered. */
  readonly time: {
    column: string;
    unit: string | null;
    order: TimeOrder | null;
    zone: string | null;
    /** Whether the zone was said nowhere. */
    isAssumed: boolean;
  } | null;
  /** The first rows, for `inferSchema`. They come again. */
  readonly sample: { streams: readonly string[]; times: Float64Array; rows: Float64Array };
  readonly report: CsvReport;
}

/**
 * Reads a table of text, piece by piece: separators, quotes, types, time formats and zones are guessed from the first rows.
 *
 * @example
 * const table = await readCsv(file, { ask: ({ example, readings }) => choose(example, readings) });
 * const engine = await Engine.create(await inferSchema(table.sample));
 * for await (const { times, rows } of table) engine.observeBatch(times, rows);
 * console.log(table.report);
 */
export function readCsv(source: CsvSource, options?: CsvOptions): Promise<CsvTable>;

/**
 * Why something is not read as a table. Codes begin with `csv.`.
 *
 * @example
 * const table = await readCsv(text).catch((error) => console.log(error.message, error.readings));
 */
export class CsvError extends FourfoldError {
  /** The ways to read what can be read in more than one. */
  readonly readings: { value: string; means: string }[];
}
