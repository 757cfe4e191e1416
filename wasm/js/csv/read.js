// A table of text as batches of numbers, however long it is.

import { breath } from "../breath.js";
import { Ends, cellsOf, separatorOf, textOf } from "./cells.js";
import { CsvError, refuseForeign } from "./fault.js";
import { Rows } from "./rows.js";
import { shapeOf } from "./shape.js";
import { bytesOf } from "./source.js";

export { CsvError };

/** Rows that are looked at before the columns are guessed, and bytes at which it is enough. */
const SAMPLE_ROWS = 1000;
const SAMPLE_BYTES = 1 << 18;
/** A source that never makes anybody wait would let nothing else happen: it waits by itself this often. */
const BREATH_MS = 20;
/** Numbers of a batch: half a megabyte. */
const BATCH_NUMBERS = 1 << 16;

export async function readCsv(source, options = {}) {
  const { sampleRows = SAMPLE_ROWS, batchRows, signal } = options;
  const pieces = bytesOf(source);
  try {
    const opening = await openingOf(pieces, sampleRows, signal);
    const separator = options.separator ?? separatorOf(opening.records[0]);
    const cells = opening.records.map((record) => cellsOf(record, separator));
    const shape = await shapeOf(cells, separator, options);
    return new Table(pieces, opening, shape, batchRows ?? Math.ceil(BATCH_NUMBERS / (shape.streams.length + 1)), options);
  } catch (error) {
    await pieces.return?.();
    throw error;
  }
}

/** The first bytes, and the records in them as text. */
async function openingOf(pieces, sampleRows, signal) {
  let bytes = new Uint8Array();
  let isAll = false;
  let records = [];
  while (records.length <= sampleRows && bytes.length < SAMPLE_BYTES && !isAll) {
    if (signal?.aborted) throw signal.reason;
    const { done, value } = await pieces.next();
    isAll = done === true;
    if (!isAll) bytes = joined(bytes, value);
    records = recordsOf(bytes, isAll, sampleRows + 1);
  }
  refuseForeign(bytes);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    bytes = bytes.subarray(3); // The mark of UTF-8.
    records = recordsOf(bytes, isAll, sampleRows + 1);
  }
  if (records.length === 0) throw new CsvError("csv.empty", "there is nothing in it");
  return { bytes, records, isAll };
}

function recordsOf(bytes, isAll, most) {
  const ends = new Ends(bytes);
  const records = [];
  for (let from = 0; from < bytes.length && records.length < most; ) {
    const end = ends.after(from);
    if (end < 0 && !isAll) break;
    const record = textOf(bytes, from, end < 0 ? bytes.length : end);
    if (record.trim() !== "") records.push(record);
    from = end < 0 ? bytes.length : end + 1;
  }
  return records;
}

class Table {
  #pieces;
  #opening;
  #shape;
  #rows;
  #options;
  #line = 1;
  #isStarted = false;
  #breathed = Date.now();

  constructor(pieces, opening, shape, batchRows, options) {
    this.#pieces = pieces;
    this.#opening = opening;
    this.#shape = shape;
    this.#rows = new Rows(shape, batchRows);
    this.#options = options;
    const { time, separator, decimal, streams, absent, textColumns } = shape;
    this.streams = Object.freeze([...streams]);
    this.time = time && { column: time.column, ...formOf(time) };
    this.report = Object.assign(this.#rows.report, { bytes: 0, separator, decimal, textColumns, absent });
    this.sample = this.#sample();
  }

  /** The first rows, read beforehand. */
  #sample() {
    const { bytes, records, isAll } = this.#opening;
    const rows = new Rows(this.#shape, records.length + 1);
    this.#walk(rows, bytes, isAll, () => rows.isFull);
    this.#line = 1;
    const none = { times: new Float64Array(), rows: new Float64Array() };
    const batch = rows.batch(true) ?? none;
    if (isAll && batch === none && rows.report.outOfOrder === 0) {
      throw new CsvError("csv.no-rows", `no row can be read: ${rows.report.badLines[0]?.why ?? "there is none"}`);
    }
    if (rows.report.outOfOrder > rows.report.rows) {
      throw new CsvError("csv.newest-first", "the rows go from new to old: turn them round, or push them as events");
    }
    return { streams: this.streams, times: batch.times, rows: batch.rows };
  }

  async *[Symbol.asyncIterator]() {
    if (this.#isStarted) throw new CsvError("csv.read-already", "a table is read once: call readCsv again");
    this.#isStarted = true;
    let { bytes, isAll } = this.#opening;
    this.#opening = undefined;
    this.report.bytes += bytes.length;
    try {
      for (;;) {
        const rest = yield* this.#batches(bytes, isAll);
        if (isAll) return;
        const { done, value } = await this.#pieces.next();
        isAll = done === true;
        this.report.bytes += value?.length ?? 0;
        bytes = isAll ? rest : joined(rest, value);
      }
    } finally {
      await this.#pieces.return?.();
    }
  }

  /** The batches that some bytes fill; returns what is left of a record that does not end in them. */
  async *#batches(bytes, isAll) {
    const { signal, isLive } = this.#options;
    for (let from = 0; ; ) {
      await this.#breathe();
      if (signal?.aborted) throw signal.reason;
      from = this.#walk(this.#rows, bytes, isAll, () => this.#rows.isFull, from);
      const { isFull } = this.#rows;
      const isLast = isLive || (isAll && !isFull);
      const batch = isFull || isLast ? this.#rows.batch(isLast) : undefined;
      if (batch) yield batch;
      if (!isFull) return bytes.subarray(from);
    }
  }

  async #breathe() {
    if (Date.now() - this.#breathed <= BREATH_MS) return;
    await breath();
    this.#breathed = Date.now();
  }

  /** Gives rows the records from a place on, until they have enough; answers where the first untaken one begins. */
  #walk(rows, bytes, isAll, isEnough, start = 0) {
    const ends = new Ends(bytes);
    let from = start;
    while (from < bytes.length && !isEnough()) {
      const found = ends.after(from);
      if (found < 0 && !isAll) break;
      const end = found < 0 ? bytes.length : found;
      const hasQuotes = ends.hasQuotes(from, end);
      const isHeader = this.#line === 1 && this.#shape.hasHeader;
      if (!isHeader) rows.take(bytes, from, end, this.#line, hasQuotes);
      this.#line += hasQuotes ? linesIn(bytes, from, end) : 1;
      from = end + 1;
    }
    return Math.min(from, bytes.length);
  }
}

const formOf = ({ kind, unit, order, zone, isAssumed }) =>
  kind === "epoch" ? { unit, order: null, zone: null, isAssumed: false } : { unit: null, order, zone, isAssumed };

function linesIn(bytes, from, end) {
  let lines = 1;
  for (let at = from; at < end; at++) if (bytes[at] === 0x0a) lines++;
  return lines;
}

function joined(rest, piece) {
  if (rest.length === 0) return piece;
  const whole = new Uint8Array(rest.length + piece.length);
  whole.set(rest);
  whole.set(piece, rest.length);
  return whole;
}
